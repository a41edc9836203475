/** One run of one action: its role, its configuration, its artifacts, its end. */
import { randomUUID } from 'node:crypto';
import type { ActionDeclaration, ActionExecutionStatus } from '@aws-sdk/client-codepipeline';
import type { Cloud } from '../service';
import type { ActionContext, ActionResult, Progress, Runner } from './actions/action';
import { typeOf } from './actionTypes';
import { newArtifact } from './artifacts';
import { ActionFailure } from './errors';
import type { Events } from './events';
import type { ActionRun, Execution, Pipeline } from './model';
import { resolve } from './references';
import { assumeFor } from './roles';
import type { Limits, Timers } from './timers';

export interface ActionRunsOptions {
  readonly cloud: Cloud;
  readonly events: Events;
  readonly timers: Timers;
  readonly limits: Limits;
  readonly pollMs: number;
  readonly runnerOf: (action: ActionDeclaration) => Runner;
}

/** How the run ends early. */
class TimedOut extends Error {}
class Abandoned extends Error {}

const STATES = { Succeeded: 'SUCCEEDED', Failed: 'FAILED', Abandoned: 'ABANDONED', InProgress: 'STARTED' } as const;

export class ActionRuns {
  constructor(private readonly options: ActionRunsOptions) {}

  /** Runs an action to its end; never throws. */
  async run(
    pipeline: Pipeline,
    execution: Execution,
    stage: string,
    action: ActionDeclaration,
  ): Promise<ActionExecutionStatus> {
    const { events, timers } = this.options;
    const now = timers.now();
    const run: ActionRun = {
      id: randomUUID(),
      stage,
      action,
      executionId: execution.id,
      version: execution.version,
      startTime: now,
      lastUpdateTime: now,
      status: 'InProgress',
      resolved: {},
      inputs: [],
      outputs: [],
    };
    execution.runs.push(run);
    pipeline.lastRuns.set(`${stage}/${action.name}`, run);
    events.action(pipeline, execution, run, STATES.InProgress);
    try {
      this.finish(execution, run, await this.attempt(pipeline, execution, run));
    } catch (error) {
      this.fail(run, error);
    }
    run.lastUpdateTime = timers.now();
    delete run.token;
    if (!pipeline.deleted) events.action(pipeline, execution, run, STATES[run.status]);
    return run.status;
  }

  private async attempt(pipeline: Pipeline, execution: Execution, run: ActionRun): Promise<ActionResult> {
    const { cloud, timers, pollMs, runnerOf } = this.options;
    const { action } = run;
    run.resolved = resolve(execution, action);
    run.inputs = (action.inputArtifacts ?? []).map(({ name }) => {
      const found = execution.artifacts.get(name!);
      if (!found) throw new ActionFailure('RevisionUnavailable', `The artifact [${name}] was not made.`);
      return found;
    });
    const bucket = execution.declaration.artifactStore!.location!;
    run.outputs = (action.outputArtifacts ?? []).map(({ name }) => newArtifact(bucket, pipeline.name, name!));
    const minutes = action.timeoutInMinutes;
    const limit = minutes === undefined ? typeOf(action).timeoutMs : minutes * 60_000;
    return this.withEnd(execution, limit, async (signal) => {
      const principal = await assumeFor(cloud, execution.declaration, action, execution.id);
      const context: ActionContext = {
        cloud,
        timers,
        pollMs,
        pipeline,
        execution,
        stage: run.stage,
        action,
        actionExecutionId: run.id,
        configuration: run.resolved,
        principal,
        inputs: run.inputs,
        outputs: run.outputs,
        signal,
        override: execution.overrides.find(({ actionName }) => actionName === action.name),
        report: (progress) => this.report(run, progress),
      };
      return runnerOf(action)(context);
    });
  }

  /** Ends the work when its time is over or the execution is abandoned; whatever it started goes on by itself. */
  private async withEnd<T>(execution: Execution, limitMs: number, work: (signal: AbortSignal) => Promise<T>) {
    const end = new AbortController();
    const abandon = (): void => end.abort(new Abandoned());
    const { signal } = execution.abandon;
    if (signal.aborted) abandon();
    signal.addEventListener('abort', abandon, { once: true });
    const minutes = Math.round(limitMs / 60_000);
    const cancel = this.options.limits.after(limitMs, () =>
      end.abort(new TimedOut(`The action did not end within its timeout of ${minutes} minutes.`)),
    );
    try {
      return await new Promise<T>((resolve, reject) => {
        end.signal.addEventListener('abort', () => reject(end.signal.reason as Error), { once: true });
        if (end.signal.aborted) reject(end.signal.reason as Error);
        else work(end.signal).then(resolve, reject);
      });
    } finally {
      cancel();
      signal.removeEventListener('abort', abandon);
    }
  }

  private report(run: ActionRun, progress: Progress): void {
    if (run.status !== 'InProgress') return;
    Object.assign(run, progress, { lastUpdateTime: this.options.timers.now() });
  }

  private finish(execution: Execution, run: ActionRun, outcome: ActionResult): void {
    const { variables, revision, ...progress } = outcome;
    this.report(run, progress);
    run.status = 'Succeeded';
    for (const output of run.outputs) execution.artifacts.set(output.name, output);
    if (variables) run.variables = { ...variables };
    if (run.action.namespace) execution.namespaces.set(run.action.namespace, { ...variables });
    if (!revision) return;
    const created = this.options.timers.now();
    run.revision = { revisionId: revision.id, revisionChangeId: revision.changeId, created };
    execution.revisions.push({
      name: run.outputs[0]!.name,
      revisionId: revision.id,
      revisionChangeIdentifier: revision.changeId,
      revisionSummary: revision.summary,
      created,
      revisionUrl: outcome.externalExecutionUrl,
    });
    execution.sourceRevisions.push({
      actionName: run.action.name,
      revisionId: revision.id,
      revisionSummary: revision.summary,
      revisionUrl: outcome.externalExecutionUrl,
    });
  }

  private fail(run: ActionRun, error: unknown): void {
    if (error instanceof Abandoned) {
      run.status = 'Abandoned';
      return;
    }
    run.status = 'Failed';
    if (error instanceof ActionFailure) run.error = { code: error.code, message: error.message };
    else if (error instanceof TimedOut) run.error = { code: 'JobTimedOut', message: error.message };
    else run.error = { code: 'InternalError', message: (error as Error).message };
  }
}
