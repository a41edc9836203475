/** Expressions over what the compiler of Athena's SQL knows, drawn by a seed: a real Trino gives the same types and values. */
import { expressions } from './judges/expressions';
import { OurSql, QueryFailure } from './judges/sql';
import { athenaText, Trino, TrinoError } from './judges/trino';

const SEED = Number(process.env.LAB_FAULT_SEED ?? 15);

let trino: Trino;
let ours: OurSql;
beforeAll(async () => {
  trino = await Trino.start();
  ours = new OurSql();
});
afterAll(async () => {
  await ours?.stop();
  await trino?.stop();
});

/** Lengths are left out: ours has one type for texts that are computed. */
const shown = (types: readonly string[]): string => types.join().replaceAll(/varchar\(\d+\)/g, 'varchar');

async function trinoSays(sql: string): Promise<string> {
  try {
    const { types, rows } = await trino.query(sql);
    return `${shown(types)}: ${String(rows.map((row) => row.map((value, at) => athenaText(value, types[at]!) ?? 'null')))}`;
  } catch (error) {
    if (error instanceof TrinoError) return error.code;
    throw error;
  }
}

async function oursSays(sql: string): Promise<string> {
  try {
    const { types, rows } = await ours.query(sql);
    return `${shown(types)}: ${String(rows.map((row) => row.map((value) => value ?? 'null')))}`;
  } catch (error) {
    if (error instanceof QueryFailure) return `${error.code}`;
    throw error;
  }
}

test(`seed ${SEED}: each expression comes to what it does in Trino`, async () => {
  const different: { sql: string; trino: string; ours: string }[] = [];
  const drawn = expressions(SEED, 2);
  for (const expression of drawn) {
    const sql = `SELECT ${expression}`;
    const pair = { sql, trino: await trinoSays(sql), ours: await oursSays(sql) };
    if (pair.trino !== pair.ours) different.push(pair);
  }
  expect(drawn.length).toBeGreaterThan(300);
  expect(different).toEqual([]);
});
