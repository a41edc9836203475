import type { Clients } from '../../target/clients';
import type { Clock } from '../../target/clock';
import { identityOf } from '../../teardown/ownership';
import type { LabRun } from '../../course/run';

/** Names of the function's environment variables. */
export const ENVIRONMENT = {
  lab: 'MLA_LABS_LAB',
  learner: 'MLA_LABS_LEARNER',
  stackId: 'MLA_LABS_STACK_ID',
  leaseHours: 'MLA_LABS_LEASE_HOURS',
  /** ARN of the topic that tells the learner; empty where nobody is to be told. */
  topic: 'MLA_LABS_LEASE_TOPIC',
} as const;

/** A run without a terminal, of the lab that this function belongs to. @throws NotOurs when the environment names no lab */
export function runFromEnvironment(env: NodeJS.ProcessEnv, clients: Clients, clock: Clock): LabRun {
  const [, , , region = '', account = ''] = (env[ENVIRONMENT.stackId] ?? '').split(':');
  const identity = identityOf(env[ENVIRONMENT.lab] ?? '', env[ENVIRONMENT.learner] ?? '', account, region);
  return {
    ...identity,
    target: clients.settings.endpoint === undefined ? 'aws' : 'local',
    outputs: {},
    modes: {},
    clients,
    clock,
    progress: (message) => console.log(message),
  };
}

/** Hours of the lease as deployed. @throws Error when the variable holds no number */
export function leaseHours(env: NodeJS.ProcessEnv): number {
  const hours = Number(env[ENVIRONMENT.leaseHours]);
  if (!Number.isFinite(hours) || hours <= 0) {
    throw new Error(
      `${ENVIRONMENT.leaseHours} is ${String(env[ENVIRONMENT.leaseHours])}, which is no number of hours.`,
    );
  }
  return hours;
}
