/** A year of one carrier, asked cheaply. */
import { oncePerRun, type Challenge } from '../../../lib/course/challenge';
import type { Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { count, done, notDone } from '../../../lib/course/say';
import { askOrReason, differenceFromFlights, flightFigures, learnersTables, quotedTable } from './tables';

const ID = 'one-carrier';
export const COLUMNS = ['carrier', 'batch', 'dest', 'dep_delay', 'arr_delay', 'distance'] as const;
/** What is asked about: the four that fly most, and so cost most. */
const CARRIERS = ['UA', 'B6', 'EV', 'DL'] as const;
/** The whole year costs 28 MB as the airlines deliver it; one carrier's share of the columns asked for is 0.2 MB. */
export const MOST_BYTES = 500_000;
export const MOST_BYTES_OF_ALL = 6_000_000;
const MORE = [
  'count(arr_delay)',
  'sum(CAST(arr_delay AS double))',
  'sum(CAST(distance AS double))',
  'count(DISTINCT dest)',
] as const;

const question = (table: string, carrier?: string): string =>
  `SELECT batch, dest, count(*) AS flights, avg(dep_delay) AS dep_delay, avg(arr_delay) AS arr_delay, sum(distance) AS miles
FROM ${quotedTable(table)}${carrier === undefined ? '' : ` WHERE carrier = '${carrier}'`} GROUP BY batch, dest`;

const expected = flightFigures(ID, MORE);

/** The table that is graded: the newest with the right flights, else the newest. */
const graded = oncePerRun(async (run): Promise<{ table: string; fault?: string } | undefined> => {
  const tables = (await learnersTables(run, COLUMNS)).slice(0, 5);
  let newest: { table: string; fault?: string } | undefined;
  for (const table of tables) {
    const fault = await differenceFromFlights(run, ID, table, await expected(run), MORE);
    if (fault === undefined) return { table };
    newest ??= { table, fault };
  }
  return newest;
});

const nothing = (): Verdict =>
  notDone(
    `No table or view of yours in the lab's database has the columns ${COLUMNS.join(', ')}.`,
    'what Athena reads when it looks for one carrier in the table flights: which files, and how much of each?',
  );

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

/** How many of a carrier's flights the table has, of how many. */
const flightsOf = async (run: LabRun): Promise<ReadonlyMap<string, number>> => {
  const found = new Map<string, number>();
  for (const [key, figures] of await expected(run)) {
    const carrier = key.split(' ')[0]!;
    found.set(carrier, (found.get(carrier) ?? 0) + Number(figures.split(' ')[0]));
  }
  return found;
};

/** Asks the analyst's question. @param carriers undefined asks about all in one query */
async function scanVerdict(
  run: LabRun,
  carriers: readonly string[] | undefined,
  most: number,
  idea: string,
): Promise<Verdict> {
  const found = await graded(run);
  if (found === undefined) return nothing();
  const flights = await flightsOf(run);
  let worst = { of: '', bytes: -1 };
  for (const carrier of carriers ?? [undefined]) {
    const answer = await askOrReason(run, ID, question(found.table, carrier));
    if (typeof answer === 'string')
      return notDone(
        `Athena cannot read ${found.table}: ${answer}`,
        'what the table says of its files, and what they are',
      );
    const seen = answer.rows.reduce((sum, row) => sum + Number(row[2]), 0);
    const there = carrier === undefined ? [...flights.values()].reduce((a, b) => a + b, 0) : flights.get(carrier)!;
    // What is not there costs nothing to read.
    if (seen < there / 2)
      return notDone(
        `${found.table} gives ${count(seen, 'flight')} of ${carrier ?? 'all carriers'}, of ${there.toLocaleString('en-US')}.`,
        'whether all flights of the year came into it',
      );
    if (answer.scannedBytes > worst.bytes) worst = { of: carrier ?? 'all carriers', bytes: answer.scannedBytes };
  }
  const told = `Asked about ${worst.of}, ${found.table} had ${megabytes(worst.bytes)} scanned`;
  return worst.bytes <= most
    ? done(`${told}.`, '')
    : notDone(`${told}, and at most ${megabytes(most)} are allowed.`, idea);
}

export const oneCarrier: Challenge = {
  id: ID,
  title: 'A year of one carrier, for little',
  brief: [
    'Analysts ask about one carrier at a time, all year round: how many flights to where in which month, how late they left and came, and how many miles they flew. With the table flights every such question reads the whole year of everybody, and Athena bills by the bytes that it scans. It will be asked a thousand times a day, of ten years of flights.',
    `Make it cheap. In the lab's database must be a table or a view of yours, under any name, that answers
    SELECT batch, dest, count(*), avg(dep_delay), avg(arr_delay), sum(distance) FROM your_table WHERE carrier = 'UA' GROUP BY batch, dest`.replace(
      /\s+/g,
      ' ',
    ),
  ],
  constraints: [
    `It has the columns ${COLUMNS.join(', ')} at least, with the values of flights. Flights that were cancelled belong to it: they have no delays.`,
    "One table for all carriers: the analyst changes the name in the WHERE, and nothing else. What is in the lab's bucket and database stays as it is.",
  ],
  minutes: 30,
  task: '1.1',
  cost: 'below 1 US cent: some queries at 10 MB each, which is the least that Athena bills of one.',
  steps: ['ingest', 'crawl'],
  criteria: [
    {
      id: 'flights',
      points: 4,
      what: 'For each carrier and month, it has the flights that the raw data has: their number, delays, miles and destinations',
      async check(run) {
        const found = await graded(run);
        if (found === undefined) return nothing();
        const { table, fault } = found;
        return fault === undefined
          ? done(`${table} has the flights of all ${(await expected(run)).size} pairs of carrier and month.`, '')
          : notDone(
              `${table} is not the year of flights: ${fault}.`,
              'what happens to cancelled flights, and to a month or carrier that comes last, on the way into it',
            );
      },
    },
    {
      id: 'scan',
      points: 4,
      what: `Asked about any one carrier, Athena scans at most ${megabytes(MOST_BYTES)}`,
      check: (run) =>
        scanVerdict(
          run,
          CARRIERS,
          MOST_BYTES,
          'which of the files, and which part of each, hold nothing of that carrier: can Athena know it before it opens them?',
        ),
    },
    {
      id: 'whole-year',
      points: 2,
      what: `The same without WHERE, about all carriers, scans at most ${megabytes(MOST_BYTES_OF_ALL)}`,
      check: (run) =>
        scanVerdict(
          run,
          undefined,
          MOST_BYTES_OF_ALL,
          'the six columns of the question beside all that a file has: a format that keeps columns apart, or packs them',
        ),
    },
  ],
  learn: [
    'https://docs.aws.amazon.com/athena/latest/ug/performance-tuning-data-optimization-techniques.html',
    'https://docs.aws.amazon.com/athena/latest/ug/ctas-examples.html',
    './lab guide data-prep explore',
  ],
};
