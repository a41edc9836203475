/** The lab's SQL, as the stack saves it in Athena and as the steps run it: the files of sql/, with names filled in. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { dataManifest, dataPlan, preparedColumns, SLICES, type SliceName } from '../../lib/course/data-plan';

export interface NamedQuery {
  /** For example `late-share-by-hour`. */
  readonly name: string;
  /** One sentence: the first line of the file. */
  readonly description: string;
  readonly sql: string;
}

/** Where the SQL finds the data. */
export interface QueryNames {
  readonly database: string;
  /** The data bucket's name, or a CDK token that stands for it. */
  readonly bucket: string;
}

/** The saved queries, in the order in which the guide uses them. The answer to the exercise is not among them. */
const QUESTIONS = [
  'flights-by-month',
  'late-share-by-carrier',
  'late-share-by-hour',
  'late-share-by-origin',
  'delay-percentiles',
  'late-share-by-visibility',
  'one-month',
] as const;
const STATEMENTS = [
  'drop-prepared',
  'create-prepared',
  'repair-prepared',
  'drop-incoming',
  'create-incoming',
  'repair-incoming',
  'bias',
] as const;

export type QueryName = (typeof QUESTIONS)[number] | (typeof STATEMENTS)[number] | `split-${SliceName}`;

/** Those that answer the guide's questions in the step `explore`. */
export const QUESTION_NAMES: readonly QueryName[] = QUESTIONS;

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const DATABASE = /^[a-z0-9_]{1,255}$/;
/** A value that is known at deployment only. */
const CDK_TOKEN = /^\$\{Token\[[A-Za-z0-9_.-]+\]\}$/;

/** All saved queries. @throws Error when a name could change what the SQL means */
export function namedQueries(queryNames: QueryNames): NamedQuery[] {
  const names: QueryName[] = [...QUESTIONS, ...STATEMENTS, ...SLICES.map((slice) => `split-${slice}` as const)];
  return names.map((name) => namedQuery(name, queryNames));
}

/** One saved query. @throws Error when a name could change what the SQL means */
export function namedQuery(name: QueryName, names: QueryNames): NamedQuery {
  requireSafe('bucket', names.bucket, BUCKET);
  requireSafe('database', names.database, DATABASE);
  const slice = SLICES.find((each) => name === `split-${each}`);
  const file = path.join(__dirname, 'sql', `${slice === undefined ? name : 'split'}.sql`);
  const sql = fill(
    readFileSync(file, 'utf8').trim(),
    { ...names, ...fromPlan(), ...(slice && sliceValues(slice)) },
    name,
  );
  const description = sql.slice(0, sql.indexOf('\n')).replace(/^--\s*/, '');
  return { name, description, sql: isHives(sql) ? withoutComments(sql) : sql };
}

/**
 * Whether Athena gives a statement to its Hive parser, which stumbles over a comment before DROP and MSCK REPAIR.
 * @see https://github.com/dbt-athena/dbt-athena/blob/main/dbt/adapters/athena/query_headers.py
 */
function isHives(sql: string): boolean {
  return /^(create|drop|msck|alter)\b/i.test(withoutComments(sql));
}

function withoutComments(sql: string): string {
  return sql.replace(/^\s*--[^\n]*\n/gm, '').trim();
}

/** SQL without comments and extra space, for telling whether two texts are the same query. */
export function normaliseSql(sql: string): string {
  return sql
    .replace(/--[^\n]*/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/;\s*$/, '')
    .trim()
    .toLowerCase();
}

/** A SQL string literal. */
export function sqlLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Types of the flights' columns, as the crawler finds them. */
export function flightsColumns(): readonly { readonly name: string; readonly type: string }[] {
  const text = new Set(['carrier', 'tailnum', 'origin', 'dest', 'time_hour']);
  return dataManifest().columns.flights.map((name) => ({ name, type: text.has(name) ? 'string' : 'bigint' }));
}

function fromPlan(): Record<string, string> {
  const plan = dataPlan();
  const ddl = (columns: readonly { name: string; type: string }[]): string =>
    columns.map(({ name, type }) => `  \`${name}\` ${type}`).join(',\n');
  // A text of each value: Athena would write \N for NULL, and doubles as 3.794E1.
  const split = [
    `CAST(${plan.label.name} AS varchar) AS ${plan.label.name}`,
    ...plan.features.map(({ name, type }) => {
      const plain = type === 'double' ? `CAST(${name} AS decimal(12, 4))` : name;
      return `COALESCE(CAST(${plain} AS varchar), '') AS ${name}`;
    }),
  ];
  return {
    prepared_columns: ddl(preparedColumns(plan)),
    flights_columns: ddl(flightsColumns()),
    split_columns: split.map((column) => `    ${column}`).join(',\n'),
    split_batches: plan.split.batches.map(sqlLiteral).join(', '),
  };
}

function sliceValues(slice: SliceName): Record<string, string> {
  const { from, below } = dataPlan().split.slices[slice];
  return { slice, from: String(from), below: String(below) };
}

function fill(text: string, values: Readonly<Record<string, string>>, name: string): string {
  return text.replace(/\$\{(\w+)\}/g, (_all, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`The query ${name} wants \${${key}}, which nobody gives.`);
    return value;
  });
}

function requireSafe(what: string, value: string, pattern: RegExp): void {
  if (!pattern.test(value) && !CDK_TOKEN.test(value)) {
    throw new Error(`${JSON.stringify(value)} is no ${what} name that can stand in SQL.`);
  }
}
