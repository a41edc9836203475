import { existsSync } from 'node:fs';

import { TAG_LAB } from '../../../lib/course/names';
import { LabError } from '../../../lib/course/errors';
import { NOW, ownershipOf, World } from './fakes';

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.clean());

describe('up', () => {
  test('shows account, resources, cost and lease, asks once, deploys, names the next command', async () => {
    const { code, out } = await world.run('up data-prep --target aws --hours 4', { typed: ['y'] });
    expect(code).toBe(0);
    const flat = out.replace(/\s+/g, ' ');
    expect(flat).toContain('account 123456789012, Region us-east-1');
    expect(flat).toContain('with 4 resources: IAM 2, custom 1, S3 1');
    expect(flat).toContain('$0.010 per hour standing, $0.040 for 4 h, and about $0.50 for doing every step once');
    expect(flat).toContain('after 4 h it removes itself');
    expect(flat).toContain('Needs: Glue must be allowed');
    expect(flat).toContain('DataBucket: bucket-1');
    expect(flat).toContain('Next: ./lab guide data-prep load --target aws');
    expect(world.cloud.log).toContain('deploy MlaLabs-DataPrep {"LeaseHours":"4"}');
    expect(world.cloud.log.at(-1)).toBe('close');
  });

  test('a no deploys nothing', async () => {
    const { code, err } = await world.run('up data-prep --target aws', { typed: ['n'] });
    expect(code).toBe(3);
    expect(err).toContain('Not confirmed: nothing was changed.');
    expect(world.cloud.stacks).toEqual([]);
  });

  test('where nobody can be asked it refuses, and --yes goes on', async () => {
    const refused = await world.run('up data-prep --target local');
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('./lab up data-prep --target local --yes');
    expect(world.cloud.log).toEqual([]);
    expect(world.cloud.stacks).toEqual([]);
    expect((await world.run('up data-prep --target local --yes')).code).toBe(0);
    expect(world.cloud.stacks).toHaveLength(1);
  });

  test('starts a local cloud where none runs', async () => {
    world.cloud.running = false;
    expect((await world.run('up data-prep --target local --yes')).code).toBe(0);
    expect(world.cloud.log).toContain('open local');
  });

  test('says that the CDK is set up first, within the same question', async () => {
    world.cloud.bootstrapped = false;
    const { code, out } = await world.run('up data-prep --target aws', { typed: ['y'] });
    expect(code).toBe(0);
    expect(out.replace(/\s+/g, ' ')).toContain("lacks the CDK's own set-up");
    expect(world.cloud.log.filter((line) => /^(bootstrap|deploy)/.test(line))).toEqual([
      'bootstrap',
      'deploy MlaLabs-DataPrep {"LeaseHours":"8"}',
    ]);
  });

  test('a stack that stands is updated, and its lease stays unless hours are given', async () => {
    world.cloud.addStack();
    const { out } = await world.run('up data-prep --target aws --yes');
    expect(out).toContain('It updates the stack');
    expect(world.cloud.log).toContain('deploy MlaLabs-DataPrep {}');
    await world.run('up data-prep --target aws --yes --hours 5');
    expect(world.cloud.log).toContain('deploy MlaLabs-DataPrep {"LeaseHours":"5"}');
  });

  test.each(['ROLLBACK_COMPLETE', 'CREATE_FAILED'])(
    'a stack that is %s is deleted first, after the same question',
    async (status) => {
      world.cloud.addStack(status).StackStatusReason = 'quota';
      const { code, out } = await world.run('up data-prep --target aws', { typed: ['y'] });
      expect(code).toBe(0);
      expect(out).toContain(`The stack is ${status} from a failed deployment (quota)`);
      expect(world.cloud.log.filter((line) => /^(remove|deploy)/.test(line))).toEqual([
        'remove MlaLabs-DataPrep',
        'deploy MlaLabs-DataPrep {"LeaseHours":"8"}',
      ]);
    },
  );

  test.each([
    ['UPDATE_ROLLBACK_FAILED', 'aws cloudformation continue-update-rollback --stack-name MlaLabs-DataPrep'],
    ['DELETE_FAILED', './lab down data-prep --target aws'],
    ['ROLLBACK_FAILED', './lab down data-prep --target aws'],
    ['UPDATE_IN_PROGRESS', './lab status --wait --target aws'],
  ])('a stack that is %s is left alone, with the command that helps', async (status, next) => {
    world.cloud.addStack(status);
    const { code, err } = await world.run('up data-prep --target aws --yes', { columns: 200 });
    expect(code).toBe(4);
    expect(err).toContain(`is ${status}`);
    expect(err.replace(/\s+/g, ' ')).toContain(next);
    expect(world.cloud.log.some((line) => line.startsWith('deploy'))).toBe(false);
  });

  test("another's stack of the same name is refused", async () => {
    world.cloud.addStack('CREATE_COMPLETE', 'me', {});
    for (const line of ['up data-prep', 'check data-prep', 'down data-prep']) {
      const { code, err } = await world.run(`${line} --target aws --yes`);
      expect(code).toBe(3);
      expect(err).toContain(TAG_LAB);
    }
    expect(world.cloud.stacks).toHaveLength(1);
  });

  test('a failed deployment is told with its first reason, and exit code 4', async () => {
    world.cloud.deployFails = Object.assign(new Error('stack failed'), {
      reason: 'Bucket (AWS::S3::Bucket): name taken',
      type: 'deployment',
    });
    const { code, err } = await world.run('up data-prep --target aws --yes');
    expect(code).toBe(4);
    expect(err).toContain('Bucket (AWS::S3::Bucket): name taken');
    expect(world.cloud.log).toContain('dispose');
  });

  test('--explain prints the CDK commands and deploys nothing', async () => {
    world.cloud.bootstrapped = false;
    const { code, out } = await world.run('up data-prep --target aws --explain --learner ana');
    expect(code).toBe(0);
    expect(out).toContain('npx cdk bootstrap aws://123456789012/us-east-1');
    expect(out).toContain('npx cdk deploy MlaLabs-DataPrep-ana -c learner=ana --parameters LeaseHours=8');
    expect(world.cloud.stacks).toEqual([]);
  });

  test('--json gives one document with the outputs', async () => {
    const result = await world.run('up data-prep --target local --yes --json');
    expect(result.json()).toMatchObject({
      lab: 'data-prep',
      target: 'local',
      stack: 'MlaLabs-DataPrep',
      outputs: { DataBucket: 'bucket-1' },
      hours: 8,
    });
    expect(result.err).toContain('MlaLabs-DataPrep stands');
  });

  test('a mode is an option of its lab, with its values only', async () => {
    (world.lab as { modes: unknown }).modes = [
      { name: 'compute', values: ['training', 'processing'], default: 'training', summary: 'Where it trains.' },
    ];
    const wrong = await world.run('up data-prep --target local --yes --compute moon');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('It takes training or processing');
    await world.run('up data-prep --target local --yes --compute processing');
    expect(world.cloud.log).toContain('synthesize data-prep me {"compute":"processing"}');
  });

  test('an update keeps the modes that stand', async () => {
    (world.lab as { modes: unknown }).modes = [
      { name: 'compute', values: ['training', 'processing'], default: 'training', summary: 'Where it trains.' },
    ];
    world.cloud.addStack().Outputs.push({ OutputKey: 'ModeCompute', OutputValue: 'processing' });
    await world.run('up data-prep --target local --yes');
    expect(world.cloud.log).toContain('synthesize data-prep me {"compute":"processing"}');
  });
});

describe('down', () => {
  test('lists, asks once, sweeps, deletes, looks again, removes the record last, prints a receipt', async () => {
    world.cloud.addStack();
    world.cloud.record = ownershipOf();
    world.cloud.things.add('raw/one');
    const { code, out } = await world.run('down data-prep --target aws', { typed: ['yes'] });
    expect(code).toBe(0);
    expect(out).toContain('the stack MlaLabs-DataPrep (CREATE_COMPLETE) with 2 resources');
    expect(out).toContain('s3:object: 1');
    expect(out).toContain('made 3, removed 3, left over 0');
    expect(out).toContain('It stood for 2 h 0 min: about $0.020');
    expect(out).toContain('stays, free: metrics. AWS keeps them');
    expect(world.cloud.log.filter((line) => /^(sweep|remove)/.test(line))).toEqual([
      'sweep 1',
      'remove arn:aws:cloudformation:us-east-1:000000000000:stack/MlaLabs-DataPrep/1',
      'sweep 0',
      'remove record',
    ]);
  });

  test('with neither stack nor record there is nothing to remove', async () => {
    const { code, out } = await world.run('down data-prep --target aws --yes --learner ana');
    expect(code).toBe(0);
    expect(out).toContain('neither stack nor record of data-prep of ana in ');
    expect(out).toContain('nothing to remove');
  });

  test('a lab whose stack is gone is swept by its record', async () => {
    world.cloud.record = ownershipOf();
    world.cloud.things.add('raw/one');
    const { code, out } = await world.run('down data-prep --target aws --yes');
    expect(code).toBe(0);
    expect(out).toContain('is gone already');
    expect(world.cloud.things.size).toBe(0);
    expect(world.cloud.record).toBeUndefined();
    expect(world.cloud.log.some((line) => line.startsWith('remove arn'))).toBe(false);
  });

  test('what is left over is named, with exit code 1, and the record stays as its proof', async () => {
    world.cloud.addStack();
    world.cloud.record = ownershipOf();
    world.cloud.things.add('raw/one').add('raw/two');
    world.cloud.stuck.set('raw/two', 'AccessDenied: no');
    const result = await world.run('down data-prep --target aws --yes --json');
    expect(result.code).toBe(1);
    expect(result.json().receipts[0]).toMatchObject({
      leftovers: [{ kind: 's3:object', id: 'raw/two', error: 'AccessDenied: no' }],
    });
    expect(world.cloud.record).toBeDefined();
  });

  test('a stack that cannot be deleted is told, and the record stays', async () => {
    world.cloud.addStack();
    world.cloud.record = ownershipOf();
    world.cloud.removeFails = new LabError('The stack could not be deleted.', { why: 'role', next: 'again' });
    const { code, err } = await world.run('down data-prep --target aws --yes');
    expect(code).toBe(4);
    expect(err).toContain('The stack could not be deleted.');
    expect(world.cloud.record).toBeDefined();
  });

  test('without a yes nothing is removed', async () => {
    world.cloud.addStack();
    expect((await world.run('down data-prep --target aws', { typed: [''] })).code).toBe(3);
    expect((await world.run('down data-prep --target aws')).code).toBe(3);
    expect(world.cloud.stacks).toHaveLength(1);
  });

  test('--all on the local target removes every learner and stops the local cloud', async () => {
    world.cloud.addStack();
    world.cloud.addStack('CREATE_COMPLETE', 'ana');
    const { code, out } = await world.run('down --all --target local --yes');
    expect(code).toBe(0);
    expect(out).toContain('Receipt: data-prep of ana');
    expect(world.cloud.stacks).toEqual([]);
    expect(world.cloud.log).toContain('stop');
  });

  test('--all on the local target stops an empty local cloud', async () => {
    expect((await world.run('down --all --target local --yes')).code).toBe(0);
    expect(world.cloud.log).toContain('stop');
  });

  test('--all goes on after a lab that fails, and stops the local cloud all the same', async () => {
    world.cloud.addStack();
    world.cloud.addStack('CREATE_COMPLETE', 'ana');
    world.cloud.removeFails = new LabError('The stack could not be deleted.', { why: 'role', next: 'again' });
    const result = await world.run('down --all --target local --yes --json');
    expect(result.code).toBe(4);
    expect(result.json().failed).toMatchObject([
      { lab: 'data-prep', learner: 'me', error: 'The stack could not be deleted. role' },
      { lab: 'data-prep', learner: 'ana' },
    ]);
    expect(world.cloud.log).toContain('stop');
  });

  test('--all on aws takes only my own labs', async () => {
    world.cloud.addStack();
    world.cloud.addStack('CREATE_COMPLETE', 'ana');
    expect((await world.run('down --all --target aws --yes')).code).toBe(0);
    expect(world.cloud.stacks.map((stack) => stack.StackName)).toEqual(['MlaLabs-DataPrep-ana']);
  });

  test('where no local cloud runs none is started', async () => {
    world.cloud.running = false;
    const { code, out } = await world.run('down --all --target local');
    expect(code).toBe(0);
    expect(out).toContain('nothing to remove');
    expect(world.cloud.log).toEqual([]);
  });

  test('--explain prints and removes nothing', async () => {
    world.cloud.addStack();
    const { code, out } = await world.run('down data-prep --target aws --explain');
    expect(code).toBe(0);
    expect(out).toContain('npx cdk destroy MlaLabs-DataPrep -c learner=me');
    expect(world.cloud.stacks).toHaveLength(1);
  });
});

describe('status, extend, env, list, cost', () => {
  test("status of everyone shows every learner's labs with what is left of the lease", async () => {
    world.cloud.addStack();
    world.cloud.addStack('CREATE_COMPLETE', 'ana');
    world.cloud.stacks.push({ ...world.cloud.stacks[0]!, StackName: 'Somebody-Elses', Tags: [] });
    const result = await world.run('status --target aws --learner * --json');
    expect(result.json().labs).toMatchObject([
      { lab: 'data-prep', learner: 'ana', hours: 2, usdSoFar: 0.02, leaseEnds: '2026-11-23T18:00:00.000Z' },
      { lab: 'data-prep', learner: 'me' },
    ]);
    expect((await world.run('status --target aws', { columns: 120 })).out).toContain('6 h 0 min');
  });

  test.each([
    ['', ['me'], 'Next: ./lab check data-prep --target aws, or ./lab down data-prep --target aws\n'],
    ['', ['ana'], 'Next: ./lab up data-prep --target aws\n'],
    [' --learner bob', ['me'], 'Next: ./lab up data-prep --target aws --learner bob\n'],
  ])('status%s where %j has a lab says what comes next', async (option, learners, next) => {
    for (const learner of learners) world.cloud.addStack('CREATE_COMPLETE', learner);
    const { out } = await world.run(`status --target aws${option}`, { columns: 100 });
    expect(out).toContain(next);
    const learner = option.split(' ').pop() || 'me';
    expect(out.includes(`No lab of the learner ${learner} stands here.`)).toBe(!learners.includes(learner));
  });

  test('status starts no local cloud', async () => {
    world.cloud.running = false;
    const { code, out } = await world.run('status --target local');
    expect(code).toBe(0);
    expect(out).toContain('No local cloud is running');
    expect(world.cloud.log).toEqual([]);
  });

  test('extend writes the new end to the record', async () => {
    world.cloud.addStack();
    const { code, out } = await world.run('extend data-prep --hours 3 --target aws');
    expect(code).toBe(0);
    expect(world.cloud.record?.extendedUntil).toBe(new Date(NOW.getTime() + 9 * 3_600_000).toISOString());
    expect(out).toContain('2026-11-23T21:00:00.000Z');
  });

  test('extend refuses to outlive what a forgotten lab may', async () => {
    const stack = world.cloud.addStack();
    stack.CreationTime = new Date(NOW.getTime() - 29 * 24 * 3_600_000);
    const { code, err } = await world.run('extend data-prep --hours 100 --target aws');
    expect(code).toBe(3);
    expect(err).toContain('30 days');
  });

  test('env prints what a POSIX shell can evaluate, whatever the values hold', async () => {
    const { out, err } = await world.run('env --target local');
    expect(out).toContain('# LOCAL CLOUD');
    expect(out).toContain('export AWS_ENDPOINT_URL=https://127.0.0.1:4000');
    expect(out).toContain(`export AWS_ACCESS_KEY_ID='it'\\''s'`);
    expect(err).toBe('');
    expect((await world.run('env --target aws --json')).json()).toEqual({ AWS_REGION: 'us-east-1' });
  });

  test('list needs no target, opens none, and with one shows what is deployed', async () => {
    const plain = await world.run('list');
    expect(plain.code).toBe(0);
    expect(plain.out).toContain('load');
    expect(world.cloud.log).toEqual([]);
    world.cloud.addStack();
    expect((await world.run('list --target aws --json')).json().labs[0]).toMatchObject({
      id: 'data-prep',
      usdPerRun: 0.5,
      deployed: [{ learner: 'me', status: 'CREATE_COMPLETE' }],
    });
  });

  test('cost adds its lines up', async () => {
    const { out } = await world.run('cost data-prep', { columns: 120 });
    expect(out).toMatch(/Storage +\$0\.010 +\$0\.50 +1 GB/);
    expect(out).toContain('Left on for 24 h: $0.24');
  });

  test('without a local cloud, the lab that was named is the one to deploy', async () => {
    world.cloud.running = false;
    Object.assign(world.deps, { labs: ['earlier', 'data-prep'] });
    expect((await world.run('check data-prep --target local')).err).toContain('./lab up data-prep --target local');
    expect((await world.run('env --target local')).err).toContain('./lab up earlier --target local');
  });

  test.each(['check data-prep', 'step data-prep load', 'extend data-prep --hours 1', 'env'])(
    '%s starts no local cloud',
    async (line) => {
      world.cloud.running = false;
      const { code, err } = await world.run(`${line} --target local`);
      expect(code).toBe(2);
      expect(err).toContain('No local cloud is running');
      expect(err).toContain('./lab up data-prep --target local');
      expect(world.cloud.log).toEqual([]);
      expect(existsSync(world.work('.'))).toBe(false);
    },
  );
});
