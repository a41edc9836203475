/** Nothing of ours survives, and nothing else is touched: by `down`'s sweep, by plain stack deletion, by the lease. */
import {
  CreateNamedQueryCommand,
  CreatePreparedStatementCommand,
  GetQueryExecutionCommand,
  CreateWorkGroupCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { CreateLogGroupCommand, CreateLogStreamCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateCrawlerCommand,
  CreateDatabaseCommand,
  CreateDataQualityRulesetCommand,
  CreateJobCommand,
  CreateTableCommand,
  GetJobRunCommand,
  StartCrawlerCommand,
  StartDataQualityRulesetEvaluationRunCommand,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { AttachRolePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  HeadBucketCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { execFileSync } from 'node:child_process';
import { tagsOf } from '../../lib/course/names';
import { Lease } from './lease';
import { Stage } from './stage';
import { until } from './until';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open('data-prep');
});
afterAll(() => stage?.close());

/** Things of the same kinds with names as near as can be, that are somebody else's. */
async function makeTwins(): Promise<void> {
  const { s3, glue, athena, logs, ssm, iam } = stage.target.clients;
  const trust = { Effect: 'Allow', Principal: { Service: 'glue.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  const role = await iam.send(
    new CreateRoleCommand({ RoleName: 'MlaLabs-DataPrep-TransformRole-twin', AssumeRolePolicyDocument }),
  );
  const Role = role.Role!.Arn!;
  await s3.send(new CreateBucketCommand({ Bucket: 'mlalabs-dataprep-databucket-twin' }));
  await s3.send(
    new PutObjectCommand({ Bucket: 'mlalabs-dataprep-databucket-twin', Key: 'raw/flights/x.csv', Body: 'a,b\n1,2\n' }),
  );
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'mla_labs_data_prep_me2' } }));
  await glue.send(new CreateTableCommand({ DatabaseName: 'mla_labs_data_prep_me2', TableInput: { Name: 'flights' } }));
  const Targets = { S3Targets: [{ Path: 's3://mlalabs-dataprep-databucket-twin/raw/' }] };
  const DatabaseName = 'mla_labs_data_prep_me2';
  await glue.send(new CreateCrawlerCommand({ Name: 'mla-labs-data-prep-me-2', Role, DatabaseName, Targets }));
  const Command = { Name: 'glueetl', ScriptLocation: 's3://mlalabs-dataprep-databucket-twin/x.py' };
  await glue.send(new CreateJobCommand({ Name: 'mla-labs-data-prep-me--transform-2', Role, Command }));
  await glue.send(
    new CreateDataQualityRulesetCommand({
      Name: 'mla-labs-data-prep-me--prepared-2',
      Ruleset: 'Rules = [ RowCount > 0 ]',
    }),
  );
  await athena.send(new CreateWorkGroupCommand({ Name: 'mla-labs-data-prep-me-2' }));
  const query = {
    Name: 'late share',
    Database: 'default',
    QueryString: 'SELECT 1',
    WorkGroup: 'mla-labs-data-prep-me-2',
  };
  await athena.send(new CreateNamedQueryCommand(query));
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/mla-labs/data-prep/me2/jobs/error' }));
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws-glue/crawlers' }));
  const stream = { logGroupName: '/aws-glue/crawlers', logStreamName: 'mla-labs-data-prep-me-2' };
  await logs.send(new CreateLogStreamCommand(stream));
  await ssm.send(new PutParameterCommand({ Name: '/mla-labs/me2/data-prep', Type: 'String', Value: '{}' }));
}

/** What steps and a curious learner leave: objects and versions, tables, queries, a ruleset and a job of their own, log streams. */
async function liveInIt(): Promise<void> {
  await stage.act('ingest', 'crawl', 'explore');
  const { s3, glue, athena, logs } = stage.target.clients;
  const { outputs } = await stage.run();
  const Bucket = outputs.DataBucket!;
  await s3.send(new PutObjectCommand({ Bucket, Key: 'raw/planes/planes.csv', Body: 'another version' }));
  const role = async (logical: string) =>
    `arn:aws:iam::${stage.target.account}:role/${await stage.physical('AWS::IAM::Role', logical)}`;
  const Name = 'made in the console';
  const Command = { Name: 'glueetl', ScriptLocation: `s3://${Bucket}/raw/mine.py` };
  await glue.send(new CreateJobCommand({ Name, Role: await role('TransformRole'), Command }));
  const Targets = { S3Targets: [{ Path: `s3://${Bucket}/raw/planes/` }] };
  const crawler = { Name, Role: await role('CrawlerRole'), DatabaseName: outputs.Database!, Targets };
  await glue.send(new CreateCrawlerCommand(crawler));
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/mine', tags: tagsOf('data-prep', 'me') }));
  const TargetTable = { DatabaseName: outputs.Database!, TableName: 'flights' };
  const Ruleset = 'Rules = [ RowCount > 0 ]';
  await glue.send(new CreateDataQualityRulesetCommand({ Name: 'my own rules', Ruleset, TargetTable }));
  const query = { Name: 'mine', Database: outputs.Database!, QueryString: 'SELECT 1', WorkGroup: outputs.WorkGroup! };
  await athena.send(new CreateNamedQueryCommand(query));
  const statement = { StatementName: 'mine', QueryStatement: 'SELECT 1', WorkGroup: outputs.WorkGroup! };
  await athena.send(new CreatePreparedStatementCommand(statement));
  await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'raw/never-completed.csv' }));
}

/** A job run, a query, an evaluation and a crawl that go on while the lab is deleted. */
async function workInIt(): Promise<void> {
  const { s3, glue, athena } = stage.target.clients;
  const { outputs } = await stage.run();
  const Body = 'import time\ntime.sleep(3600)\n';
  await s3.send(new PutObjectCommand({ Bucket: outputs.DataBucket!, Key: 'raw/mine.py', Body }));
  const { JobRunId } = await glue.send(new StartJobRunCommand({ JobName: 'made in the console' }));
  const { QueryExecutionId } = await athena.send(
    new StartQueryExecutionCommand({
      QueryString: 'SELECT count(*) FROM flights a, flights b, flights c WHERE a.month + b.month > c.month',
      QueryExecutionContext: { Database: outputs.Database! },
      WorkGroup: outputs.WorkGroup!,
    }),
  );
  await glue.send(
    new StartDataQualityRulesetEvaluationRunCommand({
      Role: outputs.QualityRole!,
      RulesetNames: ['my own rules'],
      DataSource: { GlueTable: { DatabaseName: outputs.Database!, TableName: 'flights' } },
    }),
  );
  const run = { JobName: 'made in the console', RunId: JobRunId! };
  await until(async () => (await glue.send(new GetJobRunCommand(run))).JobRun!.JobRunState === 'RUNNING');
  const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
  expect(QueryExecution!.Status!.State).toBe('RUNNING');
  // Last, as it takes seconds only, like the evaluation.
  await glue.send(new StartCrawlerCommand({ Name: outputs.Crawler! }));
}

/** What is there and was not there before, and what is missing and was there. */
async function changedSince(before: readonly string[]): Promise<{ more: string[]; fewer: string[] }> {
  const now = await stage.target.inventory();
  return { more: now.filter((one) => !before.includes(one)), fewer: before.filter((one) => !now.includes(one)) };
}

/** Somebody who puts objects into a bucket as fast as they are taken, whatever is answered. */
class Writer {
  private stopped = false;
  private readonly loop: Promise<void>;

  constructor(bucket: string, folder: string) {
    this.loop = this.write(bucket, folder);
  }

  private async write(Bucket: string, folder: string): Promise<void> {
    for (let n = 0; !this.stopped; n += 1) {
      const put = new PutObjectCommand({ Bucket, Key: `${folder}/${n}.csv`, Body: 'x' });
      await stage.target.clients.s3.send(put).catch(() => undefined);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }
}

/** The receipt: made = removed + left. */
function expectSum(said: string): void {
  const [, made, removed, left] = /made (\d+), removed (\d+), left over (\d+)/.exec(said)!.map(Number);
  expect(removed! + left!).toBe(made);
}

/** Processes of the functions of this learner's lab; the emulator names their folders by them. */
function functionProcesses(): string[] {
  const all = execFileSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' }).split('\n');
  // A private cloud has its owner's process in its name: others may run beside it.
  return all.filter(
    (line) => line.includes(`/private-${process.pid}-`) && line.includes('lambda-mla-labs-data-prep-me-'),
  );
}

describe('in an account with things of the same kinds and names nearly the same', () => {
  let before: readonly string[];
  beforeAll(async () => {
    await makeTwins();
    await stage.up('ana');
    before = await stage.target.inventory();
  });

  test('plain stack deletion, without `down`, leaves nothing and touches nothing else', async () => {
    await stage.up();
    await liveInIt();
    expect((await changedSince(before)).more.length).toBeGreaterThan(30);
    expect(functionProcesses()).not.toEqual([]);
    await stage.destroy();
    expect(await changedSince(before)).toEqual({ more: [], fewer: [] });
    await until(async () => functionProcesses().length === 0);
  });

  test('a sweep that cannot finish stops the deletion with a reason, and the next one goes on', async () => {
    await stage.up();
    await stage.act('ingest', 'crawl');
    const bucket = (await stage.run()).outputs.DataBucket!;
    const giveBack = await stage.revoke(await stage.physical('AWS::IAM::Role', 'Lease'), 's3:ListBucketVersions');
    await expect(stage.destroy()).rejects.toThrow(/s3:ListBucketVersions|Sweep/);
    await stage.target.clients.s3.send(new HeadBucketCommand({ Bucket: bucket }));
    expect(await stage.stackIsGone()).toBe(false);
    await giveBack();
    await stage.destroy();
    expect(await changedSince(before)).toEqual({ more: [], fewer: [] });
  });

  test('a policy that a learner gave a role by hand stops plain deletion as on AWS, and `down` takes it along', async () => {
    await stage.up();
    const RoleName = await stage.physical('AWS::IAM::Role', 'TransformRole');
    const PolicyArn = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
    await stage.target.clients.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    await expect(stage.destroy()).rejects.toThrow('Cannot delete entity, must detach all policies first');
    await stage.down();
    expect(await changedSince(before)).toEqual({ more: [], fewer: [] });
  });

  test('two who write without end: `down` ends and names them, and what it proposes lets the next one finish', async () => {
    await stage.up();
    await stage.act('ingest');
    const bucket = (await stage.run()).outputs.DataBucket!;
    const writers = ['prepared/flights/month=1', 'athena-results/tables'].map((folder) => new Writer(bucket, folder));
    const first = await stage.cli('down data-prep --target local --yes');
    expect(first).toMatchObject({ code: 1 });
    const said = `${first.out}${first.err}`.replaceAll(/\s+/g, ' ');
    expect(said).toContain(`writes to s3://${bucket}`);
    expect(said).toContain('below prepared/ (a run of the Glue job)');
    expect(said).toContain('below athena-results/ (queries of Athena)');
    expectSum(said);
    expect(await stage.stackIsGone()).toBe(false);
    const [advice] = /aws s3api put-bucket-policy .*/.exec(first.out)!;
    expect(stage.shell(advice)).toMatchObject({ status: 0 });
    const second = await stage.cli('down data-prep --target local --yes');
    expect(second).toMatchObject({ code: 0 });
    expectSum(second.out);
    await Promise.all(writers.map((writer) => writer.stop()));
    expect(await changedSince(before)).toEqual({ more: [], fewer: [] });
  });

  test('a lease that is over sweeps, deletes its own stack, and touches nothing else, whatever goes on', async () => {
    await stage.up();
    await liveInIt();
    const lease = await Lease.of(stage);
    await lease.act();
    expect(await stage.stackIsGone()).toBe(false);
    await workInIt();
    await lease.end();
    await lease.act();
    await until(() => stage.stackIsGone());
    expect(await changedSince(before)).toEqual({ more: [], fewer: [] });
  });
});
