/** Model Monitor: definitions, schedules and their runs on the stand-in for the analyzer, which really runs. */
import type { CreateMonitoringScheduleRequest } from '@aws-sdk/client-sagemaker';
import { Containers } from '../../../../local-cloud/services/sagemaker/containers';
import type { Endpoints } from '../../../../local-cloud/services/sagemaker/endpoint';
import { Events } from '../../../../local-cloud/services/sagemaker/events';
import { DataQualityDefinitions } from '../../../../local-cloud/services/sagemaker/monitoringDefinition';
import { MonitoringSchedules } from '../../../../local-cloud/services/sagemaker/monitoringSchedule';
import { ProcessingJobs } from '../../../../local-cloud/services/sagemaker/processingJob';
import { Tags } from '../../../../local-cloud/services/sagemaker/tags';
import { FakeCloud, ROLE, until } from './fakeCloud';

const ANALYZER = '156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer';
const RESULTS = '/opt/ml/processing/resultspath';

let cloud: FakeCloud;
let containers: Containers;
let processing: ProcessingJobs;
let definitions: DataQualityDefinitions;
let schedules: MonitoringSchedules;
/** Endpoints by name, as far as monitoring looks at them. */
const endpoints = new Map<string, object>();
const hour = () => new Date().toISOString().slice(0, 13).replace(/[-T]/g, '/');

beforeAll(() => {
  cloud = new FakeCloud();
  containers = new Containers(cloud);
  const tags = new Tags(() => true);
  processing = new ProcessingJobs(cloud, containers, tags, new Events(cloud), { secondMs: 100 });
  const parts = { cloud, processing, endpoints: endpoints as unknown as Endpoints };
  schedules = new MonitoringSchedules(parts, () => definitions, tags, 20);
  definitions = new DataQualityDefinitions(cloud, tags, (name) => schedules.using(name));
  capture('production', true);
  capture('blind', false);
});
beforeEach(() => {
  cloud.faces.clear();
  cloud.denied.clear();
  cloud.metrics.length = 0;
});
afterAll(async () => {
  await processing.stopAll();
  await schedules.stopAll();
  await containers.stop();
  cloud.dispose();
});

function capture(name: string, EnableCapture: boolean, DestinationS3Uri = 's3://data/capture'): void {
  const DataCaptureConfig = { EnableCapture, DestinationS3Uri };
  endpoints.set(name, { current: { DataCaptureConfig, ProductionVariants: [{ VariantName: 'AllTraffic' }] } });
}

function record(score: number, temperature: number): string {
  const side = (data: string) => ({ data, encoding: 'CSV', observedContentType: 'text/csv' });
  const captureData = { endpointInput: side(`${temperature},10`), endpointOutput: side(String(score)) };
  return JSON.stringify({ captureData, eventVersion: '0' });
}

/** Captures flights of this hour, so much warmer than those of the baseline. */
function putCapture(warmer: number): void {
  const lines = Array.from({ length: 200 }, (_, i) => record((i % 100) / 100, (i % 50) + warmer));
  cloud.put(`data/capture/production/AllTraffic/${hour()}/x.jsonl`, lines.join('\n'));
}

function clearCapture(): void {
  for (const path of cloud.objects.keys()) if (path.startsWith('data/capture/')) cloud.objects.delete(path);
}

async function makeBaseline(): Promise<void> {
  const rows = Array.from({ length: 500 }, (_, i) => `${(i % 100) / 100},${i % 50},10`);
  cloud.put('data/baseline/train.csv', ['score,temp,wind', ...rows].join('\n'));
  await processing.create(
    {
      ProcessingJobName: 'baseline',
      RoleArn: ROLE,
      AppSpecification: { ImageUri: ANALYZER },
      Environment: {
        dataset_format: '{"csv":{"header":true,"output_columns_position":"START"}}',
        dataset_source: '/opt/ml/processing/input/baseline_dataset_input',
        output_path: '/opt/ml/processing/output',
        publish_cloudwatch_metrics: 'Disabled',
      },
      ProcessingInputs: [
        {
          InputName: 'baseline_dataset_input',
          S3Input: {
            S3Uri: 's3://data/baseline/train.csv',
            LocalPath: '/opt/ml/processing/input/baseline_dataset_input',
            S3DataType: 'S3Prefix',
            S3InputMode: 'File',
          },
        },
      ],
      ProcessingOutputConfig: {
        Outputs: [
          {
            OutputName: 'monitoring_output',
            S3Output: {
              S3Uri: 's3://data/baseline/out',
              LocalPath: '/opt/ml/processing/output',
              S3UploadMode: 'EndOfJob',
            },
          },
        ],
      },
      ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.t3.xlarge', VolumeSizeInGB: 5 } },
    },
    cloud.context,
  );
  const job = await until(async () => {
    const one = await processing.describe({ ProcessingJobName: 'baseline' }, cloud.context);
    return one.ProcessingJobStatus === 'InProgress' ? undefined : one;
  });
  expect(job).toMatchObject({ ProcessingJobStatus: 'Completed', ExitMessage: expect.stringContaining('Completed') });
}

const define = (JobDefinitionName: string, EndpointName = 'production', baseline = true) =>
  definitions.create(
    {
      JobDefinitionName,
      RoleArn: ROLE,
      DataQualityAppSpecification: { ImageUri: ANALYZER },
      DataQualityJobInput: { EndpointInput: { EndpointName, LocalPath: '/opt/ml/processing/input/endpoint' } },
      DataQualityJobOutputConfig: {
        MonitoringOutputs: [{ S3Output: { S3Uri: 's3://data/reports', LocalPath: RESULTS, S3UploadMode: 'EndOfJob' } }],
      },
      JobResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.t3.xlarge', VolumeSizeInGB: 5 } },
      ...(baseline && {
        DataQualityBaselineConfig: {
          ConstraintsResource: { S3Uri: 's3://data/baseline/out/constraints.json' },
          StatisticsResource: { S3Uri: 's3://data/baseline/out/statistics.json' },
        },
      }),
    },
    cloud.context,
  );

const schedule = (
  MonitoringScheduleName: string,
  MonitoringJobDefinitionName: string,
  ScheduleConfig: NonNullable<CreateMonitoringScheduleRequest['MonitoringScheduleConfig']>['ScheduleConfig'] = NOW,
) =>
  schedules.create(
    {
      MonitoringScheduleName,
      MonitoringScheduleConfig: { MonitoringJobDefinitionName, MonitoringType: 'DataQuality', ScheduleConfig },
      Tags: [{ Key: 'lab', Value: 'monitoring' }],
    },
    cloud.context,
  );
const NOW = { ScheduleExpression: 'NOW', DataAnalysisStartTime: '-PT1H', DataAnalysisEndTime: '-PT0H' };
const HOURLY = { ScheduleExpression: 'cron(0 * ? * * *)' };

const describe_ = (MonitoringScheduleName: string) => schedules.describe({ MonitoringScheduleName }, cloud.context);
const becomes = (name: string, status: string) =>
  until(async () => ((await describe_(name)).MonitoringScheduleStatus === status ? true : undefined));
const ran = (MonitoringScheduleName: string) =>
  until(async () => {
    const list = await schedules.listExecutions({ MonitoringScheduleName }, cloud.context);
    const [last] = list.MonitoringExecutionSummaries!;
    return last && !['Pending', 'InProgress'].includes(last.MonitoringExecutionStatus!) ? last : undefined;
  });
const remove = async (name: string): Promise<void> => {
  await schedules.delete({ MonitoringScheduleName: name }, cloud.context);
};
const report = (file: string): unknown => {
  const [path] = [...cloud.objects.keys()].filter((key) => key.startsWith('data/reports/') && key.endsWith(file));
  return JSON.parse(cloud.objects.get(path!)!.toString());
};

describe('runs', () => {
  beforeAll(async () => {
    await makeBaseline();
    await define('quality');
  });

  test('the same kind of data: Completed, with statistics and metrics', async () => {
    putCapture(0);
    await schedule('clean', 'quality');
    const run = await ran('clean');
    expect(run).toMatchObject({ MonitoringExecutionStatus: 'Completed', EndpointName: 'production' });
    const name = run.ProcessingJobArn!.split('/').pop()!;
    expect(name).toMatch(/^data-quality-monitoring-\d{12}-[0-9a-f]{24}$/);
    const job = await processing.describe({ ProcessingJobName: name }, cloud.context);
    expect(job.MonitoringScheduleArn).toContain('monitoring-schedule/clean');
    expect(cloud.lines(name)[0]).toContain('STAND-IN');
    expect(report('statistics.json')).toMatchObject({ dataset: { item_count: 200 } });
    expect(report('constraint_violations.json')).toMatchObject({ violations: [] });
    expect(cloud.metrics.map((metric) => metric.name)).toEqual(
      expect.arrayContaining(['feature_baseline_drift_temp', 'feature_non_null_temp', 'feature_data_temp']),
    );
    expect(cloud.metrics[0]).toMatchObject({
      namespace: 'aws/sagemaker/Endpoints/data-metrics',
      dimensions: { Endpoint: 'production', MonitoringSchedule: 'clean' },
    });
    await remove('clean');
  });

  test('drifted data: CompletedWithViolations, and the violation names the feature', async () => {
    putCapture(40);
    await schedule('drifted', 'quality');
    expect(await ran('drifted')).toMatchObject({ MonitoringExecutionStatus: 'CompletedWithViolations' });
    const path = [...cloud.objects.keys()].find((key) => /reports\/production\/drifted\/.*violations/.test(key))!;
    expect(path).toContain(`data/reports/production/drifted/${hour()}/`);
    const { violations } = JSON.parse(cloud.objects.get(path)!.toString()) as { violations: object[] };
    expect(violations).toMatchObject([{ feature_name: 'temp', constraint_check_type: 'baseline_drift_check' }]);
    expect((await describe_('drifted')).LastMonitoringExecutionSummary).toMatchObject({
      MonitoringExecutionStatus: 'CompletedWithViolations',
    });
    await remove('drifted');
  });

  test('without capture the run fails and starts no job; the schedule lives on', async () => {
    clearCapture();
    await schedule('empty', 'quality');
    const run = await ran('empty');
    expect(run).toMatchObject({ MonitoringExecutionStatus: 'Failed', FailureReason: 'Job inputs had no data' });
    expect(run.ProcessingJobArn).toBeUndefined();
    expect((await describe_('empty')).MonitoringScheduleStatus).toBe('Scheduled');
    await remove('empty');
  });

  test.each(['s3://data/capture/', 's3://data/capture//'])(
    'a destination that ends in a slash, %s: the run looks below a folder without a name, where nothing is',
    async (destination) => {
      putCapture(0);
      capture('production', true, destination);
      await schedule('slash', 'quality');
      expect(await ran('slash')).toMatchObject({
        MonitoringExecutionStatus: 'Failed',
        FailureReason: 'Job inputs had no data',
      });
      await remove('slash');
      capture('production', true);
    },
  );

  test('a role that may not list the capture: the run fails and names it', async () => {
    putCapture(0);
    cloud.denied.add('s3:ListBucket');
    await schedule('denied', 'quality');
    expect(await ran('denied')).toMatchObject({ MonitoringExecutionStatus: 'Failed' });
    await remove('denied');
  });

  test('capture that is none: the run fails with the reason of its job', async () => {
    cloud.put(`data/capture/production/AllTraffic/${hour()}/x.jsonl`, 'truncat');
    await schedule('broken', 'quality');
    const run = await ran('broken');
    expect(run.MonitoringExecutionStatus).toBe('Failed');
    expect(run.FailureReason).toContain('Line 1 of x.jsonl is no captured request');
    await remove('broken');
  });
});

describe('schedules', () => {
  beforeAll(() => define('plain', 'production', false));

  test('one that is Pending can be neither deleted nor stopped; then it is Scheduled and stopped', async () => {
    const MonitoringScheduleName = 'hourly';
    await schedule(MonitoringScheduleName, 'plain', HOURLY);
    expect((await describe_('hourly')).MonitoringScheduleStatus).toBe('Pending');
    await expect(remove('hourly')).rejects.toThrow('while it is in status Pending');
    await expect(schedules.stop({ MonitoringScheduleName }, cloud.context)).rejects.toThrow('Pending');
    await becomes('hourly', 'Scheduled');
    await schedules.stop({ MonitoringScheduleName }, cloud.context);
    expect((await describe_('hourly')).MonitoringScheduleStatus).toBe('Stopped');
    const { MonitoringScheduleSummaries } = await schedules.list({ EndpointName: 'production' }, cloud.context);
    expect(MonitoringScheduleSummaries).toMatchObject([
      { MonitoringScheduleName, MonitoringJobDefinitionName: 'plain' },
    ]);
    await expect(definitions.delete({ JobDefinitionName: 'plain' }, cloud.context)).rejects.toThrow(
      'the monitoring schedule hourly uses it',
    );
    await remove('hourly');
    await expect(remove('hourly')).rejects.toMatchObject({ code: 'ResourceNotFound' });
    expect(schedules.inventory()).toEqual([]);
  });

  test('one whose run goes on cannot be deleted', async () => {
    putCapture(0);
    await schedule('busy', 'plain');
    await until(async () => {
      const found = (await describe_('busy')).LastMonitoringExecutionSummary;
      return found?.MonitoringExecutionStatus === 'InProgress' ? true : undefined;
    });
    await expect(remove('busy')).rejects.toThrow('has an execution in progress');
    await ran('busy');
    await remove('busy');
  });

  test.each([
    ['another cron', 'plain', { ScheduleExpression: 'cron(*/5 * ? * * *)' }, 'is not valid'],
    ['NOW without times', 'plain', { ScheduleExpression: 'NOW' }, 'dataAnalysisStartTime'],
    ['NOW backwards', 'plain', { ...NOW, DataAnalysisEndTime: '-PT2H' }, 'must be before'],
    ['NOW with a date', 'plain', { ...NOW, DataAnalysisStartTime: '2026-07-01' }, 'ISO 8601 duration'],
    ['no definition of that name', 'nothing', HOURLY, 'Could not find job definition'],
  ])('%s is refused', async (_what, definition, config, message) => {
    await expect(schedule('wrong', definition, config)).rejects.toThrow(message);
  });

  test.each([
    ['gone', 'Could not find endpoint'],
    ['blind', 'Data capture is not enabled'],
  ])('an endpoint that is %s is refused', async (endpoint, message) => {
    await define(`of-${endpoint}`, endpoint, false);
    await expect(schedule('wrong', `of-${endpoint}`, HOURLY)).rejects.toThrow(message);
  });

  test('an account that Model Monitor is closed to gets its own error', async () => {
    cloud.faces.add('model-monitor-closed');
    const closed = 'This operation is in maintenance mode and is not available to new customers.';
    await expect(define('late')).rejects.toThrow(closed);
    await expect(schedule('late', 'plain')).rejects.toThrow(closed);
  });
});
