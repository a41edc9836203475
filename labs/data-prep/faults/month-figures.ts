/** What a report says of a month of flights: faults of data are seen in figures. */
import { CHECK_MARK, runQuery } from '../../../lib/aws/athena';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { sqlLiteral } from '../queries';
import { resourcesOf } from '../resources';

/** Flights of a month in the raw table, the share of late ones among those that left, and the mean delay on arrival. */
export async function rawFigures(run: LabRun, month: string): Promise<string> {
  return figures(
    run,
    `SELECT count(*), round(avg(CASE WHEN dep_delay > 15 THEN 1.0e0 ELSE 0.0e0 END), 4), round(avg(CAST(arr_delay AS double)), 2)
FROM flights WHERE dep_time IS NOT NULL AND batch = ${sqlLiteral(month)}`,
    ([rows, late, delay]) =>
      `${rows} flights left, ${late} of them late, arriving ${delay} minutes after plan on average`,
  );
}

/** Flights of a month in the prepared table. */
export async function preparedFigures(run: LabRun, month: string): Promise<string> {
  return figures(
    run,
    `SELECT count(*) FROM prepared WHERE batch = ${sqlLiteral(month)}`,
    ([rows]) => `${rows} flights`,
  );
}

async function figures(run: LabRun, sql: string, tell: (cells: readonly string[]) => string): Promise<string> {
  const { rows } = await runQuery(run, resourcesOf(run), `${CHECK_MARK}\n${sql}`, {
    what: 'the figures of a month',
    next: labCommand(run, 'check'),
  });
  return tell((rows[0] ?? []).map((cell) => cell ?? 'none'));
}
