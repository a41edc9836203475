/** Lab monitoring: an analysis beside Evidently alone, and what capture takes of an endpoint's time. */
import { join } from 'node:path';
import { openTarget } from '../../lib/target';
import { systemClock, waitFor } from '../../lib/target/clock';
import { ask, bodies, makeEndpoint, makeModel, NAME } from './endpoint';
import { analysisTime, capturedFlights } from './monitoring-analysis';
import { line, median, seconds } from './runs';

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
export async function monitoringBench(root: string, python: string, runs: number): Promise<void> {
  const script = join(__dirname, 'monitor_alone.py');
  const alone = (...frames: string[]): number =>
    (JSON.parse(seconds(python, [script, root, ...frames], { cwd: root }).stdout) as { evidently: number }).evidently;
  const analyses: Awaited<ReturnType<typeof analysisTime<number>>>[] = [];
  for (let run = 0; run < runs; run += 1) analyses.push(await analysisTime(root, alone));
  console.log(
    line(
      `analysis of ${analyses[0]!.records} flights, by its job's own times`,
      analyses.map(({ job }) => job),
    ),
  );
  console.log(
    line(
      'Evidently alone on the same frames',
      analyses.map(({ after }) => after),
    ),
  );
  console.log(`analysis ÷ Evidently alone: ${median(analyses.map(({ job, after }) => job / after)).toFixed(2)}`);

  const medians: Medians[] = [];
  for (let run = 0; run < runs; run += 1) medians.push(await captureMedians(root));
  const of = (part: (one: Medians) => number): number => median(medians.map(part));
  console.log(
    `endpoint, one caller, p50: ${of((one) => one.kept).toFixed(2)} ms with capture, ${of((one) => one.plain).toFixed(2)} ms without   (${runs} runs)`,
  );
  console.log(`capture's share in p50: ${(100 * of(({ kept, plain }) => (kept - plain) / kept)).toFixed(1)} %`);
}
