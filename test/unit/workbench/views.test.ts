/** Views of the cloud: what they ask, what they refuse, and that no page of them is without an end. */
import { gzipSync } from 'node:zlib';
import type { LabRun } from '../../../lib/course/run';
import { readOnly } from '../../../lib/target/read-only';
import type { EndpointsView } from '../../../workbench/api';
import { viewsOf } from '../../../workbench/server/views';
import { architecture } from '../../../workbench/server/views/architecture';
import { linkOf } from '../../../workbench/server/views/console';
import { costOf } from '../../../workbench/server/views/inventory';
import { endpoints } from '../../../workbench/server/views/endpoints';
import { jobs } from '../../../workbench/server/views/jobs';
import { objects, parseCsv, wholeObject } from '../../../workbench/server/views/objects';
import { pipeline } from '../../../workbench/server/views/pipeline';
import { query } from '../../../workbench/server/views/query';
import { tables } from '../../../workbench/server/views/tables';
import { versions } from '../../../workbench/server/views/versions';
import type { Standing } from '../../../workbench/server/views/view';

const HOSTILE = '<img src=x onerror=alert(1)>/../"\u202e';
type Sent = { readonly constructor: { readonly name: string }; readonly input: Record<string, unknown> };

let sent: [string, Record<string, unknown>][];
/** A lab that stands in a cloud which answers so. */
function standing(answer: (operation: string, input: Record<string, unknown>) => unknown, outputs = {}): Standing {
  sent = [];
  const client = {
    async send({ constructor, input }: Sent): Promise<unknown> {
      const operation = constructor.name.replace(/Command$/, '');
      sent.push([operation, input]);
      return answer(operation, input);
    },
  };
  const clients = new Proxy({}, { get: () => client });
  const run = {
    lab: 'data-prep',
    learner: 'me',
    target: 'aws',
    account: '123456789012',
    region: 'eu-west-1',
    stackName: 'MlaLabs-DataPrep',
    modes: {},
    clients: readOnly(clients as never),
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
const body = (content: Buffer | string) => ({
  Body: { transformToByteArray: async () => new Uint8Array(Buffer.from(content)) },
});

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
    const lab = standing(() => ({}), { Crawler: 'our-crawler' });
    // With all that the learner may do.
    const able = { ...lab, run: { ...lab.run, clients: new Proxy({}, { get: () => client }) as never } };
    const done: [string, unknown][] = [];
    const client = {
      async send({ constructor, input: given }: Sent): Promise<unknown> {
        done.push([constructor.name.replace(/Command$/, ''), given]);
        return {};
      },
    };
    for (const wrong of [{}, { crawl: 'yes', start: 1 }]) expect(await view.act!(able, wrong)).toBeUndefined();
    expect(done).toEqual([]);
    expect(await view.act!(able, body)).toMatchObject({ started: expect.any(String) });
    expect(done).toEqual([[operation, input]]);
    // A read cannot.
    await expect(view.act!(lab, body)).rejects.toThrow();
  });

  test('a version is decided on by its number, with a reason; another than the lab’s is not', async () => {
    const answers: Readonly<Record<string, object>> = {
      ListModelPackages: { ModelPackageSummaryList: [{ ModelPackageArn: 'arn:1' }] },
      DescribeModelPackage: { ModelPackageArn: 'arn:1', ModelPackageVersion: 1 },
    };
    const done: [string, unknown][] = [];
    const client = {
      async send({ constructor, input }: Sent): Promise<unknown> {
        const operation = constructor.name.replace(/Command$/, '');
        if (operation.startsWith('Update')) done.push([operation, input]);
        return answers[operation] ?? {};
      },
    };
    const lab = standing(() => ({}));
    const able = { ...lab, run: { ...lab.run, clients: new Proxy({}, { get: () => client }) as never } };
    expect(await versions.act!(able, { version: 1, approve: 'yes', reason: 'x' })).toBeUndefined();
    await expect(versions.act!(able, { version: 2, approve: true, reason: 'x' })).rejects.toThrow('no model version');
    expect(await versions.act!(able, { version: 1, approve: false, reason: HOSTILE })).toEqual({ decided: 'Rejected' });
    expect(done).toEqual([
      [
        'UpdateModelPackage',
        { ModelPackageArn: 'arn:1', ModelApprovalStatus: 'Rejected', ApprovalDescription: HOSTILE },
      ],
    ]);
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
