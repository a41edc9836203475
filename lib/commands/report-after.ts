/** `rehearse --after`: what stands of a rehearsal's labs some time later, added to its report. */
import { Exit, LabError } from '../course/errors';
import { readRecording } from '../field/read';
import { quoted } from '../course/shell';
import { searchTagged } from '../teardown/ownership-proof';
import { NO_NAMES } from '../teardown/ownership';
import type { Context } from './context';
import { FieldReport, projectVersion } from './field-report';
import { messageOf } from './messages';
import { wrongUse } from './options';
import { plural } from './ui/text';

/**
 * Looks, and changes nothing.
 *
 * @throws LabError where there is no report, or it is not of this account
 */
export async function reportAfter(context: Context, file: string | undefined): Promise<number> {
  const { ui, options } = context;
  if (file === undefined)
    throw wrongUse(
      '--after needs the report that it adds to.',
      'It says what stands later of the labs which a rehearsal made.',
      './lab rehearse --report field.jsonl --after --target aws',
    );
  const { header, records } = readRecording(file, { project: projectVersion(), next: './lab rehearse --help' });
  if (header.target !== options.target || header.target === 'local')
    throw new LabError(`${file} is of a rehearsal on the target ${header.target}.`, {
      why:
        header.target === 'local'
          ? 'The local cloud of a rehearsal ends with it: nothing can stand later.'
          : `This command is about ${options.target}.`,
      next:
        header.target === 'local'
          ? `./lab compare ${quoted(file)}`
          : `./lab rehearse --report ${quoted(file)} --after --target aws`,
      exit: Exit.WrongUse,
    });
  const target = await context.target('rehearse');
  const report = FieldReport.again(context, target, file, header, records.length);
  const teardown = await context.deps.teardown();
  const looked: {
    lab: string;
    stack: string | null;
    record: boolean;
    found: number;
    tagged: number;
    unread: string[];
  }[] = [];
  let outcome: 'done' | 'failed' = 'failed';
  try {
    for (const id of header.labs) {
      const lab = await context.lab(id);
      report.about(id, [id, ...lab.steps.map((step) => step.id)]);
      report.enter('after');
      const unread: string[] = [];
      const ask = async <T>(otherwise: T, work: () => Promise<T>): Promise<T> => {
        try {
          return await work();
        } catch (error) {
          report.failed(error);
          const { what } = messageOf(error, { command: 'rehearse', suffix: context.suffix, options });
          unread.push(what);
          return otherwise;
        }
      };
      ui.progress(`Looking for ${id}`);
      const { run, standing } = await context.run(lab, target);
      const known = await ask(undefined, () => teardown.readOwnership(run));
      // Stack and record are gone, as they should be: what has our tags or names is looked for all the same.
      const ownership = known ?? {
        lab: id,
        learner: run.learner,
        account: run.account,
        region: run.region,
        stackName: run.stackName,
        leaseHours: 0,
        ...NO_NAMES,
      };
      const found = await ask([], () => teardown.inventory(run, ownership));
      const tagged = await ask([], async () => [...(await searchTagged(run))]);
      const stack = standing?.status ?? null;
      const record = known !== undefined && standing === undefined;
      report.after({ stack, record, found, tagged, unread });
      looked.push({ lab: id, stack, record, found: found.length, tagged: tagged.length, unread });
    }
    outcome = 'done';
  } finally {
    report.end(outcome);
  }
  ui.settle();
  for (const { lab, stack, record, found, tagged, unread } of looked) {
    const nothing = stack === null && !record && found === 0;
    ui.say(
      `${nothing && unread.length === 0 ? ui.colours.green('✓') : ui.colours.red('✗')} ${lab}: ${stack === null ? 'no stack' : `a stack (${stack})`}, ${plural(found, 'thing')} left; the tag search finds ${tagged}.`,
    );
    for (const one of unread) ui.say(one, '  not read: ');
  }
  const standing = looked.filter(({ stack, record, found }) => stack !== null || record || found > 0);
  ui.say(
    standing.length > 0
      ? `Next: ./lab down ${standing.length === 1 ? standing[0]!.lab : '--all'}${context.suffix}`
      : `Next: send ${file}; docs/field-run.md says where.`,
  );
  ui.document({ report: file, after: looked });
  return standing.length > 0 || looked.some(({ unread }) => unread.length > 0) ? Exit.CheckFailed : Exit.Done;
}
