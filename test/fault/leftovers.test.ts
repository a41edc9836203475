/** A thousand things of mixed kinds that a learner left, under throttling; and an account that holds thousands of others'. */
import { CreateNamedQueryCommand, CreatePreparedStatementCommand } from '@aws-sdk/client-athena';
import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PutRuleCommand } from '@aws-sdk/client-eventbridge';
import { CreateDataQualityRulesetCommand, CreateJobCommand, CreateTableCommand } from '@aws-sdk/client-glue';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { resourcesOf } from '../../labs/data-prep/resources';
import { tagsOf } from '../../lib/course/names';
import type { Clients } from '../../lib/target/clients';
import { Stage } from '../proof/stage';
import { record } from './figures';
import { testAll } from './played';

// A thousand removals with a third of all requests thrown away take their time.
jest.setTimeout(1_800_000);

/** Makes the thing of this number. */
type Make = (clients: Clients, number: number) => Promise<unknown>;

/** Makes things by turns of each kind, some at a time. */
async function make(clients: Clients, makers: readonly Make[], count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, number) => number);
  while (numbers.length > 0)
    await Promise.all(numbers.splice(0, 20).map((number) => makers[number % makers.length]!(clients, number)));
}

describe('leftovers under throttling', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open('data-prep', 'me', ['throttled']);
  });
  afterAll(() => stage?.close());

  /** What a learner's own work leaves in a lab's bucket, database and workgroup, and beside them with the lab's tags. */
  async function leave(count: number): Promise<void> {
    const run = await stage.run();
    const { bucket, database, workGroup } = resourcesOf(run);
    const tags = tagsOf('data-prep', 'me');
    const command = { Name: 'glueetl', ScriptLocation: `s3://${bucket}/x.py` };
    await make(
      stage.target.clients,
      [
        ({ s3 }, n) => s3.send(new PutObjectCommand({ Bucket: bucket, Key: `mine/${n}.csv`, Body: 'a,b' })),
        ({ glue }, n) =>
          glue.send(new CreateTableCommand({ DatabaseName: database, TableInput: { Name: `mine_${n}` } })),
        ({ athena }, n) =>
          athena.send(
            new CreateNamedQueryCommand({
              Name: `mine-${n}`,
              Database: database,
              QueryString: 'SELECT 1',
              WorkGroup: workGroup,
            }),
          ),
        ({ athena }, n) =>
          athena.send(
            new CreatePreparedStatementCommand({
              StatementName: `mine_${n}`,
              WorkGroup: workGroup,
              QueryStatement: 'SELECT 1',
            }),
          ),
        ({ glue }, n) =>
          glue.send(new CreateJobCommand({ Name: `mine-${n}`, Role: 'mine', Command: command, Tags: tags })),
        ({ glue }, n) =>
          glue.send(
            new CreateDataQualityRulesetCommand({ Name: `mine-${n}`, Ruleset: 'Rules = [ RowCount > 0 ]', Tags: tags }),
          ),
        ({ logs }, n) => logs.send(new CreateLogGroupCommand({ logGroupName: `/mine/${n}`, tags })),
      ],
      count,
    );
  }

  /** Leaves so many, takes the lab down, and counts what that asked of AWS. */
  async function requestsOfDown(count: number): Promise<number> {
    const before = await stage.target.inventory();
    await stage.up();
    await leave(count);
    const asked = (await stage.cloud.requests()).length;
    const { code, err } = await stage.cli('down data-prep --target local --yes --json');
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    expect(await stage.target.inventory()).toEqual(before);
    return (await stage.cloud.requests()).length - asked;
  }

  testAll('a thousand are removed, and take four times the requests of 250, not more', async () => {
    await stage.up();
    await stage.down();
    const few = await requestsOfDown(250);
    const many = await requestsOfDown(1000);
    record(
      '1,000 leftovers of 7 kinds, a third of all requests throttled: all removed',
      `${many} requests (250: ${few})`,
    );
    expect(many).toBeLessThanOrEqual(4 * few);
  });
});

describe('a large account', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open('data-prep');
  });
  afterAll(() => stage?.close());

  const NOBODY = 'arn:aws:iam::000000000000:role/nobody';
  const TEMPLATE = JSON.stringify({ Resources: { Wait: { Type: 'AWS::CloudFormation::WaitConditionHandle' } } });
  const STRANGERS: readonly Make[] = [
    ({ cloudformation }, n) =>
      cloudformation.send(new CreateStackCommand({ StackName: `stranger-${n}`, TemplateBody: TEMPLATE })),
    ({ cloudwatch }, n) =>
      cloudwatch.send(
        new PutMetricAlarmCommand({
          AlarmName: `stranger-${n}`,
          Namespace: 'Strangers',
          MetricName: 'Errors',
          Statistic: 'Sum',
          Period: 300,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanThreshold',
        }),
      ),
    ({ glue }, n) =>
      glue.send(
        new CreateJobCommand({
          Name: `stranger-${n}`,
          Role: NOBODY,
          Command: { Name: 'glueetl', ScriptLocation: 's3://strangers/x.py' },
        }),
      ),
    ({ logs }, n) => logs.send(new CreateLogGroupCommand({ logGroupName: `/strangers/${n}` })),
    ({ sqs }, n) => sqs.send(new CreateQueueCommand({ QueueName: `stranger-${n}` })),
    ({ eventbridge }, n) =>
      eventbridge.send(
        new PutRuleCommand({ Name: `stranger-${n}`, ScheduleExpression: 'rate(1 day)', State: 'DISABLED' }),
      ),
  ];

  testAll('five thousand things of others at most double what status and down ask', async () => {
    await stage.up();
    const count = async (line: string): Promise<number> => {
      const asked = (await stage.cloud.requests()).length;
      const { code, err } = await stage.cli(`${line} --target local --json`);
      expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
      return (await stage.cloud.requests()).length - asked;
    };
    const alone = { status: await count('status'), down: await count('down data-prep --dry-run') };
    await make(stage.target.clients, STRANGERS, 5000);
    const among = { status: await count('status'), down: await count('down data-prep --dry-run') };
    record(
      'An account with 5,000 things of others',
      `status asks ${among.status} requests (alone ${alone.status}), down’s plan ${among.down} (${alone.down})`,
    );
    expect(among.status).toBeLessThanOrEqual(2 * alone.status);
    expect(among.down).toBeLessThanOrEqual(2 * alone.down);
    await stage.down();
  });
});
