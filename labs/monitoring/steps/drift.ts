import type { Step, Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, list, notDone } from '../../../lib/course/say';
import { NEWER_MONTHS, sampleFlights, MIN_REQUESTS, BATCH_SIZES, JULY, rowsOf } from '../traffic/flights';
import { waitForAlarm, waitUntilAlarmCanFire, lastAlarmSince } from '../alarms/state';
import { newestReplay, flightsWithScores } from '../capture/captured-requests';
import { sendCommands, untilAlarm } from '../aws-cli';
import { filesFault, monthFiles, uploadCommand, uploadFiles } from '../bucket/training-data';
import { columnsOf, distances, driftedFeatures } from '../analysis/distance';
import { decisionsOf } from '../response/decisions';
import { resourcesOf, s3Uri } from '../resources';
import { retrainDecisions } from '../response/retrainings';
import { sendBatch } from '../traffic/send';
import { servingVersion } from '../endpoint/serving';
import { analyseBatch, analysisCommands, analysisFor, measureFault, reportAt } from './analyze';

/** Ask about July, and see the alarm. */
export const drift: Step = {
  id: 'drift',
  title: 'July comes: the flights drift',
  predict:
    'The same endpoint, the same model, no error, no slow answer – and July’s flights. Which features will the analysis name, and what will the alarm look at?',
  awsMinutes: 12,
  hints: [
    'Nothing breaks. An endpoint answers flights that its model never saw the like of just as readily.',
    'First the newer months go to the bucket, below data/months/: when the alarm goes off, the responder learns from them.',
    'The analysis publishes FeaturesDrifted in the namespace MlaLabs/Monitoring. The alarm looks at that one figure.',
  ],
  act,
  check,
  explain,
};

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  await servingVersion(run, resources);
  await waitUntilAlarmCanFire(
    run,
    resources.alarms.drift,
    retrainDecisions(await decisionsOf(run, resources)),
    'drift',
  );
  // Before the alarm: what responds to it learns from these.
  await uploadFiles(run, resources, monthFiles(NEWER_MONTHS));
  const sent = await sendBatch(run, resources, JULY, sampleFlights(JULY, BATCH_SIZES[JULY]!), 'drift');
  await analyseBatch(run, resources, sent, 'drift');
  const { at, reason } = await waitForAlarm(run, resources.alarms.drift, new Date(sent.window.start), 'drift');
  run.progress(`${resources.alarms.drift} went off at ${at.toISOString()}: ${reason}`);
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'drift');
  const missing = await filesFault(run, resources, monthFiles(NEWER_MONTHS));
  if (missing) return notDone(`${missing}: a retraining could not learn from it.`, `Bring the newer months: ${again}`);
  const sent = await newestReplay(run, resources, JULY);
  const flights = sent ? flightsWithScores(sent) : [];
  if (sent === undefined || flights.length < MIN_REQUESTS) {
    return notDone(
      `The capture holds ${count(flights.length, 'flight')} of July; ${MIN_REQUESTS} are enough to compare.`,
      `Send some: ${again}`,
    );
  }
  const found = await analysisFor(run, resources, sent);
  if (found === undefined) {
    return notDone(
      `No analysis has looked at July's flights, from ${sent.window.start} to ${sent.window.end}.`,
      `Start one: ${again}`,
    );
  }
  const measured = distances(columnsOf(rowsOf(flights.map(({ flight }) => flight))));
  const own = driftedFeatures(measured);
  const { summary, folder, since } = found;
  const fault = measureFault(summary, measured);
  if (fault) return notDone(`${s3Uri(resources, folder)} ${fault}.`, `Analyse it again: ${again}`);
  const told = new Set(summary.drifted);
  // Model Monitor may look at more than these flights, where they share an hour with others.
  const unnamed = own.filter((name) => measured.get(name)! > 0.2 && !told.has(name));
  if (own.length === 0 || told.size === 0 || unnamed.length > 0) {
    return notDone(
      `${s3Uri(resources, folder)} names ${list([...told])}; computed here from the capture, these drifted: ${list(own)}.`,
      `Analyse it again: ${again}`,
    );
  }
  const off = await lastAlarmSince(run, resources.alarms.drift, new Date(sent.window.start));
  if (off === undefined) {
    return notDone(
      `${list(summary.drifted)} drifted, and the alarm ${resources.alarms.drift} was not on since ${sent.window.start}.`,
      `A metric takes a minute, an alarm another. Then: aws cloudwatch describe-alarms --alarm-names ${resources.alarms.drift}; or ${again}`,
    );
  }
  return done(
    `${count(told.size, 'feature')} drifted: ${list(summary.drifted, 6)} (${reportAt(resources, folder)}). Computed here from the capture, ${own[0]} is ${measured.get(own[0]!)!.toFixed(3)} away. ${resources.alarms.drift} went off at ${off.at.toISOString()}.${since}`,
    labCommand(run, 'step', 'respond'),
  );
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  return [
    monthFiles(NEWER_MONTHS)
      .map((file) => uploadCommand(resources, file))
      .join(' &&\n'),
    ...sendCommands(resources, JULY).slice(1),
    ...analysisCommands(run, resources, JULY),
    untilAlarm(resources.alarms.drift),
  ];
}
