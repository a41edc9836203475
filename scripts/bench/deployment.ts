/** Lab deployment: its endpoint beside the model alone, and a release stage by stage. */
import { join } from 'node:path';
import { endpointSpeed, FLIGHTS, MODEL, type EndpointSpeed, type Speed } from './endpoint';
import { releaseSeconds } from './release';
import type { Report } from './report';
import { inTurn, seconds } from './runs';

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

function addSpeed(report: Report, what: string, speeds: readonly Speed[]): void {
  const of = (part: keyof Speed): number[] => speeds.map((speed) => speed[part]);
  report.add(`${what}: rate`, of('perSecond'), '/s');
  report.add(`${what}: p50`, of('p50'), 'ms');
  report.add(`${what}: p99`, of('p99'), 'ms');
}

/** Asks the endpoint and the model alone about the same flights; then releases, from approval to production. */
export async function deploymentBench(report: Report, root: string, python: string, runs: number): Promise<void> {
  const pairs = await inTurn(runs, () => pair(root, python));
  const callerCounts = [...pairs[0]!.endpoint.speeds.keys()];
  for (const callers of callerCounts) {
    const what = `endpoint, one flight a request, callers: ${callers}`;
    const speeds = pairs.map(({ endpoint }) => endpoint.speeds.get(callers)!);
    addSpeed(report, what, speeds);
  }
  const models = pairs.map(({ alone }) => alone);
  addSpeed(report, 'the model alone, one flight a call', models);
  for (const part of ['p50', 'p99'] as const) {
    const what = `endpoint with one caller ÷ alone, ${part}`;
    report.ratio(what, pairs, ({ endpoint, alone }) => endpoint.speeds.get(1)![part] / alone[part]);
  }
  for (const callers of callerCounts) {
    const what = `endpoint ÷ alone, flights a second, callers: ${callers}`;
    report.ratio(what, pairs, ({ endpoint, alone }) => endpoint.speeds.get(callers)!.perSecond / alone.perSecond);
  }
  const releases = await inTurn(runs, () => releaseSeconds(root));
  for (const part of releases[0]!.keys()) {
    const took = releases.map((release) => release.get(part)!);
    report.add(`release: ${part}`, took);
  }
}
