import type { Step, Verdict } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, list, notDone } from '../../../lib/course/say';
import { quoted, variable } from '../../../lib/course/shell';
import { analysisRequest, resultsOf, type Analysis } from '../analysis/request';
import {
  analyse,
  analysesOf,
  analysisOf,
  countsOf,
  newName,
  sinceThen,
  type DriftSummary,
  type Found,
} from '../analysis/analyses';
import { newestReplay, trueFlights, type Replay } from '../capture/captured-requests';
import { columnsOf, distances, driftedOf } from '../analysis/distance';
import { about, FEWEST, HELD_OUT, rowsOf } from '../traffic/flights';
import { windowCommands } from '../aws-cli';
import { placeOf, s3Uri, type LabPlace } from '../resources';
import { hourlyVerdict, showHourly } from '../analysis/schedule';
import { analyseManaged, managedAnalyses, managedCommands } from '../model-monitor/analysis';
import { jobCommands } from './baseline';

/** Look at the capture, on demand. */
export const analyze: Step = {
  id: 'analyze',
  title: 'Analyse the traffic on demand',
  predict:
    'These are flights of the same months, that the model never saw. 36 features are compared. How many will be called out?',
  awsMinutes: 6,
  hints: [
    'The same job that the schedule starts each hour, started now for a window of your choice: MLA_START and MLA_END.',
    'An analysis that finds violations is no failed job. Its verdict is in constraint_violations.json and in the exit message.',
    'Two samples of the same thing are never alike. Robust takes off what chance makes of their sizes; only the rest counts.',
  ],
  act,
  check,
  explain,
};

/** How far a reported distance may be from the one computed here: the job has a sample of the training data. */
export const SAME = 0.03;

export async function analyseBatch(run: LabRun, place: LabPlace, sent: Replay, step: string): Promise<void> {
  if (place.monitor === 'managed') {
    await analyseManaged(run, place, step);
    return;
  }
  await analyse(run, place, { mode: 'analyze', name: newName(run, sent.batch), window: sent.window }, step);
}

/** The analysis that tells of a replay, and what the schedule saw of it since. */
export async function analysisFor(
  run: LabRun,
  place: LabPlace,
  sent: Replay,
): Promise<(Found<DriftSummary> & { readonly since: string }) | undefined> {
  const found =
    place.monitor === 'managed'
      ? await managedAnalyses(run, place)
      : await analysesOf<DriftSummary>(run, place, 'analyze');
  const told = analysisOf(found, sent);
  return told && { ...told, since: sinceThen(found, told, sent) };
}

async function act(run: LabRun): Promise<void> {
  const place = placeOf(run);
  const sent = await requireReplay(run, place, HELD_OUT, 'traffic');
  await analyseBatch(run, place, sent, 'analyze');
  await showHourly(run, place);
}

/** @throws LabError when the capture holds no such traffic */
export async function requireReplay(run: LabRun, place: LabPlace, batch: string, before: string): Promise<Replay> {
  const sent = await newestReplay(run, place, batch);
  if (sent && sent.requests.length >= FEWEST) return sent;
  throw new LabError(
    `The capture of ${place.endpoint} holds ${count(sent?.requests.length ?? 0, 'request')} about ${about(batch)}.`,
    {
      why: `An analysis compares at least ${FEWEST} flights with the baseline.`,
      next: labCommand(run, 'step', before),
    },
  );
}

async function check(run: LabRun): Promise<Verdict> {
  const place = placeOf(run);
  const again = labCommand(run, 'step', 'analyze');
  const sent = await newestReplay(run, place, HELD_OUT);
  if (sent === undefined) {
    return notDone('There is no captured traffic to look at.', labCommand(run, 'step', 'traffic'));
  }
  const found = await analysisFor(run, place, sent);
  if (found === undefined) {
    return notDone(
      `No analysis has looked at the traffic from ${sent.window.start} to ${sent.window.end}.`,
      `Start one: ${again}`,
    );
  }
  const { summary, folder, since } = found;
  const measured = distances(columnsOf(rowsOf(trueFlights(sent).map(({ flight }) => flight))));
  const fault = measureFault(summary, measured);
  if (fault) return notDone(`${s3Uri(place, folder)} ${fault}.`, `Analyse it again: ${again}`);
  const others = summary.requests - sent.requests.length;
  if (summary.drifted.length > 0 && driftedOf(measured).length === 0 && others > 0) {
    return notDone(
      `${s3Uri(place, folder)} names ${list(summary.drifted)}, and looked at ${count(others, 'other request')} beside the held-out flights, which did not drift.`,
      `Send them alone, in an hour in which nothing else is asked: ${labCommand(run, 'step', 'traffic')}, then ${again}`,
    );
  }
  if (summary.drifted.length > 0 || driftedOf(measured).length > 0) {
    return notDone(
      `The held-out flights drifted: ${list(summary.drifted.length > 0 ? summary.drifted : driftedOf(measured))}. They are of the months of the baseline: it is another one.`,
      `${labCommand(run, 'check', 'baseline')}, then ${again}`,
    );
  }
  const [furthest, distance] = [...measured].sort(([, a], [, b]) => b - a)[0]!;
  const own = distance > 0 ? `the furthest is ${furthest} at ${distance.toFixed(3)}` : 'none is further than by chance';
  const sorts = summary.violations.map((one) => one.constraint_check_type);
  const hourly = await hourlyVerdict(run, place);
  if (!hourly.ok) return notDone(`${s3Uri(place, folder)} is clean. ${hourly.said}`, hourly.next);
  return done(
    `${count(summary.records, 'record')} compared, nothing drifted (${reportAt(place, folder)}). ${sorts.length > 0 ? `Other violations: ${countsOf(sorts)}. ` : ''}Computed here from the capture, ${own}. ${hourly.said}${since}`,
    labCommand(run, 'step', 'drift'),
  );
}

/** What to look at in an analysis: Model Monitor writes no page. */
export const reportAt = (place: LabPlace, folder: string): string =>
  s3Uri(place, `${folder}${place.monitor === 'managed' ? 'constraint_violations.json' : 'report.html'}`);

/** Whether the distances that an analysis tells are true; undefined when they are. */
export function measureFault(summary: DriftSummary, measured: ReadonlyMap<string, number>): string | undefined {
  const { records, different = records } = summary;
  if (different < FEWEST) return `saw ${count(different, 'different record')} only, and it takes ${FEWEST} to compare`;
  const wrong = [...measured].filter(([name, distance]) => {
    const told = summary.distances[name];
    return told !== undefined && Math.abs(told - distance) > SAME;
  });
  const compared = Object.keys(summary.distances).length;
  if (compared === 0 && summary.drifted.length === 0) return undefined;
  if (wrong.length === 0) return undefined;
  const [name, distance] = wrong[0]!;
  return `tells a distance of ${summary.distances[name]!.toFixed(3)} for ${name}; computed here it is ${distance.toFixed(3)}: it has another baseline, or looked at other requests`;
}

/** The commands that analyse the newest replay of a batch: its window is read from the capture. */
export function analysisCommands(run: LabRun, place: LabPlace, batch: string): string[] {
  if (place.monitor === 'managed') return managedCommands(run, place);
  const analysis: Analysis = {
    mode: 'analyze',
    name: newName(run, batch),
    window: { start: variable('start'), end: variable('end') },
  };
  return [
    `${windowCommands(place, batch)}\n${jobCommands(analysisRequest(place.analyzer, analysis))} && aws s3 cp ${quoted(s3Uri(place, `${resultsOf(analysis)}constraint_violations.json`))} -`,
  ];
}

function explain(run: LabRun): readonly string[] {
  const place = placeOf(run);
  return [
    ...analysisCommands(run, place, HELD_OUT),
    ...(place.schedule === undefined ? [] : [`aws scheduler get-schedule --name ${quoted(place.schedule)}`]),
  ];
}
