import type { QueryExecution } from '@aws-sdk/client-athena';
import { countedOrNotDone, results, runQuery } from '../../../lib/aws/athena';
import type { Exercise, Step, Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, list, notDone } from '../../../lib/course/say';
import { namedQuery, QUESTION_NAMES } from '../queries';
import { athenaCommand } from '../aws-cli';
import {
  askedQueries,
  isTyped,
  LOOKED_AT,
  ownQuery,
  ownQueryCommand,
  runOwnQuery,
  succeeded,
} from '../answers/learner-queries';
import { lateShareFault, lateShares, readLateShareAnswer, type Answer } from '../answers/late-share';
import { resourcesOf, type LabResources } from '../resources';
import { missingTables } from '../catalog/tables';

const exercise: Exercise = {
  file: 'late-share.sql',
  template: 'exercises/late-share.sql',
  solution: 'solutions/late-share.sql',
  ask: 'Write one query that gives the month with the largest share of late flights, and that share, in its first row.',
  teaches:
    'A share in SQL is an average of ones and zeros over the right rows, and a literal’s type decides the result’s: 1.0 is a decimal with one place, 1.0e0 a double.',
  alternative:
    'count_if(dep_delay > 15) * 1.0e0 / count(dep_time) gives the same: count(dep_time) leaves out the cancelled flights, as the WHERE does.',
};

/** Rows of a saved query that are shown: more than any of them has. */
const SHOWN_ROWS = 50;

/** Ask the data in SQL; one question is the learner's. */
export const explore: Step = {
  id: 'explore',
  title: 'Explore with Athena',
  predict:
    'Which month had the largest share of late departures in New York in 2013: a winter month with snow, or a summer month with storms?',
  awsMinutes: 1,
  hints: [
    'Late means dep_delay > 15. A flight without a dep_time was cancelled: it did not leave late, it did not leave.',
    'A share is an average of ones and zeros: avg(CASE WHEN dep_delay > 15 THEN 1.0e0 ELSE 0.0e0 END).',
    'Group by batch, keep the flights that have a dep_time, sort by the share with DESC. The first row is the answer.',
  ],
  exercise,
  act,
  check,
  explain,
};

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  // Before anything runs: is there a question?
  ownQuery(run, 'explore', exercise);
  const next = labCommand(run, 'check', 'crawl');
  const answers = await Promise.all(
    QUESTION_NAMES.map((name) =>
      runQuery(run, resources, namedQuery(name, resources).sql, {
        what: `saved query ${name}`,
        next,
        maxRows: SHOWN_ROWS,
      }),
    ),
  );
  answers.forEach(({ rows, columns, scannedBytes }, i) => {
    const name = QUESTION_NAMES[i]!;
    run.progress(`${name} (${(scannedBytes / 1e6).toFixed(1)} MB scanned): ${columns.join(', ')}`);
    for (const row of rows) run.progress(`${name}: ${row.map((cell) => cell ?? 'NULL').join(', ')}`);
  });
  await runOwnQuery(run, resources, 'explore', exercise);
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const missing = await missingTables(run, resources);
  if (missing.length > 0) {
    return notDone(
      `There is nothing to ask yet: the tables ${list(missing)} are missing from ${resources.database}.`,
      labCommand(run, 'step', 'crawl'),
    );
  }
  const again = labCommand(run, 'step', 'explore');
  const { own: mine, answered } = await askedQueries(run, resources);
  const open = QUESTION_NAMES.filter((name) => !answered.has(name));
  if (mine.length === 0) {
    return notDone(
      `The workgroup ${resources.workGroup} has seen no query of yours (${QUESTION_NAMES.length - open.length} of ${QUESTION_NAMES.length} saved queries were run).`,
      `Write work/${run.lab}/${exercise.file}, then: ${again}`,
    );
  }
  const verdict = await countedOrNotDone(() => judge(run, resources, mine));
  if (!verdict.done) return verdict;
  return open.length === 0
    ? verdict
    : notDone(`${verdict.saw} These saved queries were not run yet: ${list(open)}.`, `Run them: ${again}`);
}

async function judge(run: LabRun, resources: LabResources, mine: readonly QueryExecution[]): Promise<Verdict> {
  const hint = labCommand(run, 'hint', 'explore');
  const worked = mine.filter(succeeded);
  const newest = mine[0];
  if (worked.length === 0) {
    return notDone(
      `Your last query ended as ${newest?.Status?.State}: ${newest?.Status?.StateChangeReason ?? 'Athena gave no reason'}`,
      `Fix it and run it again. A hint: ${hint}`,
    );
  }
  const months = await lateShares(run, resources, labCommand(run, 'check', 'crawl'));
  let first: string | undefined;
  for (const execution of worked.slice(0, LOOKED_AT)) {
    const read = await readExecution(run, execution);
    const fault = read === undefined ? 'its result has no rows.' : lateShareFault(read, months);
    // The newest query that gives a month and a number is the answer; other questions may have been asked since.
    const isAnswer = read?.batch !== undefined && read.share !== undefined;
    if (!isAnswer) {
      first ??= fault;
      continue;
    }
    if (fault !== undefined || isTyped(execution)) {
      const why = fault ?? 'the figures are right, but it read no data. Let the query find the month itself.';
      return notDone(`Your last query ran, and ${why}`, `Change it and run it again. A hint: ${hint}`);
    }
    const [best] = months;
    return done(
      `Your query found it: ${best?.batch} has the largest share of late flights, ${best?.share.toFixed(4)}; counted independently, the same.`,
      labCommand(run, 'step', 'transform'),
    );
  }
  return notDone(`Your last query ran, and ${first}`, `Change it and run it again. A hint: ${hint}`);
}

/** The first row of a query's result; undefined when it has none. */
async function readExecution(run: LabRun, { QueryExecutionId: id = '' }: QueryExecution): Promise<Answer | undefined> {
  const { columns, rows } = await results(run, id, 1);
  return rows[0] && readLateShareAnswer(columns, rows[0]);
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  return [
    ...QUESTION_NAMES.map((name) => athenaCommand(run, namedQuery(name, resources).sql)),
    ownQueryCommand(run, exercise),
  ];
}
