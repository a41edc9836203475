/** What the service holds: pipelines, their executions, and the runs of their actions. */
import type * as codepipeline from '@aws-sdk/client-codepipeline';

/** A place in the artifact bucket. */
export interface Artifact {
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
}

/** One run of one action. */
export interface ActionRun {
  readonly id: string;
  readonly stage: string;
  readonly action: codepipeline.ActionDeclaration;
  readonly executionId: string;
  readonly version: number;
  readonly startTime: Date;
  lastUpdateTime: Date;
  status: codepipeline.ActionExecutionStatus;
  /** The configuration with its variables replaced. */
  resolved: Record<string, string>;
  inputs: readonly Artifact[];
  outputs: readonly Artifact[];
  variables?: Record<string, string>;
  summary?: string;
  externalExecutionId?: string;
  externalExecutionUrl?: string;
  logStreamARN?: string;
  error?: codepipeline.ErrorDetails;
  /** Of a manual approval that waits. */
  token?: string;
  updatedBy?: string;
  /** Of a source action. */
  revision?: codepipeline.ActionRevision;
}

export interface Execution {
  readonly id: string;
  /** As it was when the execution began. */
  readonly declaration: codepipeline.PipelineDeclaration;
  readonly version: number;
  readonly variables: readonly codepipeline.ResolvedPipelineVariable[];
  readonly trigger: codepipeline.ExecutionTrigger;
  readonly overrides: readonly codepipeline.SourceRevisionOverride[];
  readonly startTime: Date;
  lastUpdateTime: Date;
  status: codepipeline.PipelineExecutionStatus;
  statusSummary?: string;
  stopReason?: string;
  readonly artifacts: Map<string, Artifact>;
  /** Output variables by namespace. */
  readonly namespaces: Map<string, Readonly<Record<string, string>>>;
  readonly runs: ActionRun[];
  readonly revisions: codepipeline.ArtifactRevision[];
  readonly sourceRevisions: codepipeline.SourceRevision[];
  /** Aborts when its actions are abandoned. */
  readonly abandon: AbortController;
}

/** One stage of a pipeline: at most one execution is inside. */
export interface StageRuntime {
  readonly name: string;
  enabled: boolean;
  disabledReason?: string;
  changedBy?: string;
  changedAt?: Date;
  inside?: Execution;
  /** Oldest first. */
  readonly waiting: Execution[];
  latest?: codepipeline.StageExecution;
}

export interface Pipeline {
  readonly name: string;
  readonly arn: string;
  /** Version n is at n - 1. */
  readonly versions: codepipeline.PipelineDeclaration[];
  readonly created: Date;
  updated: Date;
  /** Oldest first. */
  readonly executions: Execution[];
  readonly stages: Map<string, StageRuntime>;
  /** The latest run of each action, by `stage/action`. */
  readonly lastRuns: Map<string, ActionRun>;
  /** Executions by the token of the request that started them. */
  readonly tokens: Map<string, string>;
  deleted: boolean;
}

export function currentDeclaration(pipeline: Pipeline): codepipeline.PipelineDeclaration {
  return pipeline.versions.at(-1)!;
}

/** A stage of the pipeline as it stands now; made on first use. */
export function stageRuntimeOf(pipeline: Pipeline, stage: string): StageRuntime {
  let slot = pipeline.stages.get(stage);
  if (!slot) pipeline.stages.set(stage, (slot = { name: stage, enabled: true, waiting: [] }));
  return slot;
}

export function stagesOf(declaration: codepipeline.PipelineDeclaration): readonly codepipeline.StageDeclaration[] {
  return declaration.stages ?? [];
}
