/** Tables and views that a learner made in the lab's database, and what a grader asks them. */
import { CHECK_MARK, QueryFailed, runQuery, type QueryResult } from '../../../lib/aws/athena';
import { isInconclusive } from '../../../lib/aws/inconclusive-errors';
import { listTables } from '../../../lib/aws/glue';
import { oncePerRun } from '../../../lib/course/challenge';
import { RAW_TABLES } from '../../../lib/course/data-plan';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { resourcesOf } from '../resources';

/** The lab's own, which are no answer. */
const OURS: readonly string[] = [...RAW_TABLES, 'prepared', 'incoming'];

/** Names of a learner's tables and views that have these columns, newest first. */
export async function learnersTables(run: LabRun, columns: readonly string[]): Promise<string[]> {
  const when = ({ CreateTime }: { CreateTime?: Date }): number => CreateTime?.getTime() ?? 0;
  const found = (await listTables(run, resourcesOf(run).database)).filter(
    ({ Name = '', StorageDescriptor, PartitionKeys }) => {
      const names = [...(StorageDescriptor?.Columns ?? []), ...(PartitionKeys ?? [])].map((one) =>
        one.Name?.toLowerCase(),
      );
      return !OURS.includes(Name) && columns.every((column) => names.includes(column));
    },
  );
  return found.sort((a, b) => when(b) - when(a)).map(({ Name = '' }) => Name);
}

/** Runs a query of the grader's own. @throws QueryFailed with Athena's reason */
export const ask = (run: LabRun, challenge: string, sql: string): Promise<QueryResult> =>
  runQuery(run, resourcesOf(run), `${CHECK_MARK}\n${sql}`, {
    what: `a question of the challenge ${challenge}`,
    next: labCommand(run, 'challenge', challenge),
  });

/** The same, where a table of the learner's may be one that Athena cannot read. @returns Athena's reason as text */
export async function askOrReason(run: LabRun, challenge: string, sql: string): Promise<QueryResult | string> {
  try {
    return await ask(run, challenge, sql);
  } catch (error) {
    if (!(error instanceof QueryFailed) || isInconclusive(error)) throw error;
    return error.why;
  }
}

export const quotedTable = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** For each carrier and month: how many flights, and sums over them. Keys are `carrier month`. */
const FIGURES = `carrier, CAST(batch AS varchar) AS batch, count(*), count(dep_delay),
  sum(CAST(dep_delay AS double))`;

const asMap = ({ rows }: QueryResult): ReadonlyMap<string, string> =>
  new Map(rows.map(([carrier, batch, ...figures]) => [`${carrier} ${batch}`, figures.map(Number).join(' ')]));

/** What the raw flights say. @param more further figures, as SQL */
export const flightFigures = (challenge: string, more: readonly string[]) =>
  oncePerRun(async (run) => asMap(await ask(run, challenge, figuresSql('flights', more))));

const figuresSql = (table: string, more: readonly string[]): string =>
  `SELECT ${[FIGURES, ...more].join(', ')} FROM ${quotedTable(table)} GROUP BY carrier, CAST(batch AS varchar)`;

/** How a table differs from the raw flights, said of the first carrier and month; undefined where it does not. */
export async function differenceFromFlights(
  run: LabRun,
  challenge: string,
  table: string,
  expected: ReadonlyMap<string, string>,
  more: readonly string[],
): Promise<string | undefined> {
  const answer = await askOrReason(run, challenge, figuresSql(table, more));
  if (typeof answer === 'string') return `it cannot be read: ${answer}`;
  const seen = asMap(answer);
  const strange = [...seen.keys()].find((key) => !expected.has(key));
  if (strange !== undefined) return `it has flights of ${strange}, which the raw flights do not have`;
  const different = [...expected].filter(([key, figures]) => seen.get(key) !== figures);
  const [first] = different;
  if (first === undefined) return undefined;
  const count = (figures: string | undefined): string => figures?.split(' ')[0] ?? 'no';
  const [key, figures] = first;
  const told =
    count(seen.get(key)) === count(figures)
      ? 'the same number of flights with other values'
      : `${count(seen.get(key))} flights, and there are ${count(figures)}`;
  return `it differs in ${different.length} of ${expected.size} pairs of carrier and month; of ${key} it has ${told}`;
}
