import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { putObject, listObjects, readObject } from '../../../lib/aws/s3';
import { InProgress, waitWithProgress } from '../../../lib/aws/wait';
import type { Step, Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, notDone } from '../../../lib/course/say';
import { quoted, SQS_ENDPOINT, variable } from '../../../lib/course/shell';
import { readWork } from '../../../lib/course/work';
import { analysisRequest, resultsOf } from '../analysis/request';
import { AUC_THRESHOLD, TRUTH } from '../names';
import { isFinished } from '../runtime/responder/decision';
import { judgedCsv, judgedFlights, type JudgedFlight, thresholdExercise, thresholdFault } from '../analysis/threshold';
import { waitForAlarm, waitUntilAlarmCanFire, lastAlarmSince } from '../alarms/state';
import { runAnalysis, analysesOf, analysisOfReplay, newAnalysisName, type QualitySummary } from '../analysis/analyses';
import { flightsWithScores, newestReplay, type Replay } from '../capture/captured-requests';
import { untilAlarm, windowCommands } from '../aws-cli';
import { decisionsOf } from '../response/decisions';
import { batchLabel, MIN_REQUESTS, HELD_OUT, JULY, flightCountLabel, type Flight } from '../traffic/flights';
import { aucOfScores } from '../endpoint/models';
import { resourcesOf, s3Uri, SCRATCH_FOLDER, type LabResources } from '../resources';
import { groundTruthLine } from '../capture/ground-truth';
import { requireReplay } from './analyze';
import { jobCommands } from './baseline';

/** Bring the truth, join it, and see AUC fall. */
export const quality: Step = {
  id: 'quality',
  title: 'The truth comes: AUC falls',
  predict:
    'Drift says that the questions have changed. Does it say that the answers are worse? Guess the AUC on July’s flights; on the held-out ones it was 0.77.',
  awsMinutes: 14,
  hints: [
    'Whether a flight was late is known when it has left. It comes as JSON lines below truth/, by inference id.',
    'A join can lose both ways: requests whose truth has not come, and truth of ids that nobody asked about. The analysis counts both.',
    'AUC is published only where its standard error is small: an alarm on noise would retrain for nothing.',
    'The exercise: the awk line of the guide tells what a flight costs at one threshold. Try some between 0.05 and 0.5, and look where it turns.',
  ],
  exercise: thresholdExercise,
  act,
  check,
  explain,
};

const BATCHES = [HELD_OUT, JULY] as const;
/** For the exercise, in the learner's own folder: one line a flight, `score,late`. */
const JULY_SCORES = 'july.csv';
/** The job reads scores as the capture has them. */
const SAME = 0.0005;

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const replays = [
    await requireReplay(run, resources, HELD_OUT, 'traffic'),
    await requireReplay(run, resources, JULY, 'drift'),
  ];
  for (const sent of replays) {
    const key = truthKey(run, sent);
    const lines = trueIds(sent).map(({ id, flight }) => groundTruthLine(id, flight.late));
    await putObject(run, resources.bucket, key, Buffer.from(lines.join('')), 'application/json');
    run.progress(`the truth of ${flightCountLabel(lines.length, sent.batch)}: ${s3Uri(resources, key)}`);
  }
  if ((await decisionsOf(run, resources, 'auc')).length === 0)
    await waitUntilAlarmCanFire(run, resources.alarms.auc, [], 'quality');
  const begun = run.clock.now();
  for (const sent of replays) {
    await runAnalysis(
      run,
      resources,
      {
        mode: 'quality',
        name: newAnalysisName(run, `quality-${sent.batch}`),
        window: sent.window,
        aucThreshold: AUC_THRESHOLD,
      },
      'quality',
    );
  }
  const off = await waitForAlarm(run, resources.alarms.auc, begun, 'quality');
  run.progress(`${resources.alarms.auc} went off at ${off.at.toISOString()}: ${off.reason}`);
  const decision = await waitWithProgress(run, {
    what: 'the responder',
    minutes: 15,
    next: `aws s3 ls ${s3Uri(resources, 'decisions/')}`,
    ask: async () => {
      const [newest] = await decisionsOf(run, resources, 'auc');
      if (newest === undefined) return new InProgress('no decision so far');
      return isFinished(newest) || newest.job ? newest : new InProgress(newest.status);
    },
  });
  run.progress(`the responder: ${decision.reason}`);
  if (run.workDir === undefined) return;
  writeFileSync(join(run.workDir, JULY_SCORES), judgedCsv(judgedFlights(replays[1]!)));
  run.progress(`scores of July beside what happened: work/${run.lab}/${JULY_SCORES}`);
}

/** Truth lies under the hour of its own arrival. */
function truthKey(run: LabRun, { batch, stamp }: Replay): string {
  const hour = run.clock.now().toISOString().slice(0, 13).replace(/[-T]/g, '/');
  return `${TRUTH}${hour}/${batch}-${stamp}.jsonl`;
}

function trueIds(sent: Replay): { readonly id: string; readonly flight: Flight }[] {
  const flights = new Map(flightsWithScores(sent).map(({ flight }) => [flight.row, flight]));
  return sent.requests.flatMap(({ id, row }) => {
    const flight = flights.get(row);
    return flight ? [{ id, flight }] : [];
  });
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'quality');
  const truth = await truthOf(run, resources);
  const found = await analysesOf<QualitySummary>(run, resources, 'quality');
  const told: string[] = [];
  const judged: JudgedFlight[][] = [];
  let july = NaN;
  for (const batch of BATCHES) {
    const sent = await newestReplay(run, resources, batch);
    if (sent === undefined) {
      return notDone(
        `The capture holds no requests about ${batchLabel(batch)}.`,
        labCommand(run, 'step', batch === JULY ? 'drift' : 'traffic'),
      );
    }
    const joined = sent.requests.flatMap(({ id, score }) => {
      const late = truth.get(id);
      return late === undefined ? [] : [{ flight: { row: 0, body: '', late }, score }];
    });
    if (joined.length < MIN_REQUESTS) {
      return notDone(
        `The truth of ${count(joined.length, 'request')} about ${batchLabel(batch)} is below ${s3Uri(resources, TRUTH)}; ${MIN_REQUESTS} are enough.`,
        `Bring it: ${again}`,
      );
    }
    const wrong = trueIds(sent).filter(({ id, flight }) => truth.has(id) && truth.get(id) !== flight.late).length;
    if (wrong > 0) {
      return notDone(
        `${count(wrong, 'label')} of ${batchLabel(batch)} below ${s3Uri(resources, TRUTH)} are not what happened to the flights.`,
        `Bring the truth again: ${again}`,
      );
    }
    const analysis = analysisOfReplay(found, sent);
    if (analysis === undefined) {
      return notDone(
        `No quality analysis has looked at the requests about ${batchLabel(batch)}.`,
        `Start one: ${again}`,
      );
    }
    const own = aucOfScores(joined);
    const { auc, aucError } = analysis.summary;
    if (auc === null || Math.abs(auc - own) > SAME) {
      return notDone(
        `${s3Uri(resources, analysis.folder)} tells AUC ${auc?.toFixed(4) ?? 'none'} for ${batch}; joined here it is ${own.toFixed(4)}: truth has come since, or it looked at other requests.`,
        `Analyse it again: ${again}`,
      );
    }
    told.push(`${batch}: ${own.toFixed(4)} on ${joined.length} (standard error ${aucError?.toFixed(3) ?? 'unknown'})`);
    judged.push(joined.map(({ flight: { late }, score }) => ({ late, score })));
    if (batch === JULY) july = own;
  }
  const verdict = await alarmVerdict(run, resources, told, july, again);
  if (!verdict.done) return verdict;
  const [heldOut = [], ofJuly = []] = judged;
  const fault = thresholdFault(readWork(run, 'quality', thresholdExercise), ofJuly, heldOut);
  return fault === undefined
    ? verdict
    : notDone(
        `${verdict.saw} work/${run.lab}/${thresholdExercise.file}: ${fault}.`,
        `Change it, then: ${labCommand(run, 'check', 'quality')}`,
      );
}

async function alarmVerdict(
  run: LabRun,
  resources: LabResources,
  told: readonly string[],
  july: number,
  again: string,
): Promise<Verdict> {
  const figures = `AUC, joined here: ${told.join('; ')}.`;
  if (!(july < AUC_THRESHOLD)) {
    return notDone(
      `${figures} July is not below ${AUC_THRESHOLD}.`,
      `Send July's flights again: ${labCommand(run, 'step', 'drift')}`,
    );
  }
  const sent = (await newestReplay(run, resources, JULY))!;
  const off = await lastAlarmSince(run, resources.alarms.auc, new Date(sent.window.start));
  if (off === undefined) {
    return notDone(
      `${figures} The alarm ${resources.alarms.auc} did not go off.`,
      `Metrics take a minute. Then: ${again}`,
    );
  }
  const [decision] = await decisionsOf(run, resources, 'auc');
  if (decision === undefined) {
    return notDone(
      `${figures} ${resources.alarms.auc} went off, and the responder has decided nothing.`,
      `aws sqs get-queue-attributes ${SQS_ENDPOINT} --queue-url ${resources.deadLetters} --attribute-names ApproximateNumberOfMessages; then ${again}`,
    );
  }
  return done(
    `${figures} ${resources.alarms.auc} went off at ${off.at.toISOString()}; the responder: ${decision.reason}`,
    labCommand(run, 'step', 'incident'),
  );
}

/** All truth in the bucket, by inference id. */
async function truthOf(run: LabRun, resources: LabResources): Promise<Map<string, 0 | 1>> {
  const truth = new Map<string, 0 | 1>();
  for (const { key } of await listObjects(run, resources.bucket, TRUTH)) {
    for (const line of (await readObject(run, resources.bucket, key)).toString().split('\n')) {
      try {
        const read = JSON.parse(line) as { groundTruthData: { data: string }; eventMetadata: { eventId: string } };
        truth.set(read.eventMetadata.eventId, Number(read.groundTruthData.data) === 1 ? 1 : 0);
      } catch {
        // Truth that cannot be read tells of no flight.
      }
    }
  }
  return truth;
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  const truth = `${SCRATCH_FOLDER}/truth`;
  const name = (batch: string): string => newAnalysisName(run, `quality-${batch}`);
  return [
    ...BATCHES.map((batch) => {
      const analysis = {
        mode: 'quality' as const,
        name: name(batch),
        window: { start: variable('start'), end: variable('end') },
        aucThreshold: AUC_THRESHOLD,
      };
      return [
        windowCommands(resources, batch),
        `npx tsx labs/monitoring/tools/truth.ts ${SCRATCH_FOLDER}/capture ${batch} > ${truth}-${batch}.jsonl &&`,
        `aws s3 cp ${truth}-${batch}.jsonl "${s3Uri(resources, TRUTH)}$(date -u +%Y/%m/%d/%H)/${batch}.jsonl" &&`,
        `${jobCommands(analysisRequest(resources.analyzer, analysis))} && aws s3 cp ${quoted(s3Uri(resources, `${resultsOf(analysis)}summary.json`))} -`,
      ].join('\n');
    }),
    untilAlarm(resources.alarms.auc),
    `until aws s3 ls ${quoted(s3Uri(resources, 'decisions/'))} | grep -- '-auc.json'; do sleep 2; done`,
    `npx tsx labs/monitoring/tools/scores.ts ${SCRATCH_FOLDER}/capture ${JULY} > ${SCRATCH_FOLDER}/${JULY_SCORES}`,
  ];
}
