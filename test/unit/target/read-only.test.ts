import { StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import { GetObjectCommand, paginateListObjectsV2, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteEndpointCommand, DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { LABS } from '../../../lib/course/registry';
import { Clients } from '../../../lib/target/clients';
import { onlyReads, readOnly } from '../../../lib/target/read-only';
import type { Recorded } from '../../../scripts/policy/record';
import requests from '../../../scripts/policy/requests.json';

const sent: string[] = [];
const send = async (command: object): Promise<object> => {
  sent.push(command.constructor.name);
  return {};
};
const clients = readOnly({ s3: { send }, sagemaker: { send }, athena: { send }, pollMs: 7 } as never);
const query = (QueryString: string) => clients.athena.send(new StartQueryExecutionCommand({ QueryString }));
beforeEach(() => sent.splice(0));

test('what reads is sent, and what is no client is passed on', async () => {
  await clients.s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
  await clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'e' }));
  expect(sent).toEqual(['GetObjectCommand', 'DescribeEndpointCommand']);
  expect(clients.pollMs).toBe(7);
});

test('what writes or deletes is not sent, and named', () => {
  expect(() => clients.s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k' }))).toThrow(
    'A check asked s3 for PutObject, which would change the account: it was not sent.',
  );
  expect(() => clients.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'e' }))).toThrow('DeleteEndpoint');
  expect(sent).toEqual([]);
});

test.each(['SELECT 1', '-- a check of mla-labs\nSELECT 1', '  with x as (select 1) select * from x'])(
  'the query %j is sent',
  async (sql) => {
    await query(sql);
    expect(sent).toEqual(['StartQueryExecutionCommand']);
  },
);

test.each(['DROP TABLE flights', '-- SELECT\nDROP TABLE flights', "UNLOAD (SELECT 1) TO 's3://b/'", 'selection', ''])(
  'the statement %j is not',
  (sql) => {
    expect(() => query(sql)).toThrow('StartQueryExecution');
    expect(sent).toEqual([]);
  },
);

test('the SDK still pages through a list, and knows its own client', async () => {
  const real = readOnly(new Clients({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }));
  expect(real.s3).toBeInstanceOf(S3Client);
  jest.spyOn(S3Client.prototype, 'send').mockImplementation(async () => ({ KeyCount: 0 }));
  const pages = [];
  for await (const page of paginateListObjectsV2({ client: real.s3 }, { Bucket: 'b' })) pages.push(page);
  expect(pages).toEqual([{ KeyCount: 0 }]);
});

/** IAM's names for what reads, and what Athena does for who asks it: its answers are written with the caller's rights. */
const READING_ACTIONS = new Set(['athena:StartQueryExecution', 'logs:StartQuery', 'sagemaker:InvokeEndpoint']);
const inChecks = (requests as readonly Recorded[]).filter(({ by }) => Object.values(by).flat().includes('check'));

test('what IAM was asked during the checks of all labs (scripts/policy/record.ts) is reading, but for the answers of Athena', () => {
  const labs = new Set(inChecks.flatMap(({ by }) => Object.keys(by).map((scenario) => scenario.split(' ')[0])));
  expect([...labs].sort()).toEqual(LABS.map(({ id }) => id).sort());
  const others = inChecks.filter(({ action }) => !onlyReads(action.split(':')[1]!, {}) && !READING_ACTIONS.has(action));
  expect(
    others.map(({ action, resource, by }) => ({
      action,
      resource,
      labs: Object.keys(by).filter((name) => by[name]!.includes('check')),
    })),
  ).toEqual([{ action: 's3:PutObject', resource: 'arn:PARTITION:s3:::mlalabs-*/*', labs: ['data-prep'] }]);
});
