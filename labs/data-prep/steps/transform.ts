import type { JobRun, Table } from '@aws-sdk/client-glue';
import { countedOrNotDone, runQuery } from '../../../lib/aws/athena';
import { getJobRuns, getPartitions, getTable, runJob } from '../../../lib/aws/glue';
import { listObjects } from '../../../lib/aws/s3';
import type { Step, Verdict } from '../../../lib/course/model';
import { dataPlan, preparedColumns } from '../../../lib/course/data-plan';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, list, notDone } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { ownQueryCommand, runOwnQuery } from '../answers/learner-queries';
import { unknownPlanesExercise, unknownPlanesVerdict } from '../answers/unknown-planes';
import { namedQuery, type QueryName } from '../queries';
import { athenaCommand } from '../aws-cli';
import { sparkColumns } from '../data/parquet';
import { resourcesOf, type LabResources } from '../resources';
import { figureDifferences, figuresFromPrepared, figuresFromRaw, keyFaults, PREPARED_PREFIX } from '../data/prepared';
import { rawState } from '../data/raw';
import { missingTables } from '../catalog/tables';

const REGISTER: readonly QueryName[] = ['drop-prepared', 'create-prepared', 'repair-prepared'];

/** Run the Glue job and register what it wrote. */
export const transform: Step = {
  id: 'transform',
  title: 'Transform with Spark on Glue',
  predict: 'The raw flights have 336,776 rows. How many will the prepared table have, and which rows go?',
  awsMinutes: 4,
  hints: [
    'The script is labs/data-prep/runtime/transform.py. Its functions join, clean, encode and label; read them from main() upwards.',
    'A failed run says why: Glue console, ETL jobs, your job, Runs. A ValueError names the raw file and what is wrong with it.',
    'The job writes files only. The table prepared comes from three statements that Athena runs: drop, create, repair. They are saved queries.',
    'The exercise: LEFT JOIN planes ON planes.tailnum = flights.tailnum keeps every flight. Where no plane was found, planes.tailnum IS NULL.',
  ],
  exercise: unknownPlanesExercise,
  act,
  check,
  explain,
};

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  // Before the job: a query that fails costs next to nothing.
  await runOwnQuery(run, resources, 'transform', unknownPlanesExercise);
  const ended = await runJob(run, resources.job, { minutes: 30, next: labCommand(run, 'check', 'transform') });
  if (ended.JobRunState !== 'SUCCEEDED') {
    throw new LabError(`The Glue job ${resources.job} ended as ${ended.JobRunState}.`, {
      why: ended.ErrorMessage ?? 'Glue gave no reason.',
      next: logsCommand(resources, ended),
    });
  }
  for (const name of REGISTER) {
    await runQuery(run, resources, namedQuery(name, resources).sql, {
      what: `saved query ${name}`,
      next: labCommand(run, 'check', 'transform'),
    });
  }
}

/**
 * The command that shows what the script wrote, its traceback included: `output` has both streams of a script, `error` has
 * what Spark and Glue say.
 * @see https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html
 */
function logsCommand(resources: LabResources, { Id: id = '' }: JobRun): string {
  return `aws logs filter-log-events --log-group-name ${quoted(`${resources.logPrefix}/jobs/output`)} --log-stream-name-prefix ${quoted(id)} --query 'events[].[message]' --output text`;
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'transform');
  const missing = await missingTables(run, resources);
  if (missing.length > 0) {
    return notDone(
      `The tables ${list(missing)} are missing from ${resources.database}, so there is nothing to compare with.`,
      labCommand(run, 'step', 'crawl'),
    );
  }
  return (
    (await jobVerdict(run, resources, again)) ??
    (await tableVerdict(run, resources, again)) ??
    (await filesVerdict(run, resources, again)) ??
    (await countedOrNotDone(async () => {
      const verdict = await figuresVerdict(run, resources, again);
      return verdict.done ? unknownPlanesVerdict(run, resources, verdict.saw) : verdict;
    }))
  );
}

/** About the latest run; undefined when it is as it should be. */
async function jobVerdict(run: LabRun, resources: LabResources, again: string): Promise<Verdict | undefined> {
  const [latest] = await getJobRuns(run, resources.job);
  if (latest === undefined) return notDone(`The Glue job ${resources.job} has not run.`, `Run it: ${again}`);
  const state = latest.JobRunState ?? 'STARTING';
  if (['STARTING', 'RUNNING', 'STOPPING', 'WAITING'].includes(state)) {
    return notDone(`The run ${latest.Id} is ${state}.`, `Wait, then: ${labCommand(run, 'check', 'transform')}`);
  }
  if (state !== 'SUCCEEDED') {
    return notDone(
      `The latest run ${latest.Id} ended as ${state}: ${latest.ErrorMessage ?? 'Glue gave no reason'}`,
      `See what the script said: ${logsCommand(resources, latest)}`,
    );
  }
  const { newest } = await rawState(run, resources.bucket);
  // S3 tells whole seconds.
  if ((latest.StartedOn?.getTime() ?? 0) + 999 < newest.getTime()) {
    return notDone(
      `The latest run began ${latest.StartedOn?.toISOString()}, before the raw data changed (${newest.toISOString()}).`,
      `Run it on what is there now: ${again}`,
    );
  }
  return undefined;
}

/** About the table in the catalog. */
async function tableVerdict(run: LabRun, resources: LabResources, again: string): Promise<Verdict | undefined> {
  const table = await getTable(run, resources.database, 'prepared');
  if (table === undefined) {
    return notDone(
      `The job ran, and the catalog has no table prepared in ${resources.database}.`,
      `Register it with the saved queries ${list(REGISTER)}: ${again}`,
    );
  }
  const location = table.StorageDescriptor?.Location ?? 'nowhere';
  const expected = `s3://${resources.bucket}/${PREPARED_PREFIX}`;
  if (location.replace(/\/?$/, '/') !== expected) {
    return notDone(`The table prepared lies at ${location}, expected ${expected}.`, `Register it again: ${again}`);
  }
  const fault = columnFault(columnsOf(table), 'The table prepared');
  if (fault !== undefined) return notDone(fault, `Register it again: ${again}`);
  const found = (await getPartitions(run, resources.database, 'prepared')).map(({ Values }) => Values?.[0] ?? '');
  const lacking = dataPlan().batches.filter((batch) => !found.includes(batch));
  if (lacking.length === 0) return undefined;
  return notDone(
    `The table prepared has ${count(found.length, 'partition')}; missing: ${list(lacking)}. A query does not see folders that are no partitions.`,
    `Run the saved query repair-prepared, or: ${again}`,
  );
}

const columnsOf = (table: Table): string[] => (table.StorageDescriptor?.Columns ?? []).map(({ Name = '' }) => Name);

/** What is wrong with the columns, in words; undefined when they are the plan's. */
function columnFault(names: readonly string[], what: string): string | undefined {
  const plan = dataPlan();
  const allowed = preparedColumns(plan).map(({ name }) => name);
  const extra = names.filter((name) => !allowed.includes(name) && name !== 'batch');
  const leaks = extra.filter((name) => plan.forbidden.leaks.includes(name));
  if (leaks.length > 0) {
    return `${what} has ${list(leaks)}: known only after departure. A model would learn the answer instead of the question.`;
  }
  const calendar = extra.filter((name) => plan.forbidden.calendar.includes(name));
  if (calendar.length > 0) {
    return `${what} has ${list(calendar)}: a calendar. A model would learn the dates of this year's storms.`;
  }
  if (extra.length > 0) return `${what} has columns that data/plan.json does not allow: ${list(extra)}.`;
  const missing = allowed.filter((name) => !names.includes(name));
  return missing.length > 0 ? `${what} lacks columns of data/plan.json: ${list(missing)}.` : undefined;
}

/** About the files themselves: a column that the table does not name is still there for whoever reads the files. */
async function filesVerdict(run: LabRun, resources: LabResources, again: string): Promise<Verdict | undefined> {
  const files = (await listObjects(run, resources.bucket, PREPARED_PREFIX)).filter(({ key }) =>
    key.endsWith('.parquet'),
  );
  for (const file of new Set([files[0], files.at(-1)])) {
    if (file === undefined)
      return notDone(`s3://${resources.bucket}/${PREPARED_PREFIX} has no Parquet file.`, `Run it: ${again}`);
    const names = await sparkColumns(run, resources.bucket, file.key);
    if (names === 'no Parquet') {
      return notDone(
        `s3://${resources.bucket}/${file.key} is no Parquet file, whatever its name says.`,
        `Run the job again: ${again}`,
      );
    }
    const fault = names && columnFault(names, `The file ${file.key}`);
    if (fault) return notDone(fault, `Fix labs/data-prep/runtime/transform.py, deploy it, run it: ${again}`);
  }
  return undefined;
}

/** About the content. */
async function figuresVerdict(run: LabRun, resources: LabResources, again: string): Promise<Verdict> {
  const next = labCommand(run, 'check', 'crawl');
  const [raw, prepared, keys] = await Promise.all([
    figuresFromRaw(run, resources, next),
    figuresFromPrepared(run, resources, again),
    keyFaults(run, resources, again),
  ]);
  const differ = figureDifferences(raw, prepared);
  if (differ.length > 0) {
    return notDone(
      `The prepared table differs from what the raw tables say in ${count(differ.length, 'month')}: ${list(differ, 2)}.`,
      `Either the script is wrong, or the raw data changed: ${labCommand(run, 'check', 'ingest')}, then ${again}`,
    );
  }
  if (keys.buckets !== 0 || keys.twice !== 0) {
    return notDone(
      `${count(keys.buckets, 'row has', 'rows have')} a split_bucket that is not the hash of its key, and ${count(keys.twice, 'key occurs', 'keys occur')} more than once.`,
      `Compare bucket_of() in labs/data-prep/runtime/transform.py with data/plan.json, then: ${again}`,
    );
  }
  const months = [...prepared.values()];
  const rows = months.reduce((sum, month) => sum + month.rows, 0);
  const late = months.reduce((sum, month) => sum + month.late, 0);
  return done(
    `${rows.toLocaleString('en-US')} flights in ${months.length} months, ${late.toLocaleString('en-US')} of them late (${(late / rows).toFixed(4)}); rows, late flights, mean temperature and mean age of the plane agree with the raw tables in every month. No column leaks the label, none is a calendar.`,
    labCommand(run, 'step', 'quality'),
  );
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  const job = quoted(resources.job);
  return [
    ownQueryCommand(run, unknownPlanesExercise),
    `run=$(aws glue start-job-run --job-name ${job} --query JobRunId --output text) && until aws glue get-job-run --job-name ${job} --run-id "$run" --query JobRun.JobRunState --output text | grep -E 'SUCCEEDED|FAILED|ERROR|STOPPED|TIMEOUT'; do sleep 10; done && aws glue get-job-run --job-name ${job} --run-id "$run" --query 'JobRun.[JobRunState,ErrorMessage,ExecutionTime]'`,
    ...REGISTER.map((name) => athenaCommand(run, namedQuery(name, resources).sql)),
  ];
}
