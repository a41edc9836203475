import { runQuery } from '../../../lib/aws/athena';
import { getTable } from '../../../lib/aws/glue';
import { startEvaluation, waitForEvaluation, type Evaluation } from '../../../lib/aws/quality';
import type { Step } from '../../../lib/course/model';
import { tagsOf } from '../../../lib/course/names';
import { dataManifest } from '../../../lib/course/data-plan';
import { Exit, LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { namedQuery } from '../queries';
import { athenaCommand } from '../aws-cli';
import {
  exerciseRuleset,
  goodMonthsFilter,
  INCOMING_TABLE,
  ingestBadBatch,
  REGISTER_INCOMING,
  writeExercise,
} from '../data/incoming';
import { resourcesOf, type LabResources } from '../resources';
import { ruleText } from '../answers/quality-rules';
import { readWork } from '../../../lib/course/work';
import { checkQuality } from './quality-check';
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
  check: checkQuality,
  explain,
};

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const rules = readWork(run, 'quality', qualityExercise);
  if ((await getTable(run, resources.database, 'prepared')) === undefined) {
    throw new LabError(`There is no table prepared in ${resources.database} to evaluate.`, {
      why: 'The Glue job has not run, or its table was not registered.',
      next: labCommand(run, 'step', 'transform'),
      exit: Exit.WrongUse,
    });
  }
  const own = await writeExercise(run, resources, rules, `work/${run.lab}/${qualityExercise.file}`);
  await ingestBadBatch(run, resources);
  const next = labCommand(run, 'check', 'quality');
  const evaluations = [
    { ruleset: resources.ruleset, table: 'prepared' },
    { ruleset: own, table: 'flights', predicate: goodMonthsFilter() },
    { ruleset: own, table: INCOMING_TABLE },
  ];
  await Promise.all(
    evaluations.map(async ({ table, ...what }) => {
      const title = `rules ${what.ruleset} on ${table}`;
      const id = await startEvaluation(run, { ...what, table, ...settings(resources) });
      report(run, title, await waitForEvaluation(run, id, title, next));
    }),
  );
  const bias = await runQuery(run, resources, namedQuery('bias', resources).sql, { what: 'saved query bias', next });
  run.progress(`bias: ${bias.columns.join(', ')}`);
  for (const row of bias.rows) run.progress(`bias: ${row.map((cell) => cell ?? 'NULL').join(', ')}`);
}

function settings(
  resources: LabResources,
): Pick<Parameters<typeof startEvaluation>[1], 'database' | 'role' | 'resultsPrefix' | 'logGroupPrefix'> {
  return {
    database: resources.database,
    role: resources.qualityRole,
    resultsPrefix: `s3://${resources.bucket}/quality/`,
    logGroupPrefix: `${resources.logPrefix}/quality`,
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
  const resources = resourcesOf(run);
  const { badBatch } = dataManifest();
  const own = exerciseRuleset(run);
  const tags = Object.entries(tagsOf(run.lab, run.learner)).map(([key, value]) => quoted(`${key}=${value}`));
  const target = quoted(JSON.stringify({ DatabaseName: resources.database, TableName: 'flights' }));
  const rules = quoted(`file://work/${run.lab}/${qualityExercise.file}`);
  return [
    `gunzip -c ${quoted(`data/${badBatch.path}`)} | aws s3 cp - ${quoted(`s3://${resources.bucket}/${badBatch.key}`)} --content-type text/csv`,
    ...REGISTER_INCOMING.map((name) => athenaCommand(run, namedQuery(name, resources).sql)),
    `aws glue create-data-quality-ruleset --name ${own} --ruleset ${rules} --target-table ${target} --tags ${tags.join(',')} || aws glue update-data-quality-ruleset --name ${own} --ruleset ${rules}`,
    evaluationCommand(resources, resources.ruleset, 'prepared'),
    evaluationCommand(resources, own, 'flights', goodMonthsFilter()),
    evaluationCommand(resources, own, INCOMING_TABLE),
    athenaCommand(run, namedQuery('bias', resources).sql),
  ];
}

/** Starts an evaluation, waits for it, and shows its rules. */
function evaluationCommand(resources: LabResources, ruleset: string, table: string, predicate?: string): string {
  const { resultsPrefix, logGroupPrefix } = settings(resources);
  const source = {
    GlueTable: {
      DatabaseName: resources.database,
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
    `--role ${quoted(resources.qualityRole)} --ruleset-names ${quoted(ruleset)} --number-of-workers 2 --timeout 30`,
    `--additional-run-options ${quoted(JSON.stringify(options))} --query RunId --output text)`,
    `&& until ${get} --query Status --output text | grep -E 'SUCCEEDED|FAILED|STOPPED|TIMEOUT'; do sleep 10; done`,
    `&& aws glue get-data-quality-result --result-id "$(${get} --query 'ResultIds[0]' --output text)"`,
    `--query 'RuleResults[].[Result,Description,EvaluationMessage]' --output text`,
  ].join(' ');
}
