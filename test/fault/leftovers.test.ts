/** A thousand things of mixed kinds that a learner left, under throttling; and an account that holds thousands of others'. */
import { CreateNamedQueryCommand, CreatePreparedStatementCommand } from '@aws-sdk/client-athena';
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateDataQualityRulesetCommand, CreateJobCommand, CreateTableCommand } from '@aws-sdk/client-glue';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { resourcesOf } from '../../labs/data-prep/resources';
import { tagsOf } from '../../lib/course/names';
import type { Clients } from '../../lib/target/clients';
import { Stage } from '../proof/stage';
import { MAKERS } from './decoys';
import { record } from './figures';
import { expectDown, unused } from './nothing-left';
import { testAll } from './played';

/** Makes the thing of this number. */
type Make = (clients: Clients, number: number) => Promise<unknown>;

/** Makes things by turns of each kind, some at a time. */
async function make(clients: Clients, makers: readonly Make[], count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, number) => number);
  while (numbers.length > 0)
    await Promise.all(numbers.splice(0, 20).map((number) => makers[number % makers.length]!(clients, number)));
}

/** How many requests to AWS that takes. */
async function requestsOf(stage: Stage, act: () => Promise<void>): Promise<number> {
  const before = (await stage.cloud.requests()).length;
  await act();
  return (await stage.cloud.requests()).length - before;
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

  testAll('a thousand are removed, and take four times the requests of 250, not more', async () => {
    const before = await unused(stage);
    const down = async (count: number): Promise<{ requests: number; figure: string }> => {
      await stage.up();
      await leave(count);
      const start = Date.now();
      const requests = await requestsOf(stage, () => expectDown(stage, before));
      const milliseconds = Math.round((Date.now() - start) / count);
      return { requests, figure: `${(requests / count).toFixed(1)} requests and ${milliseconds} ms each` };
    };
    const few = await down(250);
    const many = await down(1000);
    expect(many.requests).toBeLessThanOrEqual(4 * few.requests);
    record(
      '1,000 leftovers of 7 kinds, a third of all requests throttled: all removed',
      `${many.figure} (of 250: ${few.figure})`,
    );
  });
});

describe('a large account', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open('data-prep');
  });
  afterAll(() => stage?.close());

  const STRANGERS: readonly Make[] = [
    ...['stack', 'alarm', 'job', 'queue', 'rule'].map(
      (kind): Make =>
        (clients, n) =>
          MAKERS[kind]!(clients, `stranger-${n}`, {}),
    ),
    ({ logs }, n) => logs.send(new CreateLogGroupCommand({ logGroupName: `/strangers/${n}` })),
  ];

  testAll('five thousand things of others at most double what status and down ask', async () => {
    await stage.up();
    const count = (line: string): Promise<number> =>
      requestsOf(stage, async () => {
        const { code, err } = await stage.cli(`${line} --target local --json`);
        expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
      });
    const alone = { status: await count('status'), down: await count('down data-prep --dry-run') };
    await make(stage.target.clients, STRANGERS, 5000);
    const among = { status: await count('status'), down: await count('down data-prep --dry-run') };
    expect(among.status).toBeLessThanOrEqual(2 * alone.status);
    expect(among.down).toBeLessThanOrEqual(2 * alone.down);
    record(
      'An account with 5,000 things of others',
      `status asks ${among.status} requests (alone ${alone.status}), down’s plan ${among.down} (${alone.down})`,
    );
    await stage.down();
  });
});
