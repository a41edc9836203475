/** The prepared table: what it must hold, compared with an independent count of the raw tables. */
import { CHECK_MARK, runQuery, type QueryResult } from '../../../lib/aws/athena';
import { listObjects } from '../../../lib/aws/s3';
import { dataPlan } from '../../../lib/course/data-plan';
import type { LabRun } from '../../../lib/course/run';
import { sqlLiteral } from '../queries';
import type { LabResources } from '../resources';

/** Where the Glue job writes, in the data bucket. */
export const PREPARED_PREFIX = 'prepared/flights/';

/** One month, counted from one side. */
export interface MonthFigures {
  readonly rows: number;
  /** Late flights. */
  readonly late: number;
  /** Mean temperature over the flights that have one, degrees Fahrenheit. */
  readonly temp: number;
  /** Mean age of the planes, years; prepared side and raw side round nothing. */
  readonly planeAge: number;
}

const MEASURES = 'CAST(count(*) AS double), CAST(sum(late) AS double), avg(temp), avg(CAST(plane_age AS double))';

/** By month, from the raw tables, by the rules of the plan, without the Glue job. */
export async function figuresFromRaw(run: LabRun, resources: LabResources, next: string): Promise<Map<string, MonthFigures>> {
  const { vocabulary, limits, label } = dataPlan();
  const sql = `${CHECK_MARK}
WITH by_hour AS (
  SELECT origin, time_hour, max(temp) AS temp FROM weather GROUP BY origin, time_hour
),
by_tail AS (
  SELECT tailnum, max(CASE WHEN year BETWEEN 1900 AND 2013 THEN year END) AS made FROM planes GROUP BY tailnum
),
usable AS (
  SELECT flights.batch,
         CASE WHEN flights.${label.column} > ${label.moreThan} THEN 1 ELSE 0 END AS late,
         by_hour.temp AS temp,
         2013 - by_tail.made AS plane_age
  FROM flights
  LEFT JOIN by_hour ON by_hour.origin = flights.origin AND by_hour.time_hour = flights.time_hour
  LEFT JOIN by_tail ON by_tail.tailnum = flights.tailnum
  WHERE flights.dep_time IS NOT NULL
    AND flights.${label.column} IS NOT NULL
    AND flights.origin IN (${vocabulary.origin.map(sqlLiteral).join(', ')})
    AND flights.carrier IN (${vocabulary.carrier.map(sqlLiteral).join(', ')})
    AND flights.distance BETWEEN ${limits.distance.from} AND ${limits.distance.to}
    AND flights.hour BETWEEN 0 AND 23
    AND flights.minute BETWEEN 0 AND 59
)
SELECT batch, ${MEASURES} FROM usable GROUP BY batch`;
  return byMonth(await runQuery(run, resources, sql, { what: 'the raw tables, counted by the check', next }));
}

/** By month, from the prepared table. */
export async function figuresFromPrepared(
  run: LabRun,
  resources: LabResources,
  next: string,
): Promise<Map<string, MonthFigures>> {
  const sql = `${CHECK_MARK}
SELECT batch, ${MEASURES} FROM prepared GROUP BY batch`;
  return byMonth(await runQuery(run, resources, sql, { what: 'the prepared table, counted by the check', next }));
}

function byMonth({ rows }: QueryResult): Map<string, MonthFigures> {
  return new Map(
    rows.map(([batch = '', ...cells]) => {
      const [total = NaN, late = NaN, temp = NaN, planeAge = NaN] = cells.map((cell) => Number(cell ?? NaN));
      return [batch, { rows: total, late, temp, planeAge }];
    }),
  );
}

const TITLES: Readonly<Record<keyof MonthFigures, string>> = {
  rows: 'rows',
  late: 'late flights',
  temp: 'mean temperature',
  planeAge: 'mean age of the plane',
};

/** Where both sides differ, in words; empty when they agree. */
export function figureDifferences(
  raw: ReadonlyMap<string, MonthFigures>,
  prepared: ReadonlyMap<string, MonthFigures>,
): string[] {
  const months = [...new Set([...raw.keys(), ...prepared.keys()])].sort();
  return months.flatMap((month) => {
    const expected = raw.get(month);
    const seen = prepared.get(month);
    if (seen === undefined) return [`${month} is missing, and the raw tables have ${expected?.rows} flights of it`];
    if (expected === undefined) return [`${month} has ${seen.rows} rows, and the raw tables have none`];
    for (const name of Object.keys(TITLES) as (keyof MonthFigures)[]) {
      const whole = name === 'rows' || name === 'late';
      // Weather is rounded to two decimals on the way, so a mean may move by half of that.
      const same = whole ? seen[name] === expected[name] : Math.abs(seen[name] - expected[name]) <= 0.005;
      if (!same && !(Number.isNaN(seen[name]) && Number.isNaN(expected[name]))) {
        const show = (value: number): string => (whole ? value.toLocaleString('en-US') : value.toFixed(3));
        return [`${month}: ${TITLES[name]} ${show(seen[name])}, expected ${show(expected[name])}`];
      }
    }
    return [];
  });
}

/** When the prepared files were last written; undefined when there are none. */
export async function preparedWrittenAt(run: LabRun, resources: LabResources): Promise<Date | undefined> {
  const files = (await listObjects(run, resources.bucket, PREPARED_PREFIX)).filter(({ key }) =>
    /\/batch=[^/]+\/[^_.]/.test(key),
  );
  return files.length === 0 ? undefined : new Date(Math.max(...files.map(({ modified }) => modified.getTime())));
}

/** How many rows have a split bucket that is not the hash of their key, and how many keys there are twice. */
export async function keyFaults(
  run: LabRun,
  resources: LabResources,
  next: string,
): Promise<{ buckets: number; twice: number }> {
  const { prepared, seed } = dataPlan();
  const hash = `crc32(to_utf8(concat(${sqlLiteral(`${seed}|`)}, ${prepared.key}))) % 100`;
  const sql = `${CHECK_MARK}
SELECT count_if(${prepared.bucket} IS NULL OR ${prepared.bucket} <> ${hash}), count(*) - count(DISTINCT ${prepared.key})
FROM prepared`;
  const { rows } = await runQuery(run, resources, sql, { what: 'the keys, counted by the check', next });
  return { buckets: Number(rows[0]?.[0] ?? NaN), twice: Number(rows[0]?.[1] ?? NaN) };
}
