import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseCsv } from '../../../../local-cloud/services/athena/results';
import { CALLER, Lab } from './fakes';

const FLIGHTS = { carrier: 'string', delay: 'bigint' };
const JANUARY = 'carrier,delay\nAA,5\nUA,20\nAA,\n';
const FEBRUARY = 'carrier,delay\nUA,40\n';

function withFlights(): void {
  lab.textTable('flights', FLIGHTS, { keys: { batch: 'string' }, skip: 1 });
  lab.s3.put('flights/batch=2013-01/flights.csv', JANUARY);
  lab.s3.put('flights/batch=2013-02/flights.csv', FEBRUARY);
  lab.partition('flights', '2013-01', 's3://data/flights/batch=2013-01/');
  lab.partition('flights', '2013-02', 's3://data/flights/batch=2013-02/');
}

const lab = new Lab();
beforeEach(() => {
  lab.reset();
  withFlights();
});
afterAll(() => lab.close());

describe('A query', () => {
  test('is queued, ends, and leaves its rows in S3 and in GetQueryResults', async () => {
    const id = await lab.start('SELECT carrier, sum(delay) AS total FROM flights GROUP BY carrier ORDER BY carrier');
    expect((await lab.execution(id)).Status!.State).toBe('QUEUED');

    const ended = await lab.ended(id);

    expect(ended).toMatchObject({
      Status: { State: 'SUCCEEDED' },
      StatementType: 'DML',
      SubstatementType: 'SELECT',
      ResultConfiguration: { OutputLocation: `s3://data/results/${id}.csv` },
      Statistics: {
        DataScannedInBytes: JANUARY.length + FEBRUARY.length,
        QueryPlanningTimeInMillis: expect.any(Number),
        ServicePreProcessingTimeInMillis: expect.any(Number),
      },
      WorkGroup: 'lab',
    });
    expect(ended.Status!.CompletionDateTime!.getTime()).toBeGreaterThanOrEqual(
      ended.Status!.SubmissionDateTime!.getTime(),
    );
    expect(lab.s3.text(`results/${id}.csv`)).toBe('"carrier","total"\n"AA","5"\n"UA","60"\n');
    expect(lab.s3.keys('results/')).toContain(`results/${id}.csv.metadata`);
    const { ResultSet } = await lab.results(id);
    expect(ResultSet!.Rows![0]!.Data).toEqual([{ VarCharValue: 'carrier' }, { VarCharValue: 'total' }]);
    expect(ResultSet!.ResultSetMetadata!.ColumnInfo!.map(({ Name, Type }) => [Name, Type])).toEqual([
      ['carrier', 'varchar'],
      ['total', 'bigint'],
    ]);
  });

  test('computes partitions that the table projects, and knows none of the catalog’s nor any beyond the range', async () => {
    lab.s3.put('flights/batch=2013-03/flights.csv', 'carrier,delay\nAA,1\n');
    await lab.run(`CREATE EXTERNAL TABLE projected (carrier string, delay bigint) PARTITIONED BY (batch string)
      ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/flights/'
      TBLPROPERTIES ('skip.header.line.count' = '1', 'projection.enabled' = 'true', 'projection.batch.type' = 'date',
        'projection.batch.format' = 'yyyy-MM', 'projection.batch.range' = '2013-02,2013-04')`);

    const { ResultConfiguration, Status } = await lab.run(
      'SELECT batch, count(*) FROM projected GROUP BY batch ORDER BY batch',
    );

    expect(Status!.StateChangeReason).toBeUndefined();
    const [, key] = /^s3:\/\/data\/(.+)$/.exec(ResultConfiguration!.OutputLocation!)!;
    expect(lab.s3.text(key!)).toBe('"batch","_col1"\n"2013-02","1"\n"2013-03","1"\n');
  });

  test('reads only the partitions that its condition allows, and bills only those', async () => {
    lab.s3.denied.push('GetObject batch=2013-01', 'ListObjectsV2 batch=2013-01');

    const { Status, Statistics } = await lab.run("SELECT count(*) FROM flights WHERE batch = '2013-02'");

    expect(Status!.State).toBe('SUCCEEDED');
    expect(Statistics!.DataScannedInBytes).toBe(FEBRUARY.length);
    expect(lab.s3.requests.filter((request) => request.includes('batch=2013-01'))).toEqual([]);
  });

  test('reads an unchanged object anew without its bytes, a changed one with them, and neither without permission', async () => {
    const count = "SELECT count(*) FROM flights WHERE batch = '2013-02'";
    const key = 'flights/batch=2013-02/flights.csv';
    expect(await lab.rows(count)).toEqual([['_col0'], ['1']]);
    lab.s3.sent.length = lab.s3.requests.length = 0;

    expect(await lab.rows(count)).toEqual([['_col0'], ['1']]);
    expect(lab.s3.requests).toContain(`GetObject ${key}`);
    expect(lab.s3.sent).not.toContain(key);
    lab.s3.put(key, `${FEBRUARY}DL,1\n`);
    expect(await lab.rows(count)).toEqual([['_col0'], ['2']]);
    expect(lab.s3.sent).toContain(key);
    lab.s3.denied.push(`GetObject ${key}`);
    expect(await lab.reason(count)).toContain('PERMISSION_DENIED');
  });

  test('gives nulls as nothing and empty text as empty text', async () => {
    const id = (await lab.run("SELECT delay, '' AS empty FROM flights WHERE delay IS NULL")).QueryExecutionId!;

    expect(lab.s3.text(`results/${id}.csv`)).toBe('"delay","empty"\n,""\n');
    expect((await lab.results(id)).ResultSet!.Rows![1]!.Data).toEqual([{}, { VarCharValue: '' }]);
  });

  test('answers page by page, the header among the rows of the first page', async () => {
    const id = (await lab.run('SELECT x FROM (VALUES 1, 2, 3) t(x) ORDER BY x')).QueryExecutionId!;

    const first = await lab.results(id, { MaxResults: 2 });
    const second = await lab.results(id, { MaxResults: 2, NextToken: first.NextToken });

    expect(first.ResultSet!.Rows!.map(({ Data }) => Data![0]!.VarCharValue)).toEqual(['x', '1']);
    expect(second.ResultSet!.Rows!.map(({ Data }) => Data![0]!.VarCharValue)).toEqual(['2', '3']);
    expect(second.NextToken).toBeUndefined();
    await expect(lab.results(id, { NextToken: 'bm90b3Vycw' })).rejects.toThrow('NextToken');
  });

  test('fails naming action and resource when its caller may not read an object', async () => {
    lab.s3.denied.push('GetObject flights/batch=2013-02');

    const { Status } = await lab.run('SELECT count(*) FROM flights');

    expect(Status!.State).toBe('FAILED');
    expect(Status!.StateChangeReason).toBe(
      `PERMISSION_DENIED: User: ${CALLER} is not authorized to perform: s3:GetObject on resource: ` +
        'arn:aws:s3:::data/flights/batch=2013-02/flights.csv',
    );
    expect(Status!.AthenaError).toMatchObject({ ErrorCategory: 2, ErrorMessage: Status!.StateChangeReason });
  });

  test.each([
    ['GetTable', 'glue:GetTable', ':table/db/flights'],
    ['GetPartitions', 'glue:GetPartitions', ':table/db/flights'],
  ])('fails naming the action when its caller may not use %s', async (denied, action, resource) => {
    lab.glue.denied.add(denied);

    const reason = await lab.reason('SELECT count(*) FROM flights');

    expect(reason).toContain(`not authorized to perform: ${action} on resource:`);
    expect(reason).toContain(resource);
  });

  test('fails when its result cannot be written', async () => {
    lab.s3.denied.push('PutObject results/');

    expect(await lab.reason('SELECT 1')).toMatch(/s3:PutObject on resource: arn:aws:s3:::data\/results\/.*\.csv/);
  });

  test.each([
    ['SELECT x FROM flights', "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved"],
    ['SELECT 1 FROM nowhere', "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.db.nowhere' does not exist"],
    ['SELECT 1 FROM other.flights', "SCHEMA_NOT_FOUND: line 1:15: Schema 'other' does not exist"],
    ['SELECT shout(carrier) FROM flights', "FUNCTION_NOT_FOUND: line 1:8: Function 'shout' not registered"],
    ["SELECT 1 FROM flights WHERE delay = 'x'", 'TYPE_MISMATCH: line 1:35: Cannot apply operator: bigint = varchar(1)'],
    [
      "SELECT CAST(carrier AS bigint) FROM flights WHERE carrier = 'AA'",
      "INVALID_CAST_ARGUMENT: Cannot cast 'AA' to BIGINT",
    ],
    ['INSERT INTO flights SELECT 1', "NOT_SUPPORTED_LOCALLY: The local cloud's Athena does not support INSERT"],
    ['EXPLAIN SELECT 1', "NOT_SUPPORTED_LOCALLY: The local cloud's Athena does not support EXPLAIN"],
    ['SELECT xxhash64(to_utf8(carrier)) FROM flights', 'does not support the function xxhash64'],
  ])('%s fails with its reason', async (sql, reason) => {
    expect(await lab.reason(sql)).toContain(reason);
  });

  test.each([
    ['SELEC 1', "line 1:1: mismatched input 'SELEC'"],
    ['SELECT carrier, FROM flights', "line 1:17: mismatched input 'FROM'. Expecting: <expression>"],
    ['SELECT * EXCLUDE (carrier) FROM flights', "mismatched input 'EXCLUDE'"],
    ['SELECT `carrier` FROM flights', 'backquoted identifiers are not supported'],
    ['SELECT 1; SELECT 2', "line 1:11: mismatched input 'SELECT'"],
    ['CREATE TABLE t (x int)', 'External keyword required for table type HIVE'],
  ])('%s is refused at once', async (sql, message) => {
    await expect(lab.start(sql)).rejects.toMatchObject({ code: 'InvalidRequestException' });
    await expect(lab.start(sql)).rejects.toThrow(message);
  });

  test.each([
    ['True', 'GENERIC_INTERNAL_ERROR: Failed to construct table metadata for table db.counted'],
    ['-1', 'HIVE_INVALID_METADATA: Invalid value for skip.header.line.count property: -1'],
    ['1', undefined],
  ])('of a table whose count of header lines is %s ends as in Athena', async (count, reason) => {
    lab.textTable('counted', { id: 'bigint' });
    lab.glue.tables.get('db.counted')!.Parameters = { 'skip.header.line.count': count };
    lab.s3.put('counted/a.csv', 'id\n7\n');

    if (reason === undefined) expect(await lab.rows('SELECT * FROM counted')).toEqual([['id'], ['7']]);
    else expect(await lab.reason('SELECT * FROM counted')).toBe(reason);
  });

  test('of a table that says one thing and its SerDe another is refused', async () => {
    lab.textTable('torn', { id: 'bigint' });
    lab.glue.tables.get('db.torn')!.Parameters = { 'field.delim': ';' };

    expect(await lab.reason('SELECT * FROM torn')).toBe(
      "HIVE_INVALID_METADATA: Different values for 'field.delim' set in serde properties and table properties: ',' and ';'",
    );
  });

  test('uses execution parameters as literals', async () => {
    const rows = await lab.rows('SELECT count(*) FROM flights WHERE carrier = ? AND delay > ?', {
      ExecutionParameters: ["'UA'", '20'],
    });

    expect(rows[1]).toEqual(['1']);
    expect(await lab.reason('SELECT ?')).toContain('Incorrect number of parameters');
  });

  test('fails when a partition declares other types than the table', async () => {
    const [partition] = lab.glue.partitions.get('db.flights')!;
    partition!.StorageDescriptor = {
      ...partition!.StorageDescriptor,
      Columns: [
        { Name: 'carrier', Type: 'string' },
        { Name: 'delay', Type: 'string' },
      ],
    };

    expect(await lab.reason('SELECT count(*) FROM flights')).toContain(
      'HIVE_PARTITION_SCHEMA_MISMATCH: There is a mismatch between the table and partition schemas. The types are incompatible',
    );
    expect(await lab.rows("SELECT count(*) FROM flights WHERE batch = '2013-02'")).toEqual([['_col0'], ['1']]);
  });

  test('leaves nothing in the scratch folder or in the inventory, and its engine ends with the service', async () => {
    const own = new Lab();
    const id = await own.start('SELECT 1');
    expect(own.service.inventory()).toEqual([`athena:query/${id}`]);
    await own.ended(id);

    expect(readdirSync(join(own.folder, 'athena'))).toEqual([]);
    expect(own.service.inventory()).toEqual([]);
    await own.close();
    expect(own.pids).toHaveLength(1);
    expect(() => process.kill(own.pids[0]!, 0)).toThrow('ESRCH');
  });
});

describe('What a workgroup says', () => {
  test('an enforced configuration overrides the place that the request names', async () => {
    const more = { ResultConfiguration: { OutputLocation: 's3://data/elsewhere/' } };

    const { ResultConfiguration } = await lab.run('SELECT 1', more);

    expect(ResultConfiguration!.OutputLocation).toMatch(/^s3:\/\/data\/results\//);
    expect(lab.s3.keys('elsewhere/')).toEqual([]);
  });

  test('without enforcement the request wins', async () => {
    const more = { WorkGroup: 'primary', ResultConfiguration: { OutputLocation: 's3://data/elsewhere' } };

    const { ResultConfiguration } = await lab.run('SELECT 1', more);

    expect(ResultConfiguration!.OutputLocation).toMatch(/^s3:\/\/data\/elsewhere\/[0-9a-f-]{36}\.csv$/);
  });

  test('a query without a place for results is refused', async () => {
    await expect(lab.start('SELECT 1', { WorkGroup: 'primary' })).rejects.toThrow(
      'No output location provided. An output location is required either through the Workgroup result configuration ' +
        'setting or as an API input.',
    );
  });

  test('a workgroup that does not exist, or a bucket that does not, is refused', async () => {
    await expect(lab.start('SELECT 1', { WorkGroup: 'nope' })).rejects.toThrow('WorkGroup nope is not found.');
    const more = { WorkGroup: 'primary', ResultConfiguration: { OutputLocation: 's3://other/x/' } };
    await expect(lab.start('SELECT 1', more)).rejects.toThrow('Unable to verify/create output bucket other');
  });

  test('the bytes cut-off cancels the query that would scan more, and lets the smaller one through', async () => {
    lab.workGroups.lab = { ...lab.workGroups.lab, BytesScannedCutoffPerQuery: JANUARY.length };

    const { Status } = await lab.run('SELECT count(*) FROM flights');

    expect(Status).toMatchObject({ State: 'CANCELLED', StateChangeReason: 'Bytes scanned limit was exceeded' });
    expect((await lab.run("SELECT count(*) FROM flights WHERE batch = '2013-02'")).Status!.State).toBe('SUCCEEDED');
  });

  test('once a query ran it goes only with RecursiveDeleteOption, and its queries go with it', async () => {
    const id = (await lab.run('SELECT 1', { WorkGroup: 'other' })).QueryExecutionId!;

    await expect(lab.call('DeleteWorkGroup', { WorkGroup: 'other' })).rejects.toThrow('WorkGroup other is not empty');
    await lab.call('DeleteWorkGroup', { WorkGroup: 'other', RecursiveDeleteOption: true });

    await expect(lab.execution(id)).rejects.toThrow('was not found');
  });
});

describe('Query executions', () => {
  test('the same client token starts one query; another request under it is refused', async () => {
    const token = { ClientRequestToken: 'a'.repeat(32) };

    const first = await lab.start('SELECT 1', token);

    expect(await lab.start('SELECT 1', token)).toBe(first);
    await expect(lab.start('SELECT 2', token)).rejects.toThrow('Idempotent parameters do not match');
  });

  test('a stopped query is cancelled and writes no result', async () => {
    const id = await lab.start(
      'SELECT count(*) FROM unnest(sequence(1, 3000)) a(x) CROSS JOIN unnest(sequence(1, 3000)) b(y) WHERE x * y % 7 = 3',
    );

    await lab.call('StopQueryExecution', { QueryExecutionId: id });
    const ended = await lab.ended(id);
    await lab.run('SELECT 1');

    expect(ended.Status).toMatchObject({ State: 'CANCELLED', StateChangeReason: 'Query cancelled by user' });
    expect(lab.s3.keys('results/').filter((key) => key.includes(id))).toEqual([]);
    await expect(lab.results(id)).rejects.toThrow('Query did not finish successfully. Final query state: CANCELLED');
  });

  test('are listed newest first, by workgroup and page, and described in batches', async () => {
    const own = { WorkGroup: 'other' };
    const ids = [
      await lab.start('SELECT 1', own),
      await lab.start('SELECT 2', own),
      await lab.start('SELECT 3', own),
    ].reverse();

    const first = await lab.call<{ QueryExecutionIds: string[]; NextToken?: string }>('ListQueryExecutions', {
      ...own,
      MaxResults: 2,
    });
    const second = await lab.call<{ QueryExecutionIds: string[] }>('ListQueryExecutions', {
      ...own,
      NextToken: first.NextToken,
    });
    const batch = await lab.call<{ QueryExecutions: object[]; UnprocessedQueryExecutionIds: object[] }>(
      'BatchGetQueryExecution',
      { QueryExecutionIds: [ids[0], 'unknown'] },
    );

    expect([...first.QueryExecutionIds, ...second.QueryExecutionIds]).toEqual(ids);
    expect(await lab.call('ListQueryExecutions', { WorkGroup: 'quiet' })).toEqual({ QueryExecutionIds: [] });
    expect(batch.QueryExecutions).toHaveLength(1);
    expect(batch.UnprocessedQueryExecutionIds).toMatchObject([{ QueryExecutionId: 'unknown' }]);
    await expect(lab.execution('unknown')).rejects.toThrow('QueryExecution unknown was not found');
    await Promise.all(ids.map((id) => lab.ended(id)));
  });

  test('results are read from S3 as whoever asks: not without permission, not after they are gone', async () => {
    const id = (await lab.run('SELECT 1')).QueryExecutionId!;
    await lab.results(id);

    lab.s3.denied.push('HeadObject results/');
    await expect(lab.results(id)).rejects.toMatchObject({ code: 'AccessDeniedException' });
    lab.s3.denied.length = 0;
    lab.s3.objects.delete(`results/${id}.csv`);

    await expect(lab.results(id)).rejects.toThrow(`Could not find results: s3://data/results/${id}.csv is gone.`);
  });
});

test.each([
  [
    '"a","b"\n"1",\n',
    [
      ['a', 'b'],
      ['1', undefined],
    ],
  ],
  ['"a"\n\n"x\ny"\n', [['a'], [undefined], ['x\ny']]],
  ['"a""b",,""\n', [['a"b', undefined, '']]],
])('a result file is read as written: %j', (text, rows) => {
  expect(parseCsv(text)).toEqual(rows);
});
