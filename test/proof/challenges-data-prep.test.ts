/** Challenges of lab data-prep: nothing at first, all points for the reference solution and for odd right answers, and each fault costs its own criterion. */
import { runQuery } from '../../lib/aws/athena';
import { listTables } from '../../lib/aws/glue';
import { grade, solve } from './grading';
import { Stage } from './stage';

let stage: Stage;
let before: readonly string[];
beforeAll(async () => {
  stage = await Stage.open('data-prep');
  before = await stage.target.inventory();
  await stage.up();
  await stage.act('ingest', 'crawl');
});
afterAll(() => stage?.close());

const OURS = ['flights', 'weather', 'planes', 'airlines', 'airports'];

async function sql(...statements: string[]): Promise<void> {
  const run = await stage.run();
  const place = { workGroup: run.outputs.WorkGroup!, database: run.outputs.Database! };
  for (const statement of statements) await runQuery(run, place, statement, { what: 'a statement', next: '' });
}

/** Takes away all that a learner made so far. */
async function clear(): Promise<void> {
  const run = await stage.run();
  for (const { Name = '', TableType } of await listTables(run, run.outputs.Database!))
    if (!OURS.includes(Name)) await sql(`DROP ${TableType === 'VIRTUAL_VIEW' ? 'VIEW' : 'TABLE'} ${Name}`);
}

beforeEach(clear);

describe('one-carrier', () => {
  const COLUMNS = 'batch, dest, dep_delay, arr_delay, distance, carrier';
  const parquet = (name: string, rest: string, more = ''): string =>
    `CREATE TABLE ${name} WITH (format = 'PARQUET'${more}) AS SELECT ${COLUMNS} FROM flights ${rest}`;
  const BY_CARRIER = ", partitioned_by = ARRAY['carrier']";

  test('at the start there is nothing to grade', async () => {
    const { code, points, of, told } = await grade(stage, 'one-carrier');
    expect({ code, points, of }).toEqual({ code: 1, points: 0, of: 10 });
    expect(told.scan).toContain('has the columns carrier, batch');
  });

  test('the reference solution has all points', async () => {
    await solve(stage, 'one-carrier');
    expect(await grade(stage, 'one-carrier')).toMatchObject({ code: 0, points: 10, told: {} });
  });

  test.each([
    [
      'packed text by carrier',
      [
        `CREATE TABLE mine WITH (format = 'TEXTFILE', write_compression = 'GZIP'${BY_CARRIER}) AS SELECT ${COLUMNS} FROM flights`,
      ],
    ],
    [
      'a view on a table by carrier that has more, and other names',
      [
        `CREATE TABLE store WITH (format = 'PARQUET', partitioned_by = ARRAY['airline']) AS SELECT batch AS month, origin, flight, dest, dep_delay, arr_delay, distance, carrier AS airline FROM flights`,
        'CREATE VIEW mine AS SELECT airline AS carrier, month AS batch, dest, dep_delay, arr_delay, distance FROM store',
      ],
    ],
  ])('as well: %s', async (_name, statements) => {
    await sql(...statements);
    expect(await grade(stage, 'one-carrier')).toMatchObject({ code: 0, points: 10, told: {} });
  });

  test('flights that were left out cost that criterion alone', async () => {
    await sql(parquet('mine', 'WHERE dep_delay IS NOT NULL', BY_CARRIER));
    const { code, met, told } = await grade(stage, 'one-carrier');
    expect({ code, met }).toEqual({ code: 1, met: ['scan', 'whole-year'] });
    expect(told.flights).toMatch(/differs in \d+ of \d+ pairs.*cancelled/);
  });

  test('columns kept apart, and carriers not: one carrier costs as much as all', async () => {
    await sql(parquet('mine', ''));
    const { met, told } = await grade(stage, 'one-carrier');
    expect(met).toEqual(['flights', 'whole-year']);
    expect(told.scan).toMatch(/mine had 1\.\d\d MB scanned, and at most 0\.50 MB/);
  });

  test('a view of the raw flights is right, and costs all', async () => {
    await sql('CREATE VIEW mine AS SELECT * FROM flights');
    const { met, told } = await grade(stage, 'one-carrier');
    expect(met).toEqual(['flights']);
    expect(told['whole-year']).toMatch(/\d\d\.\d\d MB scanned/);
  });

  test('a table that is empty costs nothing to read, and that gives no points', async () => {
    await sql(parquet('mine', 'WHERE month > 12', BY_CARRIER));
    expect(await grade(stage, 'one-carrier')).toMatchObject({ code: 1, points: 0 });
  });
});

describe('unnamed-planes', () => {
  const table = (plane: string, more = '', rest = ''): string =>
    `CREATE TABLE mine WITH (format = 'PARQUET') AS SELECT carrier, batch, origin, dest, dep_delay, ${plane} AS plane${more} FROM flights ${rest}`;
  const salted = (how: string): string => `CASE WHEN tailnum <> '' THEN ${how} END`;
  const SALTED = salted("to_hex(sha256(to_utf8('not to be told' || tailnum)))");
  const numbered = (order: string): string =>
    `CREATE TABLE mine WITH (format = 'PARQUET') AS
     SELECT f.carrier, f.batch, f.origin, f.dest, f.dep_delay, n.number AS plane
     FROM flights f LEFT JOIN (
       SELECT tailnum, row_number() OVER (ORDER BY ${order}) AS number
       FROM (SELECT DISTINCT tailnum FROM flights WHERE tailnum <> '') t) n ON n.tailnum = f.tailnum`;

  test('at the start there is nothing to grade', async () => {
    const { code, points, of } = await grade(stage, 'unnamed-planes');
    expect({ code, points, of }).toEqual({ code: 1, points: 0, of: 10 });
  });

  test('the reference solution has all points', async () => {
    await solve(stage, 'unnamed-planes');
    expect(await grade(stage, 'unnamed-planes')).toMatchObject({ code: 0, points: 10, told: {} });
  });

  test.each([
    ['numbers in random order', numbered("md5(to_utf8('a secret' || tailnum))")],
    ['twelve letters of a salted hash', table(salted("substr(to_hex(md5(to_utf8(tailnum || ' and salt'))), 1, 12)"))],
  ])('as well: %s', async (_name, statement) => {
    await sql(statement);
    expect(await grade(stage, 'unnamed-planes')).toMatchObject({ code: 0, points: 10, told: {} });
  });

  test.each([
    ['a hash that anybody can make', [table(salted('lower(to_hex(sha256(to_utf8(tailnum))))'))], /sha256 of each/],
    ['the tail number in another column', [table(SALTED, ', tailnum AS tail')], /The column tail of mine/],
    ['numbers in the order of tail numbers', [numbered('tailnum')], /sorts the list and counts/],
  ])('%s names the planes, and nothing else is wrong', async (_name, statements, says) => {
    await sql(...statements);
    const { met, told } = await grade(stage, 'unnamed-planes');
    expect(met).toEqual(['flights', 'stable']);
    expect(told.unnamed).toMatch(says);
  });

  test('another name in each month: planes cannot be followed', async () => {
    await sql(table(salted("to_hex(sha256(to_utf8('not to be told' || tailnum || batch)))")));
    const { met, told } = await grade(stage, 'unnamed-planes');
    expect(met).toEqual(['flights', 'unnamed']);
    expect(told.stable).toMatch(/tells [\d,]+ planes apart, and there are 4,043/);
  });

  test('columns that were mixed up cost the criterion of the flights', async () => {
    await sql(
      `CREATE TABLE mine WITH (format = 'PARQUET') AS SELECT carrier, batch, dest AS origin, origin AS dest, dep_delay, ${SALTED} AS plane FROM flights`,
    );
    const { met, told } = await grade(stage, 'unnamed-planes');
    expect(met).toEqual(['stable', 'unnamed']);
    expect(told.flights).toContain('the same number of flights with other values');
  });
});

test('what challenges made goes with the lab', async () => {
  await solve(stage, 'one-carrier');
  await solve(stage, 'unnamed-planes');
  const { code, out, err } = await stage.cli('down data-prep --target local --yes');
  expect(code === 0 ? '' : `${out}${err}`).toBe('');
  expect(await stage.target.inventory()).toEqual(before);
});
