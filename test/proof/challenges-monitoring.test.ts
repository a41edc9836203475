/** Challenges of lab monitoring: nothing at first, all points for the reference solution and for odd right answers, and each fault costs its own criterion. */
import {
  DeleteAlarmsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmInput,
} from '@aws-sdk/client-cloudwatch';
import { CreateTopicCommand, DeleteTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { putObject, readObject } from '../../lib/aws/s3';
import { VARIANT } from '../../labs/monitoring/names';
import { FINDING } from '../../labs/monitoring/challenges/worst-origin';
import { resourcesOf } from '../../labs/monitoring/resources';
import { grade, solve } from './grading';
import { Stage } from './stage';

let stage: Stage;
let before: readonly string[];
beforeAll(async () => {
  stage = await Stage.open('monitoring');
  before = await stage.target.inventory();
  await stage.up();
});
afterAll(() => stage?.close());

const bucketOf = async (): Promise<string> => resourcesOf(await stage.run()).bucket;

describe('slow-answers', () => {
  const ALARMS = ['mla-labs-monitoring-me--own', 'mla-labs-monitoring-me--own-too'];
  let people: string;
  beforeAll(async () => {
    const { sns } = stage.target.clients;
    people = (await sns.send(new CreateTopicCommand({ Name: 'mla-labs-monitoring-me--desk' }))).TopicArn!;
    await sns.send(new SubscribeCommand({ TopicArn: people, Protocol: 'email', Endpoint: 'desk@example.com' }));
  });
  afterAll(() => stage.target.clients.sns.send(new DeleteTopicCommand({ TopicArn: people })));
  afterEach(async () => {
    // CloudWatch deletes no alarm that another one speaks for.
    for (const name of [...ALARMS].reverse())
      await stage.target.clients.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [name] }));
  });

  const latency = async (MetricName = 'ModelLatency') => ({
    Namespace: 'AWS/SageMaker',
    MetricName,
    Dimensions: [
      { Name: 'EndpointName', Value: resourcesOf(await stage.run()).endpoint },
      { Name: 'VariantName', Value: VARIANT },
    ],
  });
  async function put(change: Partial<PutMetricAlarmInput>, metric: Partial<PutMetricAlarmInput> = {}): Promise<void> {
    await stage.target.clients.cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: ALARMS[0],
        EvaluationPeriods: 4,
        DatapointsToAlarm: 3,
        Threshold: 400_000,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
        AlarmActions: [people],
        ...('Metrics' in metric ? {} : { ...(await latency()), ExtendedStatistic: 'p99', Period: 60 }),
        ...metric,
        ...change,
      }),
    );
  }

  test("at the start there is nothing to grade, though the lab's own alarms stand", async () => {
    const { code, points, of, told } = await grade(stage, 'slow-answers');
    expect({ code, points, of }).toEqual({ code: 1, points: 0, of: 10 });
    expect(told.figure).toContain('No alarm of yours');
  });

  test.each<[string, Partial<PutMetricAlarmInput>, string, RegExp]>([
    [
      'looks at the slowest of all',
      { ExtendedStatistic: undefined, Statistic: 'Maximum' },
      'figure',
      /looks at Maximum of ModelLatency/,
    ],
    ['counts in milliseconds', { Threshold: 400 }, 'limit', /rings at 350 ms as well/],
    ['comes too late', { Period: 300 }, 'time', /after 900 s; 300 s are allowed/],
    ['wakes for one minute', { DatapointsToAlarm: 1 }, 'time', /one slow minute wakes somebody/],
    ['rings at night', { TreatMissingData: 'breaching' }, 'night', /rings in a night in which nobody asks/],
    ['tells nobody', { ActionsEnabled: false }, 'told', /tells nobody/],
  ])('an alarm that %s lacks that alone', async (_what, change, missed, says) => {
    await put(change);
    const { told } = await grade(stage, 'slow-answers');
    expect(Object.keys(told)).toEqual([missed]);
    expect(told[missed]).toMatch(says);
  });

  test("the lab's own topic has a function behind it, and no person", async () => {
    await put({ AlarmActions: [resourcesOf(await stage.run()).topic] });
    const { told } = await grade(stage, 'slow-answers');
    expect(Object.keys(told)).toEqual(['told']);
    expect(told.told).toMatch(/where nobody but a function listens/);
  });

  test('as well: both shares of the time, added up and in milliseconds', async () => {
    const stat = async (Id: string, name: string) => ({
      Id,
      ReturnData: false,
      MetricStat: { Metric: await latency(name), Stat: 'p99', Period: 60 },
    });
    const Metrics = [
      { Id: 'ms', Expression: '(model + FILL(overhead, 0)) / 1000', ReturnData: true },
      await stat('model', 'ModelLatency'),
      await stat('overhead', 'OverheadLatency'),
    ];
    await put({ Threshold: 400 }, { Metrics });
    expect(await grade(stage, 'slow-answers')).toMatchObject({ code: 0, points: 10, told: {} });
  });

  test('as well: an alarm that another alarm speaks for', async () => {
    await put({ AlarmActions: [] });
    await stage.target.clients.cloudwatch.send(
      new PutCompositeAlarmCommand({
        AlarmName: ALARMS[1],
        AlarmRule: `ALARM("${ALARMS[0]}")`,
        AlarmActions: [people],
      }),
    );
    expect(await grade(stage, 'slow-answers')).toMatchObject({ code: 0, points: 10, told: {} });
  });

  test('the reference solution has all points', async () => {
    await solve(stage, 'slow-answers');
    expect(await grade(stage, 'slow-answers')).toMatchObject({ code: 0, points: 10, told: {} });
  });
});

describe('worst-origin', () => {
  type Finding = { origins: Record<string, { flights: number; auc: number }>; worst: string };
  let right: Finding;
  const write = async (finding: unknown): Promise<void> =>
    putObject(await stage.run(), await bucketOf(), FINDING, Buffer.from(JSON.stringify(finding)), 'application/json');
  beforeAll(() => stage.act('baseline', 'traffic', 'analyze', 'drift', 'quality'));

  test('at the start there is nothing to grade', async () => {
    const { code, points, of, told } = await grade(stage, 'worst-origin');
    expect({ code, points, of }).toEqual({ code: 1, points: 0, of: 10 });
    expect(told.worst).toContain('There is no s3://');
  });

  test('the reference solution has all points', async () => {
    await solve(stage, 'worst-origin');
    expect(await grade(stage, 'worst-origin')).toMatchObject({ code: 0, points: 10, told: {} });
    right = JSON.parse((await readObject(await stage.run(), await bucketOf(), FINDING)).toString()) as Finding;
  });

  test('as well: three decimals, small letters, and more than was asked for', async () => {
    const origins = Object.entries(right.origins).map(([name, { flights, auc }]) => [
      name.toLowerCase(),
      { flights, auc: Number(auc.toFixed(3)), late: 0 },
    ]);
    await write({ origins: Object.fromEntries(origins), worst: right.worst.toLowerCase(), by: 'me' });
    expect(await grade(stage, 'worst-origin')).toMatchObject({ code: 0, points: 10, told: {} });
  });

  const change = (of: (one: { flights: number; auc: number }) => object): Finding => ({
    ...right,
    origins: Object.fromEntries(
      Object.entries(right.origins).map(([name, one]) => [name, { ...one, ...of(one) }]),
    ) as Finding['origins'],
  });
  test.each<[string, () => unknown, string, RegExp]>([
    [
      'flights counted twice',
      () => change(({ flights }) => ({ flights: 2 * flights })),
      'flights',
      /For EWR it counts \d+ flights/,
    ],
    ['scores turned round', () => change(({ auc }) => ({ auc: 1 - auc })), 'auc', /For EWR it has AUC/],
    [
      'the best for the worst',
      () => ({ ...right, worst: Object.entries(right.origins).sort(([, a], [, b]) => b.auc - a.auc)[0]![0] }),
      'worst',
      /and another is worse/,
    ],
  ])('%s: that criterion is lost, and no other', async (_what, finding, missed, says) => {
    await write(finding());
    const { told } = await grade(stage, 'worst-origin');
    expect(Object.keys(told)).toEqual([missed]);
    expect(told[missed]).toMatch(says);
  });
});

test('what challenges made goes with the lab', async () => {
  const { code, out, err } = await stage.cli('down monitoring --target local --yes');
  expect(code === 0 ? '' : `${out}${err}`).toBe('');
  const now = await stage.target.inventory();
  expect(now.filter((one) => !before.includes(one))).toEqual([]);
});
