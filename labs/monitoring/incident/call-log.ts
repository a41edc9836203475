/** Requests while a release errors, each with what came of it, and the log that is kept of them. */
import { invokeEndpoint, requestErrorText } from '../../../lib/aws/invoke-endpoint';
import { listObjects, putObject, readObject } from '../../../lib/aws/s3';
import type { LabRun } from '../../../lib/course/run';
import { INCIDENT_LOGS, type LabResources } from '../resources';
import { sampleFlights, JULY, type Flight } from '../traffic/flights';

/** The flights that callers ask about, one after the other. */
export const callerFlights = (): readonly Flight[] => sampleFlights(JULY, 400, 'incident');

/** One request: when, about which flight (row of July), and the answer, or what refused it. */
export interface Call {
  readonly at: Date;
  readonly row: number;
  readonly answer: string;
}

export const isProbability = (text: string): boolean => /^[01]\.\d{6}$/.test(text);

const CALLERS = 2;
/** Shortest pause of a caller, in ms: enough to see each state, and a machine that serves as well is not kept busy by it. */
const PAUSE_MS = 200;
/** Calls after which the log is written again: a command that is broken off leaves what its callers saw. */
const KEEP_EVERY = 25;

/** Callers that go on asking until they are stopped. */
export class Callers {
  readonly calls: Call[] = [];
  private going = true;
  private readonly callers: Promise<void>[];
  private keeping: Promise<void> = Promise.resolve();

  /** @param keep is told the calls so far, now and then and at the end. @default nobody is */
  constructor(
    private readonly run: LabRun,
    private readonly endpoint: string,
    private readonly keep: (calls: readonly Call[]) => Promise<void> = async () => undefined,
  ) {
    this.callers = Array.from({ length: CALLERS }, (_one, caller) => this.call(caller));
  }

  get failures(): number {
    return this.calls.filter(({ answer }) => !isProbability(answer)).length;
  }

  /** Ends after some more requests, so that what serves then is seen. */
  async stop(): Promise<readonly Call[]> {
    this.going = false;
    await Promise.all(this.callers);
    await this.keeping;
    await this.keep(this.calls);
    return this.calls;
  }

  private async call(caller: number): Promise<void> {
    const flights = callerFlights();
    for (let turn = caller, left = 10; left > 0; turn += CALLERS) {
      if (!this.going) left -= 1;
      const { row, body } = flights[turn % flights.length]!;
      const at = this.run.clock.now();
      let answer: string;
      try {
        answer = await invokeEndpoint(this.run.clients.sagemakerRuntime, this.endpoint, body);
      } catch (error) {
        answer = requestErrorText(error);
      }
      this.calls.push({ at, row, answer });
      // One after the other: an earlier state must not come last. That of the end is the one that has to succeed.
      if (this.calls.length % KEEP_EVERY === 1) {
        this.keeping = this.keeping.then(() => this.keep([...this.calls])).catch(() => undefined);
      }
      // Waits are long on AWS: the pace is that of the questions there.
      await this.run.clock.sleep(Math.max(PAUSE_MS, this.run.clients.pollMs / 10));
    }
  }
}

/** A new log's key. */
export const newCallLogKey = (run: LabRun): string =>
  `${INCIDENT_LOGS}${run.clock.now().toISOString().replaceAll(':', '-')}.csv`;

/** Keeps what was asked: one line a request, `time,row,answer`. */
export async function saveCallLog(run: LabRun, resources: LabResources, { key, calls }: CallLog): Promise<void> {
  const lines = calls.map(({ at, row, answer }) => `${at.toISOString()},${row},${answer}\n`);
  await putObject(run, resources.bucket, key, Buffer.from(lines.join('')), 'text/csv');
}

/** Requests that have to be answered after the last that failed. */
const FEWEST_AFTER = 5;

/** How much of the incident a log of requests tells: none of its failures, failures and not what came after them, or all. */
export function logCoverage(calls: readonly Call[]): 'nothing' | 'failures' | 'all' {
  const failed = calls.filter(({ answer }) => !isProbability(answer)).map(({ at }) => at.getTime());
  if (failed.length === 0) return 'nothing';
  return callsAfterLastFailure(calls) < FEWEST_AFTER ? 'failures' : 'all';
}

/** How many requests came after the last that failed. */
export function callsAfterLastFailure(calls: readonly Call[]): number {
  const last = Math.max(...calls.filter(({ answer }) => !isProbability(answer)).map(({ at }) => at.getTime()));
  return calls.filter(({ at }) => at.getTime() > last).length;
}

export interface CallLog {
  readonly key: string;
  readonly calls: readonly Call[];
}

/** The newest log of requests; undefined where there is none. */
export async function readCallLog(run: LabRun, resources: LabResources): Promise<CallLog | undefined> {
  const newest = (await listObjects(run, resources.bucket, INCIDENT_LOGS)).sort(
    (a, b) => b.modified.getTime() - a.modified.getTime() || (a.key < b.key ? 1 : -1),
  )[0];
  if (newest === undefined) return undefined;
  const calls = (await readObject(run, resources.bucket, newest.key))
    .toString()
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [at = '', row = '', ...answer] = line.split(',');
      return { at: new Date(at), row: Number(row), answer: answer.join(',').trim() };
    });
  return { key: newest.key, calls };
}
