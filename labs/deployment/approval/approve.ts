/** The approval in front of production. */
import { PutApprovalResultCommand } from '@aws-sdk/client-codepipeline';
import { DescribeModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { numberOf } from '../../../lib/aws/versions';
import { orUndefined } from '../../../lib/aws/not-found';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { VERSION_VARIABLE } from '../names';
import { stopCommand } from '../aws-cli';
import type { LabResources } from '../resources';
import { stageAction, stageState, type ReleaseAction } from '../release/releases';
import { smokeTestResultOf, describeSmokeTest } from './smoke-test';
import type { ReleaseState } from '../release/wait';

const STAGE = { stageName: 'Approval', actionName: 'Approve' } as const;

/** What an approver writes down: the figure that it stands on. */
export function summaryText(actions: readonly ReleaseAction[]): string {
  return `Approved on ${describeSmokeTest(smokeTestResultOf(stageAction(actions, 'SmokeTest')!))}.`;
}

/** What the approver wrote; undefined where AWS does not tell any more. */
export async function readApprovalSummary(
  run: LabRun,
  resources: LabResources,
  { release, actions }: ReleaseState,
): Promise<string | undefined> {
  const stage = await stageState(run, resources, STAGE.stageName);
  const action = stage?.actionStates?.find(({ actionName }) => actionName === STAGE.actionName);
  // The state is that of the newest release that came so far.
  const told =
    stage?.latestExecution?.pipelineExecutionId === release.id ? action?.latestExecution?.summary : undefined;
  return told || stageAction(actions, 'Approval')?.message || undefined;
}

/**
 * Approves a release that waits.
 *
 * @throws LabError when another one waits, when it was decided meanwhile, when nobody waits any more, or when its version
 * is not approved in the registry any more
 */
export async function approveRelease(
  run: LabRun,
  resources: LabResources,
  seen: ReleaseState,
  step: string,
): Promise<void> {
  const { release, actions } = seen;
  const { codepipeline } = run.clients;
  const stage = await stageState(run, resources, STAGE.stageName);
  const token = stage?.actionStates?.find(({ actionName }) => actionName === STAGE.actionName)?.latestExecution?.token;
  const waits = stage?.latestExecution?.pipelineExecutionId;
  if (waits !== undefined && waits !== release.id) {
    throw new LabError(`The approval belongs to the release ${waits}, not to ${release.id}.`, {
      why: 'Two releases are under way. The later one overtakes the earlier before the next stage.',
      next: `Look first: ${labCommand(run, 'check', 'release')}`,
    });
  }
  if (token === undefined) throw nothingWaits(run, release.id);
  await requireApproved(run, resources, seen);
  const summary = summaryText(actions);
  try {
    await codepipeline.send(
      new PutApprovalResultCommand({
        pipelineName: resources.pipeline,
        ...STAGE,
        token,
        result: { status: 'Approved', summary },
      }),
    );
  } catch (error) {
    if (!/ApprovalAlreadyCompleted|InvalidApprovalToken/.test((error as Error).name)) throw error;
    throw new LabError(`The approval of release ${release.id} could not be given: ${(error as Error).message}`, {
      why: 'Somebody decided a moment ago, or its time ran out.',
      next: labCommand(run, 'check', step),
      cause: error,
    });
  }
  run.progress(`approved: ${summary}`);
}

/** Production asks the registry as well, and would refuse it. @throws LabError */
async function requireApproved(
  run: LabRun,
  resources: LabResources,
  { release, actions }: ReleaseState,
): Promise<void> {
  const arn = stageAction(actions, 'Verify')?.outputs[VERSION_VARIABLE] ?? release.requestedVersion;
  const version = await orUndefined(
    run.clients.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn })),
  );
  if (version?.ModelApprovalStatus === 'Approved') return;
  const why = version?.ApprovalDescription ? ` ("${version.ApprovalDescription}")` : '';
  const now = version ? `Version ${numberOf(version)} is ${version.ModelApprovalStatus}${why}` : `${arn} is gone`;
  throw new LabError(`${now}, and its release ${release.id} waits for approval.`, {
    why: 'The registry decides what may serve: a version that was approved when its release began, and is not any more, is not promoted.',
    next: `${stopCommand(resources, release.id, 'Its version is not approved any more.')}; then ${labCommand(run, 'step', 'release')}`,
  });
}

function nothingWaits(run: LabRun, id: string): LabError {
  return new LabError(`The release ${id} does not wait for an approval.`, {
    why: 'It was decided already, its time ran out, or it has not come so far.',
    next: labCommand(run, 'check', 'promote'),
  });
}
