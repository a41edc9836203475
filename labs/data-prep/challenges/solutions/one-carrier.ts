/**
 * CREATE TABLE AS, in Parquet, with a folder for each carrier: Athena opens the folder of one carrier only, and of its
 * files the columns that the question names. `SELECT *` would do as well; the partition's column has to come last.
 */
import { runQuery } from '../../../../lib/aws/athena';
import type { LabRun } from '../../../../lib/course/run';
import { labCommand } from '../../../../lib/course/say';
import { resourcesOf } from '../../resources';

const SQL = `CREATE TABLE flights_by_carrier
WITH (format = 'PARQUET', partitioned_by = ARRAY['carrier'])
AS SELECT batch, origin, dest, dep_delay, arr_delay, distance, carrier
FROM flights`;

export async function solve(run: LabRun): Promise<void> {
  await runQuery(run, resourcesOf(run), SQL, {
    what: 'the table of flights by carrier',
    next: labCommand(run, 'challenge', 'one-carrier'),
  });
}
