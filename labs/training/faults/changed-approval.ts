import type { ModelApprovalStatus } from '@aws-sdk/client-sagemaker';
import { consumersPick, decide, numberOf, versionsOf } from '../../../lib/aws/versions';
import { type Fault, remembered, stillBroken, worksAgain } from '../../../lib/course/fault';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { figuresOf, MAX_CALIBRATION_ERROR, type EvaluatedVersion } from '../models/versions';
import { resourcesOf } from '../resources';

/** Status and reason of each version, by its number. */
type Decisions = Readonly<Record<string, readonly [status: string, reason: string]>>;

/** A decision in the registry was turned round, and consumers follow it. */
export const changedApproval: Fault = {
  id: 'changed-approval',
  title: 'The approved version was rejected in the registry, and another one approved in its place',
  task: '2.3',
  needs: ['register', 'approve'],
  async prepare(run) {
    const versions = await judged(run);
    const pick = consumersPick(versions.map(({ version }) => version));
    const picked = versions.find(({ version }) => version === pick);
    const other = versions.filter((one) => one !== picked).sort((a, b) => a.auc - b.auc)[0];
    if (!picked || !other)
      throw new LabError(
        `The group ${resourcesOf(run).group} has no two versions with figures, of which one is approved.`,
        {
          why: 'One takes the place of the other on this game day.',
          next: labCommand(run, 'step', 'approve'),
        },
      );
    const decisions: Decisions = Object.fromEntries(
      [picked, other].map(({ number, version }) => [
        number,
        [version.ModelApprovalStatus ?? '', version.ApprovalDescription ?? ''],
      ]),
    );
    return {
      picked: String(picked.number),
      other: String(other.number),
      auc: String(picked.auc),
      decisions: JSON.stringify(decisions),
    };
  },
  async inject(run, memory) {
    const versions = await judged(run);
    const of = (number: string | undefined) => versions.find((one) => String(one.number) === number)!;
    await decide(run, of(memory.other).version, 'Approved', 'Half the size, and nearly as good.');
    await decide(run, of(memory.picked).version, 'Rejected', 'Too slow in the load test of the 3rd.');
    const [before, now] = [of(memory.picked), of(memory.other)];
    return `The report of the predictions, which go by the newest model that may be used, moved overnight: the AUC on the test flights went from ${before.auc.toFixed(4)} to ${now.auc.toFixed(4)}, the calibration error from ${before.calibrationError.toFixed(4)} to ${now.calibrationError.toFixed(4)}. Nobody trained a model or changed data.`;
  },
  async check(run, { memory }) {
    const versions = await judged(run);
    const pick = consumersPick(versions.map(({ version }) => version));
    const picked = versions.find(({ version }) => version === pick);
    if (picked === undefined) return stillBroken(run, 'A consumer finds no version that may be used.');
    const saw = `A consumer takes version ${picked.number}: AUC ${picked.auc.toFixed(4)}, calibration error ${picked.calibrationError.toFixed(4)}.`;
    const asGood =
      String(picked.number) !== memory.other &&
      picked.auc >= Number(remembered(run, memory, 'auc')) &&
      picked.calibrationError <= MAX_CALIBRATION_ERROR;
    return String(picked.number) === memory.picked || asGood ? worksAgain(run, saw) : stillBroken(run, saw);
  },
  hints: [
    'Which version does a consumer take, and by which rule? The registry says it of each version.',
    'Look at the approval status of each version, with its reason and when it was last modified.',
  ],
  async mend(run, memory) {
    const versions = await versionsOf(run, resourcesOf(run).group);
    const decisions = JSON.parse(remembered(run, memory, 'decisions')) as Decisions;
    for (const [number, [status, reason]] of Object.entries(decisions)) {
      const version = versions.find((one) => String(numberOf(one)) === number);
      if (version && version.ModelApprovalStatus !== status)
        await decide(run, version, status as Exclude<ModelApprovalStatus, 'PendingManualApproval'>, reason);
    }
  },
  seen: (run) => [
    `the versions and their status: aws sagemaker list-model-packages --model-package-group-name ${quoted(resourcesOf(run).group)} --query 'ModelPackageSummaryList[].[ModelPackageVersion,ModelApprovalStatus]' --output text`,
    'the reason, and who modified it last: aws sagemaker describe-model-package has ApprovalDescription, LastModifiedTime and LastModifiedBy',
    'EventBridge: each decision is an event, SageMaker Model Package State Change',
  ],
  prevented:
    'sagemaker:UpdateModelPackage for few people, and a rule on its event that tells the team. A second pair of eyes: the pipeline measures again what it is told to release, as the lab deployment does.',
};

/** Versions with figures, newest first. */
async function judged(run: LabRun): Promise<EvaluatedVersion[]> {
  const found: EvaluatedVersion[] = [];
  for (const version of await versionsOf(run, resourcesOf(run).group)) {
    const figures = await figuresOf(run, version);
    if (figures) found.push({ version, number: numberOf(version), ...figures });
  }
  return found;
}
