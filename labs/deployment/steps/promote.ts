import type { Step, Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, notDone } from '../../../lib/course/say';
import { approvalSummary, approve } from '../approval/approve';
import { approvalCommands, decideCommand, newestVersion, remakeCommand, releaseOf } from '../aws-cli';
import { evidenceKey, readEvidence } from '../release/evidence';
import { stopOf } from '../failure/stop';
import { stopped } from '../failure/advice';
import { isVerdict, refusePractice, releasedOr, requireReleased, withPractice, type Released } from '../release/picked';
import { placeOf, s3Uri, type LabPlace } from '../resources';
import { actionIn, actionsOf, ended, passed } from '../release/releases';
import { servingAt, servingFault } from '../endpoint/serving';
import { numbersOf, tell } from '../approval/smoke-test';
import { startCommand } from '../release/start';
import { requirePassed, standOf, watch } from '../release/wait';

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
  const place = placeOf(run);
  const picked = await requireReleased(run, place);
  refusePractice(run, picked);
  const { release, arn } = picked;
  const before = await watch(run, place, release, 'Approval', 'promote');
  if (!passed(before.actions, 'Approval')) {
    if (actionIn(before.actions, 'Approval')?.status !== 'InProgress')
      await requirePassed(run, place, before, 'Approval');
    const evidence = await readEvidence(run, place, release.id, 'smoke');
    run.progress(evidence?.message ?? tell(numbersOf(actionIn(before.actions, 'SmokeTest')!)));
    await approve(run, place, before, 'promote');
  }
  const after = await watch(run, place, release, 'Watch', 'promote');
  await requirePassed(run, place, after, 'Watch');
  const fault = await servingFault(run, place.production, arn);
  if (fault) {
    run.progress(`the release passed, and since then ${fault}`);
    return;
  }
  const watched = await readEvidence(run, place, release.id, 'watch');
  run.progress(watched?.message ?? `production serves what release ${release.id} brought`);
}

async function check(run: LabRun): Promise<Verdict> {
  const place = placeOf(run);
  const picked = await releasedOr(run, place);
  return isVerdict(picked) ? picked : withPractice(run, picked, await promoted(run, place, picked));
}

async function promoted(run: LabRun, place: LabPlace, picked: Released): Promise<Verdict> {
  const again = labCommand(run, 'step', 'promote');
  const { release, number, arn } = picked;
  const actions = await actionsOf(run, place, release.id);
  const approval = actionIn(actions, 'Approval');
  if (!passed(actions, 'Watch')) {
    if (approval?.status === 'InProgress') {
      const evidence = await readEvidence(run, place, release.id, 'smoke');
      return notDone(
        `The release of version ${number} waits for your approval. ${evidence?.message ?? ''}`.trim(),
        `Read ${s3Uri(place, evidenceKey(release.id, 'smoke'))}, then: ${again}`,
      );
    }
    if (!ended(release))
      return notDone(`The release ${release.id} is at ${standOf(release, actions)}.`, `Wait for it: ${again}`);
    const { message, why, next } = stopped(run, place, release, await stopOf(run, place, release, actions));
    return notDone(`${message} ${why}`, next);
  }
  const summary = await approvalSummary(run, place, { release, actions });
  if (summary !== undefined && !/\d/.test(summary)) {
    return notDone(
      `The release was approved, and the summary names no figure: ${JSON.stringify(summary)}. Nobody will know on what.`,
      `Release it again: ${startCommand(place, arn)}; then approve it with a figure: ${again}`,
    );
  }
  const fault = await servingFault(run, place.production, arn);
  const serving = await servingAt(run, place.production);
  if (fault || serving === undefined) {
    return notDone(
      `The release passed, but ${fault ?? 'the endpoint is gone since'}.`,
      /ing$/.test(serving?.status ?? '')
        ? `Wait: aws sagemaker wait endpoint-in-service --endpoint-name ${place.production.endpoint}, then: ${labCommand(run, 'check', 'promote')}`
        : `If it was taken back on purpose, reject it: ${decideCommand(arn, 'Rejected', 'Taken back on purpose.')}. Otherwise ${serving?.gone ? `make it anew: ${remakeCommand(place.production)}; and ` : ''}release it again: ${startCommand(place, arn)}; then: ${again}`,
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
  const place = placeOf(run);
  const version = newestVersion(place, 'Approved');
  return [
    [
      `version=$(${version})`,
      `release=$(${releaseOf(place, 'version')})`,
      `aws s3 cp "${s3Uri(place, 'evidence/$release/smoke.json')}" -`,
    ].join('\n'),
    approvalCommands(place, version),
  ];
}
