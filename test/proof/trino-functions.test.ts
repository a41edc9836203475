/** Functions by name, and expressions over what the compiler of Athena's SQL knows, drawn by a seed: held to a real Trino. */
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

test('each function that Trino has is known here by its name, be it as one that is left out', async () => {
  const { rows } = await trino.query('SHOW FUNCTIONS');
  const names = [...new Set(rows.map(([name]) => String(name)))];
  expect(names.length).toBeGreaterThan(300);
  const unknown: string[] = [];
  for (const name of ['no_such_function', ...names]) {
    const refused: unknown = await ours.query(`SELECT ${name}()`).catch((error: unknown) => error);
    if (refused instanceof Error && !(refused instanceof QueryFailure && refused.code !== 'GENERIC_INTERNAL_ERROR'))
      throw refused;
    if (refused instanceof QueryFailure && refused.message.endsWith('not registered')) unknown.push(name);
  }
  expect(unknown).toEqual(['no_such_function']);
});
