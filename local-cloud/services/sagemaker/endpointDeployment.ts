/** How traffic goes from the old fleet to the new one: in which parts, with which waits, and when it goes back. */
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { CapacitySize, DeploymentConfig, TrafficRoutingConfig } from '@aws-sdk/client-sagemaker';
import type { Principal } from '../service';
import { invalid, lacks, refuseMembers } from './errors';
import { required } from './names';

/** How often alarms are looked at while a new fleet bakes. */
const LOOK_MS = 100;

export interface TrafficShift {
  readonly config: DeploymentConfig | undefined;
  /** Instances of the variant that is shifted. */
  readonly instances: number;
  readonly waitMs: (seconds: number) => number;
  /** Sends this share of the requests to the new fleet. */
  readonly share: (share: number) => void;
  /** Why the deployment must go back, if it must. */
  readonly trouble: () => Promise<string | undefined>;
  /** Whether the local cloud ends. */
  readonly stopping: () => boolean;
}

/** @returns why the traffic must go back, or nothing when all of it is on the new fleet and the bake is over */
export async function shiftTraffic(shift: TrafficShift): Promise<string | undefined> {
  const policy = shift.config?.BlueGreenUpdatePolicy;
  const routing = policy?.TrafficRoutingConfiguration;
  const most = policy?.MaximumExecutionTimeoutInSeconds;
  const deadline = most === undefined ? Infinity : Date.now() + shift.waitMs(most);
  const wait = routing?.WaitIntervalInSeconds ?? 0;
  for (const share of steps(routing, shift.instances)) {
    shift.share(share);
    const bad = await bake(shift, share < 1 ? wait : (policy?.TerminationWaitInSeconds ?? 0), deadline);
    if (bad) return bad;
  }
  return undefined;
}

/** Shares of the traffic, one after another; the last is all. */
function steps(routing: TrafficRoutingConfig | undefined, instances: number): number[] {
  if (routing?.Type === 'CANARY') return [shareOf(routing.CanarySize!, instances), 1];
  return [1];
}

/** A size in whole instances, as a share of them. */
function shareOf({ Type, Value = 1 }: CapacitySize, instances: number): number {
  const count = Type === 'INSTANCE_COUNT' ? Value : Math.max(1, Math.floor((instances * Value) / 100));
  return Math.min(1, count / instances);
}

async function bake(shift: TrafficShift, seconds: number, deadline: number): Promise<string | undefined> {
  const end = Date.now() + shift.waitMs(seconds);
  for (;;) {
    const trouble = await shift.trouble();
    if (trouble) return trouble;
    const now = Date.now();
    if (now >= deadline) return 'The deployment took longer than MaximumExecutionTimeoutInSeconds.';
    if (now >= end || shift.stopping()) return undefined;
    await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_MS, end - now)));
  }
}

/** Reads the alarms of a deployment as the execution role. @throws the error of CloudWatch */
export async function alarmsIn(
  role: Principal,
  config: DeploymentConfig | undefined,
): Promise<{ readonly ringing: string[]; readonly missing: string[] }> {
  const AlarmNames = (config?.AutoRollbackConfiguration?.Alarms ?? []).map(({ AlarmName }) => AlarmName!);
  if (AlarmNames.length === 0) return { ringing: [], missing: [] };
  const found = await role.cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
  );
  const alarms = [...(found.MetricAlarms ?? []), ...(found.CompositeAlarms ?? [])];
  return {
    ringing: alarms.filter(({ StateValue }) => StateValue === 'ALARM').map(({ AlarmName }) => AlarmName!),
    missing: AlarmNames.filter((name) => !alarms.some(({ AlarmName }) => AlarmName === name)),
  };
}

/**
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BlueGreenUpdatePolicy.html
 *
 * @param instances of every variant that the new fleet will have
 * @throws ServiceError ValidationException
 */
export function checkDeploymentConfig(config: DeploymentConfig | undefined, instances: readonly number[]): void {
  if (!config) return;
  refuseMembers('DeploymentConfig', config, ['RollingUpdatePolicy']);
  (config.AutoRollbackConfiguration?.Alarms ?? []).forEach(({ AlarmName }) =>
    required(AlarmName, 'deploymentConfig.autoRollbackConfiguration.alarms.alarmName'),
  );
  const policy = config.BlueGreenUpdatePolicy;
  if (!policy) return;
  const at = 'deploymentConfig.blueGreenUpdatePolicy';
  const routing = policy.TrafficRoutingConfiguration!;
  checkRouting(routing, instances, `${at}.trafficRoutingConfiguration`);
  const waits = (policy.TerminationWaitInSeconds ?? 0) + (routing.WaitIntervalInSeconds ?? 0);
  const most = policy.MaximumExecutionTimeoutInSeconds;
  if (most !== undefined && most <= waits) {
    throw invalid(
      'MaximumExecutionTimeoutInSeconds must be larger than the total waiting time specified in TerminationWaitInSeconds and WaitIntervalInSeconds.',
    );
  }
}

function checkRouting(routing: TrafficRoutingConfig, instances: readonly number[], at: string): void {
  const type = routing.Type;
  if (type === 'ALL_AT_ONCE') {
    if (routing.CanarySize || routing.LinearStepSize) {
      throw invalid('CanarySize and LinearStepSize cannot be specified with traffic routing type ALL_AT_ONCE.');
    }
    return;
  }
  if (type !== 'CANARY') throw lacks(`the traffic routing type ${type}`);
  const size = required(routing.CanarySize, `${at}.CanarySize`);
  const value = size.Value!;
  for (const count of instances) {
    const percent = size.Type === 'INSTANCE_COUNT' ? (100 * value) / count : value;
    if (value < 1 || percent > 50 || count < 2) {
      throw invalid(
        "CanarySize must be at most 50% of the variant's total instance count, " +
          `which is ${count}; got ${value}${size.Type === 'INSTANCE_COUNT' ? ' instances' : '%'}.`,
      );
    }
  }
}
