/** Views of the cloud: what they ask, what they refuse, and that no page of them is without an end. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { LAB_IDS } from '../../../lib/course/names';
import type { LabRun } from '../../../lib/course/run';
import { systemClock } from '../../../lib/target/clock';
import { readOnly } from '../../../lib/target/read-only';
import type { EndpointsView } from '../../../workbench/api';
import { viewsOf } from '../../../workbench/server/views';
import { architecture } from '../../../workbench/server/views/architecture';
import { linkOf } from '../../../workbench/server/views/console';
import { dashboard } from '../../../workbench/server/views/dashboard';
import { costOf } from '../../../workbench/server/views/inventory';
import { endpoints } from '../../../workbench/server/views/endpoints';
import { jobs } from '../../../workbench/server/views/jobs';
import { logs } from '../../../workbench/server/views/logs';
import { objects, parseCsv, wholeObject } from '../../../workbench/server/views/objects';
import { pipeline } from '../../../workbench/server/views/pipeline';
import { quality } from '../../../workbench/server/views/quality';
import { query } from '../../../workbench/server/views/query';
import { stacks } from '../../../workbench/server/views/stacks';
import { tables } from '../../../workbench/server/views/tables';
import { versions } from '../../../workbench/server/views/versions';
import type { Standing } from '../../../workbench/server/views/view';

const HOSTILE = '<img src=x onerror=alert(1)>/../"\u202e';
type Sent = { readonly constructor: { readonly name: string }; readonly input: Record<string, unknown> };

type Answer = (operation: string, input: Record<string, unknown>) => unknown;

let sent: [string, Record<string, unknown>][];
/** Clients of a cloud which answers so. */
function clientsOf(answer: Answer): LabRun['clients'] {
  const client = {
    async send({ constructor, input }: Sent): Promise<unknown> {
      const operation = constructor.name.replace(/Command$/, '');
      sent.push([operation, input]);
      return answer(operation, input);
    },
  };
  return new Proxy({}, { get: (_all, name) => (name === 'pollMs' ? 1 : client) }) as never;
}
/** A lab that stands in a cloud which answers so. */
function standing(answer: Answer, outputs = {}): Standing {
  sent = [];
  const run = {
    lab: 'data-prep',
    learner: 'me',
    target: 'aws',
    account: '123456789012',
    region: 'eu-west-1',
    stackName: 'MlaLabs-DataPrep',
    modes: {},
    clients: readOnly(clientsOf(answer)),
    clock: systemClock,
    progress: () => undefined,
    outputs: {
      DataBucket: 'our-bucket',
      Database: 'our_db',
      WorkGroup: 'our-group',
      TransformJob: 'our-job',
      LogPrefix: '/mla-labs/data-prep/me',
      Pipeline: 'our-pipeline',
      ModelPackageGroup: 'our-models',
      ...outputs,
    },
  } as unknown as LabRun;
  return { run, stack: {} as never, teardown: () => Promise.reject(), spending: () => Promise.reject() };
}
/** The same, with all that the learner may do. */
function able(...given: Parameters<typeof standing>): Standing {
  const lab = standing(...given);
  return { ...lab, run: { ...lab.run, clients: clientsOf(given[0]) } };
}
const body = (content: Buffer | string) => ({
  Body: { transformToByteArray: async () => new Uint8Array(Buffer.from(content)) },
});

test.each(LAB_IDS)(
  'the guide of %s has a way through the console:, and each is on the page _X_ of the workbench as well',
  (lab) => {
    const guide = readFileSync(join(__dirname, '../../../labs', lab, 'README.md'), 'utf8');
    const ways = guide.split(/\n\n/).filter((paragraph) => /\bconsole:/.test(paragraph));
    expect(ways.filter((paragraph) => !/\bon the page\b/i.test(paragraph))).toEqual([]);
    const everything = new Proxy({}, { get: () => 'there' });
    const titles = viewsOf(everything).map(({ title }) => title);
    const named = ways.flatMap((paragraph) =>
      [...paragraph.matchAll(/\bon the page:?\s_([^_]+)_/gi)].map(([, name]) => name!),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !titles.includes(name))).toEqual([]);
  },
);

test('which views a lab has follows from what its stack made', () => {
  const ids = (outputs: Record<string, string>) => viewsOf(outputs).map(({ id }) => id);
  expect(ids({ DataBucket: 'b', Database: 'd', WorkGroup: 'w', TransformJob: 'j' })).toEqual([
    'inventory',
    'architecture',
    'objects',
    'tables',
    'query',
    'jobs',
  ]);
  expect(ids({ DataBucket: 'b', Pipeline: 'p' })).toEqual(['inventory', 'architecture', 'objects', 'pipeline']);
});

test('the picture gets what stands, by the names of the template, with where that is shown', async () => {
  const bucket = {
    LogicalResourceId: 'DataBucket',
    ResourceType: 'AWS::S3::Bucket',
    PhysicalResourceId: 'our-bucket',
    ResourceStatus: 'CREATE_COMPLETE',
  };
  const seen = await architecture.read(
    standing(() => ({ StackResourceSummaries: [bucket] })),
    {},
  );
  expect(seen).toEqual({
    resources: {
      DataBucket: {
        type: 'AWS::S3::Bucket',
        name: 'our-bucket',
        status: 'CREATE_COMPLETE',
        link: { href: expect.stringContaining('s3/buckets/our-bucket') },
      },
    },
  });
  expect(sent.map(([operation]) => operation)).toEqual(['ListStackResources']);
});

describe('objects', () => {
  test('of a bucket of 100,000 are asked for by the page, and the next page by what the answer names', async () => {
    const all = Array.from({ length: 100_000 }, (_, at) => ({ Key: `raw/${at}`, Size: 1 }));
    const lab = standing((_operation, { MaxKeys, ContinuationToken = '0' }) => {
      const from = Number(ContinuationToken);
      const to = from + Number(MaxKeys);
      return { Contents: all.slice(from, to), NextContinuationToken: String(to) };
    });
    const first = (await objects.read(lab, { prefix: 'raw/' })) as { objects: { key: string }[]; next: string };
    expect(first.objects).toHaveLength(200);
    const second = (await objects.read(lab, { prefix: 'raw/', token: first.next })) as typeof first;
    expect(second.objects[0]!.key).toBe('raw/200');
    expect(sent).toHaveLength(2);
  });

  test('have the keys that they have, and another bucket than the lab’s is not asked', async () => {
    const lab = standing(() => ({ Contents: [{ Key: HOSTILE, Size: 1 }], CommonPrefixes: [{ Prefix: '../' }] }));
    expect(await objects.read(lab, {})).toMatchObject({ objects: [{ key: HOSTILE }], folders: ['../'] });
    sent.length = 0;
    await expect(objects.read(lab, { bucket: 'of-somebody-else' })).rejects.toThrow('no bucket "of-somebody-else"');
    await expect(wholeObject(lab.run, { bucket: 'of-somebody-else', key: 'a' })).rejects.toThrow('no bucket');
    expect(sent).toEqual([]);
  });

  test.each([
    ['a.csv', 'a,b\n1,<b>\n', { kind: 'rows', rows: [['a', 'b'], ['1', '<b>']], cut: false }], // prettier-ignore
    ['a.csv.gz', gzipSync('a,b\n1,2\n'), { kind: 'rows', rows: [['a', 'b'], ['1', '2']], cut: false }], // prettier-ignore
    ['a.json', '{"a":1}', { kind: 'text', text: '{\n  "a": 1\n}' }],
    ['a.json', '{"a":', { kind: 'text', text: '{"a":' }],
    ['part-0', 'PAR1....', { kind: 'parquet' }],
    ['report.html', '<script>', { kind: 'report' }],
    ['model.tar', Buffer.from([1, 0, 2]), { kind: 'binary' }],
  ])('%s is shown as what it is', async (key, content, seen) => {
    expect(
      await objects.read(
        standing(() => body(content)),
        { key },
      ),
    ).toMatchObject(seen);
  });

  test('that unpack to more than a page shows are cut, without being unpacked whole', async () => {
    const bomb = gzipSync(Buffer.alloc(100e6, 'a'));
    const seen = (await objects.read(
      standing(() => body(bomb)),
      { key: 'a.txt.gz' },
    )) as { text: string };
    expect(seen).toMatchObject({ kind: 'text', cut: true });
    expect(seen.text).toHaveLength(512 * 1024);
  });

  test('that are empty, or gone, are said to be', async () => {
    const failing = (name: string) => standing(() => Promise.reject(Object.assign(new Error('no'), { name })));
    expect(await objects.read(failing('InvalidRange'), { key: 'a' })).toMatchObject({ bytes: 0, text: '' });
    await expect(objects.read(failing('NoSuchKey'), { key: HOSTILE })).rejects.toThrow('The lab has no object');
  });

  test('of which a browser gets the bytes are scripts of no type', async () => {
    const typeOf = async (key: string) => (await wholeObject(standing(() => body('x')).run, { key }))?.type;
    expect(await typeOf('a.js')).toBe('application/octet-stream');
    expect(await typeOf('a.constructor')).toBe('application/octet-stream');
    expect(await typeOf('a.html')).toBe('text/html; charset=utf-8');
    const large = standing(() => ({ ...body('x'), ContentRange: 'bytes 0-0/40000000' }));
    expect(await wholeObject(large.run, { key: 'a.html' })).toBeUndefined();
  });

  test('of CSV have quotes, commas and lines in their cells', () => {
    expect(parseCsv('a,"b, ""c""\nd",\r\n,x\n', 10)).toEqual([['a', 'b, "c"\nd', ''], ['', 'x']]); // prettier-ignore
    expect(parseCsv('a\nb\nc', 2)).toEqual([['a'], ['b']]);
    expect(parseCsv('', 2)).toEqual([]);
  });
});

test('tables have the names that they have, and are asked for by the page', async () => {
  const lab = standing((_operation, { NextToken }) => ({
    TableList: [{ Name: HOSTILE, PartitionKeys: [{ Name: 'month' }] }],
    NextToken: NextToken ? '' : 'more',
  }));
  const first = (await tables.read(lab, {})) as { next?: string };
  expect(first).toMatchObject({ tables: [{ name: HOSTILE, partitionKeys: ['month'] }], next: 'more' });
  expect(await tables.read(lab, { token: first.next })).toMatchObject({ next: undefined });
});

describe('a query', () => {
  const found = (WorkGroup: string, State = 'SUCCEEDED') => ({
    QueryExecution: {
      WorkGroup,
      Query: 'SELECT 1',
      StatementType: 'DML',
      Status: { State, StateChangeReason: 'why' },
      Statistics: { DataScannedInBytes: 5 },
    },
  });
  test('of another workgroup is not shown', async () => {
    await expect(
      query.read(
        standing(() => found('of-somebody-else')),
        { of: '1' },
      ),
    ).rejects.toThrow('no query "1"');
  });

  test('has its rows without the header, what it scanned, and what the least of a query costs', async () => {
    const rows = [['a'], [HOSTILE], [undefined]].map((row) => ({
      Data: row.map((VarCharValue) => ({ VarCharValue })),
    }));
    const lab = standing((operation) =>
      operation === 'GetQueryExecution'
        ? found('our-group')
        : { ResultSet: { Rows: rows, ResultSetMetadata: { ColumnInfo: [{ Name: 'a' }] } }, NextToken: 'more' },
    );
    const seen = (await query.read(lab, { of: '1' })) as { usd: number };
    expect(seen).toMatchObject({ columns: ['a'], rows: [[HOSTILE], [null]], scannedBytes: 5, next: 'more' });
    expect(seen.usd).toBeCloseTo(0.00005, 6);
  });

  test('that failed says why, and asks for no rows', async () => {
    const lab = standing(() => found('our-group', 'FAILED'));
    expect(await query.read(lab, { of: '1' })).toMatchObject({ state: 'FAILED', reason: 'why', rows: [], usd: 0 });
    expect(sent).toHaveLength(1);
  });

  test('that was saved in the workgroup can be chosen', async () => {
    const answers: Readonly<Record<string, unknown>> = {
      ListNamedQueries: { NamedQueryIds: ['1', '2'] },
      BatchGetNamedQuery: { NamedQueries: [{ Name: HOSTILE, QueryString: 'SELECT 1' }, { Name: '1st' }] },
    };
    expect(
      await query.read(
        standing((operation) => answers[operation] ?? {}),
        {},
      ),
    ).toMatchObject({
      saved: expect.arrayContaining([
        { name: '1st', sql: '' },
        { name: HOSTILE, sql: 'SELECT 1' },
      ]),
    });
    expect(sent).toContainEqual(['ListNamedQueries', expect.objectContaining({ WorkGroup: 'our-group' })]);
  });

  test('is started by nothing but a text', async () => {
    const lab = standing(() => ({ QueryExecutionId: '1' }));
    expect(await query.act!(lab, { sql: 1 })).toBeUndefined();
    expect(await query.act!(lab, { sql: ' ' })).toBeUndefined();
    expect(sent).toEqual([]);
    expect(await query.act!(lab, { sql: 'SELECT 1' })).toEqual({ id: '1' });
    expect(sent[0]![1]).toMatchObject({ WorkGroup: 'our-group', QueryExecutionContext: { Database: 'our_db' } });
  });
});

describe('a log', () => {
  test.each(['../x', 'a b', '', HOSTILE])('of a job that cannot be called %j is not asked for', async (of) => {
    await expect(
      jobs.read(
        standing(() => ({})),
        { of, type: 'glue' },
      ),
    ).rejects.toThrow('The lab has no job');
    await expect(
      jobs.read(
        standing(() => ({})),
        { of: 'a', type: 'toString' },
      ),
    ).rejects.toThrow('The lab has no job');
    expect(sent).toEqual([]);
  });

  test('is read past its empty pages, and goes on where the answer says', async () => {
    const lab = standing((_operation, { nextToken }) =>
      nextToken === '2' ? { events: [{ timestamp: 0, message: `${HOSTILE}\n` }], nextToken: '3' } : { nextToken: '2' },
    );
    const seen = await jobs.read(lab, { of: 'jr_1', type: 'glue' });
    expect(seen).toEqual({ lines: [{ at: '1970-01-01T00:00:00.000Z', text: HOSTILE }], next: '3' });
    expect(sent[0]![1]).toMatchObject({ logGroupName: '/mla-labs/data-prep/me/jobs/output' });
  });

  test('that is not there yet has no lines', async () => {
    const error = Object.assign(new Error('no group'), { name: 'ResourceNotFoundException' });
    const lab = standing(() => Promise.reject(error));
    expect(await jobs.read(lab, { of: 'jr_1', type: 'glue' })).toEqual({ lines: [], next: undefined });
  });
});

describe('what a console has a button for', () => {
  test.each([
    ['the crawler', tables, { crawl: true }, 'StartCrawler', { Name: 'our-crawler' }],
    ['the job of Glue', jobs, { start: true }, 'StartJobRun', { JobName: 'our-job' }],
  ] as const)('%s is run when asked so, and never otherwise', async (_what, view, body, operation, input) => {
    const given = [() => ({}), { Crawler: 'our-crawler' }] as const;
    const lab = able(...given);
    for (const wrong of [{}, { crawl: 'yes', start: 1 }]) expect(await view.act!(lab, wrong)).toBeUndefined();
    expect(sent).toEqual([]);
    expect(await view.act!(lab, body)).toMatchObject({ started: expect.any(String) });
    expect(sent).toEqual([[operation, input]]);
    // A read cannot.
    await expect(view.act!(standing(...given), body)).rejects.toThrow();
  });

  test('a version is decided on by its number, with a reason; another than the lab’s is not', async () => {
    const answers: Readonly<Record<string, object>> = {
      ListModelPackages: { ModelPackageSummaryList: [{ ModelPackageArn: 'arn:1' }] },
      DescribeModelPackage: { ModelPackageArn: 'arn:1', ModelPackageVersion: 1 },
    };
    const lab = able((operation) => answers[operation] ?? {});
    expect(await versions.act!(lab, { version: 1, approve: 'yes', reason: 'x' })).toBeUndefined();
    await expect(versions.act!(lab, { version: 2, approve: true, reason: 'x' })).rejects.toThrow('no model version');
    expect(await versions.act!(lab, { version: 1, approve: false, reason: HOSTILE })).toEqual({ decided: 'Rejected' });
    expect(sent.filter(([operation]) => operation.startsWith('Update'))).toEqual([
      [
        'UpdateModelPackage',
        { ModelPackageArn: 'arn:1', ModelApprovalStatus: 'Rejected', ApprovalDescription: HOSTILE },
      ],
    ]);
  });
});

describe('a file', () => {
  const file = new Uint8Array(Buffer.from('a,b'));
  test('is written to the key that is given, into a bucket of the lab', async () => {
    const given = { bucket: 'our-bucket', key: HOSTILE, type: 'text/csv', file };
    expect(
      await objects.act!(
        able(() => ({})),
        given,
      ),
    ).toEqual({ written: HOSTILE });
    expect(sent).toEqual([
      ['PutObject', { Bucket: 'our-bucket', Key: HOSTILE, Body: Buffer.from('a,b'), ContentType: 'text/csv' }],
    ]);
  });

  test.each([[{ key: '', file }], [{ key: 'é'.repeat(513), file }], [{ key: 'a', file: 'a,b' }], [{ key: 'a' }]])(
    'is not written without a key and bytes: %j',
    async (given) => {
      expect(
        await objects.act!(
          able(() => ({})),
          { type: 'text/csv', ...given },
        ),
      ).toBeUndefined();
      expect(sent).toEqual([]);
    },
  );

  test('is not written to a bucket of somebody else', async () => {
    const given = { bucket: 'of-somebody-else', key: 'a', type: 'text/csv', file };
    await expect(
      objects.act!(
        able(() => ({})),
        given,
      ),
    ).rejects.toThrow('no bucket "of-somebody-else"');
    expect(sent).toEqual([]);
  });
});

describe('Data Quality', () => {
  const outputs = { Ruleset: 'our-rules', QualityRole: 'our-role' };
  const rulesets = [
    { Name: 'our-rules' },
    { Name: HOSTILE, TargetTable: { DatabaseName: 'our_db' } },
    { Name: 'of-somebody-else', TargetTable: { DatabaseName: 'their_db' } },
  ];
  const run = (DatabaseName: string, RunId = '1') => ({
    RunId,
    Status: 'SUCCEEDED',
    DataSource: { GlueTable: { DatabaseName, TableName: 'flights' } },
    RulesetNames: ['our-rules'],
    ResultIds: ['r'],
  });
  const answers: Readonly<Record<string, unknown>> = {
    ListDataQualityRulesets: { Rulesets: rulesets },
    GetTables: { TableList: [{ Name: 'flights' }] },
    ListDataQualityRulesetEvaluationRuns: { Runs: [run('their_db', '2'), run('our_db')] },
    GetDataQualityRulesetEvaluationRun: run('our_db'),
    GetDataQualityResult: {
      RuleResults: [{ Description: HOSTILE, Result: 'FAIL', EvaluationMessage: 'no', EvaluatedMetrics: { m: 2 } }],
    },
    StartDataQualityRulesetEvaluationRun: { RunId: '3' },
  };
  const answer = (operation: string) => answers[operation] ?? {};

  test('has the rulesets, tables and runs of the lab, and no others', async () => {
    expect(await quality.read(standing(answer, outputs), {})).toMatchObject({
      rulesets: ['our-rules', HOSTILE],
      tables: ['flights'],
      newRuleset: 'mla-labs-data-prep-me--rules',
      runs: [{ id: '1', table: 'flights', state: 'SUCCEEDED' }],
    });
  });

  test('tells the outcome rule by rule; of a run on another database nothing', async () => {
    expect(await quality.read(standing(answer, outputs), { of: '1' })).toMatchObject({
      state: 'SUCCEEDED',
      rules: [{ rule: HOSTILE, outcome: 'FAIL', message: 'no', metrics: { m: 2 } }],
    });
    const theirs = (operation: string) => (operation.includes('EvaluationRun') ? run('their_db') : answer(operation));
    await expect(quality.read(standing(theirs, outputs), { of: '2' })).rejects.toThrow('no evaluation "2"');
  });

  test('is evaluated as the lab’s role, with a ruleset and a table of the lab', async () => {
    const lab = able(answer, outputs);
    expect(await quality.act!(lab, { ruleset: 'our-rules', table: 'flights', predicate: "batch = '1'" })).toEqual({
      id: '3',
    });
    expect(sent.at(-1)).toMatchObject([
      'StartDataQualityRulesetEvaluationRun',
      {
        Role: 'our-role',
        RulesetNames: ['our-rules'],
        DataSource: { GlueTable: { TableName: 'flights', AdditionalOptions: { pushDownPredicate: "batch = '1'" } } },
      },
    ]);
    sent.length = 0;
    expect(await quality.act!(lab, { ruleset: 1, table: 'flights' })).toBeUndefined();
    const refused = (ruleset: string, table: string) => expect(quality.act!(lab, { ruleset, table })).rejects;
    await refused('of-somebody-else', 'flights').toThrow('no ruleset "of-somebody-else"');
    await refused('our-rules', 'theirs').toThrow('no table "theirs"');
    expect(sent.map(([operation]) => operation)).not.toContain('StartDataQualityRulesetEvaluationRun');
  });

  test('saves a ruleset for a table of the lab, and leaves one of another database as it is', async () => {
    const asked = { ruleset: 'mla-labs-mine', table: 'flights', rules: 'Rules = [ RowCount > 0 ]' };
    const absent = (operation: string) =>
      operation === 'GetDataQualityRuleset'
        ? Promise.reject(Object.assign(new Error('no'), { name: 'EntityNotFoundException' }))
        : answer(operation);
    expect(await quality.act!(able(absent, outputs), asked)).toEqual({ saved: 'mla-labs-mine' });
    expect(sent.at(-1)).toMatchObject([
      'CreateDataQualityRuleset',
      { Name: 'mla-labs-mine', TargetTable: { DatabaseName: 'our_db', TableName: 'flights' } },
    ]);
    const theirs = (operation: string) =>
      operation === 'GetDataQualityRuleset' ? { TargetTable: { DatabaseName: 'their_db' } } : answer(operation);
    await expect(quality.act!(able(theirs, outputs), asked)).rejects.toThrow('is not this lab');
    expect(sent.map(([operation]) => operation)).not.toContain('UpdateDataQualityRuleset');
  });
});

describe('Logs Insights', () => {
  const group = { ResourceType: 'AWS::Logs::LogGroup', PhysicalResourceId: '/mla-labs/data-prep/me/lease' };
  const rows = [
    [
      { field: '@message', value: HOSTILE },
      { field: '@ptr', value: 'p' },
    ],
    [{ field: 'failed', value: '2' }],
  ];
  const answer = (operation: string) =>
    ({
      ListStackResources: { StackResourceSummaries: [group, { ResourceType: 'AWS::S3::Bucket' }] },
      StartQuery: { queryId: 'q' },
      GetQueryResults: { status: 'Complete', results: rows },
    })[operation];
  const outputs = { Endpoint: 'our-endpoint' };
  const asked = { group: '/mla-labs/data-prep/me/lease', hours: 2, query: '# all\nfields @message' };

  test('has the groups of the stack, and those of its endpoints', async () => {
    expect(await logs.read(standing(answer, outputs), {})).toEqual({
      groups: ['/aws/sagemaker/Endpoints/our-endpoint', '/mla-labs/data-prep/me/lease'],
    });
  });

  test('gives rows by column, of the hours that are asked for', async () => {
    expect(await logs.act!(standing(answer, outputs), asked)).toEqual({
      columns: ['@message', 'failed'],
      rows: [
        [HOSTILE, null],
        [null, '2'],
      ],
      cut: false,
    });
    const [, input] = sent.find(([operation]) => operation === 'StartQuery')!;
    expect(input).toMatchObject({ logGroupName: '/mla-labs/data-prep/me/lease', queryString: 'fields @message' });
    const span = Number(input.endTime) - Number(input.startTime);
    expect([7200, 7201]).toContain(span);
  });

  test('is not asked about another group, or without a time', async () => {
    const lab = standing(answer, outputs);
    await expect(logs.act!(lab, { ...asked, group: '/aws/lambda/theirs' })).rejects.toThrow('no log group');
    for (const hours of ['2', 0, -1, 1e9, Number.NaN])
      expect(await logs.act!(lab, { ...asked, hours })).toBeUndefined();
    expect(sent.map(([operation]) => operation)).not.toContain('StartQuery');
  });
});

describe('a stack', () => {
  const outputs = { ProductionStack: 'our-production', DeployRole: 'our-deploy-role' };
  const stack = (RoleARN: string) => () => ({
    Stacks: [
      {
        StackId: 'arn:1',
        StackStatus: 'UPDATE_COMPLETE',
        RoleARN,
        Parameters: [
          { ParameterKey: 'ModelPackageArn', ParameterValue: HOSTILE },
          { ParameterKey: 'Kind', ParameterValue: 'instance' },
        ],
      },
    ],
  });

  test('has its parameters, as they are', async () => {
    expect(await stacks.read(standing(stack('our-deploy-role'), outputs), {})).toMatchObject({
      stacks: [{ name: 'our-production', parameters: [{ name: 'ModelPackageArn', value: HOSTILE }, { name: 'Kind' }] }],
    });
  });

  test('is updated with the template and the values that it has, but for those that are given', async () => {
    const asked = { stack: 'our-production', values: { ModelPackageArn: 'arn:2' } };
    expect(await stacks.act!(able(stack('our-deploy-role'), outputs), asked)).toEqual({ updating: 'our-production' });
    expect(sent.at(-1)).toEqual([
      'UpdateStack',
      {
        StackName: 'arn:1',
        ClientRequestToken: expect.any(String) as string,
        UsePreviousTemplate: true,
        Parameters: [
          { ParameterKey: 'ModelPackageArn', ParameterValue: 'arn:2' },
          { ParameterKey: 'Kind', UsePreviousValue: true },
        ],
      },
    ]);
  });

  test.each([
    ['that no output names', 'our-deploy-role', { stack: 'theirs', values: {} }],
    ['that another role changes', 'their-role', { stack: 'our-production', values: {} }],
  ])('%s is none of the lab’s', async (_what, role, asked) => {
    await expect(stacks.act!(able(stack(role), outputs), asked)).rejects.toThrow('The lab has no stack');
    expect(sent.map(([operation]) => operation)).not.toContain('UpdateStack');
  });

  test('is not updated by parameters that it lacks, or by what is no text', async () => {
    for (const values of [{ toString: 'x' }, { Kind: 1 }, 'Kind', undefined])
      expect(
        await stacks.act!(able(stack('our-deploy-role'), outputs), { stack: 'our-production', values }),
      ).toBeUndefined();
    expect(sent.map(([operation]) => operation)).not.toContain('UpdateStack');
  });
});

describe('the dashboard', () => {
  const outputs = { Dashboard: 'our-dashboard' };
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  const seconds = (minute: number) => at(minute).getTime() / 1000;
  const read = (widgets: readonly object[], results: readonly object[] = []) =>
    dashboard.read(
      standing(
        (operation) =>
          ({
            GetDashboard: { DashboardBody: JSON.stringify({ widgets }) },
            DescribeAlarms: { MetricAlarms: [{ AlarmName: 'a', StateValue: 'OK' }] },
            GetMetricData: { MetricDataResults: results },
          })[operation],
        outputs,
      ),
      {},
    );

  test('is shown from top to bottom and from left to right, each widget as what it is', async () => {
    const alarms = ['arn:aws:cloudwatch:eu-west-1:1:alarm:a', 'arn:aws:cloudwatch:eu-west-1:1:alarm:b'];
    const seen = await read([
      { type: 'log', x: 12, y: 2 },
      { type: 'alarm', x: 0, y: 2, width: 12, properties: { title: 'Alarms', alarms } },
      { type: 'text', x: 0, y: 0, width: 24, properties: { markdown: HOSTILE } },
    ]);
    expect(seen).toMatchObject({
      name: 'our-dashboard',
      widgets: [
        { width: 24, shown: { type: 'text', text: HOSTILE } },
        { title: 'Alarms', shown: { alarms: [{ name: 'a', state: 'OK' }, { name: 'b' }] } },
        { shown: { type: 'unread', why: expect.stringContaining('log') } },
      ],
    });
  });

  test('asks for metrics as its rows say, and draws lines over the same times', async () => {
    const metrics = [
      ['AWS/SageMaker', 'ModelLatency', 'EndpointName', 'e', { stat: 'p90', id: 'most', visible: false }],
      ['.', 'Invocations', '.', '.', { label: 'requests', yAxis: 'right' }],
      [{ expression: 'most / 1000', label: 'nine of ten: ${LAST}', id: 'ms' }],
    ];
    const annotations = { horizontal: [{ value: 1000 }] };
    const seen = await read(
      [{ type: 'metric', properties: { title: 'Time', metrics, period: 60, stat: 'Sum', annotations } }],
      [
        { Id: 'row_1', Label: 'requests', Timestamps: [at(1), at(2)], Values: [5, 6] },
        { Id: 'ms', Label: 'nine of ten: ${LAST}', Timestamps: [at(0), at(2)], Values: [1, 2.34567] },
      ],
    );
    expect(sent.find(([operation]) => operation === 'GetMetricData')![1]).toMatchObject({
      MetricDataQueries: [
        { Id: 'most', ReturnData: false, MetricStat: { Stat: 'p90', Period: 60 } },
        {
          Id: 'row_1',
          ReturnData: true,
          MetricStat: {
            Metric: {
              Namespace: 'AWS/SageMaker',
              MetricName: 'Invocations',
              Dimensions: [{ Name: 'EndpointName', Value: 'e' }],
            },
            Stat: 'Sum',
          },
        },
        { Id: 'ms', Expression: 'most / 1000' },
      ],
    });
    expect(seen).toMatchObject({
      widgets: [
        {
          title: 'Time',
          shown: {
            x: [seconds(0), seconds(1), seconds(2)],
            threshold: 1000,
            lines: [
              { label: 'requests', right: true, values: [null, 5, 6] },
              { label: 'nine of ten: 2.346', right: false, values: [1, null, 2.34567] },
            ],
          },
        },
      ],
    });
  });

  test('shows the rest where one widget cannot be read', async () => {
    const failing = standing((operation) => {
      if (operation === 'GetMetricData')
        return Promise.reject(Object.assign(new Error('no'), { name: 'AccessDenied' }));
      return { DashboardBody: JSON.stringify({ widgets: [{ type: 'metric' }, { type: 'text', y: 1 }] }) };
    }, outputs);
    expect(await dashboard.read(failing, {})).toMatchObject({
      widgets: [{ shown: { type: 'unread', why: 'AccessDenied: no' } }, { shown: { type: 'text' } }],
    });
  });
});

describe('versions', () => {
  const version = (S3Uri: string) =>
    standing((operation) => {
      if (operation === 'ListModelPackages') return { ModelPackageSummaryList: [{ ModelPackageArn: 'arn' }] };
      if (operation === 'GetObject') return body('{"binary":{"auc":{"value":0.77,"curve":[1,2]}}}');
      return {
        ModelPackageVersion: 3,
        ModelApprovalStatus: 'Approved',
        ModelMetrics: { ModelQuality: { Statistics: { S3Uri } } },
      };
    });
  test('have the figures of their file', async () => {
    const seen = await versions.read(version('s3://our-bucket/evaluation.json'), {});
    expect(seen).toMatchObject({ versions: [{ version: 3, metrics: { 'binary.auc': '0.77' } }] });
  });

  test.each(['s3://of-somebody-else/e.json', 'nothing'])('have no figures of %s', async (uri) => {
    expect(await versions.read(version(uri), {})).toMatchObject({ versions: [{ metrics: {} }] });
    expect(sent.map(([operation]) => operation)).not.toContain('GetObject');
  });
});

test('an endpoint can be sent a flight that has each field of which the page tells', async () => {
  const lab = standing(() => ({ EndpointStatus: 'InService' }), { Endpoint: 'our-endpoint' });
  const { example } = (await endpoints.read(lab, {})) as EndpointsView;
  expect(example.fields.length).toBeGreaterThan(10);
  expect(example.fields).not.toContain('late');
  expect(example.flight.split(',')).toHaveLength(example.fields.length);
});

test('an endpoint is asked for its answer in the form in which it got the flight', async () => {
  const lab = standing(() => ({ Body: Buffer.from('0.168371') }), { Endpoint: 'our-endpoint' });
  const answer = await endpoints.act!(lab, { endpoint: 'our-endpoint', flight: '1,2' });
  expect(answer).toMatchObject({ answer: '0.168371' });
  expect(sent[0]![1]).toMatchObject({ ContentType: 'text/csv', Accept: 'text/csv' });
});

describe('the approval', () => {
  const lab = () =>
    standing((operation) =>
      operation === 'GetPipelineState'
        ? {
            stageStates: [
              {
                stageName: 'Approval',
                latestExecution: { pipelineExecutionId: 'seen', status: 'InProgress' },
                actionStates: [{ actionName: 'Approve', latestExecution: { status: 'InProgress', token: 't' } }],
              },
            ],
          }
        : {},
    );
  test('waits with the release that it is about, and its token stays here', async () => {
    const seen = await pipeline.read(lab(), {});
    expect(seen).toMatchObject({ waits: 'seen', stages: [{ name: 'Approval', actions: [{ name: 'Approve' }] }] });
    expect(JSON.stringify(seen)).not.toContain('"t"');
  });

  test('of a release that the page did not show is not given', async () => {
    const given = pipeline.act!(lab(), { execution: 'another', approve: true, summary: 'x' });
    await expect(given).rejects.toThrow('The release another does not wait');
    expect(await pipeline.act!(lab(), { execution: 'seen', approve: 'yes', summary: 'x' })).toBeUndefined();
  });

  test('cannot be given by a read: the clients of reads refuse it', async () => {
    await expect(pipeline.act!(lab(), { execution: 'seen', approve: true, summary: 'x' })).rejects.toThrow(
      'PutApprovalResult, which would change the account',
    );
  });
});

describe('a link', () => {
  const aws = { target: 'aws', account: '123456789012', region: 'eu-west-1' } as const;
  test.each([
    ['s3:bucket', 'b', 'https://eu-west-1.console.aws.amazon.com/s3/buckets/b?region=eu-west-1&tab=objects'],
    ['s3:objects', 's3://b', 'https://eu-west-1.console.aws.amazon.com/s3/buckets/b?region=eu-west-1&tab=objects'],
    [
      'glue:table',
      'db.t',
      'https://eu-west-1.console.aws.amazon.com/glue/home?region=eu-west-1#/v2/data-catalog/tables/view/t?database=db',
    ],
    [
      'AWS::Logs::LogGroup',
      '/mla-labs/a',
      'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Fmla-labs$252Fa',
    ],
    [
      'AWS::SageMaker::Endpoint',
      'arn:aws:sagemaker:eu-west-1:123456789012:endpoint/e',
      'https://eu-west-1.console.aws.amazon.com/sagemaker/home?region=eu-west-1#/endpoints/e',
    ],
    [
      'codebuild:project',
      'p',
      'https://eu-west-1.console.aws.amazon.com/codesuite/codebuild/123456789012/projects/p/history?region=eu-west-1',
    ],
  ])('of %s %s leads to its page of the console', (kind, id, href) => {
    expect(linkOf(aws, kind, id)).toEqual({ href });
  });

  test('of a hostile name stays within the console', () => {
    for (const kind of ['s3:bucket', 'glue:table', 'iam:role', 'cloudwatch:alarm', 'logs:group']) {
      const { href } = linkOf(aws, kind, '"@evil.example/#.<b>') as { href: string };
      expect(new URL(href).hostname).toBe('eu-west-1.console.aws.amazon.com');
      expect(href).not.toMatch(/["<>@]/);
    }
  });

  test('leads to a view of ours on the local target, and to nothing where no page is known', () => {
    expect(linkOf({ ...aws, target: 'local' }, 'glue:table', 'db.t.u')).toEqual({ view: 'tables', of: 't.u' });
    expect(linkOf({ ...aws, target: 'local' }, 'iam:role', 'r')).toBeUndefined();
    expect(linkOf(aws, 'toString', 'r')).toBeUndefined();
  });
});

test('what a thing costs is what the lines cost that name it whole', () => {
  const line = (what: string, usdPerHour: number) => ({ what, usdPerHour, usdSoFar: 0, usdNextDay: 0 });
  const lines = [line('endpoint a', 1), line('endpoint a, second fleet', 2), line('endpoint a-b', 4)];
  expect(costOf(lines, 'a')).toBe(3);
  expect(costOf(lines, 'c')).toBeUndefined();
});
