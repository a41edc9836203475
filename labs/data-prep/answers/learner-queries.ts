/** Questions that somebody asked in the lab's workgroup, apart from the saved ones. */
import type { QueryExecution } from '@aws-sdk/client-athena';
import { recentQueries, runQuery } from '../../../lib/aws/athena';
import { Exit, LabError } from '../../../lib/course/errors';
import type { Exercise } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { readWork } from '../../../lib/course/work';
import { athenaFileCommand } from '../aws-cli';
import { namedQueries, normaliseSql } from '../queries';
import type { LabResources } from '../resources';

/** How many of the workgroup's queries are looked at, newest first. */
const RECENT = 500;
/** How many of the learner's queries are read, newest first. */
export const LOOKED_AT = 10;

export interface AskedQueries {
  /** The learner's own, newest first. */
  readonly own: readonly QueryExecution[];
  /** Names of saved queries that succeeded. */
  readonly answered: ReadonlySet<string>;
}

export const succeeded = ({ Status }: QueryExecution): boolean => Status?.State === 'SUCCEEDED';

/** First words of Athena's statements that make, change or remove something. */
const CHANGING = new Set([
  'alter',
  'create',
  'delete',
  'drop',
  'insert',
  'merge',
  'msck',
  'unload',
  'update',
  'vacuum',
]);

/** A statement that only asks. */
const isQuestion = (sql: string): boolean => /^\(?\s*(select|with)\b/.test(normaliseSql(sql));

/** Whether a query read nothing: a constant is no finding. */
export const isTyped = ({ Statistics }: QueryExecution): boolean => (Statistics?.DataScannedInBytes ?? 0) === 0;

export async function askedQueries(run: LabRun, resources: LabResources): Promise<AskedQueries> {
  const recent = await recentQueries(run, resources.workGroup, RECENT);
  const saved = new Map(namedQueries(resources).map(({ name, sql }) => [normaliseSql(sql), name]));
  const own = recent.filter(({ Query = '' }) => isQuestion(Query) && !saved.has(normaliseSql(Query)));
  const answered = recent.filter(succeeded).flatMap(({ Query = '' }) => saved.get(normaliseSql(Query)) ?? []);
  return { own, answered: new Set(answered) };
}

/**
 * What the learner wrote for an exercise, if it only reads: a DROP here would cost another crawl.
 *
 * @throws LabError where it is missing, or another statement
 */
export function ownQuery(run: LabRun, step: string, exercise: Exercise): string {
  const sql = readWork(run, step, exercise).trim().replace(/;\s*$/, '');
  const first = /^\W*(\w+)/.exec(normaliseSql(sql))?.[1] ?? '';
  if (!CHANGING.has(first)) return sql;
  throw new LabError(`work/${run.lab}/${exercise.file} is a ${first.toUpperCase()} statement, and was not run.`, {
    why: 'The exercise asks for a query, a SELECT: it reads the tables and leaves them as they are.',
    next: labCommand(run, 'hint', step),
    exit: Exit.CheckFailed,
  });
}

/** Runs the query of an exercise and shows its first rows. @throws LabError where it is missing, no question, or fails */
export async function runOwnQuery(
  run: LabRun,
  resources: LabResources,
  step: string,
  exercise: Exercise,
): Promise<void> {
  const sql = ownQuery(run, step, exercise);
  const { rows, columns } = await runQuery(run, resources, sql, {
    what: `your query work/${run.lab}/${exercise.file}`,
    next: labCommand(run, 'hint', step),
    maxRows: 3,
    exit: Exit.CheckFailed,
  });
  run.progress(`your query: ${columns.join(', ')}`);
  for (const row of rows) run.progress(`your query: ${row.map((cell) => cell ?? 'NULL').join(', ')}`);
}

/** The same with the AWS CLI. */
export const ownQueryCommand = (run: LabRun, { file }: Exercise): string =>
  `${athenaFileCommand(run, `work/${run.lab}/${file}`)} && aws athena get-query-results --query-execution-id "$id" --max-items 3 --query 'ResultSet.Rows[].Data[].VarCharValue' --output text`;
