/** AWS CodePipeline, the part that lab deployment uses: executions really run, as the roles of the pipeline. */
import type { Cloud, Service } from '../service';
import { listActionExecutions } from './actionExecutions';
import { ActionRuns } from './actionRuns';
import { makeRunners } from './actions';
import { Jobs } from './actions/jobs';
import { Approvals } from './actions/manualApproval';
import { ExecutionEngine } from './engine';
import { deliverEvent } from './eventTarget';
import { Events } from './events';
import { Executions } from './executions';
import { Pipelines } from './pipelines';
import { getPipelineState } from './state';
import { Tags } from './tags';
import { Limits, systemTimers, type Timers } from './timers';
import { Transitions } from './transitions';

export interface CodePipelineOptions {
  /** @default the system's */
  readonly timers?: Timers;
  /** How often builds and stacks are asked for their state. @default 200 */
  readonly pollMs?: number;
}

export function codepipelineService(cloud: Cloud, options: CodePipelineOptions = {}): Service {
  const { timers = systemTimers, pollMs = 200 } = options;
  const events = new Events(cloud);
  const tags = new Tags((arn) => pipelines.all().some((pipeline) => pipeline.arn === arn));
  const pipelines: Pipelines = new Pipelines(
    cloud,
    tags,
    timers,
    (pipeline, by) => executions.created(pipeline, by),
    (pipeline) => engine.abandonAll(pipeline),
  );
  const find = pipelines.find.bind(pipelines);
  const jobs = new Jobs();
  const approvals = new Approvals(find, timers);
  const limits = new Limits(timers);
  const actions = new ActionRuns({ cloud, events, timers, limits, pollMs, runnerOf: makeRunners(jobs, approvals) });
  const engine = new ExecutionEngine(actions, events, timers);
  const executions = new Executions(find, engine, timers);
  const transitions = new Transitions(find, engine, timers);
  return {
    id: 'codepipeline',
    operations: {
      CreatePipeline: pipelines.create,
      UpdatePipeline: pipelines.update,
      GetPipeline: pipelines.get,
      ListPipelines: pipelines.list,
      DeletePipeline: pipelines.delete,
      GetPipelineState: getPipelineState(cloud.region, find),
      StartPipelineExecution: executions.start,
      StopPipelineExecution: executions.stop,
      RetryStageExecution: executions.retry,
      GetPipelineExecution: executions.get,
      ListPipelineExecutions: executions.list,
      ListActionExecutions: listActionExecutions(cloud.region, find, executions),
      EnableStageTransition: transitions.enable,
      DisableStageTransition: transitions.disable,
      PutApprovalResult: approvals.put,
      PutJobSuccessResult: jobs.success,
      PutJobFailureResult: jobs.failure,
      TagResource: tags.add,
      UntagResource: tags.untag,
      ListTagsForResource: tags.list,
      DeliverEvent: deliverEvent(cloud, executions),
    },
    inventory: () => pipelines.inventory(),
    tags: () => tags.all(),
    elapse: (ms) => (limits.elapse(ms), []),
    async stop() {
      await engine.stopAll(pipelines.all());
      await events.flush();
    },
  };
}
