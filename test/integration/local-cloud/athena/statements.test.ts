import { gunzipSync } from 'node:zlib';
import { Lab } from './fakes';

const lab = new Lab();
beforeEach(() => {
  lab.reset();
  lab.textTable('flights', { carrier: 'string', delay: 'bigint' });
  lab.s3.put('flights/a.csv', 'AA,5\nUA,20\nAA,\n');
});
afterAll(() => lab.close());

async function ok(sql: string): Promise<string[]> {
  const rows = await lab.rows(sql);
  return rows.map((row) => row.join('|'));
}

describe('Tables', () => {
  const CREATE = `CREATE EXTERNAL TABLE IF NOT EXISTS weather (\`origin\` string COMMENT 'airport', temp double)
    PARTITIONED BY (batch string) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' STORED AS TEXTFILE
    LOCATION 's3://data/weather' TBLPROPERTIES ('skip.header.line.count' = '1')`;

  test('are created as the catalog keeps them, and read back by queries', async () => {
    expect(await ok(CREATE)).toEqual([]);
    lab.s3.put('weather/batch=1/x.csv', 'origin\ttemp\nJFK\t1.50\n');
    await ok("ALTER TABLE weather ADD PARTITION (batch = '1')");

    expect(lab.glue.tables.get('db.weather')).toMatchObject({
      TableType: 'EXTERNAL_TABLE',
      Parameters: { 'skip.header.line.count': '1', EXTERNAL: 'TRUE' },
      PartitionKeys: [{ Name: 'batch', Type: 'string' }],
      StorageDescriptor: {
        Columns: [
          { Name: 'origin', Type: 'string', Comment: 'airport' },
          { Name: 'temp', Type: 'double' },
        ],
        Location: 's3://data/weather/',
        SerdeInfo: {
          SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
          Parameters: { 'field.delim': '\t' },
        },
      },
    });
    expect(await ok('SELECT origin, temp, batch FROM weather')).toEqual(['origin|temp|batch', 'JFK|1.5|1']);
  });

  test('a second creation is an error, unless IF NOT EXISTS', async () => {
    await ok(CREATE);
    await ok(CREATE);

    expect(await lab.reason(CREATE.replace('IF NOT EXISTS', ''))).toContain(
      'AlreadyExistsException(message:Table weather',
    );
    expect(await lab.reason(CREATE.replace('weather (', 'nowhere.weather ('))).toContain(
      'FAILED: SemanticException [Error 10072]: Database does not exist: nowhere',
    );
  });

  test('DESCRIBE, SHOW TABLES and SHOW COLUMNS tell of them, without a header row', async () => {
    await ok(CREATE);

    expect(await ok('SHOW TABLES')).toEqual(['flights', 'weather']);
    expect(await ok("SHOW TABLES IN db 'we*'")).toEqual(['weather']);
    expect((await ok('SHOW COLUMNS IN weather')).map((line) => line.trim())).toEqual(['origin', 'temp', 'batch']);
    const lines = (await ok('DESCRIBE weather')).map((line) => line.split('\t').map((part) => part.trim()));
    expect(lines[0]).toEqual(['origin', 'string', 'airport']);
    expect(lines.at(-1)).toEqual(['batch', 'string', '']);
    expect(lines.map(([first]) => first)).toContain('# Partition Information');
  });

  test('DROP TABLE forgets the table and leaves its files', async () => {
    await ok('DROP TABLE flights');

    expect(lab.glue.tables.has('db.flights')).toBe(false);
    expect(lab.s3.keys('flights/')).toEqual(['flights/a.csv']);
    expect(await ok('DROP TABLE IF EXISTS flights')).toEqual([]);
    expect(await lab.reason('DROP TABLE flights')).toContain('Table not found db.flights');
  });

  test.each([
    ["CREATE EXTERNAL TABLE t (x int) STORED AS ORC LOCATION 's3://data/t/'", 'does not support STORED AS ORC'],
    ['ALTER TABLE flights RENAME TO f', 'does not support ALTER TABLE RENAME'],
  ])('%s says what the local cloud does not support', async (sql, reason) => {
    expect(await lab.reason(sql)).toContain(reason);
  });

  test('a reader of OpenCSVSerde fails on an empty number, and LazySimpleSerDe makes it null', async () => {
    await ok(`CREATE EXTERNAL TABLE strict (name string, n bigint) ROW FORMAT SERDE
      'org.apache.hadoop.hive.serde2.OpenCSVSerde' WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '"')
      LOCATION 's3://data/strict/'`);
    lab.s3.put('strict/x.csv', '"a, b","1"\n"c",""\n');

    expect(await ok('SELECT name FROM strict ORDER BY name')).toEqual(['name', 'a, b', 'c']);
    expect(await lab.reason('SELECT sum(n) FROM strict')).toContain(
      'HIVE_BAD_DATA: Error parsing field value \'\' for field 1: For input string: ""',
    );
    expect(await ok('SELECT count(*), count(delay) FROM flights')).toEqual(['_col0|_col1', '3|2']);
  });
});

describe('Partitions', () => {
  beforeEach(() => {
    lab.textTable('parts', { x: 'bigint' }, { keys: { batch: 'string' } });
    lab.s3.put('parts/batch=a%3Ab/1.csv', '1\n');
    lab.s3.put('parts/batch=c/1.csv', '2\n');
    lab.s3.put('parts/other/1.csv', '3\n');
  });

  test('MSCK REPAIR TABLE finds the folders of the keys, once', async () => {
    const lines = await ok('MSCK REPAIR TABLE parts');

    expect(lines[1]).toBe('Repair: Added partition to metastore parts:batch=a%3Ab');
    expect(await ok('SELECT batch, x FROM parts ORDER BY 1')).toEqual(['batch|x', 'a:b|1', 'c|2']);
    expect(await ok('MSCK REPAIR TABLE parts')).toEqual([]);
    expect(await ok('SHOW PARTITIONS parts')).toEqual(['batch=a%3Ab', 'batch=c']);
  });

  test('are added where the statement says, and dropped', async () => {
    await ok(
      "ALTER TABLE parts ADD IF NOT EXISTS PARTITION (batch = 'z') LOCATION 's3://data/parts/other' PARTITION (batch = 'c')",
    );

    expect(await ok('SELECT batch, x FROM parts ORDER BY 1')).toEqual(['batch|x', 'c|2', 'z|3']);
    expect(await lab.reason("ALTER TABLE parts ADD PARTITION (batch = 'z')")).toContain(
      'Partition already exists: batch=z',
    );
    await ok("ALTER TABLE parts DROP PARTITION (batch = 'z')");
    expect(await ok('SHOW PARTITIONS parts')).toEqual(['batch=c']);
    expect(await lab.reason("ALTER TABLE parts DROP PARTITION (batch = 'z')")).toContain('Partition not found batch=z');
    expect(await lab.reason("ALTER TABLE parts ADD PARTITION (month = 'z')")).toContain(
      'does not name the partition keys',
    );
    expect(await lab.reason('SHOW PARTITIONS flights')).toContain('is not a partitioned table');
  });
});

describe('Views', () => {
  test('keep their query as Athena does, and answer with the data as it is then', async () => {
    await ok('CREATE VIEW late AS SELECT carrier, delay > 15 AS late FROM flights WHERE delay IS NOT NULL');
    lab.s3.put('flights/b.csv', 'DL,99\n');

    expect(await ok('SELECT carrier FROM late WHERE late ORDER BY carrier')).toEqual(['carrier', 'DL', 'UA']);
    const { TableType, ViewOriginalText } = lab.glue.tables.get('db.late')!;
    const stored = JSON.parse(
      Buffer.from(/Presto View: (\S+)/.exec(ViewOriginalText!)![1]!, 'base64').toString(),
    ) as object;
    expect(TableType).toBe('VIRTUAL_VIEW');
    expect(stored).toMatchObject({
      schema: 'db',
      columns: [
        { name: 'carrier', type: 'varchar' },
        { name: 'late', type: 'boolean' },
      ],
    });
  });

  test('are replaced only when asked, and dropped as views', async () => {
    await ok('CREATE VIEW v AS SELECT 1 AS x');

    expect(await lab.reason('CREATE VIEW v AS SELECT 2 AS x')).toContain(
      "VIEW_ALREADY_EXISTS: line 1:1: View already exists: 'awsdatacatalog.db.v'",
    );
    await ok('CREATE OR REPLACE VIEW v AS SELECT 2 AS x');
    expect(await ok('SELECT x FROM v')).toEqual(['x', '2']);
    await ok('DROP VIEW v');
    expect(await lab.reason('DROP VIEW v')).toContain('does not exist');
    expect(await lab.reason('CREATE VIEW w AS SELECT 1')).toContain(
      'MISSING_COLUMN_NAME: Column name not specified at position 1',
    );
  });
});

describe('CREATE TABLE AS', () => {
  test('writes Parquet below the results and registers a table that queries read', async () => {
    const { QueryExecutionId: id, StatementType } = await lab.run(
      "CREATE TABLE late WITH (format = 'PARQUET', partitioned_by = ARRAY['carrier']) AS SELECT delay, carrier FROM flights",
    );

    expect(StatementType).toBe('DDL');
    const keys = lab.s3.keys(`results/tables/${id}/`);
    expect(new Set(keys.map((key) => key.split('/')[3]))).toEqual(new Set(['carrier=AA', 'carrier=UA']));
    expect(lab.glue.partitions.get('db.late')!.map(({ Values }) => Values)).toEqual(
      expect.arrayContaining([['AA'], ['UA']]),
    );
    expect(await ok('SELECT carrier, count(*), sum(delay) FROM late GROUP BY 1 ORDER BY 1')).toEqual([
      'carrier|_col1|_col2',
      'AA|2|5',
      'UA|1|20',
    ]);
    expect(await lab.results(id!)).toMatchObject({ UpdateCount: 3, ResultSet: { Rows: [] } });
  });

  test('in a workgroup that enforces its settings external_location fails', async () => {
    const reason = await lab.reason("CREATE TABLE t WITH (external_location = 's3://data/t/') AS SELECT 1 AS x");

    expect(reason).toContain(
      "because it was submitted with an 'external_location' property to an Athena Workgroup that enforces",
    );
    expect(lab.s3.keys('t/')).toEqual([]);
  });

  test('elsewhere external_location is where the files go, if nothing is there', async () => {
    const more = { WorkGroup: 'primary', ResultConfiguration: { OutputLocation: 's3://data/mine/' } };
    const sql = (table: string) =>
      `CREATE TABLE ${table} WITH (format = 'TEXTFILE', field_delimiter = ',', write_compression = 'NONE', external_location = 's3://data/t') AS SELECT 'a' AS x, 1 AS y`;
    await lab.run(sql('t'), more);

    expect(lab.s3.keys('t/').map((key) => lab.s3.text(key))).toEqual(['a,1\n']);
    expect(await ok('SELECT x, y FROM t')).toEqual(['x|y', 'a|1']);
    expect(await lab.reason(sql('t'), more)).toContain(
      "TABLE_ALREADY_EXISTS: line 1:1: Destination table 'awsdatacatalog.db.t'",
    );
    expect(await lab.reason(sql('u'), more)).toContain('HIVE_PATH_ALREADY_EXISTS: Target directory for table');
  });
});

describe('UNLOAD', () => {
  test('writes several files without a header, nulls as \\N, and only where nothing is', async () => {
    const sql =
      "UNLOAD (SELECT carrier, delay FROM flights) TO 's3://data/out' WITH (format = 'TEXTFILE', field_delimiter = ',', compression = 'NONE')";
    const { QueryExecutionId: id, Statistics, SubstatementType } = await lab.run(sql);

    const keys = lab.s3.keys('out/');
    const lines = keys.flatMap((key) => lab.s3.text(key).trim().split('\n'));
    expect(SubstatementType).toBe('UNLOAD');
    expect(lines.sort()).toEqual(['AA,5', 'AA,\\N', 'UA,20']);
    expect(keys[0]).toMatch(/^out\/\d{8}_\d{6}_\d{5}_[a-z0-9]{5}_[0-9a-f-]{36}$/);
    expect(Statistics!.DataManifestLocation).toBe(`s3://data/results/${id}-manifest.csv`);
    expect(lab.s3.text(`results/${id}-manifest.csv`).trim().split('\n').sort()).toEqual(
      keys.map((key) => `s3://data/${key}`),
    );
    expect(await lab.reason(sql)).toBe(
      "HIVE_PATH_ALREADY_EXISTS: Target directory for table 'unload' already exists: s3://data/out/. You may need to manually " +
        "clean the data at location 's3://data/out/' before retrying. Athena will not delete data in your account.",
    );
  });

  test('separates by \\x01 and packs with gzip unless told otherwise', async () => {
    await ok("UNLOAD (SELECT 'a', 1.5e0) TO 's3://data/packed/' WITH (format = 'TEXTFILE')");

    const [key] = lab.s3.keys('packed/');
    expect(key).toMatch(/\.gz$/);
    expect(gunzipSync(lab.s3.objects.get(key!)!).toString()).toBe('a\u00011.5\n');
  });

  test.each([
    ["UNLOAD (SELECT 1 AS x) TO 's3://data/out/' WITH (format = 'ORC')", 'does not support writing the format ORC'],
    ["UNLOAD (SELECT 1 AS x) TO 's3://data/out/'", 'UNLOAD needs a format'],
    [
      "UNLOAD (SELECT 1 AS x) TO 's3://data/out/' WITH (format = 'PARQUET', colour = 'red')",
      "table property 'colour' does not exist",
    ],
    [
      "UNLOAD (SELECT nope) TO 's3://data/out/' WITH (format = 'PARQUET')",
      "COLUMN_NOT_FOUND: line 1:16: Column 'nope'",
    ],
  ])('%s fails', async (sql, reason) => {
    expect(await lab.reason(sql)).toContain(reason);
    expect(lab.s3.keys('out/')).toEqual([]);
  });

  test('fails naming the file that its caller may not write', async () => {
    lab.s3.denied.push('PutObject out/');

    expect(await lab.reason("UNLOAD (SELECT 1 AS x) TO 's3://data/out/' WITH (format = 'PARQUET')")).toMatch(
      /PERMISSION_DENIED: .* s3:PutObject on resource: arn:aws:s3:::data\/out\//,
    );
  });
});
