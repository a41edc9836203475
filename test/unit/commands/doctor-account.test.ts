/** `doctor` and the account: its plan, its Region, the CDK's set-up, builds, Model Monitor, functions. */
import { OLDEST_BOOTSTRAP } from '../../../lib/facts/cdk';
import { FakeCloud, NOW, World } from './fakes';

let world: World;
beforeEach(() => {
  world = new World();
  Object.assign(world.lab, {
    kinds: ['codebuild:build'],
    modes: [
      { name: 'build', values: ['codebuild', 'lambda'], default: 'codebuild', summary: '' },
      { name: 'monitor', values: ['open', 'managed'], default: 'open', summary: '' },
    ],
  });
});
afterEach(() => world.clean());

const refused = (name = 'AccessDeniedException'): Error => Object.assign(new Error('you may not'), { name });

interface Seen {
  id: string;
  state: string;
  saw: string;
  why: string;
  next?: string;
}

/** The finding of that id, and the exit code. */
async function finding(id: string, options = '--target aws'): Promise<Seen & { code: number }> {
  const { code, json } = await world.run(`doctor data-prep ${options} --json`);
  const found = (json() as { findings: Seen[] }).findings.find((one) => one.id === id);
  if (!found) throw new Error(`There is no finding ${id}.`);
  return { ...found, code };
}

test.each([
  ['the paid plan', { accountPlanType: 'PAID' }, 'ok', 'The account is on the paid plan.', 0],
  [
    'the free plan, with all services',
    {
      accountPlanType: 'FREE',
      accountPlanStatus: 'ACTIVE',
      accountPlanExpirationDate: '2027-01-31T00:00:00Z',
      accountPlanRemainingCredits: { amount: 87.5, unit: 'USD' },
    },
    'note',
    'on the plan FREE (ACTIVE, until 2027-01-31, 87.5 USD of credits left). All services of the labs',
    0,
  ],
  ['a free plan that is over', { accountPlanType: 'FREE', accountPlanStatus: 'EXPIRED' }, 'bad', 'EXPIRED', 1],
  ['no plan, as older accounts', refused('ResourceNotFoundException'), 'note', 'older ones have none', 0],
  ['a plan that may not be asked', refused(), 'unknown', 'could not be asked (AccessDeniedException: you may not)', 0],
])('an account with %s', async (_what, plan, state, saw, code) => {
  world.cloud.plan = plan;
  const found = await finding('plan');
  expect(found).toMatchObject({ state, code });
  expect(found.saw).toContain(saw);
  expect(found.next ?? 'nothing').toMatch(
    { ok: /^nothing$/, unknown: /get-account-plan-state/ }[state] ?? /upgrade-account-plan|get-account-plan-state/,
  );
});

test('a free plan that bars a service of the labs stands in the way, and says which', async () => {
  world.cloud.plan = { accountPlanType: 'FREE', accountPlanStatus: 'ACTIVE' };
  world.cloud.closed.set('codebuild', refused('SubscriptionRequiredException'));
  const found = await finding('plan', '--target aws --profile ana');
  expect(found).toMatchObject({ state: 'bad', code: 1 });
  expect(found.saw).toContain('Of what the labs need it bars codebuild.');
  expect(found.next).toContain('upgrade-account-plan --account-plan-type PAID --region us-east-1');
});

describe('a Region that is not on by default', () => {
  test.each([
    ['ENABLED', 'ok', undefined],
    ['ENABLING', 'bad', 'wait some minutes'],
    ['DISABLED', 'bad', 'aws account enable-region --region-name eu-south-1'],
    [refused(), 'unknown', 'aws account get-region-opt-status --region-name eu-south-1'],
  ])('%s: %s', async (status, state, next) => {
    world.cloud.regionStatus = status;
    const found = await finding('region-enabled', '--target aws --region eu-south-1');
    expect(found.state).toBe(state);
    if (next) expect(found.next).toContain(next);
  });

  test('that is off refuses good credentials: another Region tells which of the two it is', async () => {
    world.cloud.regionStatus = 'DISABLED';
    const { openTarget } = world.deps;
    const asked: (string | undefined)[] = [];
    Object.assign(world.deps, {
      openTarget: (async (name, options) => {
        asked.push(options.region);
        if (options.region === 'eu-south-1') throw refused('InvalidClientTokenId');
        return openTarget(name, options);
      }) satisfies typeof openTarget,
    });
    const { code, out } = await world.run('doctor --target aws --region eu-south-1', { columns: 300 });
    expect(code).toBe(1);
    expect(out).toContain('eu-south-1 is not switched on in this account (DISABLED).');
    expect(out).toContain('Next: aws account enable-region --region-name eu-south-1');
    expect(asked).toEqual(['eu-south-1', 'us-east-1']);
  });

  test('credentials that are wrong stay so', async () => {
    Object.assign(world.deps, { openTarget: async () => Promise.reject(refused('InvalidClientTokenId')) });
    expect((await world.run('doctor --target aws --region eu-south-1')).code).toBe(4);
  });
});

test('one that is on by default is not asked for', async () => {
  world.cloud.regionStatus = refused();
  expect(await finding('region-enabled')).toMatchObject({ state: 'ok' });
});

test.each([
  [String(OLDEST_BOOTSTRAP), 'ok', 0],
  [String(OLDEST_BOOTSTRAP - 1), 'bad', 1],
  ['nonsense', 'bad', 1],
])("the CDK's set-up of version %s: %s", async (version, state, code) => {
  world.cloud.bootstrapVersion = version;
  const found = await finding('bootstrap');
  expect(found).toMatchObject({ state, code });
  if (state === 'bad') expect(found.next).toContain('npx cdk bootstrap aws://123456789012/us-east-1');
});

test.each([
  [{ ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 }, 'ok', '10 functions may run at once'],
  [{ ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 5 }, 'note', 'of which 995 are reserved'],
  [{ ConcurrentExecutions: 4, UnreservedConcurrentExecutions: 4 }, 'note', '4 functions may run at once'],
  [{}, 'unknown', 'names no limit'],
  [refused(), 'unknown', 'could not be asked (AccessDeniedException'],
])('functions at once: %j', async (concurrency, state, saw) => {
  world.cloud.concurrency = concurrency;
  const found = await finding('lambda-concurrency');
  expect(found).toMatchObject({ state, code: 0 });
  expect(found.saw).toContain(saw);
});

describe('builds', () => {
  const EARLIER = new Date(NOW.getTime() - 86_400_000);
  /** CodeBuild and CodePipeline with a build that ran, and a release that got none. */
  function history(ran: Date | undefined, held: Date | undefined, pipeline = 'mla-labs-deployment-me'): void {
    world.cloud.builds = ({ constructor }) =>
      ({
        ListBuildsCommand: { ids: ran ? ['p:1'] : [] },
        BatchGetBuildsCommand: { builds: [{ id: 'p:1', startTime: ran }] },
        ListPipelinesCommand: { pipelines: [{ name: pipeline }] },
        ListActionExecutionsCommand: {
          actionExecutionDetails: held
            ? [
                {
                  lastUpdateTime: held,
                  output: { executionResult: { errorDetails: { message: 'Cannot have more than 0 builds in queue' } } },
                },
              ]
            : [],
        },
      })[constructor.name];
  }

  test.each([
    ['none so far', undefined, undefined, 'note', 0],
    ['one that ran', EARLIER, undefined, 'ok', 0],
    ['one that was refused', undefined, EARLIER, 'bad', 1],
    ['one that was refused after one that ran', EARLIER, NOW, 'bad', 1],
    ['one that ran after one that was refused', NOW, EARLIER, 'ok', 0],
  ])('%s', async (_what, ran, held, state, code) => {
    history(ran, held);
    const found = await finding('builds');
    expect(found).toMatchObject({ state, code });
    if (state !== 'ok') expect(found.next).toContain('./lab up deployment --build lambda --target aws');
  });

  test('a neighbour’s pipeline says nothing of this learner’s', async () => {
    history(undefined, NOW, 'mla-labs-deployment-meme');
    expect(await finding('builds')).toMatchObject({ state: 'note' });
  });

  test('are not asked for where the lab needs none', async () => {
    history(undefined, NOW);
    await expect(finding('builds', '--build lambda --target aws')).rejects.toThrow('no finding builds');
  });

  test('that may not be asked are unknown', async () => {
    world.cloud.builds = () => {
      throw refused();
    };
    expect(await finding('builds')).toMatchObject({ state: 'unknown' });
  });
});

test('a definition of Model Monitor shows an account that has it; none shows nothing', async () => {
  const named = (JobDefinitionSummaries: object[]) => () => ({ JobDefinitionSummaries });
  world.cloud.sagemaker = named([{ MonitoringJobDefinitionName: 'mine' }]);
  expect(await finding('model-monitor')).toMatchObject({ state: 'ok' });
  world.cloud.sagemaker = named([]);
  expect((await finding('model-monitor', '--monitor managed --target aws')).next).toContain('--monitor open');
});

test('each finding says why it matters, and what is bad says what to do: without an answer from anywhere', async () => {
  world.cloud.plan = world.cloud.concurrency = world.cloud.tagged = refused();
  world.cloud.elsewhere.set('eu-west-1', refused()).set('us-west-2', new FakeCloud());
  const { json } = await world.run('doctor --target aws --json');
  for (const one of (json() as { findings: Seen[] }).findings) expect(one.why).not.toBe('');
});
