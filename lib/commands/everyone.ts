/** `down --all --learner '*'`: a teacher ends every learner's labs in the account's Region. */
import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { everyPage } from '../target/pages';
import { LAB_IDS, type LabId, LEARNER_PATTERN, recordName } from '../course/names';
import { Exit, LabError } from '../course/errors';
import type { Target } from '../target/target';
import { leaseEnd } from '../teardown/lease';
import type { Context } from './context';
import { deployedLabsOn } from './deployed-labs';
import type { Removal } from './removal';
import { plural } from './ui/text';

/** Whose record there is: of a lab whose stack is gone, nothing else tells. What it holds is read, and believed or not, later. */
async function recordedLabs({ clients }: Pick<Target, 'clients'>): Promise<{ lab: LabId; learner: string }[]> {
  const parameters = await everyPage(async (NextToken) => {
    const page = await clients.ssm.send(
      new GetParametersByPathCommand({ Path: '/mla-labs/', Recursive: true, NextToken }),
    );
    return { items: page.Parameters, next: page.NextToken };
  });
  return parameters.flatMap(({ Name = '' }) => {
    const [, , learner = '', id] = Name.split('/');
    const lab = LAB_IDS.find((one) => one === id);
    return lab && LEARNER_PATTERN.test(learner) && Name === recordName(lab, learner) ? [{ lab, learner }] : [];
  });
}

/** A lab of anybody: its stack's status, or undefined where only its record is left. */
export interface AnybodysLab {
  readonly lab: LabId;
  readonly learner: string;
  readonly status?: string;
}

/** Everyone's labs where the target's clients look: those that stand, then those of which the record is left. */
export async function everyonesLabs(target: Target): Promise<AnybodysLab[]> {
  const [standing, recorded] = await Promise.all([deployedLabsOn(target), recordedLabs(target)]);
  const gone = recorded.filter(
    (one) => !standing.some(({ lab, learner }) => lab === one.lab && learner === one.learner),
  );
  return [...standing, ...gone];
}

/** Says whose labs there are, and when they would end by themselves. */
export function announceLearners({ ui }: Context, removals: readonly Removal[]): void {
  const learners = [...new Set(removals.map(({ run }) => run.learner))].sort();
  ui.say(`${plural(removals.length, 'lab')} of ${plural(learners.length, 'learner')}:`);
  for (const learner of learners) {
    ui.say(ui.colours.bold(learner), '  ');
    for (const { run, standing, ownership } of removals.filter((one) => one.run.learner === learner))
      ui.say(
        standing
          ? `${run.lab}: ${standing.status}, its lease ends ${leaseEnd(standing.createdAt, ownership).toISOString()}`
          : `${run.lab}: only what its stack left`,
        '    - ',
      );
  }
}

/**
 * The second question: everyone's labs go only when somebody names the account, or says how many there are.
 *
 * @param command as the learner typed it
 * @throws LabError (refused) where nobody does
 */
export async function confirmEveryone(
  { ui, options }: Context,
  { account }: Pick<Target, 'account'>,
  count: number,
  named: string | undefined,
  command: string,
): Promise<void> {
  if (named !== undefined && named !== account)
    throw refused(`These labs are in the account ${account}, not in ${named}.`, 'Nothing was changed.', command);
  if (named === account) return;
  if (options.yes)
    throw refused(
      "--yes alone does not remove every learner's labs.",
      'They are other people’s work, too: the account has to be named.',
      `${command} --yes --account ${account}`,
    );
  const answer = await ui.ask(`Type the account (${account}) or how many labs go (${count}) to remove them all:`);
  if (answer === account || answer === String(count)) return;
  throw refused('Not confirmed: nothing was changed.', 'The answer was neither.', command);
}

const refused = (what: string, why: string, next: string): LabError =>
  new LabError(what, { why, next, exit: Exit.Refused });
