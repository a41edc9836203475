/** GetPipelineState: where executions stand, stage by stage. */
import type {
  ActionDeclaration,
  ActionExecution,
  ActionState,
  GetPipelineStateInput,
  GetPipelineStateOutput,
  StageExecution,
  StageState,
} from '@aws-sdk/client-codepipeline';
import type { Operation } from '../service';
import { type ActionRun, currentDeclaration, type Execution, type Pipeline, stageRuntimeOf, stagesOf } from './model';

function execution(run: ActionRun): ActionExecution {
  return {
    actionExecutionId: run.id,
    status: run.status,
    ...(run.summary && { summary: run.summary }),
    lastStatusChange: run.lastUpdateTime,
    ...(run.token && { token: run.token }),
    ...(run.updatedBy && { lastUpdatedBy: run.updatedBy }),
    ...(run.externalExecutionId && { externalExecutionId: run.externalExecutionId }),
    ...(run.externalExecutionUrl && { externalExecutionUrl: run.externalExecutionUrl }),
    ...(run.error && { errorDetails: run.error }),
    ...(run.logStreamARN && { logStreamARN: run.logStreamARN }),
  };
}

function actionState(region: string, pipeline: Pipeline, stage: string, action: ActionDeclaration): ActionState {
  const run = pipeline.lastRuns.get(`${stage}/${action.name}`);
  const link = action.configuration?.ExternalEntityLink;
  const isSource = action.actionTypeId?.category === 'Source';
  return {
    actionName: action.name,
    ...(run?.revision && { currentRevision: run.revision }),
    ...(run && { latestExecution: execution(run) }),
    ...(isSource && { entityUrl: `https://console.aws.amazon.com/s3/home?region=${region}#` }),
    ...(link && { entityUrl: run?.resolved.ExternalEntityLink ?? link }),
  };
}

const inbound = ({ id, status }: Execution): StageExecution => ({
  pipelineExecutionId: id,
  status: status === 'InProgress' ? 'InProgress' : 'Stopped',
  type: 'STANDARD',
});

function stageState(
  region: string,
  pipeline: Pipeline,
  name: string,
  actions: readonly ActionDeclaration[],
): StageState {
  const slot = stageRuntimeOf(pipeline, name);
  const [first] = slot.waiting;
  return {
    stageName: name,
    ...(first && { inboundExecution: inbound(first) }),
    inboundExecutions: slot.waiting.map(inbound),
    inboundTransitionState: {
      enabled: slot.enabled,
      ...(slot.changedBy && { lastChangedBy: slot.changedBy, lastChangedAt: slot.changedAt }),
      ...(slot.disabledReason && { disabledReason: slot.disabledReason }),
    },
    actionStates: actions.map((action) => actionState(region, pipeline, name, action)),
    ...(slot.latest && { latestExecution: slot.latest }),
  };
}

export function getPipelineState(
  region: string,
  find: (name: string | undefined) => Pipeline,
): Operation<GetPipelineStateInput, GetPipelineStateOutput> {
  return async (input) => {
    const pipeline = find(input.name);
    return {
      pipelineName: pipeline.name,
      pipelineVersion: pipeline.versions.length,
      stageStates: stagesOf(currentDeclaration(pipeline)).map(({ name, actions = [] }) =>
        stageState(region, pipeline, name!, actions),
      ),
      created: pipeline.created,
      updated: pipeline.updated,
    };
  };
}
