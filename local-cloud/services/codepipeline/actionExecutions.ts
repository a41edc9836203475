/** ListActionExecutions: every run of every action, with what went in and came out. */
import type {
  ActionExecutionDetail,
  ActionExecutionResult,
  ListActionExecutionsInput,
  ListActionExecutionsOutput,
} from '@aws-sdk/client-codepipeline';
import type { Operation } from '../service';
import type { Executions } from './executions';
import type { ActionRun, Artifact, Pipeline } from './model';
import { page } from './page';

const location = ({ name, bucket, key }: Artifact) => ({ name, s3location: { bucket, key } });

function result(run: ActionRun): ActionExecutionResult {
  const summary = run.error?.message ?? run.summary;
  return {
    ...(run.externalExecutionId && { externalExecutionId: run.externalExecutionId }),
    ...(run.externalExecutionUrl && { externalExecutionUrl: run.externalExecutionUrl }),
    ...(summary && { externalExecutionSummary: summary }),
    ...(run.error && { errorDetails: run.error }),
    ...(run.logStreamARN && { logStreamARN: run.logStreamARN }),
  };
}

function detail(region: string, run: ActionRun): ActionExecutionDetail {
  const { action } = run;
  return {
    pipelineExecutionId: run.executionId,
    actionExecutionId: run.id,
    pipelineVersion: run.version,
    stageName: run.stage,
    actionName: action.name,
    startTime: run.startTime,
    lastUpdateTime: run.lastUpdateTime,
    ...(run.updatedBy && { updatedBy: run.updatedBy }),
    status: run.status,
    input: {
      actionTypeId: action.actionTypeId,
      configuration: action.configuration,
      resolvedConfiguration: run.resolved,
      ...(action.roleArn && { roleArn: action.roleArn }),
      region,
      inputArtifacts: run.inputs.map(location),
      ...(action.namespace && { namespace: action.namespace }),
    },
    output: {
      outputArtifacts: run.status === 'Succeeded' ? run.outputs.map(location) : [],
      executionResult: result(run),
      outputVariables: run.variables ?? {},
    },
  };
}

/** Newest first. */
export function listActionExecutions(
  region: string,
  find: (name: string | undefined) => Pipeline,
  executions: Executions,
): Operation<ListActionExecutionsInput, ListActionExecutionsOutput> {
  return async (input) => {
    const pipeline = find(input.pipelineName);
    const { pipelineExecutionId, latestInPipelineExecution: latest } = input.filter ?? {};
    const wanted = pipelineExecutionId ?? latest?.pipelineExecutionId;
    const chosen = wanted === undefined ? pipeline.executions : [executions.execution(pipeline, wanted)];
    let runs = chosen.flatMap((execution) => execution.runs);
    if (latest) {
      const last = new Map(runs.map((run) => [`${run.stage}/${run.action.name}`, run]));
      runs = [...last.values()];
    }
    // Of two that began in one millisecond, the later one is the newer.
    const ordered = runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime()).reverse();
    const { items, nextToken } = page(ordered, input.maxResults, input.nextToken);
    return { actionExecutionDetails: items.map((run) => detail(region, run)), nextToken };
  };
}
