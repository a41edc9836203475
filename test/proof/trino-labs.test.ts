/** Lab data-prep's SQL on a real Trino, over the same rows: its questions, answers to exercises and challenges, its splits. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetQueryExecutionCommand, GetQueryResultsCommand } from '@aws-sdk/client-athena';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { namedQuery, QUESTION_NAMES } from '../../labs/data-prep/queries';
import { resourcesOf } from '../../labs/data-prep/resources';
import { runQuery } from '../../lib/aws/athena';
import { RAW_TABLES, SLICES } from '../../lib/course/data-plan';
import { readRows } from './judges/sql';
import { athenaText, Trino } from './judges/trino';
import { ROOT, Stage } from './stage';

const TABLES = [...RAW_TABLES, 'prepared'];

let trino: Trino;
let stage: Stage;
beforeAll(async () => {
  trino = await Trino.start();
  stage = await Stage.open('data-prep');
  await stage.up();
  await stage.act('ingest', 'crawl', 'transform');
  for (const table of TABLES) await copy(table);
});
afterAll(async () => {
  await stage?.close();
  await trino?.stop();
});

interface Rows {
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** The whole result, from the file that Athena wrote. */
async function oursSays(sql: string): Promise<Rows> {
  const run = await stage.run();
  const { athena, s3 } = run.clients;
  const { id: QueryExecutionId } = await runQuery(run, resourcesOf(run), sql, { what: sql, next: '', maxRows: 1 });
  const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId, MaxResults: 1 }));
  const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(QueryExecution!.ResultConfiguration!.OutputLocation!)!;
  const text = await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString();
  const columns = ResultSet!.ResultSetMetadata!.ColumnInfo!;
  return {
    names: columns.map(({ Name }) => Name!),
    types: columns.map(({ Type, Precision, Scale }) =>
      Type === 'decimal' ? `decimal(${Precision}, ${Scale})` : Type!,
    ),
    rows: readRows(text).slice(1),
  };
}

async function trinoSays(sql: string): Promise<Rows> {
  const { names, types, rows } = await trino.query(sql);
  return {
    names,
    types: types.map((type) => type.replace(/^(varchar|timestamp)\(\d+\)$/, '$1')),
    rows: rows.map((row) => row.map((value, at) => athenaText(value, types[at]!))),
  };
}

/** A table with all its rows, as lines of one text: Trino takes longer over a million values than over one. */
async function copy(table: string): Promise<void> {
  const { names, types, rows } = await oursSays(`SELECT * FROM ${table}`);
  await trino.query(`CREATE TABLE ${table} (${names.map((name, at) => `"${name}" ${types[at]}`).join(', ')})`);
  const fields = types.map((type, at) => `CAST(nullif(f[${at + 1}], '\\N') AS ${type})`).join(', ');
  for (let from = 0; from < rows.length; from += 40_000) {
    const lines = rows.slice(from, from + 40_000).map((row) => row.map((value) => value ?? '\\N').join('\u0001'));
    const text = lines.join('\n').replaceAll("'", "''");
    await trino.query(
      `INSERT INTO ${table} SELECT ${fields} FROM (SELECT split(line, chr(1)) AS f FROM UNNEST(split('${text}', chr(10))) t (line))`,
    );
  }
}

/** Rows in no order, but for what the query itself orders: ties have none. */
const unordered = ({ names, types, rows }: Rows): Rows => ({
  names,
  types,
  rows: [...rows].sort((one, two) => (String(one) < String(two) ? -1 : 1)),
});

const lab = (path: string): string => readFileSync(join(ROOT, 'labs', 'data-prep', path), 'utf8');
const inner = (sql: string): string => /(?:AS|UNLOAD \()\s*(SELECT[^]*?)(?:`;|\)\s*TO )/.exec(sql)![1]!;
const NAMES = { database: 'db', bucket: 'bucket' };
const QUERIES: readonly (readonly [name: string, sql: string])[] = [
  ...[...QUESTION_NAMES, 'bias' as const].map((name) => [name, namedQuery(name, NAMES).sql] as const),
  ...['late-share', 'unknown-planes'].map((name) => [`solution ${name}`, lab(`solutions/${name}.sql`)] as const),
  ...['one-carrier', 'unnamed-planes'].map(
    (name) =>
      [
        `challenge ${name}`,
        `${inner(lab(`challenges/solutions/${name}.ts`)).replace('${secret}', 'secret')} WHERE batch = '2013-02'`,
      ] as const,
  ),
  ...SLICES.map((slice) => [`split-${slice}`, inner(namedQuery(`split-${slice}`, NAMES).sql)] as const),
];

test('every table has rows', async () => {
  for (const table of TABLES) {
    const [[count]] = (await trino.query(`SELECT count(*) FROM ${table}`)).rows as [[number]];
    expect(count).toBeGreaterThan(10);
  }
});

/** Trino estimates percentiles: they have a test of their own. */
const ESTIMATED = new Set(['delay-percentiles']);

test.each(QUERIES.filter(([name]) => !ESTIMATED.has(name)))('%s gives the rows that Trino gives', async (_, sql) => {
  expect(unordered(await oursSays(sql))).toEqual(unordered(await trinoSays(sql)));
});

test('percentiles are exact in ours, and in Trino estimates whose rank is within a hundredth', async () => {
  const sql = namedQuery('delay-percentiles', NAMES).sql;
  const ours = await oursSays(sql);
  const theirs = await trinoSays(sql);
  expect({ ...ours, rows: ours.rows.length }).toEqual({ ...theirs, rows: theirs.rows.length });
  const far: string[] = [];
  for (const [{ rows }, allowed] of [
    [ours, 1e-9],
    [theirs, 0.01],
  ] as const) {
    for (const [origin, ...delays] of rows) {
      for (const [at, asked] of [0.5, 0.9, 0.99].entries()) {
        const [[below, upTo]] = (
          await trino.query(
            `SELECT avg(if(dep_delay < ${delays[at]}, 1e0, 0e0)), avg(if(dep_delay <= ${delays[at]}, 1e0, 0e0))
             FROM flights WHERE dep_time IS NOT NULL AND origin = '${origin}'`,
          )
        ).rows as [[number, number]];
        if (below > asked + allowed || upTo < asked - allowed) far.push(`${origin} ${asked}: ${delays[at]}`);
      }
    }
  }
  expect(far).toEqual([]);
});
