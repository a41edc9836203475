import type { Step, Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, notDone } from '../../../lib/course/say';
import { readApprovalSummary, approveRelease } from '../approval/approve';
import {
  approvalCommands,
  setApprovalCommand,
  newestVersionCommand,
  deleteStackCommand,
  releaseIdCommand,
} from '../aws-cli';
import { evidenceKey, readEvidence } from '../release/evidence';
import { releaseFailureOf } from '../failure/release-failure';
import { releaseFailedVerdict } from '../failure/advice';
import {
  isVerdict,
  refuseFlawedVersion,
  releasedVersionOrVerdict,
  requireReleased,
  withFlawedVersionNote,
  type ReleasedVersion,
} from '../release/approved-version';
import { resourcesOf, s3Uri, type LabResources } from '../resources';
import { stageAction, actionsOf, hasEnded, stagePassed } from '../release/releases';
import { servingAt, servingFault } from '../endpoint/serving';
import { smokeTestResultOf, describeSmokeTest } from '../approval/smoke-test';
import { startReleaseCommand } from '../release/start';
import { requireStagePassed, releaseProgress, waitForStage } from '../release/wait';

/** Look at the evidence, approve, and see production change over. */
export const promote: Step = {
  id: 'promote',
  title: 'Look at the evidence, and promote to production',
  predict:
    'This is the first release: production does not exist yet. The template asks for blue/green with a bake of five minutes. Will CloudFormation wait for them?',
  awsMinutes: 12,
  hints: [
    'Read evidence/<execution>/smoke.json before you approve: the AUC, the floor and why it is where it is.',
    'aws codepipeline get-pipeline-state shows the approval’s token; put-approval-result takes it, with a summary. The summary names a figure: someone will ask on what you approved.',
    'Rejected or too late? The release has ended. Release the version again: ./lab step deployment release.',
  ],
  act,
  check,
  explain,
};

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const picked = await requireReleased(run, resources);
  refuseFlawedVersion(run, picked);
  const { release, arn } = picked;
  const before = await waitForStage(run, resources, release, 'Approval', 'promote');
  if (!stagePassed(before.actions, 'Approval')) {
    if (stageAction(before.actions, 'Approval')?.status !== 'InProgress')
      await requireStagePassed(run, resources, before, 'Approval');
    const evidence = await readEvidence(run, resources, release.id, 'smoke');
    run.progress(evidence?.message ?? describeSmokeTest(smokeTestResultOf(stageAction(before.actions, 'SmokeTest')!)));
    await approveRelease(run, resources, before, 'promote');
  }
  const after = await waitForStage(run, resources, release, 'Watch', 'promote');
  await requireStagePassed(run, resources, after, 'Watch');
  const fault = await servingFault(run, resources.production, arn);
  if (fault) {
    run.progress(`the release passed, and since then ${fault}`);
    return;
  }
  const watched = await readEvidence(run, resources, release.id, 'watch');
  run.progress(watched?.message ?? `production serves what release ${release.id} brought`);
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const picked = await releasedVersionOrVerdict(run, resources);
  return isVerdict(picked) ? picked : withFlawedVersionNote(run, picked, await promoted(run, resources, picked));
}

async function promoted(run: LabRun, resources: LabResources, picked: ReleasedVersion): Promise<Verdict> {
  const again = labCommand(run, 'step', 'promote');
  const { release, number, arn } = picked;
  const actions = await actionsOf(run, resources, release.id);
  const approval = stageAction(actions, 'Approval');
  if (!stagePassed(actions, 'Watch')) {
    if (approval?.status === 'InProgress') {
      const evidence = await readEvidence(run, resources, release.id, 'smoke');
      return notDone(
        `The release of version ${number} waits for your approval. ${evidence?.message ?? ''}`.trim(),
        `Read ${s3Uri(resources, evidenceKey(release.id, 'smoke'))}, then: ${again}`,
      );
    }
    if (!hasEnded(release))
      return notDone(`The release ${release.id} is at ${releaseProgress(release, actions)}.`, `Wait for it: ${again}`);
    const stop = await releaseFailureOf(run, resources, release, actions);
    return releaseFailedVerdict(run, resources, release, stop);
  }
  const summary = await readApprovalSummary(run, resources, { release, actions });
  if (summary !== undefined && !/\d/.test(summary)) {
    return notDone(
      `The release was approved, and the summary names no figure: ${JSON.stringify(summary)}. Nobody will know on what.`,
      `Release it again: ${startReleaseCommand(resources, arn)}; then approve it with a figure: ${again}`,
    );
  }
  const fault = await servingFault(run, resources.production, arn);
  const serving = await servingAt(run, resources.production);
  if (fault || serving === undefined) {
    return notDone(
      `The release passed, but ${fault ?? 'the endpoint is gone since'}.`,
      /ing$/.test(serving?.status ?? '')
        ? `Wait: aws sagemaker wait endpoint-in-service --endpoint-name ${resources.production.endpoint}, then: ${labCommand(run, 'check', 'promote')}`
        : `If it was taken back on purpose, reject it: ${setApprovalCommand(arn, 'Rejected', 'Taken back on purpose.')}. Otherwise ${serving?.configDeleted ? `make it anew: ${deleteStackCommand(resources.production)}; and ` : ''}release it again: ${startReleaseCommand(resources, arn)}; then: ${again}`,
    );
  }
  if (!serving.captures) {
    return notDone(
      `Production serves version ${number}, and does not keep its requests: data capture is off, or samples.`,
      `Put DataCaptureConfig back into the template, then: ${labCommand(run, 'step', 'source')}`,
    );
  }
  return done(
    `Production serves version ${number} with the configuration ${serving.config}, which is its stack's own, and keeps every request.${summary ? ` Approved with: "${summary}"` : ''}`,
    labCommand(run, 'step', 'invoke'),
  );
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  const version = newestVersionCommand(resources, 'Approved');
  return [
    [
      `version=$(${version})`,
      `release=$(${releaseIdCommand(resources, 'version')})`,
      `aws s3 cp "${s3Uri(resources, 'evidence/$release/smoke.json')}" -`,
    ].join('\n'),
    approvalCommands(resources, version),
  ];
}
