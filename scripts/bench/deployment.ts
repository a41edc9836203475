/** Lab deployment: its endpoint beside the model alone, and a release stage by stage. */
import { join } from 'node:path';
import { endpointSpeed, FLIGHTS, MODEL, type EndpointSpeed, type Speed } from './endpoint';
import { releaseSeconds } from './release';
import { line, median, seconds } from './runs';

/** What the model alone says and how fast, one flight a call. */
type Alone = Speed & { readonly answers: readonly string[] };

interface Pair {
  readonly endpoint: EndpointSpeed;
  readonly alone: Alone;
}

function alone(root: string, python: string): Alone {
  const script = join(__dirname, 'endpoint_alone.py');
  return JSON.parse(seconds(python, [script, root, MODEL, FLIGHTS], { cwd: root }).stdout) as Alone;
}

/** In turn, so that a drift of the machine meets both. @throws Error where they answer differently */
async function pair(root: string, python: string): Promise<Pair> {
  const both = { endpoint: await endpointSpeed(root), alone: alone(root, python) };
  const flight = both.alone.answers.findIndex((answer, index) => answer !== both.endpoint.answers[index]);
  if (flight < 0 && both.alone.answers.length === both.endpoint.answers.length) return both;
  throw new Error(
    `Flight ${flight + 1}: the endpoint says ${both.endpoint.answers[flight]}, the model alone ${both.alone.answers[flight]}.`,
  );
}

function speedLine(what: string, speeds: readonly Speed[]): string {
  const of = (part: keyof Speed): number => median(speeds.map((speed) => speed[part]));
  const [rate, p50, p99] = [of('perSecond').toFixed(0), of('p50').toFixed(2), of('p99').toFixed(2)];
  return `${what.padEnd(46)} ${rate.padStart(7)} /s  p50 ${p50} ms, p99 ${p99} ms   (${speeds.length} runs)`;
}

/** Asks the endpoint and the model alone about the same flights; then releases, from approval to production. */
export async function deploymentBench(root: string, python: string, runs: number): Promise<void> {
  const pairs: Pair[] = [];
  for (let run = 0; run < runs; run += 1) pairs.push(await pair(root, python));
  for (const callers of pairs[0]!.endpoint.speeds.keys()) {
    const speeds = pairs.map(({ endpoint }) => endpoint.speeds.get(callers)!);
    console.log(speedLine(`endpoint, ${callers} caller${callers > 1 ? 's' : ''}, one flight a request`, speeds));
  }
  console.log(
    speedLine(
      'the model alone, one flight a call',
      pairs.map((one) => one.alone),
    ),
  );
  for (const part of ['p50', 'p99'] as const) {
    const ratio = median(pairs.map(({ endpoint, alone }) => endpoint.speeds.get(1)![part] / alone[part]));
    console.log(`endpoint with one caller ÷ alone, ${part}: ${ratio.toFixed(1)}`);
  }
  for (const callers of pairs[0]!.endpoint.speeds.keys()) {
    const ratio = median(pairs.map(({ endpoint, alone }) => endpoint.speeds.get(callers)!.perSecond / alone.perSecond));
    console.log(`endpoint with ${callers} ÷ alone, flights a second: ${ratio.toFixed(2)}`);
  }
  const releases: ReadonlyMap<string, number>[] = [];
  for (let run = 0; run < runs; run += 1) releases.push(await releaseSeconds(root));
  for (const part of releases[0]!.keys()) {
    console.log(
      line(
        `release: ${part}`,
        releases.map((one) => one.get(part)!),
      ),
    );
  }
}
