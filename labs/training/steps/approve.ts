import { decide, numberOf, versionsOf } from '../../../lib/aws/versions';
import type { Exercise, Step, Verdict } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, notDone } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { readWork } from '../../../lib/course/work';
import { readDecision, type Decision } from '../answers/decision';
import { resourcesOf } from '../resources';
import {
  bestCalibratedVersion,
  figuresOf,
  MAX_CALIBRATION_ERROR,
  wasRolledBack,
  type EvaluatedVersion,
} from '../models/versions';

const exercise: Exercise = {
  file: 'decision.json',
  template: 'exercises/decision.json',
  solution: 'solutions/decision.json',
  ask: `Approve one version and reject the other, each with a reason, by the guide's rule: the highest AUC on the test slice among the versions whose calibration error is at most ${MAX_CALIBRATION_ERROR}.`,
  teaches:
    'A rule with two measures: one is a bar that has to be reached (calibration), the other is what is best among those that reach it (AUC). The reason stands in the registry beside the decision.',
  alternative:
    'Approve and reject in the console of Model Registry, or with aws sagemaker update-model-package: the check reads the registry, not how it came about.',
};

/** Decide which version may go out. */
export const approve: Step = {
  id: 'approve',
  title: 'Approve one version, reject the other',
  predict:
    'A model can order flights well and still be wrong about how likely a delay is. Who would notice: a person who reads the list, or one who plans crews by the number?',
  awsMinutes: 1,
  hints: [
    'The figures stand in the registry: aws sagemaker describe-model-package shows CustomerMetadataProperties and the quality report.',
    `First drop the versions whose calibration error is above ${MAX_CALIBRATION_ERROR}; of the rest take the highest AUC.`,
    'A reason names a figure. "Better" is none.',
  ],
  exercise,
  act,
  check,
  explain,
};

/** Versions with figures, newest first. */
async function judged(run: LabRun, group: string): Promise<EvaluatedVersion[]> {
  const found: EvaluatedVersion[] = [];
  for (const version of await versionsOf(run, group)) {
    const figures = await figuresOf(run, version);
    if (figures) found.push({ version, number: numberOf(version), ...figures });
  }
  return found;
}

const noDecision = (run: LabRun, fault: string, next: 'register' | 'hint'): LabError =>
  new LabError(`work/${run.lab}/${exercise.file} decides nothing: ${fault}.`, {
    why: 'Nothing was changed in the registry.',
    next: next === 'register' ? labCommand(run, 'step', 'register') : labCommand(run, 'hint', 'approve'),
  });

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const versions = await versionsOf(run, resources.group);
  const decision = readDecision(readWork(run, 'approve', exercise), versions.map(numberOf));
  if (typeof decision === 'string') {
    throw noDecision(run, decision, versions.length === 0 ? 'register' : 'hint');
  }
  const versionOf = (number: number) => versions.find((one) => numberOf(one) === number)!;
  // Rejected first: at no time are two versions approved.
  await decide(run, versionOf(decision.reject.version), 'Rejected', decision.reject.reason);
  await decide(run, versionOf(decision.approve.version), 'Approved', decision.approve.reason);
  run.progress(`version ${decision.approve.version} approved, version ${decision.reject.version} rejected`);
}

const told = ({ number, auc, calibrationError }: EvaluatedVersion): string =>
  `version ${number}: AUC ${auc.toFixed(4)}, calibration error ${calibrationError.toFixed(4)}`;

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'approve');
  const versions = await judged(run, resources.group);
  if (versions.length < 2) {
    return notDone(
      `The group ${resources.group} has ${versions.length} versions with figures; two are needed.`,
      labCommand(run, 'step', 'register'),
    );
  }
  const best = bestCalibratedVersion(versions);
  if (best === undefined) {
    return notDone(
      `No version is well calibrated: ${versions.map(told).join('; ')}.`,
      `Train and register a better one: ${labCommand(run, 'step', 'tune')}`,
    );
  }
  const open = versions.filter(({ version }) => version.ModelApprovalStatus === 'PendingManualApproval');
  if (open.length > 0) {
    return notDone(
      `${open.length} of ${versions.length} versions wait for a decision: ${open.map(told).join('; ')}.`,
      `Write work/${run.lab}/${exercise.file}, then: ${again}`,
    );
  }
  const silent = versions.find(({ version }) => (version.ApprovalDescription ?? '').trim().length < 10);
  if (silent)
    return notDone(
      `Version ${silent.number} is ${silent.version.ModelApprovalStatus} without a reason.`,
      `Decide with a reason: ${again}`,
    );
  const rolledBack = wasRolledBack(best.version);
  const approved = versions.filter(({ version }) => version.ModelApprovalStatus === 'Approved');
  if (!rolledBack && !approved.includes(best)) {
    return notDone(
      `Approved: ${approved.map(told).join('; ') || 'none'}. By the rule of the guide it should be another one. All: ${versions.map(told).join('; ')}.`,
      `Read the rule again (./lab guide ${run.lab} approve), change work/${run.lab}/${exercise.file}, then: ${again}`,
    );
  }
  if (!rolledBack && approved.length > 1) {
    return notDone(
      `${approved.length} versions are approved. A consumer takes the newest of them, whichever you meant.`,
      `Reject the others: ${again}`,
    );
  }
  return done(
    `${rolledBack ? `Version ${best.number} was approved, and rolled back since` : `Version ${best.number} is approved`} – ${versions.map(told).join('; ')} – and each decision has a reason.`,
    labCommand(run, 'step', 'rollback'),
  );
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  const decision = readDecision(readWork(run, 'approve', exercise));
  if (typeof decision === 'string') throw noDecision(run, decision, 'hint');
  const arn = (n: number): string =>
    `arn:${resources.role.split(':')[1]}:sagemaker:${run.region}:${run.account}:model-package/${resources.group}/${n}`;
  const update = ({ version, reason }: Decision['approve'], status: string): string =>
    `aws sagemaker update-model-package --model-package-arn ${quoted(arn(version))} --model-approval-status ${status} --approval-description ${quoted(reason)}`;
  return [
    `aws sagemaker list-model-packages --model-package-group-name ${quoted(resources.group)} --query 'ModelPackageSummaryList[].[ModelPackageVersion,ModelApprovalStatus]' --output text`,
    update(decision.reject, 'Rejected'),
    update(decision.approve, 'Approved'),
  ];
}
