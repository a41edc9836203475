/** What a lab costs by what exists of it: each figure by hand, and what cannot be read is never taken for nothing. */
import { timesAnHour } from '../../../lib/cost/parts/schedules';
import type { Spending } from '../../../lib/cost/spending';
import { Account, ago, denied, endpoint, NOW, OTHERS, ROLE } from './account';

const one = ({ lines }: Spending, pattern: RegExp) => {
  const found = lines.filter(({ what }) => pattern.test(what));
  expect(found.map(({ what }) => what)).toHaveLength(1);
  return found[0]!;
};

describe('an endpoint', () => {
  test('costs each hour since it was made, by its instances and the price of the Region', async () => {
    const account = new Account('deployment');
    endpoint(account);
    const line = one(await account.look({}, 'eu-central-1'), /^endpoint e: 1 × ml\.t2\.medium$/);
    expect(line.since).toEqual(ago(5));
    expect(line.usdPerHour).toBeCloseTo(0.064, 6);
    expect(line.usdSoFar).toBeCloseTo(0.32, 6);
    expect(line.usdNextDay).toBeCloseTo(1.536, 6);
    expect(line).not.toHaveProperty('idleHours');
    expect(line).not.toHaveProperty('assumed');
  });

  test('has two fleets while it changes over, and both are billed', async () => {
    const account = new Account('deployment');
    endpoint(account, {
      PendingDeploymentSummary: {
        EndpointConfigName: 'd',
        StartTime: ago(0.5),
        ProductionVariants: [
          { VariantName: 'v', InstanceType: 'ml.t2.medium', CurrentInstanceCount: 1, DesiredInstanceCount: 2 },
        ],
      },
    });
    const spending = await account.look();
    expect(one(spending, /second fleet/)).toMatchObject({ usdPerHour: 0.112, since: ago(0.5) });
    expect(spending.usdPerHour).toBeCloseTo(0.168, 6);
    expect(one(spending, /second fleet/).usdSoFar).toBeCloseTo(0.056, 6);
  });

  test.each([
    ['whom nobody has asked since it was made is idle', [], 5],
    ['that was asked an hour ago is not', [{ Timestamp: ago(1.5), Sum: 2 }], undefined],
    ['that was last asked more than two hours ago is idle since', [{ Timestamp: ago(4), Sum: 1 }], 3],
    ['of which there are values, all 0, is idle', [{ Timestamp: ago(1), Sum: 0 }], 5],
  ])('%s', async (_what, Datapoints, hours) => {
    const account = new Account('deployment');
    endpoint(account);
    account.answers.GetMetricStatistics = () => ({ Datapoints });
    expect(one(await account.look(), /^endpoint e/).idleHours).toBe(hours);
  });

  test('that is young is not idle yet, and is not asked about', async () => {
    const account = new Account('deployment');
    endpoint(account, {}, ago(1));
    account.answers.GetMetricStatistics = () => ({ Datapoints: [] });
    expect(one(await account.look(), /^endpoint e/)).not.toHaveProperty('idleHours');
    expect(account.asked).not.toContain('GetMetricStatistics');
  });

  test('that is serverless costs by what it answered, and is never idle', async () => {
    const account = new Account('deployment');
    endpoint(account, {
      ProductionVariants: [{ VariantName: 'v', CurrentServerlessConfig: { MemorySizeInMB: 2048 } }],
    });
    account.answers.GetMetricStatistics = () => ({ Datapoints: [{ Timestamp: ago(4), Sum: 30e6 }] });
    const line = one(await account.look(), /serverless, 2 GB, costs only when it is asked/);
    expect(line.usdSoFar).toBeCloseTo(30 * 2 * 0.00002, 9);
    expect(line).toMatchObject({ usdPerHour: 0, usdNextDay: 0 });
    expect(line).not.toHaveProperty('idleHours');
  });

  test('on an instance without a known price is not known, and not free', async () => {
    const account = new Account('deployment');
    endpoint(account);
    account.answers.DescribeEndpointConfig = () => ({
      ExecutionRoleArn: ROLE,
      ProductionVariants: [{ VariantName: 'v', InstanceType: 'ml.p5.48xlarge' }],
    });
    const { lines, notKnown } = await account.look();
    expect(lines.filter(({ what }) => what.startsWith('endpoint'))).toEqual([]);
    expect(notKnown[0]!.because).toContain('no price of ml.p5.48xlarge');
  });

  test('of somebody else is none of ours; one whose model has our role is', async () => {
    const account = new Account('deployment');
    endpoint(account);
    const config = { ProductionVariants: [{ VariantName: 'v', InstanceType: 'ml.t2.medium', ModelName: 'm' }] };
    account.answers.DescribeEndpointConfig = () => ({ ...config, ExecutionRoleArn: OTHERS });
    account.answers.DescribeModel = () => ({ ExecutionRoleArn: OTHERS });
    expect((await account.look()).lines).toEqual([]);
    account.answers.DescribeModel = () => ({ ExecutionRoleArn: ROLE });
    expect(one(await account.look(), /^endpoint e/).usdPerHour).toBe(0.056);
  });

  test('stands in the sum though nobody may read its metrics, which is said', async () => {
    const account = new Account('deployment');
    endpoint(account);
    account.answers.GetMetricStatistics = denied;
    const spending = await account.look();
    expect(spending.usdPerHour).toBeCloseTo(0.056, 6);
    expect(spending.notKnown[0]).toEqual({
      what: 'whether anybody asks the endpoint e',
      because: 'AccessDeniedException: not authorized',
    });
  });
});

describe('jobs', () => {
  const trainings = (jobs: Record<string, object>): Account => {
    const account = new Account('training');
    account.answers.ListTrainingJobs = () => ({
      TrainingJobSummaries: Object.keys(jobs).map((TrainingJobName) => ({ TrainingJobName })),
    });
    account.answers.DescribeTrainingJob = ({ TrainingJobName }) => ({
      RoleArn: ROLE,
      TrainingJobStatus: 'Completed',
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      TrainingStartTime: ago(2),
      TrainingEndTime: ago(1),
      ...jobs[TrainingJobName],
    });
    return account;
  };

  test('that trained are one line, by the seconds that SageMaker bills: fewer on spot, and of every instance', async () => {
    const account = trainings({
      a: { BillableTimeInSeconds: 120, TrainingTimeInSeconds: 400 },
      b: { BillableTimeInSeconds: 60, ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 3 } },
      c: { RoleArn: OTHERS, BillableTimeInSeconds: 9999 },
    });
    const line = one(await account.look(), /training/);
    expect(line.what).toBe('2 training jobs on ml.m5.large that ran, 300 s billed');
    expect(line.usdSoFar).toBeCloseTo((300 * 0.115) / 3600, 9);
    expect(line).toMatchObject({ usdPerHour: 0, usdNextDay: 0 });
    expect((await account.look({}, 'eu-west-1')).assumed).toBe(true);
  });

  test('that run cost each hour until they end by themselves', async () => {
    const account = trainings({
      a: {
        TrainingJobStatus: 'InProgress',
        TrainingEndTime: undefined,
        StoppingCondition: { MaxRuntimeInSeconds: 3 * 3600 },
      },
    });
    const line = one(await account.look(), /training job a/);
    expect(line.usdPerHour).toBeCloseTo(0.115, 9);
    expect(line.usdSoFar).toBeCloseTo(0.23, 9);
    expect(line.usdNextDay).toBeCloseTo(0.115, 9);
  });

  test('of Processing are billed from their start to their end; one that never started is not', async () => {
    const account = new Account('training', { buckets: ['ours'] });
    account.answers.ListProcessingJobs = () => ({
      ProcessingJobSummaries: [{ ProcessingJobName: 'p' }, { ProcessingJobName: 'q' }],
    });
    account.answers.DescribeProcessingJob = ({ ProcessingJobName }) => ({
      RoleArn: OTHERS,
      ProcessingOutputConfig: { Outputs: [{ S3Output: { S3Uri: 's3://ours/x' } }] },
      ProcessingJobStatus: 'Failed',
      ProcessingResources: { ClusterConfig: { InstanceType: 'ml.t3.medium', InstanceCount: 1 } },
      ...(ProcessingJobName === 'p' && { ProcessingStartTime: ago(2), ProcessingEndTime: ago(1.9) }),
    });
    expect(one(await account.look(), /Processing/)).toMatchObject({
      what: '2 Processing jobs on ml.t3.medium that ran, 360 s billed',
      since: ago(2),
      usdSoFar: expect.closeTo(0.005, 9),
    });
  });

  test('are looked at up to a hundred, and that there are more is said', async () => {
    const account = trainings({ a: { BillableTimeInSeconds: 60 } });
    account.answers.ListTrainingJobs = () => ({ TrainingJobSummaries: [{ TrainingJobName: 'a' }], NextToken: 'more' });
    expect((await account.look()).notKnown[0]!.what).toBe('training jobs before the newest 100');
    expect(account.asked.filter((name) => name === 'ListTrainingJobs')).toHaveLength(1);
  });
});

describe('a schedule', () => {
  const scheduled = (): Account => {
    const account = new Account('monitoring', { schedules: ['hourly'] });
    account.answers.GetSchedule = () => ({
      State: 'ENABLED',
      ScheduleExpression: 'cron(5 * * * ? *)',
      Target: { Input: JSON.stringify({ ProcessingResources: { ClusterConfig: { InstanceType: 'ml.t3.medium' } } }) },
    });
    return account;
  };

  test('left on starts a job each hour, as long as those that ran', async () => {
    const account = scheduled();
    const assumed = one(await account.look(), /schedule hourly: a job on ml\.t3\.medium each hour, 300 s \(assumed\)/);
    expect(assumed.usdNextDay).toBeCloseTo((24 * 300 * 0.05) / 3600, 9);
    account.answers.ListProcessingJobs = () => ({ ProcessingJobSummaries: [{ ProcessingJobName: 'p' }] });
    account.answers.DescribeProcessingJob = () => ({
      RoleArn: ROLE,
      ProcessingJobStatus: 'Completed',
      ProcessingResources: { ClusterConfig: { InstanceType: 'ml.t3.medium', InstanceCount: 1 } },
      ProcessingStartTime: ago(2),
      ProcessingEndTime: new Date(ago(2).getTime() + 200_000),
    });
    expect(one(await account.look(), /200 s \(the average of 1\)/).usdPerHour).toBeCloseTo((200 * 0.05) / 3600, 9);
  });

  test.each([
    ['is off', { State: 'DISABLED' }, 0],
    ['starts nobody knows what', { State: 'ENABLED', ScheduleExpression: 'rate(1 hour)', Target: { Input: '{' } }, 1],
    ['comes at times that are not read', { State: 'ENABLED', ScheduleExpression: 'cron(0 9 ? * MON *)' }, 1],
  ])('that %s costs nothing that is known', async (_what, schedule, notKnown) => {
    const account = scheduled();
    account.answers.GetSchedule = () => schedule;
    const spending = await account.look();
    expect(spending.lines).toEqual([]);
    expect(spending.notKnown).toHaveLength(notKnown);
  });

  test.each([
    ['rate(1 hour)', 1],
    ['rate(15 minutes)', 4],
    ['rate(1 day)', 1 / 24],
    ['cron(5 * * * ? *)', 1],
    ['cron(5 9 * * ? *)', undefined],
    ['rate(0 hours)', undefined],
  ])('of %s comes %s times an hour', (expression, times) => {
    expect(timesAnHour(expression)).toBe(times);
  });
});

describe('Glue and Athena', () => {
  const dataPrep = (): Account =>
    new Account('data-prep', { databases: ['db'], workGroups: ['wg'], buckets: ['ours'] });

  test('a job run costs its DPU by the second, a minute at least, Glue 6.0 less than older ones', async () => {
    const account = dataPrep();
    account.answers.GetJobs = () => ({ Jobs: [{ Name: 'j', Role: ROLE }] });
    const run = { WorkerType: 'G.1X', NumberOfWorkers: 2, StartedOn: ago(3), JobRunState: 'SUCCEEDED' };
    account.answers.GetJobRuns = () => ({
      JobRuns: [
        { ...run, GlueVersion: '6.0', ExecutionTime: 180 },
        { ...run, GlueVersion: '5.0', ExecutionTime: 20 },
        { ...run, GlueVersion: '6.0', ExecutionTime: 0, JobRunState: 'FAILED' },
        { ...run, StartedOn: ago(100), ExecutionTime: 9999 },
      ],
    });
    const line = one(await account.look(), /3 runs of the Glue job j/);
    expect(line.usdSoFar).toBeCloseTo((2 * 0.308 * 180 + 2 * 0.44 * 60) / 3600, 9);
  });

  test('a crawl costs ten minutes at least, and what Glue says where that is more', async () => {
    const account = dataPrep();
    account.answers.GetCrawlers = () => ({ Crawlers: [{ Name: 'c', Role: ROLE }] });
    account.answers.ListCrawls = () => ({
      Crawls: [
        { StartTime: ago(3), State: 'COMPLETED', DPUHour: 0.05 },
        { StartTime: ago(2), State: 'COMPLETED', DPUHour: 1 },
      ],
    });
    expect(one(await account.look(), /2 crawls of c/).usdSoFar).toBeCloseTo((1 / 3 + 1) * 0.44, 9);
  });

  test('a Data Quality evaluation costs its workers, a minute at least; those of others are not ours', async () => {
    const account = dataPrep();
    const of = (DatabaseName: string) => ({ GlueTable: { DatabaseName, TableName: 't' } });
    account.answers.GetDatabase = () => ({
      Database: { Parameters: { 'mla-labs:lab': 'data-prep', 'mla-labs:learner': 'me' } },
    });
    account.answers.ListDataQualityRulesetEvaluationRuns = () => ({
      Runs: [
        { RunId: 'r', StartedOn: ago(2), DataSource: of('db') },
        { RunId: 's', StartedOn: ago(2), DataSource: of('theirs') },
        { RunId: 't', StartedOn: ago(99), DataSource: of('db') },
      ],
    });
    account.answers.GetDataQualityRulesetEvaluationRun = () => ({
      StartedOn: ago(2),
      ExecutionTime: 30,
      NumberOfWorkers: 2,
    });
    expect(one(await account.look(), /1 Data Quality evaluation$/).usdSoFar).toBeCloseTo((2 * 60 * 0.44) / 3600, 9);
  });

  test('a query costs 10 MB at least; DDL and what failed cost nothing', async () => {
    const account = dataPrep();
    account.answers.ListTagsForResource = () => ({
      Tags: [
        { Key: 'mla-labs:lab', Value: 'data-prep' },
        { Key: 'mla-labs:learner', Value: 'me' },
      ],
    });
    const query = (StatementType: string, State: string, DataScannedInBytes: number) => ({
      StatementType,
      Status: { State, SubmissionDateTime: ago(1) },
      Statistics: { DataScannedInBytes },
    });
    account.answers.ListQueryExecutions = () => ({ QueryExecutionIds: ['1', '2', '3', '4', '5'] });
    account.answers.BatchGetQueryExecution = () => ({
      QueryExecutions: [
        query('DML', 'SUCCEEDED', 100),
        query('DML', 'SUCCEEDED', 90e6),
        query('DML', 'CANCELLED', 20e6),
        query('DML', 'FAILED', 5e9),
        query('DDL', 'SUCCEEDED', 0),
      ],
    });
    const line = one(await account.look(), /5 queries, 120 MB billed/);
    expect(line.usdSoFar).toBeCloseTo((120e6 * 5) / 1e12, 12);
  });

  test('what is stored costs since each object was written', async () => {
    const account = dataPrep();
    account.answers.ListObjectVersions = () => ({
      Versions: [
        { Size: 1e9, LastModified: ago(7.3) },
        { Size: 1e9, LastModified: NOW },
      ],
    });
    const line = one(await account.look(), /2000\.0 MB in ours/);
    expect(line.usdSoFar).toBeCloseTo(0.023 / 100, 9);
    expect(line.usdPerHour).toBeCloseTo((2 * 0.023) / 730, 9);
  });
});

describe('releases and alarms', () => {
  test('builds and actions are billed by begun minutes; Source and Approval are free', async () => {
    const account = new Account('deployment');
    account.answers.ListProjects = () => ({ projects: ['p'] });
    account.answers.BatchGetProjects = () => ({ projects: [{ name: 'p', serviceRole: ROLE }] });
    account.answers.ListBuildsForProject = () => ({ ids: ['p:1', 'p:2'] });
    const build = {
      environment: { computeType: 'BUILD_GENERAL1_SMALL' },
      startTime: ago(2),
      endTime: ago(1),
      buildComplete: true,
      phases: [
        { phaseType: 'QUEUED', durationInSeconds: 3000 },
        { phaseType: 'PROVISIONING', durationInSeconds: 10 },
        { phaseType: 'BUILD', durationInSeconds: 80 },
      ],
    };
    account.answers.BatchGetBuilds = () => ({ builds: [build, { ...build, startTime: ago(100) }] });
    account.answers.ListPipelines = () => ({ pipelines: [{ name: 'q' }] });
    account.answers.GetPipeline = () => ({ pipeline: { name: 'q', roleArn: ROLE } });
    const action = (category: string, seconds: number) => ({
      startTime: ago(2),
      lastUpdateTime: new Date(ago(2).getTime() + seconds * 1000),
      status: 'Succeeded',
      input: { actionTypeId: { category } },
    });
    account.answers.ListActionExecutions = () => ({
      actionExecutionDetails: [action('Source', 5), action('Approval', 7000), action('Build', 61), action('Invoke', 3)],
    });
    const spending = await account.look();
    expect(one(spending, /1 build of p/).usdSoFar).toBeCloseTo(2 * 0.005, 9);
    expect(one(spending, /2 actions of the pipeline q, 3 min/).usdSoFar).toBeCloseTo(3 * 0.002, 9);
  });

  test('alarms are billed by the metrics that they read, metrics of our own by the hours in which they are written', async () => {
    const account = new Account('monitoring', { alarms: ['a', 'b', 'c'] });
    const dims = [{ Name: 'Endpoint', Value: 'e' }];
    account.answers.DescribeAlarms = () => ({
      MetricAlarms: [
        { AlarmName: 'a', Namespace: 'MlaLabs/Monitoring', MetricName: 'FeaturesDrifted', Dimensions: dims },
        { AlarmName: 'b', Namespace: 'AWS/SageMaker', MetricName: 'Invocations' },
        {
          AlarmName: 'c',
          Metrics: [
            { Id: 'm', MetricStat: {} },
            { Id: 'b', Expression: 'ANOMALY_DETECTION_BAND(m)' },
          ],
        },
      ],
    });
    account.answers.ListMetrics = () => ({ Metrics: Array.from({ length: 45 }, () => ({})) });
    account.answers.GetMetricStatistics = () => ({ Datapoints: [{ Timestamp: ago(3) }, { Timestamp: ago(2) }] });
    const spending = await account.look();
    expect(one(spending, /3 alarms, billed as 5/).usdPerHour).toBeCloseTo(0.5 / 730, 9);
    expect(one(spending, /45 metrics in MlaLabs\/Monitoring, written in 2 hours/).usdSoFar).toBeCloseTo(
      (2 * 45 * 0.3) / 730,
      9,
    );
  });
});

describe('what cannot be read', () => {
  test('is a line with the reason, and the rest is read all the same', async () => {
    const account = new Account('deployment');
    endpoint(account);
    account.answers.ListProjects = denied;
    account.answers.DescribeAlarms = denied;
    account.answers.ListPipelines = denied;
    const { lines, notKnown } = await account.look();
    expect(lines.map(({ what }) => what)).toContain('endpoint e: 1 × ml.t2.medium');
    expect(notKnown).toContainEqual({ what: 'builds', because: 'AccessDeniedException: not authorized' });
    expect(notKnown).toContainEqual({ what: 'actions of pipelines', because: 'AccessDeniedException: not authorized' });
  });

  test('a look asks nothing that is billed by the request, and nothing that no kind of the lab is about', async () => {
    const account = new Account('data-prep');
    await account.look();
    expect(account.asked.filter((name) => /^(GetMetricData|Create|Delete|Put|Start|Stop|Update)/.test(name))).toEqual(
      [],
    );
    expect(account.asked).not.toContain('ListEndpoints');
    expect(account.asked.length).toBeLessThan(30);
  });
});
