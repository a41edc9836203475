/** The pipeline: its stages, what each told those behind it, and the approval. */
import {
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  PutApprovalResultCommand,
} from '@aws-sdk/client-codepipeline';
import { LabError } from '../../../lib/course/errors';
import { type LabRun, output } from '../../../lib/course/run';
import type { PipelineView } from '../../api';
import { iso, type View } from './view';

const LONGEST_SUMMARY = 512;

export const pipeline: View = {
  title: 'Pipeline',
  outputs: ['Pipeline'],
  async read({ run }): Promise<PipelineView> {
    const { name, stages, waiting } = await stateOf(run);
    const executions = [...new Set(stages.map((one) => one.latestExecution?.pipelineExecutionId))];
    const told = new Map<string, Record<string, string>>();
    for (const id of executions) {
      if (id === undefined) continue;
      const { actionExecutionDetails = [] } = await run.clients.codepipeline.send(
        new ListActionExecutionsCommand({ pipelineName: name, filter: { pipelineExecutionId: id }, maxResults: 100 }),
      );
      for (const { stageName, actionName, output: made } of actionExecutionDetails)
        told.set(`${id} ${stageName} ${actionName}`, made?.outputVariables ?? {});
    }
    return {
      name,
      stages: stages.map((stage) => {
        const execution = stage.latestExecution?.pipelineExecutionId;
        return {
          name: stage.stageName ?? '',
          state: stage.latestExecution?.status ?? 'has not run',
          execution,
          actions: (stage.actionStates ?? []).map(({ actionName = '', latestExecution: latest }) => ({
            name: actionName,
            state: latest?.status ?? 'has not run',
            at: iso(latest?.lastStatusChange),
            said: latest?.errorDetails?.message ?? latest?.summary,
            evidence: told.get(`${execution} ${stage.stageName} ${actionName}`) ?? {},
          })),
        };
      }),
      waits: waiting?.execution,
    };
  },
  async act({ run }, { execution, approve, summary }): Promise<{ decided: string } | undefined> {
    if (typeof approve !== 'boolean' || typeof summary !== 'string') return undefined;
    const { name, waiting } = await stateOf(run);
    // The page may be older than the pipeline: what was seen is what is decided.
    if (!waiting || waiting.execution !== execution)
      throw new LabError(`The release ${String(execution).slice(0, 100)} does not wait for an approval.`, {
        why: 'It was decided already, its time ran out, or another release came.',
        next: 'look again',
      });
    const status = approve ? 'Approved' : 'Rejected';
    await run.clients.codepipeline.send(
      new PutApprovalResultCommand({
        pipelineName: name,
        stageName: waiting.stage,
        actionName: waiting.action,
        token: waiting.token,
        result: { status, summary: summary.slice(0, LONGEST_SUMMARY) },
      }),
    );
    return { decided: status };
  },
};

async function stateOf(run: LabRun) {
  const name = output(run, 'Pipeline');
  const { stageStates: stages = [] } = await run.clients.codepipeline.send(new GetPipelineStateCommand({ name }));
  const [waiting] = stages.flatMap(({ stageName: stage, latestExecution, actionStates = [] }) =>
    actionStates.flatMap(({ actionName: action, latestExecution: latest }) =>
      latest?.status === 'InProgress' && latest.token !== undefined
        ? [{ stage, action, token: latest.token, execution: latestExecution?.pipelineExecutionId }]
        : [],
    ),
  );
  return { name, stages, waiting };
}
