import { DescribeProcessingJobCommand, DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { groupLogCommand } from '../../../lib/aws/job-log';
import { orUndefined } from '../../../lib/aws/not-found';
import { listObjects } from '../../../lib/aws/s3';
import { versionsOf } from '../../../lib/aws/versions';
import { InProgress, waitWithProgress } from '../../../lib/aws/wait';
import type { Step, Verdict } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, notDone } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { isFinished } from '../runtime/responder/decision';
import { sliceOf } from '../runtime/responder/training-data';
import { lastAlarmSince } from '../alarms/state';
import { decisionsOf, type Decision } from '../response/decisions';
import { flightsOf } from '../traffic/flights';
import { aucOn, boosterOf, versionName, versionOf, type Version } from '../endpoint/models';
import { resourcesOf, RESPONSE_REPORT, s3Uri, SCRATCH_FOLDER, type LabResources } from '../resources';
import { writeResponseReport } from '../response/report';
import { retrainAgainAdvice, retrainDecisions, retrainingOf } from '../response/retrainings';

/** See the responder retrain, and read what it found. */
export const respond: Step = {
  id: 'respond',
  title: 'The responder retrains',
  predict:
    'The alarm has called a function. It retrains with the newer months. Will the new model serve when it is done?',
  awsMinutes: 12,
  begunBy: 'drift',
  hints: [
    'The responder writes each decision, with its evidence, below decisions/. It is the first thing to read.',
    'A function lives for fifteen minutes, a training may take longer: its end, as an event, wakes the responder again.',
    'The new version waits in the group: PendingManualApproval. A person approves it, on figures.',
  ],
  act,
  check,
  explain,
};

/** A retraining with the wait for a machine. */
const MINUTES = 60;
const REJECTED = 'was rejected meanwhile';
const DAY_MS = 24 * 3_600_000;
/** What rounding leaves. */
const SAME = 0.0005;

/** ARNs of the versions that there are. */
async function standing(run: LabRun, resources: LabResources): Promise<ReadonlySet<string>> {
  return new Set((await versionsOf(run, resources.group)).map(({ ModelPackageArn }) => ModelPackageArn!));
}

/** @throws LabError where nothing leads to a retraining: it would be waited for in vain */
export async function requireCause(run: LabRun, resources: LabResources): Promise<void> {
  const decisions = retrainDecisions(await decisionsOf(run, resources));
  if (decisions.some(({ action }) => action === 'retrain')) return;
  const [other] = decisions;
  const again = labCommand(run, 'step', 'drift');
  if (other !== undefined && isFinished(other)) {
    throw new LabError(`The responder did not retrain: ${other.reason}`, {
      why: 'What it decides, it decides once for each time that the alarm goes off.',
      next: `aws s3 cp ${s3Uri(resources, `decisions/${other.id}.json`)} -; then ${again}`,
    });
  }
  const day = new Date(run.clock.now().getTime() - DAY_MS);
  if (other === undefined && (await lastAlarmSince(run, resources.alarms.drift, day)) === undefined) {
    throw new LabError(`The alarm ${resources.alarms.drift} has not gone off: there is nothing to respond to.`, {
      why: 'The responder acts when an alarm calls it.',
      next: again,
    });
  }
}

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  await requireCause(run, resources);
  const decision = await waitWithProgress<Decision>(run, {
    what: 'the responder',
    minutes: MINUTES,
    next: `aws s3 ls ${s3Uri(resources, 'decisions/')}; ${groupLogCommand(`/mla-labs/monitoring/${run.learner}/responder`)}`,
    ask: async () => {
      const retrainings = retrainDecisions(await decisionsOf(run, resources)).filter(
        ({ action }) => action === 'retrain',
      );
      const newest = retrainingOf(retrainings, await standing(run, resources)) ?? retrainings[0];
      if (newest === undefined) return new InProgress('no decision to retrain so far');
      return isFinished(newest) ? newest : new InProgress(newest.timeline.at(-1)?.what ?? newest.status);
    },
  });
  for (const { at, what } of decision.timeline) run.progress(`${at}  ${what}`);
  if (decision.status === 'failed' || decision.registered === undefined) {
    throw new LabError(`The responder registered no model: ${decision.reason}`, {
      why: 'Its decision says why; what it could not handle is in its dead-letter queue.',
      next: `aws s3 cp ${s3Uri(resources, `decisions/${decision.id}.json`)} -; then ${retrainAgainAdvice(run, [decision])}`,
    });
  }
  const file = await writeResponseReport(run, resources, decision);
  run.progress(`the report: ${file ?? s3Uri(resources, RESPONSE_REPORT)}`);
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'respond');
  const decisions = retrainDecisions(await decisionsOf(run, resources));
  const decision = retrainingOf(decisions, await standing(run, resources));
  if (decision === undefined) {
    const [other] = decisions;
    return other
      ? notDone(
          `The responder did not retrain: ${other.reason}`,
          `Read ${s3Uri(resources, `decisions/${other.id}.json`)}; then ${retrainAgainAdvice(run, decisions)}`,
        )
      : notDone(`The responder has decided nothing about ${resources.alarms.drift}.`, labCommand(run, 'step', 'drift'));
  }
  if (!isFinished(decision)) {
    return notDone(
      `The responder is at it: ${decision.timeline.at(-1)?.what ?? decision.status}`,
      `Wait for it: ${again}`,
    );
  }
  if (decision.status === 'failed' || decision.registered === undefined) {
    return notDone(`The responder registered no model: ${decision.reason}`, retrainAgainAdvice(run, decisions));
  }
  const version = await versionOf(run, resources, decision.registered);
  if (version === undefined) {
    return notDone(
      `${versionName(decision.registered)} is not in the group ${resources.group} any more.`,
      retrainAgainAdvice(run, decisions),
    );
  }
  const fault = (await lineageFault(run, version, decision)) ?? (await figureFault(run, resources, version, decision));
  if (typeof fault === 'string')
    return notDone(
      `${versionName(decision.registered)} ${fault}.`,
      fault === REJECTED
        ? `Have it wait again: aws sagemaker update-model-package --model-package-arn ${decision.registered} --model-approval-status PendingManualApproval`
        : `Look at ${s3Uri(resources, `decisions/${decision.id}.json`)}; then ${retrainAgainAdvice(run, decisions, decision.registered)}`,
    );
  if (!(await listObjects(run, resources.bucket, RESPONSE_REPORT)).some(({ key }) => key === RESPONSE_REPORT)) {
    return notDone(
      `${versionName(decision.registered)} is registered. There is no report of it at ${s3Uri(resources, RESPONSE_REPORT)}.`,
      `Write it: ${again}`,
    );
  }
  return done(
    `${decision.cause.alarm} led to one ${decision.job!.by} job, ${decision.job!.name}; its model is ${versionName(decision.registered)} (${version.ModelApprovalStatus}). On ${decision.measured!.month}'s held-out flights it has AUC ${fault.candidate.toFixed(4)}, what serves ${fault.serving.toFixed(4)}, both computed here.`,
    labCommand(run, 'step', 'quality'),
  );
}

/** Whether a version comes from the job of the decision; undefined when it does. */
async function lineageFault(run: LabRun, version: Version, { id, job }: Decision): Promise<string | undefined> {
  const { decision, job: named, dataVersion, codeSha256 } = version.CustomerMetadataProperties ?? {};
  if (decision !== id || named !== job!.name) return `does not say that it comes from the decision ${id} and its job`;
  if (!dataVersion || !codeSha256) return 'does not say what data and code it was made of';
  const { sagemaker } = run.clients;
  const status =
    job!.by === 'training'
      ? (await orUndefined(sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: job!.name }))))
          ?.TrainingJobStatus
      : (await orUndefined(sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: job!.name }))))
          ?.ProcessingJobStatus;
  if (status !== 'Completed')
    return `comes from the job ${job!.name}, which ${status ? `is ${status}` : 'does not exist'}`;
  return version.ModelApprovalStatus === 'Rejected' ? REJECTED : undefined;
}

/** Both AUCs, computed here on the flights of the newest month that no training saw; or what is wrong with what is told. */
async function figureFault(
  run: LabRun,
  resources: LabResources,
  version: Version,
  { measured, from = '' }: Decision,
): Promise<string | { readonly candidate: number; readonly serving: number }> {
  if (measured === undefined) return 'was registered without a comparison';
  const heldOut = flightsOf(measured.month).filter(({ late, body }) => sliceOf(`${late},${body}`) === 'heldOut');
  const before = await versionOf(run, resources, from);
  const candidate = await boosterOf(run, version);
  const serving = before ? await boosterOf(run, before) : 'it is gone';
  if (typeof candidate === 'string') return `has a model that cannot be used: ${candidate}`;
  if (typeof serving === 'string') return `cannot be compared with ${versionName(from)}: ${serving}`;
  const own = { candidate: aucOn(candidate, heldOut), serving: aucOn(serving, heldOut) };
  const apart = Math.max(Math.abs(own.candidate - measured.candidate), Math.abs(own.serving - measured.serving));
  if (apart > SAME) {
    return `is said to have AUC ${measured.candidate.toFixed(4)} against ${measured.serving.toFixed(4)}; computed here it is ${own.candidate.toFixed(4)} against ${own.serving.toFixed(4)}`;
  }
  return own.candidate > own.serving ? own : 'is no better than what serves';
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  const decisions = s3Uri(resources, 'decisions/');
  const copies = `${SCRATCH_FOLDER}/decisions`;
  return [
    [
      `mkdir -p ${copies}`,
      `until aws s3 sync ${quoted(decisions)} ${copies} --only-show-errors; cat ${copies}/*-drift.json 2>/dev/null | grep -q '"registered"'; do sleep 2; done`,
      `cat ${copies}/*-drift.json`,
      `aws sagemaker list-model-packages --model-package-group-name ${quoted(resources.group)} --query 'ModelPackageSummaryList[].[ModelPackageVersion,ModelApprovalStatus]' --output text`,
    ].join('\n'),
    [
      `aws s3 sync ${quoted(s3Uri(resources, 'capture/'))}${resources.endpoint}/ ${SCRATCH_FOLDER}/capture --only-show-errors`,
      `npx tsx labs/monitoring/tools/report.ts ${quoted(resources.bucket)} "$(ls ${copies}/*-drift.json | tail -1)" ${SCRATCH_FOLDER}/capture > ${SCRATCH_FOLDER}/response.html &&`,
      `aws s3 cp ${SCRATCH_FOLDER}/response.html ${quoted(s3Uri(resources, RESPONSE_REPORT))} --content-type text/html`,
    ].join('\n'),
  ];
}
