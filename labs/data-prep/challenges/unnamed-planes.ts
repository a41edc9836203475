/** Flights whose planes can be followed, and not named. */
import { createHash } from 'node:crypto';
import { oncePerRun, type Challenge } from '../../../lib/course/challenge';
import type { Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { count, done, notDone } from '../../../lib/course/say';
import { ask, askOrReason, differenceFromFlights, flightFigures, learnersTables, quotedTable } from './tables';

const ID = 'unnamed-planes';
const COLUMNS = ['carrier', 'batch', 'origin', 'dest', 'dep_delay', 'plane'] as const;
const MORE = ['count(DISTINCT origin)', 'count(DISTINCT dest)'] as const;

const expected = flightFigures(ID, MORE);

const graded = oncePerRun(async (run): Promise<string | undefined> => (await learnersTables(run, COLUMNS))[0]);

const nothing = (): Verdict =>
  notDone(
    `No table or view of yours in the lab's database has the columns ${COLUMNS.join(', ')}.`,
    'which columns the buyers get, and which of them you have to make',
  );

/** What a plane did, by which it is known again under another name: flights, departures, delays, first and last month. */
interface Plane {
  readonly name: string;
  readonly did: string;
}

async function planesOf(run: LabRun, table: string, column: string): Promise<Plane[] | string> {
  const answer = await askOrReason(
    run,
    ID,
    `SELECT CAST(${column} AS varchar), count(*), count(dep_delay), sum(CAST(dep_delay AS double)), min(CAST(batch AS varchar)), max(CAST(batch AS varchar))
FROM ${quotedTable(table)} WHERE ${column} IS NOT NULL GROUP BY CAST(${column} AS varchar)`,
  );
  if (typeof answer === 'string') return answer;
  return answer.rows.map(([name = '', ...did]) => ({ name, did: did.map((one) => one ?? '').join(' ') }));
}

const trueFlights = oncePerRun(async (run): Promise<Plane[]> => {
  const planes = await planesOf(run, 'flights', 'tailnum');
  if (typeof planes === 'string') throw new Error(`Athena cannot read the table flights: ${planes}`);
  // The crawler's CSV has an empty text where no tail number was noted.
  return planes.filter(({ name }) => name.trim() !== '');
});
const learnersPlanes = oncePerRun(async (run): Promise<Plane[] | string> =>
  planesOf(run, (await graded(run))!, 'plane'),
);

/** How many of the names can be had from tail numbers by a calculation that needs no secret; undefined where none can. */
export function guessed(names: readonly string[], tails: readonly string[]): string | undefined {
  const given = new Set(names.map(normal));
  const enough = Math.max(3, tails.length / 100);
  const spellings: [string, (tail: string) => string][] = [
    ['they are the tail numbers themselves', (tail) => tail],
    ['they are the tail numbers backwards', (tail) => [...tail].reverse().join('')],
    ['they are the tail numbers without their first letter', (tail) => tail.slice(1)],
    ...(['hex', 'base64'] as const).map((code): [string, (tail: string) => string] => [
      `they are the tail numbers in ${code}`,
      (tail) => Buffer.from(tail).toString(code),
    ]),
    ...['md5', 'sha1', 'sha256', 'sha512'].flatMap((hash): [string, (tail: string) => string][] =>
      (['hex', 'base64'] as const).map((code) => [
        `whoever has a list of tail numbers makes the ${hash} of each, and finds them`,
        (tail) => createHash(hash).update(tail).digest(code),
      ]),
    ),
    [
      'whoever has a list of tail numbers makes the CRC-32 of each, and finds them',
      (tail) => String(crc32(Buffer.from(tail))),
    ],
  ];
  // The same in small letters, and what was cut short.
  const lengths = [...new Set([...given].map((name) => name.length))];
  for (const [how, spell] of spellings) {
    for (const change of [(tail: string) => tail, (tail: string) => tail.toLowerCase()]) {
      const made = tails.map((tail) => normal(spell(change(tail))));
      const hits = made.filter(
        (one) =>
          given.has(one) ||
          lengths.some((length) => length >= 6 && length < one.length && given.has(one.slice(0, length))),
      ).length;
      if (hits >= enough) return `${how} (${hits.toLocaleString('en-US')} of ${tails.length.toLocaleString('en-US')})`;
    }
  }
  return undefined;
}

/** node:zlib has it only in later versions of Node.js 20. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const normal = (name: string): string => name.trim().toUpperCase();

/**
 * Whether planes in the order of their new names are in the order of their tail numbers: whoever sorts a list of tail
 * numbers can then count. Told by planes that can be told apart by what they did.
 */
export function keepsOrder(given: readonly Plane[], truth: readonly Plane[]): boolean {
  const unique = (planes: readonly Plane[]): Map<string, string> => {
    const seen = new Map<string, number>();
    for (const { did } of planes) seen.set(did, (seen.get(did) ?? 0) + 1);
    return new Map(planes.filter(({ did }) => seen.get(did) === 1).map(({ name, did }) => [did, name]));
  };
  const known = unique(truth);
  const pairs = [...unique(given)].flatMap(([did, name]) => {
    const tail = known.get(did);
    return tail === undefined ? [] : [{ name, tail }];
  });
  const numeric = pairs.every(({ name }) => /^-?\d+(\.\d+)?$/.test(name.trim()));
  const before = (a: string, b: string): boolean => (numeric ? Number(a) < Number(b) : a < b);
  pairs.sort((a, b) => (a.tail < b.tail ? -1 : 1));
  const steps = pairs.slice(1).map((pair, at) => before(pairs[at]!.name, pair.name));
  const up = steps.filter(Boolean).length / Math.max(1, steps.length);
  return steps.length >= 20 && (up > 0.9 || up < 0.1);
}

export const unnamedPlanes: Challenge = {
  id: ID,
  title: 'Planes that can be followed, and not named',
  brief: [
    'A maker of spare parts wants to learn how the same plane does through the year: whether a late morning makes a late evening. Which plane it is, is none of its business: tail numbers lead to owners, and there are public lists of all of them. The makers have those lists, and time.',
    `Make what can be given to them: a table of yours in the lab's database, under any name, with the columns ${COLUMNS.join(', ')} and no others that would name a plane. plane stands in place of the tail number: the same for all flights of one plane, different for different planes.`,
  ],
  constraints: [
    'It has each flight of the year once, with the values of the raw flights; a flight whose tail number was not noted has no plane either (NULL or an empty text).',
    'Nobody who has the table and a list of all tail numbers, and tries all that can be calculated from one, may find which plane is which. What you need for making the table, and would undo it, stays nowhere in it.',
  ],
  minutes: 30,
  task: '1.3',
  cost: 'below 1 US cent: some queries at 10 MB each, which is the least that Athena bills of one.',
  steps: ['ingest', 'crawl'],
  criteria: [
    {
      id: 'flights',
      points: 3,
      what: 'For each carrier and month, it has the flights that the raw data has, with their delays, origins and destinations',
      async check(run) {
        const table = await graded(run);
        if (table === undefined) return nothing();
        const fault = await differenceFromFlights(run, ID, table, await expected(run), MORE);
        return fault === undefined
          ? done(`${table} has the flights of all ${(await expected(run)).size} pairs of carrier and month.`, '')
          : notDone(
              `${table} is not the year of flights: ${fault}.`,
              'which flights have no tail number or no departure, and where they went',
            );
      },
    },
    {
      id: 'stable',
      points: 3,
      what: 'Each plane can be followed: one name for all its flights, and another for each other plane',
      async check(run) {
        const table = await graded(run);
        if (table === undefined) return nothing();
        const planes = await learnersPlanes(run);
        if (typeof planes === 'string')
          return notDone(
            `Athena cannot read ${table}: ${planes}`,
            'what the table says of its files, and what they are',
          );
        const truth = await trueFlights(run);
        const sorted = (all: readonly Plane[]): string[] => all.map(({ did }) => did).sort();
        const named = sorted(planes.filter(({ name }) => name.trim() !== ''));
        const wanted = sorted(truth);
        if (named.length === wanted.length && named.every((did, at) => did === wanted[at]))
          return done(`${table} has ${count(named.length, 'plane')}, and each flew what one plane flew.`, '');
        return named.length === wanted.length
          ? notDone(
              `${table} has ${count(named.length, 'plane')}, as many as there are, but not each flew what one plane flew.`,
              'whether one plane gets the same name in each of its rows, however often the name is made',
            )
          : notDone(
              `${table} tells ${count(named.length, 'plane')} apart, and there are ${wanted.length.toLocaleString('en-US')}.`,
              named.length > wanted.length
                ? 'what makes one plane two: something beside its tail number goes into its name'
                : 'what makes two planes one: names that are too short, or a NULL that got a name',
            );
      },
    },
    {
      id: 'unnamed',
      points: 4,
      what: 'No column has tail numbers, or what can be calculated from them by anybody, and no order gives them away',
      async check(run) {
        const table = await graded(run);
        if (table === undefined) return nothing();
        const leak = await leakingColumn(run, table);
        if (leak !== undefined)
          return notDone(
            `The column ${leak} of ${table} has tail numbers.`,
            'what came along with the columns that were asked for',
          );
        const planes = await learnersPlanes(run);
        if (typeof planes === 'string')
          return notDone(
            `Athena cannot read ${table}: ${planes}`,
            'what the table says of its files, and what they are',
          );
        if (planes.length < 2)
          return notDone(`${table} names no planes.`, 'what stands in plane, if not the tail number');
        const truth = await trueFlights(run);
        const how = guessed(
          planes.map(({ name }) => name),
          truth.map(({ name }) => name),
        );
        if (how !== undefined)
          return notDone(
            `The planes of ${table} can be named: ${how}.`,
            'what you would have to know beside the list, and whether anybody else can know it',
          );
        if (keepsOrder(planes, truth))
          return notDone(
            `The planes of ${table} can be named: in the order of their new names they are in the order of their tail numbers, so one sorts the list and counts.`,
            'what decides which plane gets which number',
          );
        return done(
          `${planes.length.toLocaleString('en-US')} names of ${table} are neither tail numbers nor their usual hashes, nor in their order.`,
          '',
        );
      },
    },
  ],
  learn: [
    'https://docs.aws.amazon.com/prescriptive-guidance/latest/privacy-reference-architecture/data-de-identification.html',
    'https://trino.io/docs/current/functions/binary.html',
    './lab guide data-prep quality',
  ],
};

/** A text column whose values are tail numbers for a good part; undefined where there is none. */
async function leakingColumn(run: LabRun, table: string): Promise<string | undefined> {
  const tails = new Set((await trueFlights(run)).map(({ name }) => normal(name)));
  const { columns } = await ask(run, ID, `SELECT * FROM ${quotedTable(table)} LIMIT 1`);
  for (const column of columns) {
    const { rows } = await ask(
      run,
      ID,
      `SELECT DISTINCT CAST("${column}" AS varchar) FROM ${quotedTable(table)} LIMIT 5000`,
    );
    const hits = rows.filter(([value = '']) => tails.has(normal(value))).length;
    if (hits >= tails.size / 100) return column;
  }
  return undefined;
}
