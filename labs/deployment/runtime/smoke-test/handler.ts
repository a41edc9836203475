/** Asks the staging endpoint what production will be asked: known flights, and bad requests. */
import { evidenceWriter, type WriteEvidence } from '../pipeline-action/evidence';
import { readSourceArtifact } from '../pipeline-action/artifact';
import { parseClaimedAuc, aucThresholdFor } from '../model/auc-threshold';
import { endpointInvoker, invokeWithRetries, type InvokeEndpoint } from './endpoint';
import { runJob, jobParameter, type Job, type JobEvent, type LambdaContext } from '../pipeline-action/job';
import { ReleaseError } from '../pipeline-action/release-error';
import { sampleAuc, readSample, type Sample } from '../model/sample';
import { PAUSE_MS, sleep } from '../environment';

/** Flights of one request. */
const BATCH = 50;

export async function handler(event: JobEvent, context: LambdaContext): Promise<void> {
  await runJob(event, context, async (job) => {
    const keep = evidenceWriter(jobParameter(job, 'dataBucket'), jobParameter(job, 'executionId'));
    return smokeTest(
      job,
      readSample(await readSourceArtifact(job)),
      endpointInvoker(jobParameter(job, 'endpoint')),
      keep,
    );
  });
}

/**
 * @returns the variables for later stages: Auc, Requests, P50Ms
 * @throws ReleaseError saying what the endpoint did wrong; the evidence is kept in either case
 */
export async function smokeTest(
  job: Job,
  sample: Sample,
  ask: InvokeEndpoint,
  keep: WriteEvidence,
  pause: () => Promise<void> = () => sleep(PAUSE_MS),
): Promise<Record<string, string>> {
  const about = { endpoint: job.parameters.endpoint, modelPackageArn: job.parameters.modelPackageArn };
  const claimed = parseClaimedAuc(job.parameters.claimedAuc);
  const floor = aucThresholdFor(claimed, sample.rows.labels);
  const facts: Record<string, unknown> = { ...about, claimedAuc: claimed, floor: floor.auc, because: floor.because };
  try {
    const { scores, times, tries } = await score(sample, ask, job.deadline, pause);
    const auc = sampleAuc(sample, scores);
    const p50Ms = Math.round([...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!);
    Object.assign(facts, { auc, flights: scores.length, requests: times.length, p50Ms, tries });
    if (auc < floor.auc) {
      throw new ReleaseError(
        `Staging answers, but not well: AUC ${auc.toFixed(4)} on ${scores.length} held-out flights, below the floor of ${floor.auc.toFixed(4)} (${floor.because}). The release stops here; production is as it was. Reject the version.`,
      );
    }
    const refused = await mustRefuse(sample, ask, job.deadline, pause);
    Object.assign(facts, { refused });
    const message = `Staging answers ${scores.length} flights with an AUC of ${auc.toFixed(4)} (floor ${floor.auc.toFixed(4)}: ${floor.because}) and refuses ${refused.length} bad requests; ${times.length} requests, p50 ${p50Ms} ms.`;
    await keep('smoke', { ok: true, message, ...facts });
    return { Auc: auc.toFixed(4), Requests: String(times.length), P50Ms: String(p50Ms) };
  } catch (error) {
    await keep('smoke', { ok: false, message: (error as Error).message, ...facts });
    throw error;
  }
}

async function score(
  { bodies }: Sample,
  ask: InvokeEndpoint,
  deadline: number,
  pause: () => Promise<void>,
): Promise<{ scores: Float64Array; times: number[]; tries: number }> {
  const scores = new Float64Array(bodies.length);
  const times: number[] = [];
  let tries = 0;
  for (let from = 0; from < bodies.length; from += BATCH) {
    const batch = bodies.slice(from, from + BATCH);
    // A serverless endpoint that nobody asked for a while has to start first.
    const answer = await invokeWithRetries(() => ask(batch.join('\n')), {
      deadline,
      pause,
      maxAttempts: from === 0 ? 8 : 3,
    });
    tries += answer.tries;
    times.push(answer.ms);
    scores.set(parseProbabilities(answer.body, batch.length), from);
  }
  return { scores, times, tries };
}

/** @throws ReleaseError when an answer is something else than one probability a flight */
export function parseProbabilities(body: string, flights: number): number[] {
  const values = body.split(/[\s,]+/).filter((part) => part !== '');
  if (values.length !== flights) {
    throw new ReleaseError(
      `Staging answers ${values.length} numbers to ${flights} flights: ${JSON.stringify(body.slice(0, 80))}`,
    );
  }
  return values.map((text) => {
    const value = Number(text);
    if (!(value >= 0 && value <= 1)) {
      throw new ReleaseError(`Staging answers ${JSON.stringify(text.slice(0, 40))}, which is no probability.`);
    }
    return value;
  });
}

/** Bad requests, each with what is wrong with it. */
export function badRequests({ bodies, rows }: Sample): readonly { what: string; body: string; type: string }[] {
  const good = bodies[0]!;
  const type = 'text/csv';
  return [
    { what: 'an empty body', body: '', type },
    {
      what: `a flight with ${rows.columns - 1} of ${rows.columns} columns`,
      body: good.slice(0, good.lastIndexOf(',')),
      type,
    },
    { what: 'a flight with a word for a number', body: `late,${good.slice(good.indexOf(',') + 1)}`, type },
    { what: 'a body of another type', body: '{"flight": 1}', type: 'application/json' },
  ];
}

async function mustRefuse(
  sample: Sample,
  ask: InvokeEndpoint,
  deadline: number,
  pause: () => Promise<void>,
): Promise<{ what: string; status: number; reason: string }[]> {
  const refused = [];
  for (const { what, body, type } of badRequests(sample)) {
    const answer = await invokeWithRetries(() => ask(body, type), { deadline, pause, maxAttempts: 3, refusals: true });
    if (answer.refused === undefined) {
      throw new ReleaseError(
        `Staging answers ${JSON.stringify(answer.body.trim().slice(0, 60))} to ${what}. It must refuse it with an error, and never give a score: a caller would take it for one.`,
      );
    }
    refused.push({ what, ...answer.refused });
  }
  return refused;
}
