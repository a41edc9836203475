import { decide, numberOf, versionsOf } from '../../../lib/aws/versions';
import type { Step, Verdict } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, notDone } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { VERSION_VARIABLE } from '../names';
import { claimedAucOf } from '../approval/claimed-auc';
import { newestVersionCommand, releaseIdCommand, SCRATCH_FOLDER, untilOutput } from '../aws-cli';
import { releaseFailureOf } from '../failure/release-failure';
import { rejectAdvice, showReleaseCommand, releaseFailedVerdict } from '../failure/advice';
import {
  newestApprovedVersion,
  refuseFlawedVersion,
  withFlawedVersionNote,
  type ApprovedVersion,
} from '../release/approved-version';
import { resourcesOf, type LabResources } from '../resources';
import { actionsOf, hasEnded } from '../release/releases';
import { awaitRelease, startRelease } from '../release/start';
import { flawOf, type Version } from '../model/versions';
import { releaseProgress } from '../release/wait';

/** Approve the version: that starts a release of it. */
export const release: Step = {
  id: 'release',
  title: 'Approve the version, and see it released',
  predict:
    'You approve a version in the registry, and touch nothing else. What, one after the other, makes the pipeline run?',
  awsMinutes: 1,
  hints: [
    'Approve it in the registry: aws sagemaker update-model-package. The reason names a figure.',
    'The registry tells EventBridge, a rule matches, and a function starts the pipeline with the version’s ARN as the variable ModelPackageArn.',
    'Approved already, and nothing runs? An approval starts one release, once. Start another by hand: aws codepipeline start-pipeline-execution, with the variable.',
  ],
  act,
  check,
  explain,
};

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const picked = await newestApprovedVersion(run, resources);
  if (picked) {
    refuseFlawedVersion(run, picked);
    const { number, arn, release: latest } = picked;
    if (latest && (!hasEnded(latest) || latest.status === 'Succeeded')) {
      run.progress(`version ${number} is approved, and its release ${latest.id} is ${latest.status}`);
      return;
    }
    run.progress(`version ${number} is approved already: starting a release of it`);
    await startRelease(run, resources, arn);
    return;
  }
  const waiting = (await versionsOf(run, resources.group)).find(isWaiting);
  if (waiting === undefined) {
    throw new LabError(`No version of ${resources.group} waits for a decision.`, {
      why: 'A release needs a version that somebody approves.',
      next: labCommand(run, 'step', 'source'),
    });
  }
  const auc = await claimedAucOf(run, waiting);
  if (auc === undefined) {
    throw new LabError(`Version ${numberOf(waiting)} waits for a decision, and its model cannot be read.`, {
      why: 'It claims no AUC, and without its model.tar.gz nobody can measure one. Nothing was approved.',
      next: rejectAdvice(run, waiting.ModelPackageArn!, 'Its model cannot be read.'),
    });
  }
  const reason = `AUC ${auc} on flights that it never saw.`;
  await decide(run, waiting, 'Approved', reason);
  run.progress(`version ${numberOf(waiting)} approved: ${reason}`);
  await awaitRelease(run, resources, waiting.ModelPackageArn!, 'release');
}

/** Whether a version waits for a decision, and is none that was made for practice. */
const isWaiting = (version: Version): boolean =>
  version.ModelApprovalStatus === 'PendingManualApproval' && flawOf(version) === undefined;

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'release');
  const picked = await newestApprovedVersion(run, resources);
  if (picked === undefined) {
    const versions = await versionsOf(run, resources.group);
    const told = versions.map((one) => `${numberOf(one)} ${one.ModelApprovalStatus}`).join(', ');
    return versions.length === 0
      ? notDone(`The group ${resources.group} has no version.`, labCommand(run, 'step', 'source'))
      : notDone(
          `No version of ${resources.group} is approved (${told}).`,
          versions.some(isWaiting) ? `Approve one: ${again}` : `Bring another: ${labCommand(run, 'step', 'source')}`,
        );
  }
  return withFlawedVersionNote(run, picked, await released(run, resources, picked));
}

async function released(run: LabRun, resources: LabResources, picked: ApprovedVersion): Promise<Verdict> {
  const again = labCommand(run, 'step', 'release');
  const { version, number, release: latest } = picked;
  if (!/\d/.test(version.ApprovalDescription ?? '')) {
    const auc = await claimedAucOf(run, version);
    return notDone(
      `Version ${number} is approved, and its reason names no figure (${JSON.stringify(version.ApprovalDescription ?? '')}).${auc === undefined ? ' It claims none, and its model cannot be read.' : ''}`,
      auc === undefined
        ? rejectAdvice(run, picked.arn, 'Its model cannot be read.')
        : `Say why, with a figure: aws sagemaker update-model-package --model-package-arn ${picked.arn} --approval-description 'AUC ${auc} on the test slice.'`,
    );
  }
  if (latest === undefined) {
    return notDone(
      `Version ${number} is approved, and no release of it has begun.`,
      `Events take seconds; wait a minute. Then start one: ${again}`,
    );
  }
  const actions = await actionsOf(run, resources, latest.id);
  if (hasEnded(latest) && latest.status !== 'Succeeded') {
    const stop = await releaseFailureOf(run, resources, latest, actions);
    return releaseFailedVerdict(run, resources, latest, stop, `Version ${number} is approved.`);
  }
  return done(
    `Version ${number} is approved ("${version.ApprovalDescription}"); release ${latest.id} was started by ${latest.trigger} with ${VERSION_VARIABLE}=${latest.requestedVersion}, and is at ${releaseProgress(latest, actions)}. Follow it: ${showReleaseCommand(resources, latest.id)}`,
    labCommand(run, 'step', 'staging'),
  );
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  const model = `${SCRATCH_FOLDER}/model.tar.gz`;
  return [
    [
      `version=$(${newestVersionCommand(resources)})`,
      'saved() { aws sagemaker describe-model-package --model-package-name "$version" --output text --query "$1"; }',
      // A version that was registered by hand may claim none.
      `auc=$(saved CustomerMetadataProperties.testAuc); [ "$auc" != None ] || auc=$(aws s3 cp "$(saved 'InferenceSpecification.Containers[0].ModelDataUrl')" ${model} >&2 && npx tsx labs/deployment/tools/measure.ts ${model})`,
      `aws sagemaker update-model-package --model-package-arn "$version" --model-approval-status Approved --approval-description "AUC $auc on flights that it never saw."`,
      untilOutput('release', releaseIdCommand(resources, 'version')),
      `aws codepipeline get-pipeline-execution --pipeline-name ${quoted(resources.pipeline)} --pipeline-execution-id "$release" --query 'pipelineExecution.[pipelineExecutionId,trigger.triggerType,variables]'`,
    ].join('\n'),
  ];
}
