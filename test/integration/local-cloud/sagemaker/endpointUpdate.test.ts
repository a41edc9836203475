/** Updates of endpoints: blue/green, the bake, alarms, and what happens to requests meanwhile. */
import type { DeploymentConfig } from '@aws-sdk/client-sagemaker';
import { until } from './fakeCloud';
import { type Answer, Serving } from './serving';

const ALARMS = { AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] } };

function policy(seconds: number, more: object = {}): DeploymentConfig {
  const TrafficRoutingConfiguration = { Type: 'ALL_AT_ONCE' as const, WaitIntervalInSeconds: 0, ...more };
  return { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration, TerminationWaitInSeconds: seconds } };
}

describe('updates of an endpoint', () => {
  let serving: Serving;
  let answers: Answer[];
  let asking: Promise<void>;
  let enough = false;

  /** Asks again and again until the test has seen enough. */
  function keepAsking(): void {
    enough = false;
    answers = [];
    asking = (async () => {
      while (!enough) answers.push(await serving.invoke('e', '1'));
    })();
  }

  async function answersMeanwhile(): Promise<string[]> {
    enough = true;
    await asking;
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    return [...new Set(answers.map(({ text }) => text))];
  }

  beforeEach(async () => {
    serving = await new Serving().open();
    await serving.saying('old');
    await serving.saying('new');
    await serving.create('e', 'old');
    keepAsking();
  });
  afterEach(async () => {
    enough = true;
    await asking;
    await serving.close();
  });

  test('all at once: every request is answered, by the old model or the new one', async () => {
    const shown = await serving.update('e', 'new', policy(30));
    expect(shown).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'new' });
    expect(shown.LastDeploymentConfig.BlueGreenUpdatePolicy.TerminationWaitInSeconds).toBe(30);
    await until(() => answers.at(-1)?.text === 'new');
    expect(await answersMeanwhile()).toEqual(['old', 'new']);
    expect(serving.statuses()).toEqual(['CREATING', 'IN_SERVICE', 'UPDATING', 'IN_SERVICE']);
  });

  test('without its configuration it answers on, and takes no update', async () => {
    await serving.caller.call('DeleteEndpointConfig', { EndpointConfigName: 'old' });
    const input = { EndpointName: 'e', EndpointConfigName: 'new' };
    await expect(serving.caller.call('UpdateEndpoint', input)).rejects.toThrow(
      /Could not find endpoint configuration ".*endpoint-config\/old"/,
    );
    await until(() => answers.length > 0);
    expect(await answersMeanwhile()).toEqual(['old']);
    expect(await serving.describe('e')).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'old' });
  });

  test('an alarm in the bake takes the traffic back, without a reason and without a lost request', async () => {
    serving.cloud.alarms.set('errors', 'OK');
    const config = { ...policy(3600), ...ALARMS };
    await serving.caller.call('UpdateEndpoint', {
      EndpointName: 'e',
      EndpointConfigName: 'new',
      DeploymentConfig: config,
    });
    await until(() => answers.at(-1)?.text === 'new');
    const pending = (await serving.describe('e')).PendingDeploymentSummary;
    expect(pending.EndpointConfigName).toBe('new');
    serving.cloud.alarms.set('errors', 'ALARM');
    const shown = await serving.settled('e');
    expect(shown).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'old' });
    expect(shown.FailureReason).toBeUndefined();
    await until(() => answers.at(-1)?.text === 'old');
    await answersMeanwhile();
    expect(serving.statuses().slice(2)).toEqual(['UPDATING', 'ROLLING_BACK', 'IN_SERVICE']);
  });

  test('a new fleet that does not come up leaves the old one in service, with the reason', async () => {
    serving.archive('bad', { 'code/inference.py': 'def model_fn(model_dir):\n    raise OSError("no")\n' });
    await serving.config('bad');
    const shown = await serving.update('e', 'bad');
    expect(shown).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'old' });
    expect(shown.FailureReason).toMatch(/did not pass the ping health check/);
    expect(await answersMeanwhile()).toEqual(['old']);
    const after = await serving.update('e', 'new');
    expect([after.EndpointConfigName, after.FailureReason]).toEqual(['new', undefined]);
  });

  test('alarms must exist and be readable for the execution role', async () => {
    const deployment = { ...policy(60), ...ALARMS };
    await expect(serving.update('e', 'new', deployment)).rejects.toThrow(/Could not find the alarms \[errors\]/);
    serving.cloud.denied.add('cloudwatch:DescribeAlarms');
    await expect(serving.update('e', 'new', deployment)).rejects.toThrow(/"cloudwatch:DescribeAlarms"/);
    expect(await answersMeanwhile()).toEqual(['old']);
  });

  test('a canary needs two instances, and gets a share of the requests first', async () => {
    const canary = (Type: 'INSTANCE_COUNT' | 'CAPACITY_PERCENT', Value: number): DeploymentConfig =>
      policy(0, { Type: 'CANARY', WaitIntervalInSeconds: 120, CanarySize: { Type, Value } });
    await expect(serving.update('e', 'new', canary('INSTANCE_COUNT', 1))).rejects.toThrow(/at most 50%.* which is 1/);
    serving.cloud.faces.add('endpoint-quota-4');
    await serving.saying('wide', { InitialInstanceCount: 2 });
    await expect(serving.update('e', 'wide', canary('INSTANCE_COUNT', 2))).rejects.toThrow(
      /which is 2; got 2 instances/,
    );
    await expect(serving.update('e', 'wide', canary('CAPACITY_PERCENT', 51))).rejects.toThrow(/got 51%/);
    const shown = await serving.update('e', 'wide', canary('CAPACITY_PERCENT', 50));
    expect(shown.ProductionVariants[0].CurrentInstanceCount).toBe(2);
    await until(() => answers.at(-1)?.text === 'wide');
    await answersMeanwhile();
    const texts = answers.map(({ text }) => text);
    // Both answered in turn while the canary was watched.
    expect(texts.lastIndexOf('old')).toBeGreaterThan(texts.indexOf('wide'));
  });

  test('refuses waits that do not fit the time limit, and rolling updates by name', async () => {
    const late = policy(600);
    late.BlueGreenUpdatePolicy!.MaximumExecutionTimeoutInSeconds = 600;
    await expect(serving.update('e', 'new', late)).rejects.toThrow(/must be larger than the total waiting time/);
    const MaximumBatchSize = { Type: 'INSTANCE_COUNT', Value: 1 };
    const rolling = { RollingUpdatePolicy: { MaximumBatchSize, WaitIntervalInSeconds: 0 } };
    await expect(serving.update('e', 'new', rolling as DeploymentConfig)).rejects.toThrow(/RollingUpdatePolicy/);
    await expect(serving.update('e', 'other')).rejects.toThrow(/Could not find endpoint configuration/);
  });

  test('a serverless endpoint gets instances, and one on instances never becomes serverless', async () => {
    const ServerlessConfig = { MemorySizeInMB: 2048, MaxConcurrency: 2 };
    await serving.saying('serverless', { ServerlessConfig });
    await expect(serving.update('e', 'serverless')).rejects.toThrow(/on instances .* cannot be updated .* serverless/);
    expect(await answersMeanwhile()).toEqual(['old']);
    await serving.create('asleep', 'serverless');
    const shown = await serving.update('asleep', 'new');
    expect(shown).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'new' });
    expect(shown.ProductionVariants[0]).toMatchObject({ CurrentInstanceCount: 1 });
    expect(shown.ProductionVariants[0].CurrentServerlessConfig).toBeUndefined();
    await expect(serving.update('asleep', 'serverless')).rejects.toThrow(/cannot be updated/);
  });
});
