/** Alarms as SNS brings them. What a message says is never believed, only looked up. */
import { errorAlarmOf, latencyAlarmOf } from '../../../lib/infra/endpoint-template';
import type { Cause } from './decision';

/** What a message claims. */
export interface Claim {
  readonly alarm: string;
  readonly state: string;
  readonly at: Date;
}

export interface SnsEvent {
  readonly Records?: readonly { readonly Sns?: { readonly Message?: string } }[];
}

/** The messages of an event; nothing for one that SNS did not bring. Those that are none of an alarm are undefined. */
export function claimsOf(event: SnsEvent): (Claim | undefined)[] {
  return (event.Records ?? []).map(({ Sns }) => {
    try {
      const told = JSON.parse(Sns?.Message ?? '') as Record<string, unknown>;
      const at = new Date(String(told.StateChangeTime).replace(/\+0000$/, 'Z'));
      if (typeof told.AlarmName !== 'string' || Number.isNaN(at.getTime())) return undefined;
      return { alarm: told.AlarmName, state: String(told.NewStateValue), at };
    } catch {
      return undefined;
    }
  });
}

/** What each alarm of the lab tells of. @param base the endpoint's name, which the names of all of them begin with */
export function causeOf(alarm: string, base: string): Cause | undefined {
  const causes: Readonly<Record<string, Cause>> = {
    [`${base}-drift`]: 'drift',
    [`${base}-auc`]: 'auc',
    [errorAlarmOf(base)]: 'errors',
    [latencyAlarmOf(base)]: 'latency',
  };
  return Object.hasOwn(causes, alarm) ? causes[alarm] : undefined;
}
