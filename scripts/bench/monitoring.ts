/** Lab monitoring: an analysis beside Evidently alone, and what capture takes of an endpoint's time. */
import { join } from 'node:path';
import { openTarget } from '../../lib/target';
import { systemClock, waitFor } from '../../lib/target/clock';
import { ask, bodies, makeEndpoint, makeModel, NAME } from './endpoint';
import { analysisTime, capturedFlights } from './monitoring-analysis';
import type { Report } from './report';
import { inTurn, median, seconds } from './runs';

const WITH = 'bench-with-capture';
const WITHOUT = 'bench-without-capture';
/** Requests to each that are not measured. */
const WARM_UP = 100;

/** Milliseconds, the middle of all calls. */
interface Medians {
  readonly kept: number;
  readonly plain: number;
}

/**
 * Two endpoints of one model in a fresh local cloud, one with capture, asked in turn by one caller: what the machine
 * does meanwhile meets both.
 */
async function captureMedians(root: string): Promise<Medians> {
  const target = await openTarget('local', { keep: false, faces: [], progress: () => undefined });
  try {
    await makeModel(root, target);
    await makeEndpoint(target, WITH, true);
    await makeEndpoint(target, WITHOUT, false);
    const times: Record<string, number[]> = { [WITH]: [], [WITHOUT]: [] };
    const call = async (endpoint: string, flight: string): Promise<string> => {
      const start = performance.now();
      const answer = await ask(target, flight, endpoint);
      times[endpoint]!.push(performance.now() - start);
      return answer;
    };
    const flights = bodies(root);
    // As in a learner's shell that has asked before: connections are there, code is compiled.
    for (const flight of flights.slice(0, WARM_UP))
      for (const endpoint of [WITH, WITHOUT]) await ask(target, flight, endpoint);
    for (const [index, flight] of flights.entries()) {
      // Each is first half of the time: what one leaves to be done meets the other.
      const order = index % 2 === 0 ? [WITH, WITHOUT] : [WITHOUT, WITH];
      const [first, second] = [await call(order[0]!, flight), await call(order[1]!, flight)];
      if (first !== second) throw new Error(`Flight ${index + 1}: ${order[0]} says ${first}, ${order[1]} ${second}.`);
    }
    const asked = times[WITH]!.length + WARM_UP;
    const kept = (endpoint: string) => capturedFlights(target, NAME, `capture/${endpoint}/`);
    await waitFor(
      systemClock,
      `the capture of ${asked} requests to ${WITH}`,
      async () => (await kept(WITH)).length === asked || undefined,
      { pollMs: 500, timeoutMs: 60_000 },
    );
    if ((await kept(WITHOUT)).length > 0) throw new Error(`${WITHOUT} captures.`);
    return { kept: median(times[WITH]!), plain: median(times[WITHOUT]!) };
  } finally {
    await target.close();
  }
}

/** Analysis and Evidently alone on the same frames in turn; then the same flights with capture and without. */
export async function monitoringBench(report: Report, root: string, python: string, runs: number): Promise<void> {
  const script = join(__dirname, 'monitor_alone.py');
  const alone = (...frames: string[]): number =>
    (JSON.parse(seconds(python, [script, root, ...frames], { cwd: root }).stdout) as { evidently: number }).evidently;
  const analyses = await inTurn(runs, () => analysisTime(root, alone));
  const jobs = analyses.map(({ job }) => job);
  const evidently = analyses.map(({ after }) => after);
  report.add(`analysis of ${analyses[0]!.records} flights, by its job's own times`, jobs);
  report.add('Evidently alone on the same frames', evidently);
  report.ratio('analysis ÷ Evidently alone', analyses, ({ job, after }) => job / after);

  const medians = await inTurn(runs, () => captureMedians(root));
  const kept = medians.map((one) => one.kept);
  const plain = medians.map((one) => one.plain);
  report.add('endpoint, one caller, p50 with capture', kept, 'ms');
  report.add('endpoint, one caller, p50 without capture', plain, 'ms');
  const shares = medians.map((one) => (100 * (one.kept - one.plain)) / one.kept);
  report.add("capture's share in p50", shares, '%');
}
