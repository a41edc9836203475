import { kindsOf } from '../../../lib/teardown/kinds';
import { readOwnership } from '../../../lib/teardown/record';
import { inventory, sweep } from '../../../lib/teardown/sweep';
import { LAB_KINDS } from '../../../lib/course/kinds';
import { CRAWLER, DATABASE, deployed, atWork, BUCKET, JOB, OWNERSHIP, WORKGROUP } from './scenes';

const SHARED = [
  'log group /aws-glue/crawlers',
  'log group /aws-glue/jobs/error',
  `stream /aws-glue/crawlers ${CRAWLER}-other`,
  'stream /aws-glue/crawlers someone',
  'stream /aws-glue/jobs/error jr_21',
  'stream /aws-glue/jobs/error jr_9',
];
const ENDED = ['quality run dqrun-1 STOPPED', 'quality run dqrun-2 STOPPED'];

describe('a sweep while the stack stands', () => {
  test('finds nothing in a lab in which nobody did anything', async () => {
    const cloud = await deployed();
    expect(await inventory(cloud.run(), OWNERSHIP)).toEqual([]);
    expect(await sweep(cloud.run(), OWNERSHIP)).toEqual({ removed: [], left: [] });
    expect(cloud.changes.filter((change) => !change.startsWith('Put'))).toEqual([]);
  });

  test('removes all that a learner did and made, and leaves what CloudFormation deletes', async () => {
    const cloud = await deployed();
    const before = cloud.inventory();
    atWork(cloud);
    const { left, removed } = await sweep(cloud.run(), OWNERSHIP);
    expect(left).toEqual([]);
    expect(removed.length).toBeGreaterThan(15);
    const history = [
      `run ${JOB}/jr_1 SUCCEEDED`,
      `run ${JOB}/jr_2 STOPPED`,
      'query q-0 SUCCEEDED',
      'query q-1 CANCELLED',
    ];
    expect(cloud.inventory()).toEqual([...before, ...history, ...ENDED, ...SHARED].sort());
    expect(await inventory(cloud.run(), OWNERSHIP)).toEqual([]);
  });

  test('says of each thing how it was proven ours', async () => {
    const cloud = await deployed();
    atWork(cloud);
    const because = Object.fromEntries(
      (await inventory(cloud.run(), OWNERSHIP)).map((one) => [`${one.kind} ${one.id}`, one.because]),
    );
    expect(because['glue:job my own job']).toBe(
      'it uses our role arn:aws:iam::123456789012:role/MlaLabs-DataPrep-TransformRole-1',
    );
    expect(because['glue:crawler my own crawler']).toBe(`it crawls s3://${BUCKET}/incoming/`);
    expect(because['glue:ruleset my rules']).toBe(`for a table of our database ${DATABASE}`);
    expect(because['logs:group my logs']).toBe('with our tags');
  });

  test('leaves an account’s own crawler that visits our bucket among others', async () => {
    const cloud = await deployed();
    cloud.crawlers.set('all buckets', {
      role: 'AWSGlueServiceRole',
      targets: ['s3://theirs/', `s3://${BUCKET}/`],
      state: 'RUNNING',
    });
    expect((await sweep(cloud.run(), OWNERSHIP)).left).toEqual([]);
    expect(cloud.crawlers.get('all buckets')?.state).toBe('RUNNING');
  });

  test('stops what runs before it removes what that uses, and streams before the job that proves them', async () => {
    const cloud = await deployed();
    atWork(cloud);
    await sweep(cloud.run(), OWNERSHIP);
    const at = (change: string): number => {
      const index = cloud.changes.indexOf(change);
      expect([change, index]).not.toEqual([change, -1]);
      return index;
    };
    expect(at(`StopCrawler ${CRAWLER}`)).toBeLessThan(at('DeleteTable flights'));
    expect(at(`BatchStopJobRun ${JOB}`)).toBeLessThan(at(`DeleteObjects ${BUCKET}`));
    expect(at('DeleteLogStream /aws-glue/jobs/error')).toBeLessThan(at('DeleteJob my own job'));
  });

  test('waits for a job that takes its time to stop', async () => {
    const cloud = await deployed();
    atWork(cloud);
    cloud.stopsAfter = 5;
    const { left } = await sweep(cloud.run(), OWNERSHIP);
    expect(left).toEqual([]);
    expect(cloud.slept).toBeGreaterThan(4);
  });

  test('removes objects page by page until the bucket is empty', async () => {
    const cloud = await deployed();
    cloud.buckets.get(BUCKET)!.versions = Array.from({ length: 20 }, (_, n) => `raw/${n}${n % 2 ? '!' : ''}`);
    expect((await sweep(cloud.run(), OWNERSHIP)).left).toEqual([]);
    expect(cloud.buckets.get(BUCKET)!.versions).toEqual([]);
  });
});

describe('a sweep in trouble', () => {
  test('counts "not found" as removed: somebody else was faster', async () => {
    const cloud = await deployed();
    atWork(cloud);
    let once = true;
    cloud.refuse = (command, id) => {
      if (command !== 'DeleteJob' || id !== 'my own job' || !once) return undefined;
      once = false;
      cloud.jobs.delete(id);
      return Object.assign(new Error('gone'), { name: 'EntityNotFoundException' });
    };
    const { left, removed } = await sweep(cloud.run(), OWNERSHIP);
    expect(left).toEqual([]);
    expect(removed.map(({ id }) => id)).toContain('my own job');
  });

  test('goes on with the rest when one thing is refused, keeps back what depends on it, and names it', async () => {
    const cloud = await deployed();
    atWork(cloud);
    cloud.refuse = (command) =>
      command === 'BatchStopJobRun' ? Object.assign(new Error('no'), { name: 'AccessDeniedException' }) : undefined;
    const { left } = await sweep(cloud.run(), OWNERSHIP);
    const byKind = Object.fromEntries(left.map((one) => [one.found.kind, one]));
    expect(byKind['glue:job-run']).toMatchObject({
      error: 'AccessDeniedException: no',
      blocks: expect.stringContaining('billed'),
    });
    expect(byKind['glue:job']?.error).toBe('it waits for glue:job-run to be gone');
    expect(byKind['s3:objects']?.error).toBe('it waits for glue:job-run to be gone');
    expect(cloud.rulesets.has('my rules')).toBe(false);
    expect(cloud.jobs.has('my own job')).toBe(true);
  });

  test('reports a list that cannot be read as left, and never as empty', async () => {
    const cloud = await deployed();
    cloud.refuse = (command) =>
      command === 'GetJobs' ? Object.assign(new Error('slow down'), { name: 'ThrottlingException' }) : undefined;
    const { left } = await sweep(cloud.run(), OWNERSHIP);
    expect(left.map(({ found }) => found.kind)).toContain('glue:job-run');
    await expect(inventory(cloud.run(), OWNERSHIP)).rejects.toThrow('slow down');
  });

  test('ends what an interrupted sweep began', async () => {
    const cloud = await deployed();
    atWork(cloud);
    const deadline = new Date(cloud.time);
    const first = await sweep(cloud.run(), OWNERSHIP, { deadline });
    expect(first.left.length).toBeGreaterThan(0);
    expect((await sweep(cloud.run(), OWNERSHIP)).left).toEqual([]);
  });

  test('stops at its deadline while a job is still stopping', async () => {
    const cloud = await deployed();
    atWork(cloud);
    cloud.stopsAfter = 1_000_000;
    const { left } = await sweep(cloud.run(), OWNERSHIP, { deadline: new Date(cloud.time + 60_000) });
    expect(left.filter(({ blocks }) => blocks).map(({ found }) => found.kind)).toContain('glue:job-run');
    expect(cloud.time).toBeLessThan(Date.parse('2026-11-01T00:05:00Z'));
  });

  test('runs beside another sweep without harm', async () => {
    const cloud = await deployed();
    atWork(cloud);
    const results = await Promise.all([
      sweep(cloud.run(), OWNERSHIP),
      sweep(cloud.run(), OWNERSHIP),
      sweep(cloud.run(), OWNERSHIP),
    ]);
    for (const { left } of results) expect(left).toEqual([]);
    expect(await inventory(cloud.run(), OWNERSHIP)).toEqual([]);
  });

  test('gives up on what comes back however often it is removed', async () => {
    const cloud = await deployed();
    cloud.rulesets.set('undead', { database: DATABASE });
    cloud.rulesets.delete = () => true;
    const { left, removed } = await sweep(cloud.run(), OWNERSHIP);
    expect(left).toEqual([expect.objectContaining({ error: 'it is listed again after it was removed' })]);
    expect(removed).toEqual([]);
  });
});

describe('a sweep after the stack is gone', () => {
  test('removes what outlived the stack, roles and record last', async () => {
    const cloud = await deployed();
    atWork(cloud);
    cloud.stack = undefined;
    const ownership = (await readOwnership(cloud.run()))!;
    const { left } = await sweep(cloud.run(), ownership);
    expect(left).toEqual([]);
    const history = cloud.inventory().filter((thing) => thing.startsWith('query'));
    expect(cloud.inventory()).toEqual([...history, ...ENDED, ...SHARED].sort());
    expect(cloud.changes.at(-1)).toBe('DeleteParameter /mla-labs/me/data-prep');
    const bucket = cloud.changes.indexOf(`DeleteBucket ${BUCKET}`);
    expect(bucket).toBeGreaterThan(cloud.changes.indexOf('DeleteCrawler my own crawler'));
  });

  test('keeps the record while one thing is left', async () => {
    const cloud = await deployed();
    cloud.stack = undefined;
    cloud.refuse = (command) =>
      command === 'DeleteWorkGroup' ? Object.assign(new Error('no'), { name: 'AccessDeniedException' }) : undefined;
    const { left } = await sweep(cloud.run(), (await readOwnership(cloud.run()))!);
    expect(left.map(({ found }) => found.kind).sort()).toEqual(['athena:workgroup', 'ssm:record']);
    expect(cloud.parameters.size).toBe(1);
    cloud.refuse = () => undefined;
    expect((await sweep(cloud.run(), (await readOwnership(cloud.run()))!)).left).toEqual([]);
    expect(cloud.workGroups.has(WORKGROUP)).toBe(false);
    expect(await readOwnership(cloud.run())).toBeUndefined();
  });
});

test('every kind that a lab names exists, and permissions for "*" give their reason', () => {
  for (const lab of Object.keys(LAB_KINDS) as (keyof typeof LAB_KINDS)[]) {
    for (const kind of kindsOf(lab)) {
      for (const permission of kind.permissions) {
        const resources = permission.resources({
          partition: 'aws',
          account: '1',
          region: 'r',
          lab,
          learner: 'me',
          stackName: 's',
          buckets: ['arn:aws:s3:::b-*'],
        });
        const wide = resources.some(
          (resource) => resource === '*' || /:(job|crawler|dataQualityRuleset|log-group[:/].*)[/:]?\*/.test(resource),
        );
        if (wide) expect([kind.id, permission.reason]).toEqual([kind.id, expect.stringMatching(/.{15,}/)]);
        expect(permission.actions.filter((action) => action.startsWith('iam:'))).toEqual([]);
      }
    }
  }
});
