/** Challenges of lab deployment: nothing at first, all points for the reference solution and for odd right answers, and each fault costs its own criterion. */
import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmInput,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  waitUntilEndpointInService,
  type ContainerDefinition,
  type ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import { orUndefined } from '../../lib/aws/not-found';
import { versionsOf } from '../../lib/aws/versions';
import { partName } from '../../lib/course/names';
import { predictFlights } from '../../labs/deployment/endpoint/invoke';
import { flawedArchive } from '../../labs/deployment/model/archive';
import { juneFlights } from '../../labs/deployment/model/flights';
import { VARIANT } from '../../labs/deployment/names';
import { grade, solve } from './grading';
import { GOOD, Releasing } from './releasing';
import { until } from './until';

let lab: Releasing;
let version: string;
beforeAll(async () => {
  lab = await Releasing.open({ build: 'lambda' });
  version = await lab.register(GOOD, 'The first.');
  await lab.promote(version);
});
afterAll(() => lab?.close());

describe('silence', () => {
  const mine = 'mla-labs-deployment-me--own';
  async function put(change: Partial<PutMetricAlarmInput>): Promise<void> {
    const { cloudwatch } = lab.stage.target.clients;
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: mine,
        Namespace: 'AWS/SageMaker',
        MetricName: 'Invocations',
        Dimensions: dimensions(),
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 10,
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
        ...change,
      }),
    );
  }
  const dimensions = () => [
    { Name: 'EndpointName', Value: lab.place.production.endpoint },
    { Name: 'VariantName', Value: VARIANT },
  ];
  afterEach(() => lab.stage.target.clients.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [mine] })));

  test("at the start there is nothing to grade, though the lab's own alarms stand", async () => {
    const { code, points, of, told } = await grade(lab.stage, 'silence');
    expect({ code, points, of }).toEqual({ code: 1, points: 0, of: 10 });
    expect(told.silent).toContain('No alarm of yours');
  });

  const filled: Partial<PutMetricAlarmInput> = {
    Namespace: undefined,
    MetricName: undefined,
    Dimensions: undefined,
    Statistic: undefined,
    Period: undefined,
    EvaluationPeriods: 2,
    TreatMissingData: 'missing',
  };
  test('as well: a calculation that fills what is missing', async () => {
    const Metric = { Namespace: 'AWS/SageMaker', MetricName: 'Invocations', Dimensions: dimensions() };
    await put({
      ...filled,
      Metrics: [
        { Id: 'all', Expression: 'FILL(requests, 0)', ReturnData: true },
        { Id: 'requests', MetricStat: { Metric, Stat: 'Sum', Period: 300 }, ReturnData: false },
      ],
    });
    expect(await grade(lab.stage, 'silence')).toMatchObject({ code: 0, points: 10, told: {} });
  });

  test('as well: an alarm on latency that only what is missing can break', async () => {
    await put({ MetricName: 'ModelLatency', Statistic: 'Average', Threshold: 0, Period: 300, EvaluationPeriods: 2 });
    expect(await grade(lab.stage, 'silence')).toMatchObject({ code: 0, points: 10, told: {} });
  });

  test.each<[string, Partial<PutMetricAlarmInput>, readonly string[], RegExp]>([
    [
      'waits for a figure that never comes',
      { TreatMissingData: 'missing' },
      ['silent', 'awake'],
      /Invocations then has no figure/,
    ],
    ['takes little for nothing', { Threshold: 5 }, ['awake'], /rings with 1 request a minute/],
    [
      'takes a pause for silence',
      { EvaluationPeriods: 3 },
      ['patient'],
      /waits for 3 periods of 60 s, 180 s: a pause rings/,
    ],
    ['sees it an hour later', { Period: 3600, EvaluationPeriods: 1 }, ['patient'], /3600 s; 900 s are allowed/],
  ])('an alarm that %s lacks that', async (_what, change, missed, says) => {
    await put(change);
    const { told } = await grade(lab.stage, 'silence');
    expect(Object.keys(told)).toEqual(missed);
    expect(told[missed[0]!]).toMatch(says);
  });

  test('the reference solution has all points, and is quiet once somebody asks', async () => {
    await solve(lab.stage, 'silence');
    expect(await grade(lab.stage, 'silence')).toMatchObject({ code: 0, points: 10, told: {} });
    const run = await lab.stage.run();
    const AlarmName = partName('deployment', 'me', 'silence');
    const state = async (): Promise<string | undefined> =>
      (await run.clients.cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }))).MetricAlarms?.[0]
        ?.StateValue;
    await until(async () => {
      await predictFlights(run, lab.place.production.endpoint, juneFlights().bodies[0]!);
      return (await state()) === 'OK';
    });
  });
});

describe('try-out', () => {
  const SERVERLESS = { ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 2 } } as const;

  /** Makes an endpoint of the learner's own, grades, and takes it away again. */
  async function graded(variant: Partial<ProductionVariant>, container: ContainerDefinition) {
    const { sagemaker } = lab.stage.target.clients;
    const name = 'mla-labs-deployment-me--own';
    await sagemaker.send(
      new CreateModelCommand({
        ModelName: name,
        ExecutionRoleArn: lab.place.endpointRole,
        PrimaryContainer: container,
      }),
    );
    const ProductionVariants = [{ VariantName: 'mine', ModelName: name, ...variant } as ProductionVariant];
    await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants }));
    await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
    try {
      const client = sagemaker as never;
      await waitUntilEndpointInService({ client, minDelay: 1, maxDelay: 1, maxWaitTime: 300 }, { EndpointName: name });
      return await grade(lab.stage, 'try-out');
    } finally {
      await sagemaker.send(new DeleteEndpointCommand({ EndpointName: name }));
      await until(async () => {
        return (await orUndefined(sagemaker.send(new DescribeEndpointCommand({ EndpointName: name })))) === undefined;
      });
      await sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name }));
      await sagemaker.send(new DeleteModelCommand({ ModelName: name }));
    }
  }

  /** What a version's container is, without naming the version. */
  async function containerOf(arn: string): Promise<ContainerDefinition> {
    const all = await versionsOf(await lab.stage.run(), lab.place.group);
    const [container] = all.find(({ ModelPackageArn }) => ModelPackageArn === arn)!.InferenceSpecification!.Containers!;
    const { Image, ModelDataUrl, Environment } = container!;
    return { Image, ModelDataUrl, Environment };
  }

  test("at the start there is nothing to grade, though the lab's own endpoints stand", async () => {
    const { code, points, of, told } = await grade(lab.stage, 'try-out');
    expect({ code, points, of }).toEqual({ code: 1, points: 0, of: 10 });
    expect(told.answers).toContain('There is no endpoint of yours');
  });

  test('an instance answers, and is paid while nobody asks', async () => {
    const { met, told } = await graded(
      { InstanceType: 'ml.t2.medium', InitialInstanceCount: 1, InitialVariantWeight: 1 },
      { ModelPackageName: version },
    );
    expect(met).toEqual(['answers', 'bounded']);
    expect(told.idle).toMatch(/has mine on 1 ml\.t2\.medium: that is billed by the hour/);
  });

  test('more at once than the bill allows', async () => {
    const { met, told } = await graded(
      { ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 6 } },
      { ModelPackageName: version },
    );
    expect(met).toEqual(['answers', 'idle']);
    expect(told.bounded).toContain('works on 6 requests at once');
  });

  test('another model answers otherwise', async () => {
    const worse = await lab.register(flawedArchive(GOOD, 'worse'), 'Upside down.');
    const { met, told } = await graded(SERVERLESS, await containerOf(worse));
    expect(met).toEqual(['idle', 'bounded']);
    expect(told.answers).toMatch(/20 of 20 answers differ.*which version production serves/);
  });

  test('as well: the same archive, image and environment, without the version', async () => {
    expect(await graded(SERVERLESS, await containerOf(version))).toMatchObject({ code: 0, points: 10, told: {} });
  });

  test('the reference solution has all points', async () => {
    await solve(lab.stage, 'try-out');
    expect(await grade(lab.stage, 'try-out')).toMatchObject({ code: 0, points: 10, told: {} });
  });
});

test('what challenges made goes with the lab', async () => {
  const { code, out, err } = await lab.stage.cli('down deployment --target local --yes');
  expect(code === 0 ? '' : `${out}${err}`).toBe('');
  const left = (await lab.stage.target.inventory()).filter((one) => /try-out|silence|--own/.test(one));
  expect(left).toEqual([]);
});
