import { runQuery } from '../../../lib/aws/athena';
import { getTable } from '../../../lib/aws/glue';
import { startEvaluation, waitForEvaluation, type Evaluation } from '../../../lib/aws/quality';
import type { Step } from '../../../lib/course/model';
import { tagsOf } from '../../../lib/course/names';
import { dataManifest } from '../../../lib/course/plan';
import { Exit, LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { namedQuery } from '../queries';
import { athenaCommand } from '../aws-cli';
import {
  exerciseRuleset,
  goodMonths,
  INCOMING_TABLE,
  ingestBadBatch,
  REGISTER_INCOMING,
  writeRuleset,
} from '../data/incoming';
import { placeOf, type LabPlace } from '../resources';
import { ruleText } from '../answers/quality-rules';
import { readWork } from '../../../lib/course/work';
import { check } from './quality-check';
import { qualityExercise } from './quality-exercise';

/** Evaluate the ruleset of the stack, write rules that catch a bad batch, look for bias. */
export const quality: Step = {
  id: 'quality',
  title: 'Check the quality, and look for bias',
  predict:
    'A batch arrives with impossible distances, missing origins and duplicates. Which of the three would a model never complain about?',
  awsMinutes: 8,
  hints: [
    'A rule is one line of DQDL: a type, a column, a condition. RowCount counts, ColumnValues looks at values, IsPrimaryKey at duplicates.',
    'Think of what must always hold: how far can a flight out of New York go, which airports are in New York, which columns name one flight?',
    'In CSV an empty text is not NULL, so IsComplete "origin" is content with it. Say which values are allowed: ColumnValues "origin" in [ ... ].',
    'One flight is named by year, month, day, carrier, flight and origin: IsPrimaryKey takes several columns, one after the other.',
  ],
  exercise: qualityExercise,
  act,
  check,
  explain,
};

async function act(run: LabRun): Promise<void> {
  const place = placeOf(run);
  const rules = readWork(run, 'quality', qualityExercise);
  if ((await getTable(run, place.database, 'prepared')) === undefined) {
    throw new LabError(`There is no table prepared in ${place.database} to evaluate.`, {
      why: 'The Glue job has not run, or its table was not registered.',
      next: labCommand(run, 'step', 'transform'),
      exit: Exit.WrongUse,
    });
  }
  const own = await writeRuleset(run, place, rules, `work/${run.lab}/${qualityExercise.file}`);
  await ingestBadBatch(run, place);
  const next = labCommand(run, 'check', 'quality');
  const evaluations = [
    { ruleset: place.ruleset, table: 'prepared' },
    { ruleset: own, table: 'flights', predicate: goodMonths() },
    { ruleset: own, table: INCOMING_TABLE },
  ];
  await Promise.all(
    evaluations.map(async ({ table, ...what }) => {
      const title = `rules ${what.ruleset} on ${table}`;
      const id = await startEvaluation(run, { ...what, table, ...settings(place) });
      report(run, title, await waitForEvaluation(run, id, title, next));
    }),
  );
  const bias = await runQuery(run, place, namedQuery('bias', place).sql, { what: 'saved query bias', next });
  run.progress(`bias: ${bias.columns.join(', ')}`);
  for (const row of bias.rows) run.progress(`bias: ${row.map((cell) => cell ?? 'NULL').join(', ')}`);
}

function settings(
  place: LabPlace,
): Pick<Parameters<typeof startEvaluation>[1], 'database' | 'role' | 'resultsPrefix' | 'logGroupPrefix'> {
  return {
    database: place.database,
    role: place.qualityRole,
    resultsPrefix: `s3://${place.bucket}/quality/`,
    logGroupPrefix: `${place.logPrefix}/quality`,
  };
}

function report(run: LabRun, title: string, { rules }: Evaluation): void {
  run.progress(`${title}: ${rules.filter(({ Result }) => Result === 'PASS').length} of ${rules.length} rules pass`);
  for (const rule of rules) {
    if (rule.Result !== 'PASS')
      run.progress(`${title}: ${rule.Result} ${ruleText(rule)}: ${rule.EvaluationMessage ?? ''}`);
  }
}

function explain(run: LabRun): readonly string[] {
  const place = placeOf(run);
  const { badBatch } = dataManifest();
  const own = exerciseRuleset(run);
  const tags = Object.entries(tagsOf(run.lab, run.learner)).map(([key, value]) => quoted(`${key}=${value}`));
  const target = quoted(JSON.stringify({ DatabaseName: place.database, TableName: 'flights' }));
  const rules = quoted(`file://work/${run.lab}/${qualityExercise.file}`);
  return [
    `gunzip -c ${quoted(`data/${badBatch.path}`)} | aws s3 cp - ${quoted(`s3://${place.bucket}/${badBatch.key}`)} --content-type text/csv`,
    ...REGISTER_INCOMING.map((name) => athenaCommand(run, namedQuery(name, place).sql)),
    `aws glue create-data-quality-ruleset --name ${own} --ruleset ${rules} --target-table ${target} --tags ${tags.join(',')} || aws glue update-data-quality-ruleset --name ${own} --ruleset ${rules}`,
    evaluationCommand(place, place.ruleset, 'prepared'),
    evaluationCommand(place, own, 'flights', goodMonths()),
    evaluationCommand(place, own, INCOMING_TABLE),
    athenaCommand(run, namedQuery('bias', place).sql),
  ];
}

/** Starts an evaluation, waits for it, and shows its rules. */
function evaluationCommand(place: LabPlace, ruleset: string, table: string, predicate?: string): string {
  const { resultsPrefix, logGroupPrefix } = settings(place);
  const source = {
    GlueTable: {
      DatabaseName: place.database,
      TableName: table,
      ...(predicate && { AdditionalOptions: { pushDownPredicate: predicate } }),
    },
  };
  const options = {
    CloudWatchMetricsEnabled: false,
    ResultsS3Prefix: resultsPrefix,
    CustomLogGroupPrefix: logGroupPrefix,
  };
  const get = 'aws glue get-data-quality-ruleset-evaluation-run --run-id "$run"';
  return [
    `run=$(aws glue start-data-quality-ruleset-evaluation-run --data-source ${quoted(JSON.stringify(source))}`,
    `--role ${quoted(place.qualityRole)} --ruleset-names ${quoted(ruleset)} --number-of-workers 2 --timeout 30`,
    `--additional-run-options ${quoted(JSON.stringify(options))} --query RunId --output text)`,
    `&& until ${get} --query Status --output text | grep -E 'SUCCEEDED|FAILED|STOPPED|TIMEOUT'; do sleep 10; done`,
    `&& aws glue get-data-quality-result --result-id "$(${get} --query 'ResultIds[0]' --output text)"`,
    `--query 'RuleResults[].[Result,Description,EvaluationMessage]' --output text`,
  ].join(' ');
}
