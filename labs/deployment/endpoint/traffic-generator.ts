/** Requests that go on while production changes, each answer written down. */
import { requestErrorText } from '../../../lib/aws/invoke-endpoint';
import { listObjects, putObject, readObject } from '../../../lib/aws/s3';
import type { LabRun } from '../../../lib/course/run';
import { predictFlights } from './invoke';
import type { Flights } from '../model/flights';
import { ROLLBACK_RESULTS, type LabResources } from '../resources';

/** Requests at a time. */
const CALLERS = 2;
/** Shortest pause of a caller, in ms: enough to see each state, and a machine that serves as well is not kept busy by it. */
const PAUSE_MS = 200;

/** One request: when it was sent, about which flight (from 0), and the answer, or what refused it. */
export interface LoggedRequest {
  readonly at: Date;
  readonly flight: number;
  readonly answer: string;
}

/** Callers that ask about one flight after the other until they are stopped. */
export class TrafficGenerator {
  readonly asked: LoggedRequest[] = [];
  /** Ends when each caller has asked once. */
  readonly first: Promise<void>;
  private going = true;
  private readonly callers: Promise<void>[];

  constructor(
    private readonly run: LabRun,
    private readonly endpoint: string,
    private readonly flights: Flights,
  ) {
    const begun: Promise<void>[] = [];
    this.callers = Array.from({ length: CALLERS }, (_one, caller) => {
      let asked: () => void;
      begun.push(new Promise((resolve) => (asked = resolve)));
      return this.call(caller, () => asked());
    });
    this.first = Promise.all(begun).then(() => undefined);
  }

  /** Requests that got no answer. */
  get failures(): number {
    return this.asked.filter(({ answer }) => !isProbability(answer)).length;
  }

  /** Ends after one more request of each caller. */
  async stop(): Promise<readonly LoggedRequest[]> {
    this.going = false;
    await Promise.all(this.callers);
    return this.asked;
  }

  private async call(caller: number, asked: () => void): Promise<void> {
    const { bodies } = this.flights;
    for (let turn = caller, last = false; !last; turn += CALLERS) {
      last = !this.going;
      const flight = turn % bodies.length;
      const at = this.run.clock.now();
      let answer: string;
      try {
        answer = (await predictFlights(this.run, this.endpoint, bodies[flight]!)).join(' ');
      } catch (error) {
        answer = requestErrorText(error);
      }
      this.asked.push({ at, flight, answer });
      asked();
      // On AWS polls are 5 s apart: a request of each caller in half a second is enough there.
      if (!last) await this.run.clock.sleep(Math.max(PAUSE_MS, this.run.clients.pollMs / 10));
    }
  }
}

export const isProbability = (text: string): boolean => /^(0|1)\.\d{6}$/.test(text);

/** Keeps what was asked: one line a request, `time,flight,answer`. */
export async function saveTrafficLog(
  run: LabRun,
  resources: LabResources,
  asked: readonly LoggedRequest[],
): Promise<string> {
  const key = `${ROLLBACK_RESULTS}${run.clock.now().toISOString().replaceAll(':', '-')}.csv`;
  const lines = asked.map(({ at, flight, answer }) => `${at.toISOString()},${flight},${answer}\n`);
  await putObject(run, resources.bucket, key, Buffer.from(lines.join('')), 'text/csv');
  return key;
}

/** How long it may take from the name that a log is given to the log, in ms: the AWS CLI starts, and uploads it. */
const UPLOAD_MS = 5000;

/**
 * By how much AWS's clock is ahead of the one that a log was written with, in ms. The name of a log tells when it was put
 * by that clock, and S3 when it came.
 */
function aheadOf(key: string, came: Date): number {
  const [, day, ...time] = /(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d(?:\.\d+)?)Z\.csv$/.exec(key) ?? [];
  const named = Date.parse(`${day}T${time.join(':')}Z`);
  const ahead = came.getTime() - named;
  return Number.isNaN(named) || (ahead >= -1000 && ahead <= UPLOAD_MS) ? 0 : ahead;
}

/** The newest log of requests, its times by AWS's clock; undefined where there is none. */
export async function readTrafficLog(
  run: LabRun,
  resources: LabResources,
): Promise<{ readonly key: string; readonly asked: readonly LoggedRequest[] } | undefined> {
  const newest = (await listObjects(run, resources.bucket, ROLLBACK_RESULTS)).sort(
    (a, b) => b.modified.getTime() - a.modified.getTime() || (a.key < b.key ? 1 : -1),
  )[0];
  if (newest === undefined) return undefined;
  const ahead = aheadOf(newest.key, newest.modified);
  const text = (await readObject(run, resources.bucket, newest.key)).toString();
  const asked = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [at = '', flight = '', ...answer] = line.split(',');
      return { at: new Date(Date.parse(at) + ahead), flight: Number(flight), answer: answer.join(',').trim() };
    });
  return { key: newest.key, asked };
}
