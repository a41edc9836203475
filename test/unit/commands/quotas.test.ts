/** What `up` does about quotas: asks before it asks, says what is too low and the ways on, and never guesses. */
import type { Lab, QuotaNeed } from '../../../lib/course/model';
import { QUOTAS } from '../../../lib/facts/quotas';
import { World } from './fakes';

const { trainingM5Large, trainingM5LargeSpot } = QUOTAS;
const NEEDS: readonly QuotaNeed[] = [
  {
    quota: trainingM5Large,
    value: 2,
    use: 'two trainings',
    when: { compute: ['training'], spot: ['off'] },
    ways: [
      { modes: { compute: 'processing' }, what: 'in Processing jobs' },
      { modes: { spot: 'on' }, what: 'on spot' },
    ],
  },
  { quota: trainingM5LargeSpot, value: 2, use: 'two trainings', when: { compute: ['training'], spot: ['on'] } },
];
const MODES: Lab['modes'] = [
  { name: 'compute', values: ['training', 'processing'], default: 'training', summary: '' },
  { name: 'spot', values: ['off', 'on'], default: 'off', summary: '' },
];

let world: World;
beforeEach(() => {
  world = new World();
  Object.assign(world.lab, { quotas: NEEDS, modes: MODES });
});
afterEach(() => world.clean());

const flat = (text: string): string => text.replace(/\s+/g, ' ');
const deployed = (): boolean => world.cloud.log.some((line) => line.startsWith('deploy'));

function account(training: number | Error, spot: number | Error = 4): void {
  world.cloud.quotas = new Map([
    [trainingM5Large.code, training],
    [trainingM5LargeSpot.code, spot],
  ]);
}

test('a quota that is enough is shown with its value, and others are not', async () => {
  account(4);
  const { code, out } = await world.run('up data-prep --target aws --yes');
  expect(code).toBe(0);
  expect(flat(out)).toContain(
    'Quota L-611FA074 (ml.m5.large for training job usage): 2 for two trainings; this account has 4.',
  );
  expect(out).not.toContain('L-29688C85');
  expect(out).not.toContain('request-service-quota-increase');
});

test('too low: says so before the question, names the request and every way on, and a yes deploys all the same', async () => {
  account(0);
  const { code, out, err } = await world.run('up data-prep --target aws', { typed: ['y'], columns: 300 });
  const said = flat(out);
  expect(said).toContain('this account has 0: too low.');
  expect(said).toContain(
    'aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code L-611FA074 --desired-value 2 --region us-east-1',
  );
  expect(said).toContain('./lab up data-prep --compute processing --target aws (in Processing jobs)');
  expect(said).toContain('./lab up data-prep --spot on --target aws (on spot)');
  expect(said).toContain('./lab up data-prep --target local');
  expect(err).toContain('Deploy it all the same? [y/N]');
  expect(code).toBe(0);
  expect(deployed()).toBe(true);
});

test('a no to that question deploys nothing', async () => {
  account(0);
  expect((await world.run('up data-prep --target aws', { typed: ['n'] })).code).toBe(3);
  expect(deployed()).toBe(false);
});

test('with --yes a lab that cannot be done is refused, with the first way on as the next command', async () => {
  account(0);
  const { code, err } = await world.run('up data-prep --target aws --yes', { columns: 300 });
  expect(code).toBe(3);
  expect(flat(err)).toContain(
    'The quota L-611FA074 (ml.m5.large for training job usage) of this account is 0; the lab needs 2.',
  );
  expect(flat(err)).toContain('Next: ./lab up data-prep --compute processing --target aws --yes');
  expect(deployed()).toBe(false);
});

test('a mode that avoids it is not refused, and does not show it', async () => {
  account(0);
  const { code, out } = await world.run('up data-prep --target aws --yes --compute processing');
  expect(code).toBe(0);
  expect(out).not.toContain('L-611FA074');
});

test('a way on that is too low itself is not offered', async () => {
  account(0, 0);
  const { out } = await world.run('up data-prep --target aws', { typed: ['n'], columns: 300 });
  expect(out).toContain('--compute processing');
  expect(out).not.toContain('--spot on');
});

test('a request that waits is told, and not asked for again', async () => {
  account(1);
  world.cloud.requests = [
    { DesiredValue: 2, Status: 'DENIED', Created: new Date('2026-11-22T00:00:00Z') },
    { DesiredValue: 2, Status: 'CASE_OPENED', Created: new Date('2026-11-20T00:00:00Z') },
  ];
  const { out } = await world.run('up data-prep --target aws', { typed: ['n'], columns: 300 });
  expect(flat(out)).toContain('has 1: too low. Your request for 2 of 2026-11-20 is CASE_OPENED.');
  expect(out).not.toContain('request-service-quota-increase');
});

test('who may not ask is told so, and up goes on', async () => {
  account(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
  const { code, out } = await world.run('up data-prep --target aws --yes');
  expect(code).toBe(0);
  expect(flat(out)).toContain(
    'is not known, as you may not ask (servicequotas:GetServiceQuota). New accounts were seen with 0.',
  );
  expect(deployed()).toBe(true);
});

test('where AWS keeps no applied value, its default holds; where it knows none, that is said', async () => {
  world.cloud.quotas.set(`default ${trainingM5Large.code}`, 0);
  expect((await world.run('up data-prep --target aws --yes')).code).toBe(3);
  world.cloud.quotas.clear();
  const { code, out } = await world.run('up data-prep --target aws --yes');
  expect(code).toBe(0);
  expect(flat(out)).toContain('as Service Quotas knows no such quota in this Region');
});

test('an update that keeps its modes warns and goes on; one that turns to a mode without quota is refused', async () => {
  account(0);
  const stack = world.cloud.addStack();
  expect((await world.run('up data-prep --target aws --yes')).code).toBe(0);
  stack.Outputs.push({ OutputKey: 'ModeCompute', OutputValue: 'processing' });
  expect((await world.run('up data-prep --target aws --yes')).code).toBe(0);
  expect((await world.run('up data-prep --target aws --yes --compute training')).code).toBe(3);
});

test('the document has what was asked and what was answered', async () => {
  account(4);
  const { json } = await world.run('up data-prep --target aws --yes --json');
  expect(json().quotas[0]).toEqual({
    service: 'sagemaker',
    code: 'L-611FA074',
    name: 'ml.m5.large for training job usage',
    needed: 2,
    applied: 4,
  });
});
