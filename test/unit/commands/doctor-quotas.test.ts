/** Quotas of all labs together, less what is in use, and requests for more. */
import type { Lab } from '../../../lib/course/model';
import type { LabId } from '../../../lib/course/names';
import { QUOTAS } from '../../../lib/facts/quotas';
import { NOW, World } from './fakes';

const ENDPOINT = 'L-29C181D7';
const { endpointT2Medium, processingT3Medium } = QUOTAS;

let world: World;
/** Three labs: two hold endpoints, two run jobs. */
beforeEach(() => {
  world = new World();
  const labs: Record<string, Partial<Lab>> = {
    'data-prep': { quotas: [{ quota: processingT3Medium, value: 2, use: 'two jobs' }] },
    deployment: { quotas: [{ quota: endpointT2Medium, value: 2, use: 'production' }] },
    monitoring: {
      quotas: [
        { quota: endpointT2Medium, value: 2, use: 'the endpoint' },
        { quota: processingT3Medium, value: 1, use: 'analyses' },
      ],
    },
  };
  Object.assign(world.deps, {
    labs: Object.keys(labs),
    loadLab: async (id: LabId) => ({ ...world.lab, ...labs[id], id }),
  });
  world.cloud.quotas.set(ENDPOINT, 2).set(processingT3Medium.code, 2);
  held({});
});
afterEach(() => world.clean());

/** Endpoints on one instance each, by the learner's name and the lab that hold them. */
function held(endpoints: Record<string, { lab?: string; learner?: string; count?: number }>): void {
  world.cloud.sagemaker = ({ constructor, input }) => {
    const asked = input as Record<string, string>;
    const one = endpoints[asked.ResourceArn ?? asked.EndpointConfigName ?? ''] ?? {};
    return {
      ListEndpointsCommand: {
        Endpoints: Object.keys(endpoints).map((name) => ({ EndpointName: name, EndpointArn: name })),
      },
      DescribeEndpointCommand: { EndpointConfigName: asked.EndpointName },
      DescribeEndpointConfigCommand: {
        ProductionVariants: [{ InstanceType: 'ml.t2.medium', InitialInstanceCount: one.count ?? 1 }],
      },
      ListTagsCommand: {
        Tags: [
          { Key: 'mla-labs:lab', Value: one.lab },
          { Key: 'mla-labs:learner', Value: one.learner },
        ],
      },
    }[constructor.name];
  };
}

interface Seen {
  id: string;
  state: string;
  saw: string;
  next?: string;
}
async function look(line = 'doctor --target aws') {
  const { code, out, json } = await world.run(`${line} --json`);
  const document = json() as { ok: boolean; findings: Seen[]; together: object[]; requests?: object[] };
  return { code, out, ...document, find: (id: string) => document.findings.find((one) => one.id === id)! };
}

test('what stays taken adds up; jobs, which end, do not', async () => {
  const { find, together, code } = await look();
  expect(find(`quota:${ENDPOINT}`)).toMatchObject({ state: 'note' });
  expect(find(`quota:${ENDPOINT}`).saw).toContain(
    '4 for deployment (2) and monitoring (2), which can stand side by side; this account has 2: too low. For each of them alone it is enough.',
  );
  expect(find(`quota:${processingT3Medium.code}`)).toMatchObject({ state: 'ok' });
  expect(together).toContainEqual(
    expect.objectContaining({
      code: ENDPOINT,
      needed: 4,
      applied: 2,
      by: [
        { lab: 'deployment', value: 2 },
        { lab: 'monitoring', value: 2 },
      ],
    }),
  );
  expect(code).toBe(0);
});

test('it says which labs fit side by side, and which has to go down first', async () => {
  const { saw, next } = (await look()).find('fit');
  expect(saw).toBe('With these quotas data-prep and deployment fit; monitoring does not fit beside deployment.');
  expect(next).toContain('./lab down deployment --target aws before ./lab up monitoring --target aws');
});

test('with enough for all, nothing is said of what fits', async () => {
  world.cloud.quotas.set(ENDPOINT, 4);
  const { find } = await look();
  expect(find(`quota:${ENDPOINT}`)).toMatchObject({ state: 'ok' });
  expect(find('fit')).toBeUndefined();
});

test('what others use is gone, even for one lab alone', async () => {
  world.cloud.quotas.set(ENDPOINT, 4);
  held({ theirs: { count: 3 } });
  const { find, code } = await look();
  expect(find(`quota:${ENDPOINT}`)).toMatchObject({ state: 'bad' });
  expect(find(`quota:${ENDPOINT}`).saw).toContain(
    'this account has 4, of which 3 are in use now by endpoint theirs (3)',
  );
  expect(code).toBe(1);
});

test('what the learner’s own standing lab holds is part of its need, and no shortage', async () => {
  held({ mine: { lab: 'deployment', learner: 'me', count: 2 } });
  const { find, together } = await look('doctor deployment --target aws');
  expect(find(`quota:${ENDPOINT}`)).toMatchObject({ state: 'ok' });
  expect(find(`quota:${ENDPOINT}`).saw).toContain('Your own endpoint mine (2) counts as part of what its lab needs.');
  expect(together[0]).toMatchObject({ inUseByOthers: 0, heldByOwnLabs: 2 });
});

test('a lab of the learner that is not looked at holds what the other needs: it can go down', async () => {
  held({ mine: { lab: 'deployment', learner: 'me' } });
  const { find, code } = await look('doctor monitoring --target aws');
  expect(code).toBe(1);
  expect(find(`quota:${ENDPOINT}`).next).toContain('./lab down deployment --target aws');
});

test('another learner’s lab of the same name is another’s', async () => {
  held({ hers: { lab: 'deployment', learner: 'ana' } });
  expect((await look('doctor deployment --target aws')).find(`quota:${ENDPOINT}`)).toMatchObject({ state: 'bad' });
});

test('what may be taken by others, and cannot be looked at, is not known to be enough', async () => {
  world.cloud.quotas.set(ENDPOINT, 4);
  world.cloud.sagemaker = () => {
    throw Object.assign(new Error('you may not'), { name: 'AccessDeniedException' });
  };
  const { find } = await look();
  expect(find(`quota:${ENDPOINT}`)).toMatchObject({ state: 'unknown' });
  expect(find(`quota:${processingT3Medium.code}`)).toMatchObject({ state: 'ok' });
});

describe('--request-quotas', () => {
  const WANTED = `request ${ENDPOINT} 4`;
  const requests = () => world.cloud.log.filter((line) => line.startsWith('request'));

  test('lists what it would ask for, asks once, files it, and says what AWS made of it', async () => {
    const { code, out } = await world.run('doctor --request-quotas --target aws', { typed: ['y'], columns: 300 });
    expect(code).toBe(0);
    expect(out).toContain(`${ENDPOINT} (sagemaker: ml.t2.medium for endpoint usage): from 2 to 4`);
    expect(out).toContain(`${ENDPOINT}: filed for 4, PENDING.`);
    expect(out).toContain('Next: look again later: ./lab doctor --target aws');
    expect(requests()).toEqual([WANTED]);
  });

  test('a no files nothing; nobody to ask and no --yes neither', async () => {
    expect((await world.run('doctor --request-quotas --target aws', { typed: ['n'] })).code).toBe(3);
    const { code, err } = await world.run('doctor --request-quotas --target aws', { columns: 300 });
    expect(code).toBe(3);
    expect(err).toContain('./lab doctor --request-quotas --target aws --yes');
    expect(requests()).toEqual([]);
  });

  test('asks for what is needed beside what others use', async () => {
    held({ theirs: {} });
    const { requests: filed, code } = await look('doctor --request-quotas --target aws --yes');
    expect(filed).toEqual([
      expect.objectContaining({ code: ENDPOINT, from: 2, to: 5, outcome: 'filed', status: 'PENDING' }),
    ]);
    expect(code).toBe(1);
  });

  test('one that is open is not filed again, and the next run says what became of it', async () => {
    await world.run('doctor --request-quotas --target aws --yes');
    const { requests: filed } = await look('doctor --request-quotas --target aws --yes');
    expect(filed).toEqual([expect.objectContaining({ to: 4, outcome: 'open already', status: 'PENDING' })]);
    expect(requests()).toEqual([WANTED]);
    expect((await look()).find(`request:${ENDPOINT}`).saw).toContain('Request of 2026-11-23 for 4');
  });

  test('with nothing too low it asks nothing', async () => {
    world.cloud.quotas.set(ENDPOINT, 10);
    const { code, out } = await world.run('doctor --request-quotas --target aws', { columns: 300 });
    expect(code).toBe(0);
    expect(out).toContain('there is nothing to request');
  });

  test.each([
    ['ResourceAlreadyExistsException', 0, 'open already'],
    ['AccessDeniedException', 4, 'failed'],
    ['QuotaExceededException', 4, 'failed'],
  ])('AWS answers %s: exit code %i', async (name, expected, outcome) => {
    world.cloud.requestFails = Object.assign(new Error('no'), { name });
    const { code, requests: filed } = await look('doctor --request-quotas --target aws --yes');
    expect(code).toBe(expected);
    expect(filed).toEqual([expect.objectContaining({ outcome })]);
  });

  test('with --explain it prints the commands, and files nothing', async () => {
    const { out } = await world.run('doctor --request-quotas --explain --target aws', { columns: 300 });
    expect(out).toBe(
      `aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code ${ENDPOINT} --desired-value 4 --region us-east-1\n`,
    );
    expect(requests()).toEqual([]);
  });

  test('needs a target', async () => {
    const { code, err } = await world.run('doctor --request-quotas');
    expect(code).toBe(2);
    expect(err).toContain('./lab doctor --request-quotas --target local');
  });
});

test.each([
  ['PENDING', 2, 'note', 'wait, then look again'],
  ['CASE_OPENED', 2, 'note', 'support/home#/case/?displayId=123'],
  ['APPROVED', 4, 'ok', undefined],
  ['APPROVED', 2, 'note', 'some minutes until it holds'],
  ['DENIED', 2, 'note', 'use a mode that needs none of it'],
  ['NOT_APPROVED', 2, 'note', 'to ask once more: ./lab doctor --request-quotas'],
  ['CASE_CLOSED', 2, 'note', 'read what AWS answered there'],
  ['DENIED', 4, 'note', 'what the account has is enough'],
])('a request that is %s where the account has %i', async (Status, applied, state, next) => {
  world.cloud.quotas.set(ENDPOINT, applied);
  const Created = new Date('2026-11-20T10:00:00Z');
  const LastUpdated = new Date('2026-11-22T10:00:00Z');
  world.cloud.requests = [
    { DesiredValue: 3, Status: 'DENIED', Created: new Date('2026-10-01T10:00:00Z') },
    { DesiredValue: 4, Status, Created, LastUpdated, CaseId: '123' },
  ];
  const found = (await look()).find(`request:${ENDPOINT}`);
  expect(found.saw).toContain(`Request of 2026-11-20 for 4 of ${ENDPOINT}`);
  expect(found.saw).toContain(`${Status}, since 2026-11-22`);
  expect(found.state).toBe(state);
  if (next) expect(found.next).toContain(next);
  expect(NOW > Created).toBe(true);
});
