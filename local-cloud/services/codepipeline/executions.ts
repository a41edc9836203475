/** Executions: start, stop, retry, describe, list. */
import { randomUUID } from 'node:crypto';
import type {
  ExecutionTrigger,
  GetPipelineExecutionInput,
  GetPipelineExecutionOutput,
  ListPipelineExecutionsInput,
  ListPipelineExecutionsOutput,
  PipelineExecution,
  PipelineVariable,
  ResolvedPipelineVariable,
  RetryStageExecutionInput,
  RetryStageExecutionOutput,
  SourceRevisionOverride,
  StartPipelineExecutionInput,
  StartPipelineExecutionOutput,
  StopPipelineExecutionInput,
  StopPipelineExecutionOutput,
} from '@aws-sdk/client-codepipeline';
import type { Operation } from '../service';
import { ServiceError } from '../service';
import type { ExecutionEngine } from './engine';
import { conflict, invalid, lacks, noStage } from './errors';
import { currentDeclaration, type Execution, type Pipeline, stageRuntimeOf, stagesOf } from './model';
import { page } from './page';
import type { Timers } from './timers';

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html: executions that may wait or run in QUEUED mode. */
const MOST_QUEUED = 50;

function resolveVariables(pipeline: Pipeline, given: readonly PipelineVariable[]): ResolvedPipelineVariable[] {
  const declared = currentDeclaration(pipeline).variables ?? [];
  given.forEach(({ name }) => {
    if (!declared.some((variable) => variable.name === name)) {
      throw invalid(`The variable '${name}' is not declared in the pipeline '${pipeline.name}'`);
    }
  });
  return declared.map(({ name, defaultValue }) => {
    const resolvedValue = given.find((variable) => variable.name === name)?.value ?? defaultValue;
    if (resolvedValue === undefined) {
      throw invalid(`The variable '${name}' of the pipeline '${pipeline.name}' has no default value: give one`);
    }
    return { name, resolvedValue };
  });
}

function checkOverrides(pipeline: Pipeline, overrides: readonly SourceRevisionOverride[]): void {
  const sources = stagesOf(currentDeclaration(pipeline))[0]!.actions!.map(({ name }) => name);
  for (const { actionName, revisionType } of overrides) {
    if (!sources.includes(actionName)) {
      throw invalid(`The pipeline '${pipeline.name}' does not have a source action named '${actionName}'`);
    }
    if (revisionType !== 'S3_OBJECT_VERSION_ID' && revisionType !== 'S3_OBJECT_KEY') {
      throw lacks(`source revisions of type ${revisionType}`);
    }
  }
}

export class Executions {
  /** Triggers of requests that EventBridge sends, by their token. */
  private readonly triggers = new Map<string, ExecutionTrigger>();

  constructor(
    private readonly find: (name: string | undefined) => Pipeline,
    private readonly engine: ExecutionEngine,
    private readonly timers: Timers,
  ) {}

  /** A pipeline runs once on creation; a variable without a default keeps it from it. */
  created(pipeline: Pipeline, by: string): void {
    try {
      this.begin(pipeline, {}, { triggerType: 'CreatePipeline', triggerDetail: by });
    } catch {
      // As on AWS: there is no execution, and the pipeline stands.
    }
  }

  /** The next request with this token was caused by that. */
  expect(token: string, trigger: ExecutionTrigger): void {
    this.triggers.set(token, trigger);
  }

  readonly start: Operation<StartPipelineExecutionInput, StartPipelineExecutionOutput> = async (input, { caller }) => {
    const pipeline = this.find(input.name);
    const token = input.clientRequestToken;
    const known = token === undefined ? undefined : pipeline.tokens.get(token);
    if (known) return { pipelineExecutionId: known };
    const trigger = (token !== undefined && this.triggers.get(token)) || {
      triggerType: 'StartPipelineExecution' as const,
      triggerDetail: caller.arn,
    };
    const execution = this.begin(pipeline, input, trigger);
    if (token !== undefined) {
      pipeline.tokens.set(token, execution.id);
      this.triggers.delete(token);
    }
    return { pipelineExecutionId: execution.id };
  };

  readonly stop: Operation<StopPipelineExecutionInput, StopPipelineExecutionOutput> = async (input) => {
    const pipeline = this.find(input.pipelineName);
    const execution = this.execution(pipeline, input.pipelineExecutionId);
    const { id, status } = execution;
    if (status !== 'InProgress' && status !== 'Stopping') {
      throw new ServiceError(
        'PipelineExecutionNotStoppableException',
        `The pipeline execution '${id}' cannot be stopped: its status is ${status}`,
      );
    }
    const abandon = input.abandon ?? false;
    if (status === 'Stopping' && !abandon) {
      throw new ServiceError('DuplicatedStopRequestException', `The pipeline execution '${id}' is already stopping`);
    }
    if (input.reason) execution.stopReason = execution.statusSummary = input.reason;
    this.engine.stop(pipeline, execution, abandon);
    return { pipelineExecutionId: id };
  };

  readonly retry: Operation<RetryStageExecutionInput, RetryStageExecutionOutput> = async (input) => {
    const pipeline = this.find(input.pipelineName);
    const execution = this.execution(pipeline, input.pipelineExecutionId);
    const declared = stagesOf(currentDeclaration(pipeline)).find(({ name }) => name === input.stageName);
    if (!declared) throw noStage(input.stageName, pipeline.name);
    const slot = stageRuntimeOf(pipeline, declared.name!);
    if (slot.latest?.pipelineExecutionId !== execution.id) {
      throw new ServiceError(
        'NotLatestPipelineExecutionException',
        `The stage '${slot.name}' has since been entered by another execution than '${execution.id}'`,
      );
    }
    const stage = stagesOf(execution.declaration).find(({ name }) => name === slot.name)!;
    const runs = stage.actions!.map(({ name }) =>
      execution.runs.filter((run) => run.stage === slot.name && run.action.name === name).at(-1),
    );
    const failed = runs.filter((run) => run?.status === 'Failed' || run?.status === 'Abandoned');
    const same = JSON.stringify(stage) === JSON.stringify(declared);
    if (slot.inside || execution.status === 'InProgress' || !same || failed.length === 0) {
      throw new ServiceError(
        'StageNotRetryableException',
        'Unable to retry. The pipeline structure or stage state might have changed while actions awaited retry, or the stage contains no failed actions.',
      );
    }
    if (execution.abandon.signal.aborted) throw lacks('a retry of a stage whose actions were abandoned');
    const succeeded = runs.flatMap((run) => (run?.status === 'Succeeded' ? [run.action.name!] : []));
    this.engine.retry(pipeline, execution, slot, new Set(input.retryMode === 'FAILED_ACTIONS' ? succeeded : []));
    return { pipelineExecutionId: execution.id };
  };

  readonly get: Operation<GetPipelineExecutionInput, GetPipelineExecutionOutput> = async (input) => {
    const pipeline = this.find(input.pipelineName);
    const execution = this.execution(pipeline, input.pipelineExecutionId);
    const pipelineExecution: PipelineExecution = {
      pipelineName: pipeline.name,
      pipelineVersion: execution.version,
      pipelineExecutionId: execution.id,
      status: execution.status,
      ...(execution.statusSummary && { statusSummary: execution.statusSummary }),
      artifactRevisions: execution.revisions,
      variables: [...execution.variables],
      trigger: execution.trigger,
      executionMode: execution.declaration.executionMode,
      executionType: 'STANDARD',
    };
    return { pipelineExecution };
  };

  /** Newest first. */
  readonly list: Operation<ListPipelineExecutionsInput, ListPipelineExecutionsOutput> = async (input) => {
    const pipeline = this.find(input.pipelineName);
    if (input.filter?.succeededInStage) throw lacks('the filter succeededInStage of ListPipelineExecutions');
    const all = pipeline.executions.toReversed().map((execution) => ({
      pipelineExecutionId: execution.id,
      status: execution.status,
      ...(execution.statusSummary && { statusSummary: execution.statusSummary }),
      startTime: execution.startTime,
      lastUpdateTime: execution.lastUpdateTime,
      sourceRevisions: execution.sourceRevisions,
      trigger: execution.trigger,
      ...(execution.stopReason && { stopTrigger: { reason: execution.stopReason } }),
      executionMode: execution.declaration.executionMode,
      executionType: 'STANDARD' as const,
    }));
    const { items, nextToken } = page(all, input.maxResults, input.nextToken);
    return { pipelineExecutionSummaries: items, nextToken };
  };

  /** @throws ServiceError PipelineExecutionNotFoundException */
  execution(pipeline: Pipeline, given: string | undefined): Execution {
    const found = pipeline.executions.find(({ id }) => id === given);
    if (!found) {
      throw new ServiceError(
        'PipelineExecutionNotFoundException',
        `The pipeline '${pipeline.name}' does not have an execution with id '${given}'`,
      );
    }
    return found;
  }

  private begin(
    pipeline: Pipeline,
    input: Pick<StartPipelineExecutionInput, 'variables' | 'sourceRevisions'>,
    trigger: ExecutionTrigger,
  ): Execution {
    const declaration = currentDeclaration(pipeline);
    const variables = resolveVariables(pipeline, input.variables ?? []);
    const overrides = input.sourceRevisions ?? [];
    checkOverrides(pipeline, overrides);
    const running = pipeline.executions.filter(({ status }) => status === 'InProgress' || status === 'Stopping');
    if (declaration.executionMode === 'QUEUED' && running.length >= MOST_QUEUED) {
      throw conflict(`The pipeline '${pipeline.name}' has ${MOST_QUEUED} executions in its queue already`);
    }
    const now = this.timers.now();
    const execution: Execution = {
      id: randomUUID(),
      declaration,
      version: pipeline.versions.length,
      variables,
      trigger,
      overrides,
      startTime: now,
      lastUpdateTime: now,
      status: 'InProgress',
      artifacts: new Map(),
      namespaces: new Map(),
      runs: [],
      revisions: [],
      sourceRevisions: [],
      abandon: new AbortController(),
    };
    this.engine.start(pipeline, execution);
    return execution;
  }
}
