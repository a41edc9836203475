/** Accounts for the scenarios: a lab as its stack makes it, and a learner at work in it. */
import { NO_NAMES, type Ownership } from '../../../lib/teardown/ownership';
import { writeRecord } from '../../../lib/teardown/record';
import { ACCOUNT, FakeCloud, OURS, REGION } from './fake-cloud';

export const BUCKET = 'mlalabs-dataprep-databucket-abc';
export const DATABASE = 'mla_labs_data_prep_me';
export const CRAWLER = 'mla-labs-data-prep-me';
export const JOB = 'mla-labs-data-prep-me--transform';
export const WORKGROUP = 'mla-labs-data-prep-me';
export const RULESET = 'mla-labs-data-prep-me--prepared';
export const LOGS = '/mla-labs/data-prep/me/jobs/error';
export const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
export const JOB_ROLE = role('MlaLabs-DataPrep-TransformRole-1');

export const OWNERSHIP: Ownership = {
  ...NO_NAMES,
  lab: 'data-prep',
  learner: 'me',
  account: ACCOUNT,
  region: REGION,
  stackName: 'MlaLabs-DataPrep',
  leaseHours: 8,
  buckets: [BUCKET],
  roles: [JOB_ROLE],
  databases: [DATABASE],
  workGroups: [WORKGROUP],
  crawlers: [CRAWLER],
  jobs: [JOB],
  rulesets: [RULESET],
  namedQueries: ['stack-query'],
  logGroups: [LOGS],
};

/** A lab just after `up`. */
export async function deployed(): Promise<FakeCloud> {
  const cloud = new FakeCloud();
  cloud.stack = {
    status: 'CREATE_COMPLETE',
    created: new Date(cloud.time),
    resources: [
      { type: 'AWS::S3::Bucket', id: BUCKET },
      { type: 'AWS::IAM::Role', id: 'MlaLabs-DataPrep-TransformRole-1' },
      { type: 'AWS::Glue::Database', id: DATABASE },
      { type: 'AWS::Glue::Crawler', id: CRAWLER },
      { type: 'AWS::Glue::Job', id: JOB },
      { type: 'AWS::Glue::DataQualityRuleset', id: RULESET },
      { type: 'AWS::Athena::WorkGroup', id: WORKGROUP },
      { type: 'AWS::Athena::NamedQuery', id: 'stack-query' },
      { type: 'AWS::Logs::LogGroup', id: LOGS },
    ],
  };
  cloud.buckets.set(BUCKET, { tags: OURS, versions: [], uploads: [] });
  cloud.roles.set('MlaLabs-DataPrep-TransformRole-1', OURS);
  cloud.databases.set(DATABASE, { parameters: OURS, tables: new Set() });
  cloud.crawlers.set(CRAWLER, { role: JOB_ROLE, targets: [`s3://${BUCKET}/raw/flights/`], state: 'READY', tags: OURS });
  cloud.jobs.set(JOB, { role: JOB_ROLE, script: 's3://cdk-assets/x.py', runs: [], tags: OURS });
  cloud.rulesets.set(RULESET, { tags: OURS });
  cloud.workGroups.set(WORKGROUP, {
    tags: OURS,
    queries: new Map(),
    named: new Set(['stack-query']),
    prepared: new Set(),
  });
  cloud.groups.set(LOGS, { tags: OURS, streams: new Set() });
  await writeRecord(cloud.run(), { ...OWNERSHIP, stackId: cloud.stackId() });
  return cloud;
}

/** Adds what a learner does and makes, in steps and in the console. */
export function atWork(cloud: FakeCloud): void {
  const bucket = cloud.buckets.get(BUCKET)!;
  bucket.versions = ['raw/a', 'raw/b', 'raw/b!'];
  bucket.uploads = ['prepared/half'];
  cloud.databases.get(DATABASE)!.tables = new Set(['flights', 'prepared']);
  cloud.crawlers.get(CRAWLER)!.state = 'RUNNING';
  cloud.jobs.get(JOB)!.runs = [
    { id: 'jr_1', state: 'SUCCEEDED' },
    { id: 'jr_2', state: 'RUNNING' },
  ];
  cloud.crawlers.set('my own crawler', {
    role: 'AWSGlueServiceRole',
    targets: [`s3://${BUCKET}/incoming/`],
    state: 'READY',
  });
  cloud.jobs.set('my own job', { role: JOB_ROLE, script: 's3://elsewhere/x.py', runs: [] });
  cloud.qualityRuns.set('dqrun-1', { database: DATABASE, role: role('other'), status: 'RUNNING' });
  cloud.qualityRuns.set('dqrun-2', { role: JOB_ROLE, status: 'RUNNING' });
  cloud.rulesets.set('my rules', { database: DATABASE });
  const group = cloud.workGroups.get(WORKGROUP)!;
  group.queries.set('q-1', 'RUNNING').set('q-0', 'SUCCEEDED');
  group.named.add('my-query');
  group.prepared.add('my_statement');
  cloud.groups.set('/aws-glue/crawlers', { tags: {}, streams: new Set([CRAWLER, `${CRAWLER}-other`, 'someone']) });
  cloud.groups.set('/aws-glue/jobs/error', { tags: {}, streams: new Set(['jr_1', 'jr_2-driver', 'jr_21', 'jr_9']) });
  cloud.groups.set('my logs', { tags: OURS, streams: new Set() });
}
