import { consumersPick, decide, numberOf, versionsOf } from '../../../lib/aws/versions';
import type { Step, Verdict } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, notDone } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { resourcesOf } from '../resources';
import { ROLLED_BACK, wasRolledBack } from '../models/versions';

const WHY = `${ROLLED_BACK} errors rose after its release; the earlier version is in use again.`;

/** Go back to the earlier version. */
export const rollback: Step = {
  id: 'rollback',
  title: 'Roll back to the earlier version',
  predict:
    'You approve the old version again and leave the new one approved. Which of the two does a pipeline take that asks for the newest approved version?',
  awsMinutes: 1,
  hints: [
    'A consumer asks for the newest approved version. That is the one with the highest number, however late an older one was approved.',
    'Approve the older version, then reject the newer one: with that, nobody picks it any more.',
    `Begin the reason of the rejected version with "${ROLLED_BACK}": in half a year somebody will read it.`,
  ],
  act,
  check,
  explain,
};

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const versions = await versionsOf(run, resources.group);
  const bad = consumersPick(versions);
  const earlier = bad && versions.find((one) => numberOf(one) < numberOf(bad));
  if (bad === undefined || earlier === undefined) {
    const last = versions.find(wasRolledBack);
    if (last && bad && numberOf(last) > numberOf(bad)) {
      run.progress(`rolled back already: version ${numberOf(bad)} is in use`);
      return;
    }
    throw new LabError('There is nothing to roll back: no approved version has an earlier one.', {
      why: bad === undefined ? 'No version is approved.' : `Version ${numberOf(bad)} is the first.`,
      next: labCommand(run, 'step', bad === undefined ? 'approve' : 'register'),
    });
  }
  await decide(run, earlier, 'Approved', `In use again: version ${numberOf(bad)} was rolled back.`);
  run.progress(`version ${numberOf(earlier)} approved; a consumer still takes ${numberOf(bad)}`);
  await decide(run, bad, 'Rejected', WHY);
  run.progress(`version ${numberOf(bad)} rejected; a consumer takes ${numberOf(earlier)}`);
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'rollback');
  const versions = await versionsOf(run, resources.group);
  const pick = consumersPick(versions);
  if (pick === undefined) {
    return notDone(
      'No version is approved: a consumer would find nothing.',
      versions.some(wasRolledBack) ? `Approve the earlier one: ${again}` : labCommand(run, 'step', 'approve'),
    );
  }
  const number = numberOf(pick);
  const newer = versions.filter((one) => numberOf(one) > number && wasRolledBack(one));
  if (newer.length > 0) {
    return done(
      `A consumer that asks for the newest approved version takes ${number}; version ${newer.map(numberOf).join(' and ')} is rejected: "${newer[0]!.ApprovalDescription}"`,
      `That was the last step: ${labCommand(run, 'down')}`,
    );
  }
  const older = versions.filter((one) => numberOf(one) < number && one.ModelApprovalStatus === 'Approved');
  if (older.length > 0) {
    return notDone(
      `Version ${older.map(numberOf).join(' and ')} is approved again, but so is ${number}, and a consumer takes the newest: ${number}.`,
      `Reject version ${number}, with a reason that begins with "${ROLLED_BACK}": ${again}`,
    );
  }
  return notDone(
    `A consumer takes version ${number} (${pick.ApprovalDescription ?? 'no reason given'}). No newer version was rolled back.`,
    `Roll back: ${again}`,
  );
}

function explain(run: LabRun): readonly string[] {
  const { group } = resourcesOf(run);
  const versions = `aws sagemaker list-model-packages --model-package-group-name ${quoted(group)} --sort-by CreationTime --sort-order Descending --max-results 100 --output text`;
  const arnOf = (number: string): string =>
    `$(${versions} --query "ModelPackageSummaryList[?ModelPackageVersion==\\\`${number}\\\`].ModelPackageArn")`;
  const decision = (number: string, status: string, why: string): string =>
    `aws sagemaker update-model-package --model-package-arn "${arnOf(number)}" --model-approval-status ${status} --approval-description ${quoted(why)}`;
  const pick = `${versions} --model-approval-status Approved --query 'ModelPackageSummaryList[0].ModelPackageVersion'`;
  return [
    [
      `bad=$(${pick})`,
      `earlier=$(${versions} --query "ModelPackageSummaryList[?ModelPackageVersion<\\\`$bad\\\`]|[0].ModelPackageVersion")`,
      `${decision('$earlier', 'Approved', 'In use again after a rollback of the newer version.')} &&`,
      decision('$bad', 'Rejected', WHY),
    ].join('\n'),
    pick,
  ];
}
