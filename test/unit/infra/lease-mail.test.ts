/** What the lease tells by e-mail, and when; and how it comes through on bad days. */
import { endIfOver } from '../../../lib/infra/lambda/expire';
import { readRecord, writeRecord } from '../../../lib/teardown/record';
import { FakeCloud } from '../teardown/fake-cloud';
import { atWork, BUCKET, CRAWLER, deployed } from '../teardown/scenes';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:mla-labs-data-prep-me--lease';
const inTime = (cloud: FakeCloud, minutes = 14): Date => new Date(cloud.time + minutes * MINUTE);
const throttled = (): Error => Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });

interface Mail {
  readonly TopicArn: string;
  readonly Subject: string;
  readonly Message: string;
}

/** The account, with what was published in it. */
async function withMail(): Promise<{ cloud: FakeCloud; mails: Mail[] }> {
  const cloud = await deployed();
  const mails: Mail[] = [];
  Object.assign(cloud, {
    onPublish(input: Mail) {
      mails.push(input);
      return {};
    },
  });
  return { cloud, mails };
}

beforeEach(() => {
  process.env.MLA_LABS_LEASE_HOURS = '8';
  process.env.MLA_LABS_LEASE_TOPIC = TOPIC;
});
afterEach(() => delete process.env.MLA_LABS_LEASE_TOPIC);

describe('the warning', () => {
  test('comes once, within the last hour, with both ways on', async () => {
    const { cloud, mails } = await withMail();
    cloud.time += 6 * HOUR + 59 * MINUTE;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('nothing');
    cloud.time += 15 * MINUTE;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('warned');
    cloud.time += 15 * MINUTE;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('nothing');
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({
      TopicArn: TOPIC,
      Subject: 'mla-labs: data-prep removes itself at 2026-11-01 08:00 UTC',
    });
    expect(mails[0]!.Message).toContain('./lab extend data-prep --hours 4 --target local --region eu-west-1');
    expect(mails[0]!.Message).toContain('./lab down data-prep --target local --region eu-west-1');
    expect(cloud.deletions).toEqual([]);
    expect(await readRecord(cloud.run())).toMatchObject({ warnedFor: '2026-11-01T08:00:00.000Z', buckets: [BUCKET] });
  });

  test('comes again before another end, after an extension', async () => {
    const { cloud, mails } = await withMail();
    cloud.time += 7.5 * HOUR;
    await endIfOver(cloud.run(), inTime(cloud));
    const record = (await readRecord(cloud.run()))!;
    await writeRecord(cloud.run(), { ...record, extendedUntil: new Date(cloud.time + 4 * HOUR).toISOString() });
    cloud.time += 1 * HOUR;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('nothing');
    cloud.time += 2.5 * HOUR;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('warned');
    expect(mails).toHaveLength(2);
  });

  test('that could not be sent is tried again, and keeps nothing from ending', async () => {
    const { cloud, mails } = await withMail();
    cloud.time += 7.5 * HOUR;
    cloud.refuse = (command) => (command === 'Publish' ? throttled() : undefined);
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('nothing');
    cloud.refuse = () => undefined;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('warned');
    expect(mails).toHaveLength(1);
    cloud.refuse = (command) => (command === 'Publish' ? throttled() : undefined);
    cloud.time += 1 * HOUR;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('deleted');
  });

  test('is not sent where nobody asked for it', async () => {
    const { cloud, mails } = await withMail();
    process.env.MLA_LABS_LEASE_TOPIC = '';
    cloud.time += 7.5 * HOUR;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('nothing');
    cloud.time += 1 * HOUR;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('deleted');
    expect(mails).toEqual([]);
    expect((await readRecord(cloud.run()))?.warnedFor).toBeUndefined();
  });
});

describe('the report', () => {
  test('comes before the stack is deleted, and says what was removed and what is left', async () => {
    const { cloud, mails } = await withMail();
    atWork(cloud);
    cloud.time += 8 * HOUR;
    cloud.refuse = (command) => {
      if (command === 'Publish') expect(cloud.deletions).toEqual([]);
      return command === 'DeleteNamedQuery' ? Object.assign(new Error('no'), { name: 'AccessDenied' }) : undefined;
    };
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('deleted');
    expect(mails.map(({ Subject }) => Subject)).toEqual(['mla-labs: data-prep is being removed']);
    expect(mails[0]!.Message).toContain('- glue:table ');
    expect(mails[0]!.Message).toContain('Left: 1\n- athena:named-query my-query: AccessDenied: no');
    expect(mails[0]!.Message).toContain('./lab down data-prep');
  });

  test('of what cannot be removed yet comes once, and the last one when it is', async () => {
    const { cloud, mails } = await withMail();
    atWork(cloud);
    cloud.time += 8 * HOUR;
    cloud.refuse = (command) =>
      command === 'DeleteObjects' ? Object.assign(new Error('no'), { name: 'AccessDenied' }) : undefined;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('swept');
    cloud.time += 15 * MINUTE;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('swept');
    cloud.refuse = () => undefined;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('deleted');
    expect(mails.map(({ Subject }) => Subject)).toEqual([
      'mla-labs: data-prep cannot be removed yet',
      'mla-labs: data-prep is being removed',
    ]);
    expect(mails[0]!.Message).toContain(`s3:objects s3://${BUCKET}: AccessDenied`);
  });

  test('has room in an e-mail, and a subject that SNS takes, whatever was made', async () => {
    const { cloud, mails } = await withMail();
    cloud.databases.get('mla_labs_data_prep_me')!.tables = new Set(Array.from({ length: 300 }, (_, n) => `table${n}`));
    cloud.time += 8 * HOUR;
    await endIfOver(cloud.run(), inTime(cloud));
    expect(mails[0]!.Message.split('\n').length).toBeLessThan(60);
    expect(mails[0]!.Message).toMatch(/- and \d+ more/);
    expect(mails[0]!.Subject).toMatch(/^[\x20-\x7e]{1,100}$/);
  });
});

describe('a lease on a bad day', () => {
  test('its own time ends in the middle: it deletes no stack, and the next run goes on', async () => {
    const { cloud } = await withMail();
    atWork(cloud);
    cloud.time += 8 * HOUR;
    const from = cloud.changes.length;
    // Half a minute until the deadline; each wait for something that stops takes a second of the fake clock.
    cloud.stopsAfter = 1_000_000;
    const first = await endIfOver(cloud.run(), new Date(cloud.time + 30_000));
    expect(first.did).toBe('swept');
    expect(first.why).toContain('the next run goes on');
    expect(cloud.deletions).toEqual([]);
    expect(cloud.changes.length).toBeGreaterThan(from);
    cloud.stopsAfter = 1;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('deleted');
    expect(cloud.buckets.get(BUCKET)!.versions).toEqual([]);
  });

  test('a deadline that is over already removes nothing', async () => {
    const { cloud } = await withMail();
    atWork(cloud);
    cloud.time += 8 * HOUR;
    const before = cloud.inventory();
    expect((await endIfOver(cloud.run(), new Date(cloud.time))).did).toBe('swept');
    expect(cloud.inventory()).toEqual(before);
  });

  test('throttled beyond what the SDK retries: what failed is named, and the next run goes on', async () => {
    const { cloud } = await withMail();
    atWork(cloud);
    cloud.time += 8 * HOUR;
    cloud.refuse = (command) => (/^(GetTables|DeleteObjects)$/.test(command) ? throttled() : undefined);
    expect(await endIfOver(cloud.run(), inTime(cloud))).toMatchObject({
      did: 'swept',
      why: expect.stringContaining('ThrottlingException'),
    });
    cloud.refuse = () => undefined;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('deleted');
  });

  test('throttled on its very first question it fails, so that Lambda tries again, and changes nothing', async () => {
    const { cloud } = await withMail();
    cloud.time += 8 * HOUR;
    cloud.refuse = (command) => (command === 'DescribeStacks' ? throttled() : undefined);
    await expect(endIfOver(cloud.run(), inTime(cloud))).rejects.toThrow('Rate exceeded');
    expect(cloud.deletions).toEqual([]);
  });

  test('somebody still writes: it names the writer and what ends that, and deletes the stack once it has ended', async () => {
    const { cloud, mails } = await withMail();
    cloud.time += 8 * HOUR;
    cloud.refuse = (command) => {
      if (command === 'ListObjectVersions')
        cloud.buckets.get(BUCKET)!.versions.push(`prepared/${cloud.slept}-${Math.random()}`);
      return undefined;
    };
    const stuck = await endIfOver(cloud.run(), inTime(cloud));
    expect(stuck.did).toBe('swept');
    expect(stuck.why).toContain(`writes to s3://${BUCKET}`);
    expect(mails[0]!.Message).toContain('What helps first: aws s3api put-bucket-policy');
    cloud.refuse = () => undefined;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('deleted');
  });

  test('a crawler that stops too slowly is left to the next run, by name', async () => {
    const { cloud } = await withMail();
    cloud.crawlers.get(CRAWLER)!.state = 'RUNNING';
    cloud.stopsAfter = 1_000_000;
    cloud.time += 8 * HOUR;
    expect((await endIfOver(cloud.run(), inTime(cloud))).why).toContain(CRAWLER);
  });

  test('without a record, which somebody deleted, it ends the lab by what the stack lists', async () => {
    const { cloud, mails } = await withMail();
    atWork(cloud);
    cloud.parameters.clear();
    cloud.time += 8 * HOUR;
    expect((await endIfOver(cloud.run(), inTime(cloud))).did).toBe('deleted');
    expect(mails).toHaveLength(1);
  });
});
