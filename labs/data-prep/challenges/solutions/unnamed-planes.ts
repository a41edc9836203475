/**
 * A hash with a secret in it: the same plane gives the same name, and without the secret nobody can make the names of a
 * list. The secret is made here and thrown away. Its one trace is the text of the query, which Athena keeps for 45 days:
 * in earnest, give the query the salt from a table that is dropped afterwards, or number the planes in random order.
 */
import { randomBytes } from 'node:crypto';
import { runQuery } from '../../../../lib/aws/athena';
import type { LabRun } from '../../../../lib/course/run';
import { labCommand } from '../../../../lib/course/say';
import { resourcesOf } from '../../resources';

export async function solve(run: LabRun): Promise<void> {
  const secret = randomBytes(32).toString('hex');
  const sql = `CREATE TABLE flights_of_planes
WITH (format = 'PARQUET')
AS SELECT carrier, batch, origin, dest, dep_delay,
  CASE WHEN tailnum <> '' THEN to_hex(sha256(to_utf8(tailnum || '${secret}'))) END AS plane
FROM flights`;
  await runQuery(run, resourcesOf(run), sql, {
    what: 'the table of planes without names',
    next: labCommand(run, 'challenge', 'unnamed-planes'),
  });
}
