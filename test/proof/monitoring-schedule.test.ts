/** The schedule of the open monitor as the stack made it, fired for hours with traffic, without, and with traffic that nobody can read. */
import { randomUUID } from 'node:crypto';
import { DisableAlarmActionsCommand, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateModelPackageCommand,
  DescribeProcessingJobCommand,
  type DescribeProcessingJobResponse,
  ListTagsCommand,
  paginateListProcessingJobs,
} from '@aws-sdk/client-sagemaker';
import { listObjects, putObject, readObject } from '../../lib/aws/s3';
import { InProgress, waitWithProgress } from '../../lib/aws/wait';
import type { LabRun } from '../../lib/course/run';
import { runAnalysis, type DriftSummary, type QualitySummary } from '../../labs/monitoring/analysis/analyses';
import { describeAlarm, alarmTransitions } from '../../labs/monitoring/alarms/state';
import { readJson } from '../../labs/monitoring/bucket/json';
import { sampleFlights, MIN_REQUESTS, JULY } from '../../labs/monitoring/traffic/flights';
import { versionOf } from '../../labs/monitoring/endpoint/models';
import { resourcesOf, type LabResources } from '../../labs/monitoring/resources';
import { sendBatch } from '../../labs/monitoring/traffic/send';
import { servingAt, endpointStackOf } from '../../labs/monitoring/endpoint/serving';
import { LocalCloud } from '../../local-cloud/boot/start';
import { SQS_ENDPOINT } from '../../lib/course/shell';
import { Stage } from './stage';

const FILES = ['constraint_violations.json', 'constraints.json', 'report.html', 'statistics.json', 'summary.json'];

let stage: Stage;
let cloud: LocalCloud;
let run: LabRun;
let place: LabResources;

beforeAll(async () => {
  stage = await Stage.open('monitoring');
  cloud = stage.cloud;
  await stage.up();
  run = await stage.run();
  place = resourcesOf(run);
  // What an alarm sets going is proven elsewhere, and would train beside this.
  const { cloudwatch } = run.clients;
  await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: [place.alarms.drift] }));
});
afterAll(() => stage?.close());

/** The jobs that the schedule started for a time, the oldest first. */
async function jobsOf(scheduled: string): Promise<DescribeProcessingJobResponse[]> {
  const client = run.clients.sagemaker;
  const found: DescribeProcessingJobResponse[] = [];
  const sorted = { SortBy: 'CreationTime', SortOrder: 'Ascending' } as const;
  for await (const { ProcessingJobSummaries = [] } of paginateListProcessingJobs({ client }, sorted)) {
    for (const { ProcessingJobName } of ProcessingJobSummaries) {
      const job = await client.send(new DescribeProcessingJobCommand({ ProcessingJobName }));
      if (job.Environment?.MLA_SCHEDULED_TIME === scheduled) found.push(job);
    }
  }
  return found;
}

interface Analysis {
  readonly job: DescribeProcessingJobResponse;
  /** Names of what it wrote. */
  readonly files: readonly string[];
  readonly summary: DriftSummary;
  readonly report: string;
}

/** Fires the schedule as if it were that time, and waits for the job that it starts. */
async function fired(scheduled: string): Promise<Analysis> {
  const before = (await jobsOf(scheduled)).length;
  expect(await cloud.fire(place.schedule!, new Date(scheduled))).toMatchObject({ delivered: true, attempts: 1 });
  const job = await waitWithProgress(run, {
    what: `the analysis of ${scheduled}`,
    minutes: 10,
    next: '',
    ask: async () => {
      const jobs = await jobsOf(scheduled);
      expect(jobs).toHaveLength(before + 1);
      const newest = jobs.at(-1)!;
      return newest.ProcessingJobStatus === 'InProgress' ? new InProgress('InProgress') : newest;
    },
  });
  const folder = `monitor/${job.ProcessingJobName}/`;
  const files = (await listObjects(run, place.bucket, folder)).map(({ key }) => key.slice(folder.length)).sort();
  if (files.length === 0) return { job, files, summary: {} as DriftSummary, report: '' };
  const summary = (await readJson<DriftSummary>(run, place, `${folder}summary.json`))!;
  return { job, files, summary, report: (await readObject(run, place.bucket, `${folder}report.html`)).toString() };
}

/** Values of a metric of the endpoint that were published since a moment. */
async function published(MetricName: string, since: Date): Promise<{ values: number; highest?: number }> {
  const { Datapoints = [] } = await run.clients.cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: 'MlaLabs/Monitoring',
      MetricName,
      Dimensions: [{ Name: 'Endpoint', Value: place.endpoint }],
      StartTime: new Date(since.getTime() - 60_000),
      EndTime: new Date(Date.now() + 60_000),
      Period: 3600,
      Statistics: ['SampleCount', 'Maximum'],
    }),
  );
  return {
    values: Datapoints.reduce((sum, { SampleCount = 0 }) => sum + SampleCount, 0),
    highest: Datapoints.length === 0 ? undefined : Math.max(...Datapoints.map(({ Maximum }) => Maximum!)),
  };
}

/** A captured request about a flight of July, or about something else. */
function line(hour: string, body: string, more: Record<string, string> = {}): string {
  return JSON.stringify({
    captureData: {
      endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: body, encoding: 'CSV', ...more },
      endpointOutput: { observedContentType: 'text/csv', mode: 'OUTPUT', data: '0.5\n', encoding: 'CSV' },
    },
    eventMetadata: { eventId: randomUUID(), inferenceTime: `${hour}:07:00Z` },
    eventVersion: '0',
  });
}

/** Puts lines where the endpoint would have put the requests of an hour, such as `2026-01-05T08`. */
const captured = (hour: string, lines: readonly string[]): Promise<unknown> =>
  putObject(
    run,
    place.bucket,
    `capture/${place.endpoint}/AllTraffic/${hour.replaceAll(/[-T]/g, '/')}/07-00-000-${randomUUID()}.jsonl`,
    Buffer.from(lines.join('\n')),
    'application/jsonlines',
  );

test('before there is a baseline, the job fails and says what to make', async () => {
  const { job, files } = await fired('2026-01-05T06:20:00Z');
  expect(job.ProcessingJobStatus).toBe('Failed');
  expect(job.ExitMessage).toMatch(/^There is no s3:.*baseline\/constraints.json\. Make the baseline first\.$/);
  expect(files).toEqual([]);
  await stage.act('baseline');
});

test('an hour without traffic: the files come, nothing is said of drift, and that is told', async () => {
  const { job, files, summary, report } = await fired('2026-01-05T07:20:00Z');
  expect(job.ProcessingJobStatus).toBe('Completed');
  expect(job.ExitMessage).toBe(
    'Completed: no usable record from 2026-01-05 06:00:00 to 2026-01-05 07:00:00 UTC. Nothing was compared.',
  );
  expect(files).toEqual(FILES);
  expect(summary).toMatchObject({ records: 0, requests: 0, violations: [], drifted: [] });
  expect(report).toContain('There is no usable record in this window: nothing was compared.');
  const start = new Date(Date.now() - 3600_000);
  expect(await published('FeaturesDrifted', start)).toEqual({ values: 0 });
  expect(await published('Records', start)).toEqual({ values: 1, highest: 0 });
});

describe('an hour of July’s flights', () => {
  let due: string;
  let first: Analysis;
  let sent: number;
  let since: Date;

  test('is analysed as the stack says: name, role, time, tags, results of its own, metrics, the alarm', async () => {
    since = run.clock.now();
    const { requests, window } = await sendBatch(run, place, JULY, sampleFlights(JULY, 2 * MIN_REQUESTS), 'traffic');
    const within = (hour: number): number =>
      requests.filter(({ at }) => at.getTime() >= hour && at.getTime() < hour + 3600_000).length;
    const begun = new Date(window.start).setUTCMinutes(0, 0, 0);
    // They may have been sent as the hour changed: one of the two holds enough.
    const hour = within(begun) >= MIN_REQUESTS ? begun : begun + 3600_000;
    sent = within(hour);
    due = new Date(hour + 4800_000).toISOString().replace('.000', '');
    first = await fired(due);
    const { job, files, summary } = first;
    expect(job.ProcessingJobName).toMatch(/^mla-mon-me--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(job).toMatchObject({ ProcessingJobStatus: 'Completed', RoleArn: place.analyzer.role });
    expect(job.ExitMessage).toMatch(/^CompletedWithViolations: .* baseline_drift_check: temp, /);
    expect(files).toEqual(FILES);
    const [start, end] = [hour, hour + 3600_000].map((time) => new Date(time).toISOString().replace('.000', ''));
    expect(summary).toMatchObject({ execution: job.ProcessingJobName, window: { start, end }, records: sent });
    expect(summary).toMatchObject({ evidently: true, missing: [], skipped: {} });
    expect(await published('FeaturesDrifted', since)).toMatchObject({ highest: summary.drifted.length });
    const { Tags } = await run.clients.sagemaker.send(new ListTagsCommand({ ResourceArn: job.ProcessingJobArn }));
    expect(Tags).toContainEqual({ Key: 'mla-labs:learner', Value: 'me' });
    const asked = (await cloud.requests()).filter(({ action }) => action === 'sagemaker:CreateProcessingJob');
    expect(asked.at(-1)!.principal).toMatch(/assumed-role\/\S*ScheduleRole/);
    await waitWithProgress(run, {
      what: 'the alarm',
      minutes: 5,
      next: '',
      ask: async () => {
        const { StateValue = '' } = (await describeAlarm(run, place.alarms.drift)) ?? {};
        return StateValue === 'ALARM' || new InProgress(StateValue);
      },
    });
  });

  test('twice, as Scheduler may do it: a second job, the same findings, no second alarm', async () => {
    const again = await fired(due);
    expect(again.job.ProcessingJobName).not.toBe(first.job.ProcessingJobName);
    expect(again.files).toEqual(FILES);
    expect({ ...again.summary, execution: '' }).toEqual({ ...first.summary, execution: '' });
    expect(await published('FeaturesDrifted', since)).toEqual({ values: 2, highest: first.summary.drifted.length });
    expect(await alarmTransitions(run, place.alarms.drift, new Date(since.getTime() - 1000))).toHaveLength(1);
  });

  test('its truth never came, and other ids have some: no AUC, and why', async () => {
    const stranger = {
      groundTruthData: { data: '1', encoding: 'CSV' },
      eventMetadata: { eventId: `2013-07.1.${randomUUID().slice(0, 8)}` },
      eventVersion: '0',
    };
    const truth = Buffer.from(`${JSON.stringify(stranger)}\n{"groundTruthData":\n`);
    await putObject(run, place.bucket, 'truth/2026/01/05/09/a.jsonl', truth, 'application/jsonlines');
    const name = 'mla-mon-me--truth';
    const job = await runAnalysis(
      run,
      place,
      { mode: 'quality', name, scheduled: due, aucThreshold: 0.745 },
      'quality',
    );
    expect(job.ExitMessage).toContain('AUC: no prediction of this window has its truth yet.');
    expect(job.ExitMessage).toContain(`${sent} requests whose truth has not come`);
    expect(job.ExitMessage).toContain('1 truth of ids that no request of the window has');
    const summary = await readJson<QualitySummary>(run, place, `quality/${name}/summary.json`);
    expect(summary).toMatchObject({ joined: 0, waiting: sent, auc: null, published: false, violations: [] });
    expect(summary!.skipped).toEqual({ 'a line of truth that cannot be read': 1 });
    expect(await published('Auc', since)).toEqual({ values: 0 });
  });
});

test('traffic that nobody can read is left out, each reason is named, and the rest is compared', async () => {
  const hour = '2026-01-05T08';
  const [good, other] = sampleFlights(JULY, 2).map(({ body }) => body);
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  await captured(hour, [
    line(hour, base64(good!), { encoding: 'BASE64' }),
    line(hour, '%%%', { encoding: 'BASE64' }),
    line(hour, other!).slice(0, 150),
    line(hour, other!.slice(other!.indexOf(',') + 1)),
    line(hour, '{"instances":[]}', { observedContentType: 'application/json', encoding: 'JSON' }),
    '[]',
  ]);
  const { job, files, summary, report } = await fired('2026-01-05T09:20:00Z');
  const reasons = [
    '35 columns instead of 36',
    'a line that is cut off, or is no JSON',
    'a line that is not a captured request',
    'a request in base64 that cannot be decoded',
    'a request of the type application/json',
  ];
  expect(job.ProcessingJobStatus).toBe('Completed');
  expect(job.ExitMessage).toMatch(new RegExp(`missing_column_check.*5 left out: ${reasons.join(', ')}\\.$`));
  expect(files).toEqual(FILES);
  expect(summary).toMatchObject({ records: 1, skipped: Object.fromEntries(reasons.map((reason) => [reason, 1])) });
  for (const reason of reasons) expect(report).toContain(reason);
});

test('five requests of one flight in a quiet hour are too few to compare, and so are as many as 2,500', async () => {
  const [flight] = sampleFlights(JULY, 1).map(({ body }) => body);
  const since = run.clock.now();
  for (const [hour, due, times] of [
    ['2026-01-05T16', '2026-01-05T17:20:00Z', 5],
    ['2026-01-05T18', '2026-01-05T19:20:00Z', 2500],
  ] as const) {
    await captured(
      hour,
      Array.from({ length: times }, () => line(hour, flight!)),
    );
    const { job, summary, report } = await fired(due);
    expect(job.ExitMessage).toMatch(
      new RegExp(`^Completed: ${times} records from .*, 1 of them different: fewer than the ${MIN_REQUESTS} that`),
    );
    expect(summary).toMatchObject({ records: times, different: 1, drifted: [], distances: {} });
    expect(report).toContain('Too few to compare: 1 different of');
  }
  expect(await alarmTransitions(run, place.alarms.drift, since)).toEqual([]);
});

test('an hour of another schema is no drift: the columns are named', async () => {
  const hour = '2026-01-05T10';
  await captured(hour, [line(hour, 'EWR,UA,1.5'), line(hour, 'JFK,B6,2')]);
  const { job, summary, report } = await fired('2026-01-05T11:20:00Z');
  expect(job.ExitMessage).toBe(
    'CompletedWithViolations: 0 records from 2026-01-05 10:00:00 to 2026-01-05 11:00:00 UTC. ' +
      'missing_column_check: Missing columns. 2 left out: 3 columns instead of 36.',
  );
  expect(summary).toMatchObject({ records: 0, drifted: [], skipped: { '3 columns instead of 36': 2 } });
  expect(report).toContain('Number of columns in 2 records: 3, Number of columns in baseline constraints: 36');
});

test('a baseline of other columns: what cannot be compared is named; one that is broken fails this run and no other', async () => {
  const key = 'baseline/constraints.json';
  const before = await readObject(run, place.bucket, key);
  const put = (text: string | Buffer): Promise<unknown> =>
    putObject(run, place.bucket, key, Buffer.from(text), 'application/json');
  await put(before.toString().replace('"name": "temp"', '"name": "temperature"'));
  // An hour without traffic: Evidently would only take its time.
  const scheduled = '2026-01-05T07:20:00Z';
  const { job, summary, report } = await fired(scheduled);
  expect(job.ProcessingJobStatus).toBe('Completed');
  const said = 'do not have the same columns (temp, temperature); those were not compared. Make the baseline again.';
  expect(summary.missing.join(' ')).toContain(said);
  expect(report).toContain(said);
  await put('{"features": [');
  expect((await fired(scheduled)).job).toMatchObject({
    ProcessingJobStatus: 'Failed',
    ExitMessage: `s3://${place.bucket}/${key} is no JSON.`,
  });
  await run.clients.s3.send(new DeleteObjectCommand({ Bucket: place.bucket, Key: key }));
  await put(before);
  expect((await fired(scheduled)).summary.missing).toEqual(['Plots by Evidently: there is no record to draw.']);
});

test('while the endpoint changes to another version, the hour before is analysed all the same', async () => {
  const serving = (await servingAt(run, place))!;
  const { InferenceSpecification } = (await versionOf(run, place, serving.version!))!;
  const { ModelPackageArn } = await run.clients.sagemaker.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: place.group,
      ModelApprovalStatus: 'Approved',
      InferenceSpecification,
    }),
  );
  const stack = (await endpointStackOf(run, place))!;
  await run.clients.cloudformation.send(
    new UpdateStackCommand({
      StackName: stack.id,
      UsePreviousTemplate: true,
      Parameters: stack.parameters.map((ParameterKey) =>
        ParameterKey === 'ModelPackageArn'
          ? { ParameterKey, ParameterValue: ModelPackageArn }
          : { ParameterKey, UsePreviousValue: true },
      ),
    }),
  );
  const until = (status: string): Promise<unknown> =>
    waitWithProgress(run, {
      what: 'the endpoint',
      minutes: 5,
      next: '',
      ask: async () => {
        const now = await servingAt(run, place);
        return now?.status === status && (status === 'Updating' || now.version === ModelPackageArn)
          ? status
          : new InProgress(`${now?.status}`);
      },
    });
  await until('Updating');
  const { job, files } = await fired('2026-01-05T13:20:00Z');
  expect(job.ProcessingJobStatus).toBe('Completed');
  expect(files).toEqual(FILES);
  await until('InService');
});

test('what the responder could not handle is read with the AWS CLI, here and not at AWS', () => {
  const line = `aws sqs get-queue-attributes ${SQS_ENDPOINT} --queue-url ${place.deadLetters} --attribute-names All --query Attributes.QueueArn --output text`;
  const arn = `arn:aws:sqs:us-east-1:${stage.target.account}:${place.deadLetters.split('/').at(-1)}\n`;
  expect(stage.shell(line)).toEqual({ status: 0, output: arn });
});
