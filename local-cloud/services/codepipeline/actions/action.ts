/** What an action gets, and what it gives back. */
import type { ActionDeclaration, SourceRevisionOverride } from '@aws-sdk/client-codepipeline';
import type { Cloud, Principal } from '../../service';
import type { Artifact, Execution, Pipeline } from '../model';
import type { Timers } from '../timers';

export interface ActionContext {
  readonly cloud: Cloud;
  readonly timers: Timers;
  /** How often a state of another service is asked for. */
  readonly pollMs: number;
  readonly pipeline: Pipeline;
  readonly execution: Execution;
  readonly stage: string;
  readonly action: ActionDeclaration;
  readonly actionExecutionId: string;
  /** With its variables replaced. */
  readonly configuration: Readonly<Record<string, string>>;
  /** The action's role, or the pipeline's. */
  readonly principal: Principal;
  readonly inputs: readonly Artifact[];
  /** Places for what it makes. */
  readonly outputs: readonly Artifact[];
  /** Aborts when the action times out or is abandoned. */
  readonly signal: AbortSignal;
  readonly override?: SourceRevisionOverride;
  /** Says how far it is, before it ends. */
  report(progress: Progress): void;
}

export interface Progress {
  readonly summary?: string;
  readonly externalExecutionId?: string;
  readonly externalExecutionUrl?: string;
  readonly logStreamARN?: string;
  readonly token?: string;
  readonly updatedBy?: string;
}

export interface ActionResult extends Progress {
  readonly variables?: Readonly<Record<string, string>>;
  readonly revision?: { readonly id: string; readonly changeId: string; readonly summary: string };
}

/** Runs one action. @throws ActionFailure with what CodePipeline says of it */
export type Runner = (context: ActionContext) => Promise<ActionResult>;
