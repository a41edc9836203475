import type { Step, Verdict } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, list, notDone } from '../../../lib/course/say';
import { quoted, variable } from '../../../lib/course/shell';
import { analysisRequest, resultsOf, type Analysis } from '../analysis/request';
import {
  runAnalysis,
  analysesOf,
  analysisOfReplay,
  violationCounts,
  newAnalysisName,
  laterScheduledResult,
  type DriftSummary,
  type AnalysisResult,
} from '../analysis/analyses';
import { newestReplay, flightsWithScores, type Replay } from '../capture/captured-requests';
import { columnsOf, distances, driftedFeatures } from '../analysis/distance';
import { batchLabel, MIN_REQUESTS, HELD_OUT, rowsOf } from '../traffic/flights';
import { windowCommands } from '../aws-cli';
import { resourcesOf, s3Uri, type LabResources } from '../resources';
import { scheduleVerdict, showSchedule } from '../analysis/schedule';
import { runManagedAnalysis, managedAnalyses, managedCommands } from '../model-monitor/analysis';
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
export const DISTANCE_TOLERANCE = 0.03;

export async function analyseBatch(run: LabRun, resources: LabResources, sent: Replay, step: string): Promise<void> {
  if (resources.monitor === 'managed') {
    await runManagedAnalysis(run, resources, step);
    return;
  }
  await runAnalysis(
    run,
    resources,
    { mode: 'analyze', name: newAnalysisName(run, sent.batch), window: sent.window },
    step,
  );
}

/** The analysis that tells of a replay, and what the schedule saw of it since. */
export async function analysisFor(
  run: LabRun,
  resources: LabResources,
  sent: Replay,
): Promise<(AnalysisResult<DriftSummary> & { readonly since: string }) | undefined> {
  const found =
    resources.monitor === 'managed'
      ? await managedAnalyses(run, resources)
      : await analysesOf<DriftSummary>(run, resources, 'analyze');
  const told = analysisOfReplay(found, sent);
  return told && { ...told, since: laterScheduledResult(found, told, sent) };
}

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const sent = await requireReplay(run, resources, HELD_OUT, 'traffic');
  await analyseBatch(run, resources, sent, 'analyze');
  await showSchedule(run, resources);
}

/** @throws LabError when the capture holds no such traffic */
export async function requireReplay(
  run: LabRun,
  resources: LabResources,
  batch: string,
  before: string,
): Promise<Replay> {
  const sent = await newestReplay(run, resources, batch);
  if (sent && sent.requests.length >= MIN_REQUESTS) return sent;
  throw new LabError(
    `The capture of ${resources.endpoint} holds ${count(sent?.requests.length ?? 0, 'request')} about ${batchLabel(batch)}.`,
    {
      why: `An analysis compares at least ${MIN_REQUESTS} flights with the baseline.`,
      next: labCommand(run, 'step', before),
    },
  );
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'analyze');
  const sent = await newestReplay(run, resources, HELD_OUT);
  if (sent === undefined) {
    return notDone('There is no captured traffic to look at.', labCommand(run, 'step', 'traffic'));
  }
  const found = await analysisFor(run, resources, sent);
  if (found === undefined) {
    return notDone(
      `No analysis has looked at the traffic from ${sent.window.start} to ${sent.window.end}.`,
      `Start one: ${again}`,
    );
  }
  const { summary, folder, since } = found;
  const measured = distances(columnsOf(rowsOf(flightsWithScores(sent).map(({ flight }) => flight))));
  const fault = measureFault(summary, measured);
  if (fault) return notDone(`${s3Uri(resources, folder)} ${fault}.`, `Analyse it again: ${again}`);
  const others = summary.requests - sent.requests.length;
  if (summary.drifted.length > 0 && driftedFeatures(measured).length === 0 && others > 0) {
    return notDone(
      `${s3Uri(resources, folder)} names ${list(summary.drifted)}, and looked at ${count(others, 'other request')} beside the held-out flights, which did not drift.`,
      `Send them alone, in an hour in which nothing else is asked: ${labCommand(run, 'step', 'traffic')}, then ${again}`,
    );
  }
  if (summary.drifted.length > 0 || driftedFeatures(measured).length > 0) {
    return notDone(
      `The held-out flights drifted: ${list(summary.drifted.length > 0 ? summary.drifted : driftedFeatures(measured))}. They are of the months of the baseline: it is another one.`,
      `${labCommand(run, 'check', 'baseline')}, then ${again}`,
    );
  }
  const [furthest, distance] = [...measured].sort(([, a], [, b]) => b - a)[0]!;
  const own = distance > 0 ? `the furthest is ${furthest} at ${distance.toFixed(3)}` : 'none is further than by chance';
  const sorts = summary.violations.map((one) => one.constraint_check_type);
  const hourly = await scheduleVerdict(run, resources);
  if (!hourly.ok) return notDone(`${s3Uri(resources, folder)} is clean. ${hourly.said}`, hourly.next);
  return done(
    `${count(summary.records, 'record')} compared, nothing drifted (${reportAt(resources, folder)}). ${sorts.length > 0 ? `Other violations: ${violationCounts(sorts)}. ` : ''}Computed here from the capture, ${own}. ${hourly.said}${since}`,
    labCommand(run, 'step', 'drift'),
  );
}

/** What to look at in an analysis: Model Monitor writes no page. */
export const reportAt = (resources: LabResources, folder: string): string =>
  s3Uri(resources, `${folder}${resources.monitor === 'managed' ? 'constraint_violations.json' : 'report.html'}`);

/** Whether the distances that an analysis tells are true; undefined when they are. */
export function measureFault(summary: DriftSummary, measured: ReadonlyMap<string, number>): string | undefined {
  const { records, different = records } = summary;
  if (different < MIN_REQUESTS)
    return `saw ${count(different, 'different record')} only, and it takes ${MIN_REQUESTS} to compare`;
  const wrong = [...measured].filter(([name, distance]) => {
    const told = summary.distances[name];
    return told !== undefined && Math.abs(told - distance) > DISTANCE_TOLERANCE;
  });
  const compared = Object.keys(summary.distances).length;
  if (compared === 0 && summary.drifted.length === 0) return undefined;
  if (wrong.length === 0) return undefined;
  const [name, distance] = wrong[0]!;
  return `tells a distance of ${summary.distances[name]!.toFixed(3)} for ${name}; computed here it is ${distance.toFixed(3)}: it has another baseline, or looked at other requests`;
}

/** The commands that analyse the newest replay of a batch: its window is read from the capture. */
export function analysisCommands(run: LabRun, resources: LabResources, batch: string): string[] {
  if (resources.monitor === 'managed') return managedCommands(run, resources);
  const analysis: Analysis = {
    mode: 'analyze',
    name: newAnalysisName(run, batch),
    window: { start: variable('start'), end: variable('end') },
  };
  return [
    `${windowCommands(resources, batch)}\n${jobCommands(analysisRequest(resources.analyzer, analysis))} && aws s3 cp ${quoted(s3Uri(resources, `${resultsOf(analysis)}constraint_violations.json`))} -`,
  ];
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  return [
    ...analysisCommands(run, resources, HELD_OUT),
    ...(resources.schedule === undefined ? [] : [`aws scheduler get-schedule --name ${quoted(resources.schedule)}`]),
  ];
}
