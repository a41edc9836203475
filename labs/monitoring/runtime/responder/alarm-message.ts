/** Alarms as SNS brings them. What a message says is never believed, only looked up. */
import { namesOf } from '../../names';
import type { Cause } from './decision';

/** What a message claims. */
export interface AlarmMessage {
  readonly alarm: string;
  readonly state: string;
  readonly at: Date;
}

export interface SnsEvent {
  readonly Records?: readonly { readonly Sns?: { readonly Message?: string } }[];
}

/** The messages of an event; nothing for one that SNS did not bring. Those that are not from an alarm are undefined. */
export function alarmMessagesOf(event: SnsEvent): (AlarmMessage | undefined)[] {
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

/** What each alarm of the learner's lab tells of. */
export function causeOf(alarm: string, learner: string): Cause | undefined {
  const names = namesOf(learner);
  const causes: Readonly<Record<string, Cause>> = {
    [names.driftAlarm]: 'drift',
    [names.aucAlarm]: 'auc',
    [names.errorAlarm]: 'errors',
    [names.latencyAlarm]: 'latency',
  };
  return Object.hasOwn(causes, alarm) ? causes[alarm] : undefined;
}
