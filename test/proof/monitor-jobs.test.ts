/** The open monitor's analyses as Processing jobs: a baseline, a clean hour, July, its truth, and a role that lacks a right. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { GetMetricStatisticsCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateProcessingJobCommand,
  DescribeProcessingJobCommand,
  type DescribeProcessingJobResponse,
} from '@aws-sdk/client-sagemaker';
import { zipSync } from 'fflate';
import type { Target } from '../../lib/target';
import { analysisRequest, resultsOf, type Analysis } from '../../labs/monitoring/analysis/request';
import { openPrivateTarget } from './private-target';
import { until } from './until';

const BUCKET = 'mla-labs-monitoring-proof';
const ENDPOINT = 'flights';
const RUNTIME = resolve('labs/monitoring/runtime/monitor');
const CODE = `s3://${BUCKET}/code/0123abcd.zip`;
const IMAGE = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3';
const RIGHTS = ['s3:ListBucket', 's3:GetObject', 's3:PutObject', 'logs:*', 'cloudwatch:PutMetricData'];

let target: Target;
let role: string;

const text = (name: string): string => gunzipSync(readFileSync(resolve('data/prepared', `${name}.csv.gz`))).toString();
const put = (Key: string, Body: string | Uint8Array): Promise<unknown> =>
  target.clients.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));

async function read(key: string): Promise<string> {
  const { Body } = await target.clients.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  return Body!.transformToString();
}

function policy(more: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] });
}

async function allow(Action: readonly string[]): Promise<void> {
  const PolicyDocument = policy({ Action, Resource: '*' });
  await target.clients.iam.send(
    new PutRolePolicyCommand({ RoleName: 'monitor', PolicyName: 'monitor', PolicyDocument }),
  );
}

/** Every n-th flight of a file, captured in an hour as an endpoint does it; the label is half known to the score. */
async function capture(name: string, hour: string, every: number): Promise<string[]> {
  const flights = text(name).trim().split('\n');
  const chosen = flights.filter((_, i) => i % every === 0).slice(0, 1000);
  const lines = chosen.map((flight, i) => {
    const [label, ...features] = flight.split(',');
    const score = (0.2 + 0.3 * Number(label) + ((i * 7919) % 1000) / 2000).toFixed(6);
    const part = (mode: string, data: string): object => ({
      observedContentType: 'text/csv',
      mode,
      data,
      encoding: 'CSV',
    });
    return JSON.stringify({
      captureData: {
        endpointInput: part('INPUT', features.join(',')),
        endpointOutput: part('OUTPUT', `${score}\n`),
      },
      eventMetadata: {
        eventId: randomUUID(),
        inferenceId: `${name}-${i}`,
        inferenceTime: `2026-11-23T${hour}:05:00Z`,
      },
      eventVersion: '0',
    });
  });
  await put(`capture/${ENDPOINT}/AllTraffic/2026/11/23/${hour}/05-00-000-${randomUUID()}.jsonl`, lines.join('\n'));
  return chosen.map((flight) => flight[0]!);
}

async function analyzed(analysis: Analysis): Promise<DescribeProcessingJobResponse> {
  const { sagemaker } = target.clients;
  const region = target.clients.settings.region;
  const monitor = { learner: 'me', region, bucket: BUCKET, endpoint: ENDPOINT, role, image: IMAGE, code: CODE };
  await sagemaker.send(new CreateProcessingJobCommand(analysisRequest(monitor, analysis)));
  return until(async () => {
    const job = await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: analysis.name }));
    return job.ProcessingJobStatus !== 'InProgress' && job;
  });
}

async function latest(MetricName: string): Promise<number | undefined> {
  const { Datapoints = [] } = await target.clients.cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: 'MlaLabs/Monitoring',
      MetricName,
      Dimensions: [{ Name: 'Endpoint', Value: ENDPOINT }],
      StartTime: new Date(Date.now() - 3600_000),
      EndTime: new Date(Date.now() + 60_000),
      Period: 3600,
      Statistics: ['Maximum'],
    }),
  );
  return Datapoints.length === 0 ? undefined : Math.max(...Datapoints.map(({ Maximum }) => Maximum!));
}

beforeAll(async () => {
  target = await openPrivateTarget();
  const { iam, s3 } = target.clients;
  const trust = policy({ Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' });
  const made = await iam.send(new CreateRoleCommand({ RoleName: 'monitor', AssumeRolePolicyDocument: trust }));
  role = made.Role!.Arn!;
  await allow(RIGHTS);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const files = readdirSync(RUNTIME).filter((name) => /\.(py|json|txt)$/.test(name));
  await put('code/0123abcd.zip', zipSync(Object.fromEntries(files.map((n) => [n, readFileSync(join(RUNTIME, n))]))));
  await put('data/train/train.csv', text('train'));
});
afterAll(() => target.close());

test('the baseline is made of the training flights', async () => {
  const analysis: Analysis = { mode: 'baseline', name: 'baseline-1', data: `s3://${BUCKET}/data/train/` };
  const job = await analyzed(analysis);
  expect(job.FailureReason).toBeUndefined();
  expect(job.ExitMessage).toBe('Completed: baseline of 20000 of 86925 rows, 36 columns.');
  const statistics = JSON.parse(await read('baseline/statistics.json')) as { dataset: { item_count: number } };
  expect(statistics.dataset.item_count).toBe(20000);
});

test('an hour without traffic, and one of held-out flights, end without violations', async () => {
  const idle = await analyzed({ mode: 'analyze', name: 'idle-1', scheduled: '2026-11-23T05:20:00Z' });
  expect(idle.ProcessingJobStatus).toBe('Completed');
  expect(idle.ExitMessage).toContain('Nothing was compared.');
  await capture('test', '08', 26);
  const job = await analyzed({ mode: 'analyze', name: 'clean-1', scheduled: '2026-11-23T09:20:00Z' });
  expect(job.ExitMessage).toBe(
    'Completed: 1000 records from 2026-11-23 08:00:00 to 2026-11-23 09:00:00 UTC, no violations.',
  );
  expect(await latest('FeaturesDrifted')).toBe(0);
});

test('July violates, and the report has plots', async () => {
  await capture('months/2013-07', '10', 28);
  const analysis: Analysis = { mode: 'analyze', name: 'july-1', scheduled: '2026-11-23T11:20:00Z' };
  const job = await analyzed(analysis);
  expect(job.ProcessingJobStatus).toBe('Completed');
  expect(job.ExitMessage).toMatch(/^CompletedWithViolations: 1000 records .* baseline_drift_check: temp, dewp, /);
  const summary = JSON.parse(await read(`${resultsOf(analysis)}summary.json`)) as Record<string, unknown>;
  expect(summary).toMatchObject({ execution: 'july-1', evidently: true, missing: [] });
  expect(await latest('FeaturesDrifted')).toBe((summary['drifted'] as string[]).length);
  expect(await latest('feature_baseline_drift_temp')).toBeGreaterThan(0.5);
  expect(await read(`${resultsOf(analysis)}report.html`)).toContain('features drifted: temp, dewp');
});

test('the truth of an hour gives its AUC', async () => {
  const labels = await capture('months/2013-09', '13', 27);
  const truth = labels.map((data, i) => ({
    groundTruthData: { data, encoding: 'CSV' },
    eventMetadata: { eventId: `months/2013-09-${i}` },
    eventVersion: '0',
  }));
  await put('truth/2026/11/23/20/a.jsonl', truth.map((one) => JSON.stringify(one)).join('\n'));
  const window = { start: '2026-11-23T13:00:00Z', end: '2026-11-23T14:00:00Z' };
  const job = await analyzed({ mode: 'quality', name: 'quality-1', window, aucThreshold: 0.99 });
  expect(job.ExitMessage).toMatch(/^CompletedWithViolations: 1000 joined .* below 0\.99\.$/);
  const summary = JSON.parse(await read('quality/quality-1/summary.json')) as { auc: number };
  expect(await latest('Auc')).toBeCloseTo(summary.auc, 9);
});

test.each(['cloudwatch:PutMetricData', 's3:GetObject', 's3:ListBucket'])(
  'without %s it fails and says so',
  async (right) => {
    await allow(RIGHTS.filter((one) => one !== right));
    try {
      const job = await analyzed({
        mode: 'quality',
        name: `denied-${right.replace(/\W/g, '-')}`,
        scheduled: '2026-11-23T14:20:00Z',
      });
      expect(job.ProcessingJobStatus).toBe('Failed');
      expect(`${job.ExitMessage} ${job.FailureReason}`).toContain('AccessDenied');
    } finally {
      await allow(RIGHTS);
    }
  },
);

test('each figure is a metric of the endpoint', async () => {
  const { Metrics = [] } = await target.clients.cloudwatch.send(
    new ListMetricsCommand({ Namespace: 'MlaLabs/Monitoring' }),
  );
  const names = new Set(Metrics.map(({ MetricName }) => MetricName));
  for (const name of ['Records', 'FeaturesDrifted', 'Auc', 'AucStandardError', 'Joined', 'Unmatched'])
    expect(names).toContain(name);
});
