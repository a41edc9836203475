/**
 * How executions move through stages: https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
 *
 * One execution is inside a stage at a time. Another waits to enter it; in SUPERSEDED mode a newer one takes the place
 * of the one that waits, in QUEUED mode they wait in turn. A failed execution leaves its stage.
 */
import type { ActionDeclaration, StageDeclaration, StageExecutionStatus } from '@aws-sdk/client-codepipeline';
import type { ActionRuns } from './actionRuns';
import type { Events } from './events';
import {
  currentDeclaration,
  type Execution,
  type Pipeline,
  stageRuntimeOf,
  type StageRuntime,
  stagesOf,
} from './model';
import type { Timers } from './timers';

/** Actions by run order. */
function groups(stage: StageDeclaration): ActionDeclaration[][] {
  const orders = [...new Set(stage.actions!.map(({ runOrder = 1 }) => runOrder))].sort((a, b) => a - b);
  return orders.map((order) => stage.actions!.filter(({ runOrder = 1 }) => runOrder === order));
}

export class ExecutionEngine {
  private readonly running = new Set<Promise<void>>();
  private ended = false;

  constructor(
    private readonly actions: ActionRuns,
    private readonly events: Events,
    private readonly timers: Timers,
  ) {}

  start(pipeline: Pipeline, execution: Execution): void {
    pipeline.executions.push(execution);
    this.events.pipeline(pipeline, execution, 'STARTED');
    this.enter(pipeline, execution, 0);
  }

  /** Lets the execution that waits enter a stage, if the stage is free and its transition enabled. */
  settle(pipeline: Pipeline, slot: StageRuntime): void {
    if (pipeline.deleted || this.ended) return;
    if (currentDeclaration(pipeline).executionMode === 'SUPERSEDED') {
      while (slot.waiting.length > 1) this.supersede(pipeline, slot.waiting.shift()!);
    }
    if (!slot.enabled || slot.inside) return;
    const next = slot.waiting.shift();
    if (next) this.begin(pipeline, next, slot, new Set());
  }

  /** Runs the stage of an execution again. @param done actions that need not run again */
  retry(pipeline: Pipeline, execution: Execution, slot: StageRuntime, done: ReadonlySet<string>): void {
    this.set(execution, 'InProgress');
    this.events.pipeline(pipeline, execution, 'RESUMED');
    this.begin(pipeline, execution, slot, done, 'RESUMED');
  }

  /** Stops an execution: at once if it waits or is to be abandoned, else when its running actions end. */
  stop(pipeline: Pipeline, execution: Execution, abandon: boolean): void {
    const entering = [...pipeline.stages.values()].find(({ waiting }) => waiting.includes(execution));
    if (entering) {
      entering.waiting.splice(entering.waiting.indexOf(execution), 1);
      this.end(pipeline, execution, 'Stopped', 'STOPPED');
      return;
    }
    if (execution.status !== 'Stopping') {
      this.set(execution, 'Stopping');
      this.events.pipeline(pipeline, execution, 'STOPPING');
      const slot = [...pipeline.stages.values()].find(({ inside }) => inside === execution);
      if (slot?.latest) slot.latest = { ...slot.latest, status: 'Stopping' };
    }
    if (abandon) execution.abandon.abort();
  }

  /** A deleted pipeline's executions end with it. */
  abandonAll(pipeline: Pipeline): void {
    for (const slot of pipeline.stages.values()) slot.waiting.length = 0;
    for (const execution of pipeline.executions) execution.abandon.abort();
  }

  /** Settles when nothing of the given pipelines runs any more. */
  async stopAll(pipelines: readonly Pipeline[]): Promise<void> {
    this.ended = true;
    pipelines.forEach((pipeline) => this.abandonAll(pipeline));
    await Promise.allSettled([...this.running]);
  }

  private enter(pipeline: Pipeline, execution: Execution, at: number): void {
    const stage = stagesOf(execution.declaration)[at];
    if (!stage) {
      this.end(pipeline, execution, 'Succeeded', 'SUCCEEDED');
      return;
    }
    const slot = stageRuntimeOf(pipeline, stage.name!);
    slot.waiting.push(execution);
    this.settle(pipeline, slot);
  }

  private begin(
    pipeline: Pipeline,
    execution: Execution,
    slot: StageRuntime,
    done: ReadonlySet<string>,
    state = 'STARTED',
  ): void {
    slot.inside = execution;
    const work = this.runStage(pipeline, execution, slot, done, state);
    this.running.add(work);
    void work.finally(() => this.running.delete(work));
  }

  private async runStage(
    pipeline: Pipeline,
    execution: Execution,
    slot: StageRuntime,
    done: ReadonlySet<string>,
    state: string,
  ): Promise<void> {
    const stages = stagesOf(execution.declaration);
    const at = stages.findIndex(({ name }) => name === slot.name);
    slot.latest = { pipelineExecutionId: execution.id, status: 'InProgress', type: 'STANDARD' };
    this.events.stage(pipeline, execution, slot.name, state);
    const status = await this.runActions(pipeline, execution, stages[at]!, done);
    slot.inside = undefined;
    slot.latest = { pipelineExecutionId: execution.id, status, type: 'STANDARD' };
    if (pipeline.deleted || this.ended) {
      this.set(execution, 'Stopped');
      return;
    }
    this.events.stage(pipeline, execution, slot.name, status.toUpperCase());
    if (status === 'Succeeded') {
      this.set(execution, 'InProgress');
      this.enter(pipeline, execution, at + 1);
    } else {
      this.end(pipeline, execution, status === 'Failed' ? 'Failed' : 'Stopped', status.toUpperCase());
    }
    this.settle(pipeline, slot);
  }

  private async runActions(
    pipeline: Pipeline,
    execution: Execution,
    stage: StageDeclaration,
    done: ReadonlySet<string>,
  ): Promise<StageExecutionStatus> {
    for (const group of groups(stage)) {
      const todo = group.filter(({ name }) => !done.has(name!));
      const ended = await Promise.all(todo.map((action) => this.actions.run(pipeline, execution, stage.name!, action)));
      if (ended.includes('Failed')) return 'Failed';
      if (execution.abandon.signal.aborted || execution.status === 'Stopping') return 'Stopped';
    }
    return 'Succeeded';
  }

  private supersede(pipeline: Pipeline, execution: Execution): void {
    this.end(pipeline, execution, 'Superseded', 'SUPERSEDED');
  }

  private end(pipeline: Pipeline, execution: Execution, status: Execution['status'], state: string): void {
    this.set(execution, status);
    this.events.pipeline(pipeline, execution, state);
  }

  private set(execution: Execution, status: Execution['status']): void {
    execution.status = status;
    execution.lastUpdateTime = this.timers.now();
  }
}
