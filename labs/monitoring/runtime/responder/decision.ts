/** What the responder decides, as it lies in decisions/, one file for each time that an alarm went off. */
import { DECISIONS } from '../../names';

export type Cause = 'drift' | 'auc' | 'errors' | 'latency';
export type Action = 'retrain' | 'rollback' | 'none';

/** The rule of the lab. */
export const ACTIONS: Readonly<Record<Cause, 'retrain' | 'rollback'>> = {
  drift: 'retrain',
  auc: 'retrain',
  errors: 'rollback',
  latency: 'rollback',
};

/** `begun` and what follows are on the way; `done` and `failed` are the end. */
export type Status = 'begun' | 'training' | 'rolling-back' | 'done' | 'failed';

export interface Comparison {
  /** The newest month, of which the retraining saw some flights, and these not. */
  readonly month: string;
  readonly flights: number;
  /** AUC of the version that serves, and of the new model, on the same flights. */
  readonly serving: number;
  readonly candidate: number;
}

export interface Decision {
  readonly id: string;
  readonly cause: {
    readonly alarm: string;
    readonly kind: Cause;
    /** When the alarm went off, as CloudWatch tells. */
    readonly at: string;
    readonly stateReason: string;
  };
  action: Action;
  status: Status;
  /** Why this action, or none; why it failed. */
  reason: string;
  /** What the decision was made on. */
  evidence: Record<string, unknown>;
  job?: { readonly by: 'training' | 'processing'; readonly name: string };
  measured?: Comparison;
  /** The version that the retraining became. */
  registered?: string;
  /** Rollback: the version that was to serve, and the one that shall serve again. */
  from?: string;
  to?: string;
  /** The run of the function that is at it, and until when no other may be. */
  claim?: { readonly by: string; readonly until: string };
  readonly timeline: { readonly at: string; readonly what: string }[];
}

export const isFinished = ({ status }: Pick<Decision, 'status'>): boolean => status === 'done' || status === 'failed';

/** Sorts by time, and is the same however often the alarm is told of. */
export const idOf = (at: Date, kind: Cause): string => `${at.toISOString().replaceAll(/[:.]/g, '-')}-${kind}`;

export const keyOf = (id: string): string => `${DECISIONS}${id}.json`;
