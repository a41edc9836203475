/** `doctor`: looks at machine and account, makes nothing, and says what stands in the way. */
import type { Machine } from '../../../lib/doctor/machine';
import { QUOTAS } from '../../../lib/facts/quotas';
import { World } from './fakes';

let world: World;
beforeEach(() => {
  world = new World();
  Object.assign(world.lab, {
    kinds: ['glue:job', 'athena:query', 's3:bucket'],
    modes: [{ name: 'compute', values: ['training', 'processing'], default: 'training', summary: '' }],
    quotas: [
      {
        quota: QUOTAS.trainingM5Large,
        value: 2,
        use: 'two trainings',
        when: { compute: ['training'] },
        ways: [{ modes: { compute: 'processing' }, what: 'in Processing jobs' }],
      },
    ],
  });
  world.cloud.quotas.set('L-611FA074', 4);
});
afterEach(() => world.clean());

const flat = (text: string): string => text.replace(/\s+/g, ' ');

test('without a target it looks at the machine only, and opens nothing', async () => {
  const { code, out } = await world.run('doctor');
  expect(code).toBe(0);
  expect(flat(out)).toContain('Python 3.12 with venv (python3)');
  expect(flat(out)).toContain('./lab doctor --target aws');
  expect(world.cloud.log).toEqual([]);
});

test('on aws it tells account, set-up, services and quotas, and makes nothing', async () => {
  const { code, out } = await world.run('doctor --target aws');
  expect(code).toBe(0);
  const said = flat(out);
  expect(said).toContain('Account 123456789012, Region us-east-1.');
  expect(said).toContain('The CDK is set up there');
  expect(said).toContain('athena answers.');
  expect(said).toContain('glue answers.');
  expect(said).toContain('this account has 4.');
  expect(said).toContain('The account is on the paid plan.');
  expect(world.cloud.log.filter((line) => !/^close ./.test(line))).toEqual(['open aws', 'close']);
});

test('a quota that is too low is exit code 1, with the request and the ways on', async () => {
  world.cloud.quotas.set('L-611FA074', 0);
  const { code, out } = await world.run('doctor data-prep --target aws', { columns: 300 });
  expect(code).toBe(1);
  expect(flat(out)).toContain('request-service-quota-increase --service-code sagemaker --quota-code L-611FA074');
  expect(flat(out)).toContain('./lab up data-prep --compute processing --target aws');
  expect(flat(out)).toContain('./lab doctor --request-quotas --target aws');
  expect(flat(out)).toContain('1 thing stands in the way');
});

test('in modes that avoid it, it does not stand in the way', async () => {
  world.cloud.quotas.set('L-611FA074', 0);
  expect((await world.run('doctor data-prep --target aws --compute processing')).code).toBe(0);
});

test('a set-up that is missing is a note: up makes it', async () => {
  world.cloud.bootstrapped = false;
  const { code, out } = await world.run('doctor --target aws');
  expect(code).toBe(0);
  expect(flat(out)).toContain('The CDK is not set up there: ./lab up does it first');
});

test.each([
  ['SubscriptionRequiredException', 1, 'glue is closed to this account: The AWS Access Key Id needs a subscription'],
  ['AccessDeniedException', 0, 'glue was asked and did not say (AccessDeniedException'],
])('a service that answers %s: exit code %i', async (name, expected, text) => {
  const error = Object.assign(new Error('The AWS Access Key Id needs a subscription for the service'), { name });
  world.cloud.closed.set('glue', error);
  const { code, out } = await world.run('doctor --target aws');
  expect(code).toBe(expected);
  expect(flat(out)).toContain(text);
});

test('a Region without SageMaker images stands in the way of labs that need one, and of no other', async () => {
  expect((await world.run('doctor --target aws --region sa-east-1')).code).toBe(0);
  Object.assign(world.lab, { kinds: ['sagemaker:model'] });
  const { code, out } = await world.run('doctor --target aws --region sa-east-1');
  expect(code).toBe(1);
  expect(flat(out)).toContain('no SageMaker images there, and data-prep cannot be deployed');
});

test.each([
  ['no Python', { ask: async () => undefined }, 1, 'No Python 3.11 or newer with venv'],
  ['an old Python', { ask: async (one: string) => (one === 'python3' ? '3.9' : undefined) }, 1, 'python3 is 3.9'],
  ['an old Node.js', { node: 'v18.2.0' }, 1, 'Node.js v18.2.0; the labs run on 20 or newer'],
  ['a full disk', { freeBytes: async () => 2 ** 29, installed: async () => false }, 1, '0.5 GiB free'],
  ['a full disk, all installed', { freeBytes: async () => 2 ** 29 }, 0, 'the local target is installed'],
  [
    'functions on its own Node.js',
    { functionNode: async () => "the machine's" as const, node: 'v20.1.0' },
    0,
    "Functions run on this machine's Node.js v20.1.0 on the local target",
  ],
  ['little memory', { memoryBytes: 2 ** 31 }, 0, '2.0 GiB of memory: a rehearsal may take up to 3 GiB'],
  [
    'Java 25',
    { ask: async (one: string) => (one === 'java' ? 'version "25"' : '3.12') },
    0,
    'Java 25 on the PATH: where',
  ],
])('a machine with %s: exit code %#', async (_what, changes, expected, text) => {
  world.machine = { ...world.machine, ...changes };
  const { code, out } = await world.run('doctor');
  expect(flat(out)).toContain(text);
  expect(code).toBe(expected);
});

describe('the AWS CLI', () => {
  const without: Machine['ask'] = async (one) => (one === 'aws' ? undefined : '3.12');
  const saying =
    (words: string): Machine['ask'] =>
    async (one) =>
      one === 'aws' ? words : '3.12';

  test.each([
    [
      '2.34.43',
      'AWS CLI 2.34.43: the commands that --explain prints need 2.34.44 or newer',
      'install the newest: https://',
    ],
    ['2.9.19', 'AWS CLI 2.9.19: the commands', 'install the newest: https://'],
    ['1.44.90', 'or 1.45.5 or newer of version 1', "pip install --upgrade 'awscli>=1.45.5'"],
  ])('%s is too old: it is said with the way to a newer one', async (version, saw, next) => {
    world.machine = { ...world.machine, ask: saying(`aws-cli/${version} Python/3.11.2 Linux/6.1 botocore/2.4.5`) };
    const { code, out } = await world.run('doctor', { columns: 400 });
    expect(flat(out)).toContain(saw);
    expect(flat(out)).toContain(next);
    expect(code).toBe(0);
  });

  test.each(['2.34.44', '2.35.0', '3.0.1', '1.45.5', '1.46.3', '1.100.0'])('%s will do', async (version) => {
    world.machine = { ...world.machine, ask: saying(`aws-cli/${version} Python/3.13`) };
    expect(flat((await world.run('doctor')).out)).toContain(`AWS CLI ${version}.`);
  });

  test('where there is none, it is said which one the commands need', async () => {
    world.machine = { ...world.machine, ask: without };
    const { code, out } = await world.run('doctor', { columns: 400 });
    expect(flat(out)).toContain(
      'No AWS CLI on the PATH: ./lab needs none; the commands that --explain prints need 2.34.44',
    );
    expect(code).toBe(0);
  });
});

test('on the local target it starts no local cloud', async () => {
  world.cloud.running = false;
  const { code, out } = await world.run('doctor --target local');
  expect(code).toBe(0);
  expect(flat(out)).toContain('No local cloud is running, so there is no account to ask.');
  expect(world.cloud.log).toEqual([]);
});

test('credentials that are missing are no finding: the command fails with the usual words', async () => {
  const openTarget = async (): Promise<never> => {
    throw Object.assign(new Error('Could not load credentials from any providers'), {
      name: 'CredentialsProviderError',
    });
  };
  Object.assign(world.deps, { openTarget });
  const { code, err } = await world.run('doctor --target aws');
  expect(code).toBe(4);
  expect(err).toContain('No AWS credentials were found.');
});

test('the document has every finding, and the ways on of each lab', async () => {
  world.cloud.quotas.set('L-611FA074', 0);
  const document = (await world.run('doctor --target aws --json')).json();
  expect(document).toMatchObject({ target: 'aws', account: '123456789012', ok: false });
  expect(document.findings).toContainEqual(expect.objectContaining({ id: 'quota:L-611FA074', state: 'bad' }));
  expect(document.labs[0]).toMatchObject({ lab: 'data-prep', modes: { compute: 'training' } });
  expect(document.labs[0].waysOn).toEqual([
    './lab up data-prep --compute processing --target aws',
    './lab up data-prep --target local',
  ]);
});

describe('--policy', () => {
  test('prints the policy for the account and Region at hand, and nothing else', async () => {
    const { code, out } = await world.run('doctor --policy --target aws');
    expect(code).toBe(0);
    const { Statement } = JSON.parse(out) as { Statement: unknown[] };
    expect(Statement.length).toBeGreaterThan(20);
    expect(out).toContain('arn:aws:iam::123456789012:role/cdk-hnb659fds-deploy-role-123456789012-us-east-1');
    expect(out).not.toMatch(/PARTITION|ACCOUNT|REGION/);
  });

  test('prints one part, and the boundary', async () => {
    const part = JSON.parse((await world.run('doctor --policy data --target aws')).out) as { Statement: unknown[] };
    const whole = JSON.parse((await world.run('doctor --policy --target aws')).out) as { Statement: unknown[] };
    expect(whole.Statement).toEqual(expect.arrayContaining(part.Statement));
    expect((await world.run('doctor --policy boundary --target aws')).out).toContain('NeverTheBoundary');
  });

  test('has the parts as managed policies in the document of --json', async () => {
    const { out } = await world.run('doctor --policy --target aws --json');
    const { policies } = JSON.parse(out) as { policies: { name: string }[] };
    expect(policies.map(({ name }) => name)).toEqual(
      ['base', 'data', 'models', 'operations'].map((part) => `mla-labs-learner-${part}`),
    );
  });

  test('names the parts where one is asked for that there is not', async () => {
    const { code, err } = await world.run('doctor --policy bas --target aws');
    expect(code).toBe(2);
    expect(flat(err)).toContain('./lab doctor --policy base --target aws');
  });
});
