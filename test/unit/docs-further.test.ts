/** The page of what the labs leave out: its code works, and its figures are those of lib/facts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { KeyStack, withOwnKey } from '../../docs/further/own-key';
import { makeStack } from '../../labs/data-prep/stack';
import { flightsColumns } from '../../labs/data-prep/queries';
import { dataManifest } from '../../lib/course/data-plan';
import { inferenceTables, TABLES } from '../../scripts/docs/inference';

const ROOT = resolve(__dirname, '..', '..');
const FOLDER = join(ROOT, 'docs/further');
const page = readFileSync(join(ROOT, 'docs/further.md'), 'utf8');
const file = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

test.each(readdirSync(FOLDER))('the page leads to %s', (name) => {
  expect(page).toContain(`](further/${name})`);
});

test.each(readdirSync(FOLDER).filter((name) => !name.endsWith('.py')))('the page quotes %s as it is', (name) => {
  const quoted = [...page.matchAll(/^```(?:ts|sql|yaml)\n([^]*?)^```$/gm)].map(([, code]) => code);
  expect(quoted).toContain(file(name));
});

test('the tables of inference are made from lib/facts: npx tsx scripts/docs/inference.ts', () => {
  const cells = (text: string): string => text.replaceAll(/[ \t-]+/g, ' ').trim();
  expect(cells(TABLES.exec(page)![0])).toBe(cells(inferenceTables()));
});

test('a bucket with a key of its own encrypts with it, and those who use its objects may use the key', () => {
  const app = new App();
  const keys = new KeyStack(app, 'Keys');
  const stack = makeStack(app, 'me');
  const role = (id: string) => stack.node.findChild(id) as iam.Role;
  withOwnKey(stack.bucket, keys.key, {
    readers: [role('CrawlerRole')],
    writers: [role('TransformRole'), role('QualityRole')],
  });
  Template.fromStack(keys).hasResource('AWS::KMS::Key', {
    DeletionPolicy: 'Delete',
    Properties: { PendingWindowInDays: 7 },
  });
  const template = Template.fromStack(stack);
  const arn = stack.resolve(keys.key.keyArn) as object;
  template.hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arn },
        },
      ],
    },
  });
  const reads = Match.stringLikeRegexp('^kms:Decrypt$');
  const writes = Match.arrayWith(['kms:Decrypt', 'kms:GenerateDataKey*']);
  for (const [id, actions] of [
    ['CrawlerRole', reads],
    ['TransformRole', writes],
    ['QualityRole', writes],
  ] as const)
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(role(id).roleName)],
      PolicyDocument: { Statement: [Match.objectLike({ Action: actions, Resource: arn })] },
    });
});

test('the table with projected partitions has the columns of the flights, and exactly their months', () => {
  const sql = file('flights-projected.sql');
  const [columns] = sql.split('PARTITIONED BY');
  expect([...columns!.matchAll(/^ {2}`(\w+)` (\w+)/gm)].map(([, name, type]) => ({ name, type }))).toEqual(
    flightsColumns(),
  );
  const months = dataManifest().files.flatMap(({ key }) => /batch=([\d-]+)/.exec(key)?.[1] ?? []);
  expect(sql).toContain(`'projection.batch.range' = '${months[0]},${months.at(-1)}'`);
});
