/** The batch that the learner's rules have to catch: its file, its table, its ruleset. */
import { runQuery } from '../../../lib/aws/athena';
import { writeRuleset } from '../../../lib/aws/quality';
import { putObject } from '../../../lib/aws/s3';
import { baseName } from '../../../lib/course/names';
import { dataManifest, dataPlan, readDataFile } from '../../../lib/course/data-plan';
import { Exit, LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { sqlLiteral, namedQuery, type QueryName } from '../queries';
import type { LabResources } from '../resources';

export const INCOMING_TABLE = 'incoming_flights';
export const REGISTER_INCOMING: readonly QueryName[] = ['drop-incoming', 'create-incoming', 'repair-incoming'];

/** Name that this project gives to the learner's ruleset. Checks do not ask for it. */
export const exerciseRuleset = (run: LabRun): string => `${baseName(run.lab, run.learner)}--exercise`;

/** The months that are known to be good, as a predicate of Spark's. */
export const goodMonthsFilter = (): string => `batch in (${dataPlan().split.batches.map(sqlLiteral).join(', ')})`;

/** Puts the bad batch where new flights arrive, and a table over it. */
export async function ingestBadBatch(run: LabRun, resources: LabResources): Promise<void> {
  const { badBatch } = dataManifest();
  await putObject(run, resources.bucket, badBatch.key, readDataFile(badBatch), 'text/csv');
  run.progress(`uploaded ${badBatch.key}`);
  for (const name of REGISTER_INCOMING) {
    await runQuery(run, resources, namedQuery(name, resources).sql, {
      what: `saved query ${name}`,
      next: labCommand(run, 'check', 'quality'),
    });
  }
}

/** Creates or replaces the learner's ruleset. @throws LabError when Glue does not understand the rules, or the name is another's */
export async function writeExercise(run: LabRun, resources: LabResources, rules: string, shown: string): Promise<string> {
  const name = exerciseRuleset(run);
  const again = labCommand(run, 'step', 'quality');
  try {
    await writeRuleset(run, { name, rules, database: resources.database, table: 'flights', next: again });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'InvalidInputException') throw error;
    const aboutRules = ABOUT_RULES.test(error.message.replaceAll(name, ''));
    throw new LabError(
      aboutRules ? `Glue does not accept the rules in ${shown}.` : `Glue did not take the ruleset ${name}.`,
      {
        why: error.message,
        next: aboutRules ? labCommand(run, 'hint', 'quality') : `Fix what it names, then: ${again}`,
        exit: Exit.CheckFailed,
        cause: error,
      },
    );
  }
  return name;
}

/** Glue has one exception for all bad input; where it is about the text of rules, it speaks of parsing them. */
const ABOUT_RULES =
  /dqdl|pars(e|ing)|syntax|mismatched|extraneous|no viable|token|unexpected|rule type|rulesets? (is|are) (not valid|invalid)|invalid (rule|ruleset)|\bline \d+/i;
