/** `rehearse --report`, `--after` and `compare`, as somebody types them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FieldRecord, RequestRecord } from '../../../lib/field/recording';
import { readFixtures } from '../../../lib/field/fixtures';
import { World } from './fakes';
import { recordFaults } from './schemas';

let world: World;
let file: string;
beforeEach(() => {
  world = new World();
  world.cloud.principal = 'arn:aws:sts::123456789012:assumed-role/Admin/ana.perez@acme.example';
  file = join(world.root, 'field.jsonl');
});
afterEach(() => world.clean());

const records = (path = file): FieldRecord[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as FieldRecord);
const write = (all: readonly FieldRecord[]): void =>
  writeFileSync(file, all.map((one) => `${JSON.stringify(one)}\n`).join(''));
const record = (more = '') => world.run(`rehearse data-prep --report ${file} ${more}`);
const flat = (text: string): string => text.replace(/\s+/g, ' ');

describe('a report of a rehearsal', () => {
  test.each(['local', 'aws'])(
    'on %s has every part from up to down, and each line is as the schema says',
    async (target) => {
      const { code, out } = await record(`--target ${target} --yes`);
      expect(code).toBe(0);
      const all = records();
      expect(all.flatMap(recordFaults)).toEqual([]);
      expect(all[0]).toMatchObject({
        type: 'header',
        target,
        labs: ['data-prep'],
        redacted: true,
        region: 'us-east-1',
      });
      expect(all.flatMap((one) => (one.type === 'part' ? [`${one.part} ${one.ok}`] : []))).toEqual([
        'up true',
        'check load before true',
        'step load true',
        'check load after true',
        'check ask before true',
        'step ask true',
        'check ask after true',
        'down true',
      ]);
      expect(all.map(({ type }) => type)).toEqual(
        expect.arrayContaining(['request', 'receipt', 'billed', 'lab', 'progress']),
      );
      expect(all.at(-1)).toMatchObject({ type: 'end', outcome: 'done', records: all.length - 1 });
      expect(flat(out)).toContain(
        target === 'aws' ? `Next: tomorrow, ./lab rehearse --report ${file} --after --target aws` : file,
      );
    },
  );

  test('names neither account nor people, and its key stays here', async () => {
    await record('--target aws --yes --learner perez');
    const text = readFileSync(file, 'utf8');
    for (const one of ['123456789012', '000000000000', 'perez', 'acme', 'Admin']) expect(text).not.toContain(one);
    const { id } = records()[0] as { id: string } & FieldRecord;
    const key = readFileSync(join(world.root, '.mla-labs/field', `${id}.key`), 'utf8');
    expect(text).not.toContain(key);
  });

  test('is never written over another, nor where there is no folder', async () => {
    writeFileSync(file, 'mine');
    const there = await record('--target aws --yes');
    expect(there.code).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect((await world.run(`rehearse data-prep --report ${world.root}/no/x.jsonl`)).code).toBe(2);
    expect(world.cloud.stacks).toEqual([]);
  });

  test('is not begun where nobody said yes', async () => {
    expect((await record('--target aws')).code).toBe(3);
    expect(existsSync(file)).toBe(false);
  });

  test('is whole when a step fails for a reason that is not known', async () => {
    world.lab.steps[0]!.act = async () => {
      throw Object.assign(new Error('The bucket acme-payroll is odd today'), { name: 'OddException' });
    };
    expect((await record('--target aws --yes')).code).toBe(1);
    const all = records();
    expect(all.at(-1)).toMatchObject({ type: 'end', outcome: 'failed' });
    expect(all).toContainEqual(expect.objectContaining({ type: 'message', known: false, names: ['OddException'] }));
    expect(all).toContainEqual(expect.objectContaining({ type: 'part', part: 'step load', ok: false }));
    expect(readFileSync(file, 'utf8')).not.toContain('payroll');
  });

  test.each([
    [
      'the deployment',
      () => (world.cloud.deployFails = Object.assign(new Error('x'), { type: 'deployment', reason: 'taken' })),
    ],
    ['the teardown', () => (world.cloud.removeFails = new Error('stuck'))],
    [
      'what deploys',
      () =>
        Object.assign(world.deps, {
          makeDeployer: async () => ({
            ...({} as object),
            synthesize: async () => Promise.reject(new Error('x')),
            prepare: () => undefined,
            isBootstrapped: async () => Promise.reject(new Error('no network')),
            close: async () => undefined,
          }),
        }),
    ],
  ])('is whole when %s fails', async (_what, fail) => {
    fail();
    expect((await record('--target aws --yes')).code).not.toBe(0);
    const all = records();
    expect(all.flatMap(recordFaults)).toEqual([]);
    expect(all.at(-1)).toMatchObject({ type: 'end', outcome: 'failed' });
    expect(all.some(({ type }) => type === 'message')).toBe(true);
  });

  test('what cannot be taken down on aws is told, with the command that does', async () => {
    world.cloud.removeFails = new Error('stuck');
    const { out, code } = await record('--target aws --yes');
    expect(code).toBe(4);
    expect(flat(out)).toContain('may stand in your account still, and cost. Next: ./lab down data-prep --target aws');
  });

  test('is closed when it is interrupted', async () => {
    world.lab.steps[0]!.act = async () => {
      await world.interrupts.handle({ settle: () => undefined, note: () => undefined } as never, () => undefined);
    };
    await record('--target aws --yes');
    expect(records().at(-1)).toMatchObject({ type: 'end', outcome: 'interrupted' });
  });
});

describe('a day later', () => {
  const later = (more = '--target aws') => world.run(`rehearse --report ${file} --after ${more} --json`);

  test('what stands is added to the report', async () => {
    await record('--target aws --yes');
    const before = records().length;
    const { code, json } = await later();
    expect(code).toBe(0);
    expect(json().after).toEqual([{ lab: 'data-prep', stack: null, record: false, found: 0, tagged: 0, unread: [] }]);
    const all = records();
    expect(all.flatMap(recordFaults)).toEqual([]);
    expect(all.slice(before).map(({ type }) => type)).toEqual(expect.arrayContaining(['after', 'end']));
  });

  test('what is left is told, with the command that removes it', async () => {
    await record('--target aws --yes');
    world.cloud.things.add('acme/forgotten');
    const { code, err } = await later();
    expect(code).toBe(1);
    expect(flat(err)).toContain('Next: ./lab down data-prep --target aws');
    expect(readFileSync(file, 'utf8')).not.toContain('forgotten');
  });

  test('another account, another target, another machine, and no report are refused', async () => {
    await record('--target aws --yes');
    const text = readFileSync(file, 'utf8');
    const target = world.cloud.target.bind(world.cloud);
    world.cloud.target = (name, options) => ({ ...target(name, options), account: '999999999999' });
    expect((await later()).err).toContain('is of another account');
    world.cloud.target = target;
    expect((await later('--target aws --learner bo')).err).toContain('is of another account or learner');
    expect((await later('')).code).toBe(2);
    expect((await world.run('rehearse --after --target aws')).code).toBe(2);
    const { id } = records()[0] as { id: string } & FieldRecord;
    writeFileSync(join(world.root, '.mla-labs/field', `${id}.key`), '');
    (await import('node:fs')).rmSync(join(world.root, '.mla-labs/field', `${id}.key`));
    expect((await later()).code).toBe(3);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('of a rehearsal on this machine nothing can be looked for', async () => {
    await record();
    const { code, err } = await later('--target local');
    expect(code).toBe(2);
    expect(err).toContain('ends with it');
  });
});

describe('a comparison', () => {
  const compare = (more = '') => world.run(`compare ${file} ${more} --json`);
  const changed = (change: (request: RequestRecord) => void, operation: string): void => {
    const all = structuredClone(records()) as FieldRecord[];
    change(
      all.find((one) => one.type === 'request' && one.operation === operation && one.lab !== null) as RequestRecord,
    );
    write(all);
  };
  beforeEach(() => {
    world.cloud.events = ['CREATE_COMPLETE', 'CREATE_IN_PROGRESS'].map((ResourceStatus, n) => ({
      EventId: `${n}`,
      LogicalResourceId: 'Bucket',
      ResourceType: 'AWS::S3::Bucket',
      ResourceStatus,
      Timestamp: new Date(0),
    }));
  });

  test('with the same labs on this machine finds nothing where nothing differs', async () => {
    await record('--target aws --yes');
    const { code, json } = await compare();
    expect(json()).toMatchObject({ with: 'local', labs: ['data-prep'], differences: [], written: [] });
    expect(code).toBe(0);
    expect(world.cloud.log.filter((line) => line === 'open local private')).toHaveLength(1);
    expect(existsSync(join(world.root, 'test/field'))).toBe(false);
  });

  test('finds what differs, and makes a test of it that is written once', async () => {
    await record('--target aws --yes');
    changed((request) => Object.assign(request.output as object, { More: 1 }), 'DescribeStackEvents');
    const first = await compare('--write');
    expect(first.code).toBe(1);
    expect(first.json().differences).toEqual([
      expect.objectContaining({ kind: 'field missing', about: 'cloudformation DescribeStackEvents', path: 'More' }),
    ]);
    expect(first.json().written).toHaveLength(1);
    const fixtures = readFixtures(join(world.root, 'test/field'));
    expect([...fixtures.keys()]).toEqual(first.json().written);
    expect((await compare('--write')).json().written).toEqual([]);

    const [[name, fixture]] = [...fixtures] as [[string, object]];
    writeFileSync(join(world.root, 'test/field', name), JSON.stringify({ ...fixture, accepted: 'nobody reads it' }));
    const again = await compare();
    expect(again.code).toBe(0);
    expect(again.json()).toMatchObject({ differences: [], accepted: 1 });
  });

  test('takes another report in place of this machine', async () => {
    await record('--target aws --yes');
    mkdirSync(join(world.root, 'other'));
    const other = join(world.root, 'other/x.jsonl');
    writeFileSync(other, readFileSync(file, 'utf8'));
    const opened = world.cloud.log.length;
    expect((await compare(`--with ${other}`)).json()).toMatchObject({ differences: [], with: other });
    expect(world.cloud.log).toHaveLength(opened);
  });

  test('refuses what cannot be compared, before anything is started', async () => {
    await record('--target aws --yes');
    const opened = world.cloud.log.length;
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.slice(0, -40));
    const truncated = await compare();
    expect(truncated.code).toBe(3);
    expect(truncated.json().error.what).toContain('is truncated');
    writeFileSync(file, whole.replace('"version":1', '"version":7'));
    expect((await compare()).json().error.what).toContain('format 7');
    writeFileSync(
      file,
      whole.replaceAll('<account>', '123456789012').replace('"input":{', '"input":{"Owner":"123456789012",'),
    );
    expect((await compare()).json().error.what).toContain('is not redacted');
    expect((await world.run(`compare ${file} moon`)).code).toBe(2);
    expect(world.cloud.log).toHaveLength(opened);
  });
});
