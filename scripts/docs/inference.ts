/**
 * `npx tsx scripts/docs/inference.ts` writes the tables of docs/further.md that compare kinds of inference, from lib/facts.
 *
 * Assumptions are here and in the page; prices are list prices of us-east-1.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HOME_REGION, HOURS_A_MONTH, priceIn, type PricedItem } from '../../lib/facts/prices';
import { writePage } from './page';

const usd = (item: PricedItem): number => priceIn(HOME_REGION, item).usd;
const DAYS_A_MONTH = HOURS_A_MONTH / 24;

/** Seconds that one request of one flight takes, in the container and on the way: what lab 3's exercise reckons with. */
const REQUEST_SECONDS = 0.05;
/** Seconds for each flight of a payload of thousands. */
const ROW_SECONDS = 0.0001;
/** Gigabytes of a serverless endpoint: lab 3's staging. */
const SERVERLESS_GB = 2;
/** Requests that a serverless endpoint of a fresh account takes at once, and an instance with two vCPUs. */
const SERVERLESS_AT_ONCE = 10;
const INSTANCE_AT_ONCE = 2;
/** Seconds from the decision for an instance until the model answers; billed. */
const START_SECONDS = 300;
/** Seconds that an asynchronous endpoint waits, idle, before its last instance goes. */
const IDLE_SECONDS = 900;

const BURSTABLE_HOUR = usd('sagemakerEndpointT2MediumHour');
/** A training instance's: lib/facts has none of hosting or transform on this type, which are taken to cost the same. */
const M5_LARGE_HOUR = usd('sagemakerTrainingM5LargeHour');

interface Load {
  readonly name: string;
  /** Requests of one flight each, in a month. */
  readonly requests: number;
  /** Times in a month that requests come after an idle while; undefined where they never stop. */
  readonly bursts?: number;
  /** Batch jobs that would do it, in a month. */
  readonly jobs: number;
}

const LOADS: readonly Load[] = [
  { name: '10 a day, one at a time', requests: 10 * DAYS_A_MONTH, bursts: 10 * DAYS_A_MONTH, jobs: DAYS_A_MONTH },
  { name: '100,000 a day, evenly', requests: 100_000 * DAYS_A_MONTH, jobs: DAYS_A_MONTH },
  { name: '1,000,000, once a month', requests: 1_000_000, bursts: 1, jobs: 1 },
];

interface Answer {
  readonly usd: number;
  /** Seconds until a caller has the answer; for a load that comes at once, until all of it is answered. */
  readonly seconds: number;
}

/** Whether all requests of a burst come at once, so that the last one waits for all others. */
const atOnce = ({ requests, bursts }: Load): number => (bursts === undefined ? 1 : requests / bursts);

const KINDS: Readonly<Record<string, (load: Load) => Answer>> = {
  'real-time, ml.t2.medium': (load) => ({
    usd: HOURS_A_MONTH * BURSTABLE_HOUR,
    seconds: Math.ceil(atOnce(load) / INSTANCE_AT_ONCE) * REQUEST_SECONDS,
  }),
  'serverless, 2 GB': (load) => ({
    usd: load.requests * REQUEST_SECONDS * SERVERLESS_GB * usd('sagemakerServerlessGbSecond'),
    seconds: Math.ceil(atOnce(load) / SERVERLESS_AT_ONCE) * REQUEST_SECONDS,
  }),
  'asynchronous, ml.m5.large, down to none': (load) => {
    const work = atOnce(load) > 1 ? atOnce(load) * ROW_SECONDS : REQUEST_SECONDS;
    const standing =
      load.bursts === undefined ? HOURS_A_MONTH : (load.bursts * (START_SECONDS + work + IDLE_SECONDS)) / 3600;
    return {
      usd: Math.min(standing, HOURS_A_MONTH) * M5_LARGE_HOUR,
      seconds: load.bursts === undefined ? REQUEST_SECONDS : START_SECONDS + work,
    };
  },
  'batch transform, ml.m5.large': (load) => {
    const job = START_SECONDS + (load.requests / load.jobs) * ROW_SECONDS;
    return { usd: (load.jobs * job * M5_LARGE_HOUR) / 3600, seconds: job };
  },
};

function money(amount: number): string {
  return amount < 0.01 ? 'under 0.01' : amount.toFixed(2);
}

function time(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 600) return `${Math.round(seconds)} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** The two tables. */
export function inferenceTables(): string {
  const table = (title: string, cell: (answer: Answer) => string): string => {
    const rows = Object.entries(KINDS).map(
      ([kind, answer]) => `| ${kind} | ${LOADS.map((load) => cell(answer(load))).join(' | ')} |`,
    );
    return `| ${title} | ${LOADS.map(({ name }) => name).join(' | ')} |\n| --- | ${LOADS.map(() => '---:').join(' | ')} |\n${rows.join('\n')}`;
  };
  return `${table('USD a month', (answer) => money(answer.usd))}\n\n${table('Time to the answer', (answer) => time(answer.seconds))}`;
}

/** The markers in the page, with what they hold. */
export const TABLES = /(?<=<!-- scripts\/docs\/inference\.ts -->\n)[^]*?(?=\n<!-- end -->)/;

if (require.main === module) {
  const page = readFileSync(join(resolve(__dirname, '..', '..'), 'docs/further.md'), 'utf8');
  if (!TABLES.test(page)) throw new Error('docs/further.md has lost the markers of scripts/docs/inference.ts.');
  writePage(
    'further.md',
    page.replace(TABLES, () => `\n${inferenceTables()}\n`),
  );
}
