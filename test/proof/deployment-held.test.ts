/** An account whose builds are held: the lab says what to do, and comes through without a build, requests flowing. */
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { isProbability, TrafficGenerator } from '../../labs/deployment/endpoint/traffic-generator';
import { smokeTestFlights } from '../../labs/deployment/approval/smoke-test';
import { Releasing, scripted } from './releasing';
import { Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open('deployment', 'me', ['builds-held']);
  await stage.up();
});
afterAll(() => stage?.close());

test('the first step says that builds are held, and names the way on', async () => {
  const said = await stage.failure('source');
  expect(said).toMatch(/stopped at Verify, action Verify: .*Cannot have more than 0 builds in queue/);
  expect(said).toMatch(/AWS holds the builds.*\.\/lab up deployment .*--build lambda/);
  expect((await stage.check('source')).done).toBe(false);
});

test('with --build lambda the same stack goes through all steps', async () => {
  await stage.up('me', { build: 'lambda' });
  for (const id of ['source', 'release', 'staging', 'promote', 'invoke']) {
    expect({ id, ...(await stage.check(id)) }).toMatchObject({ id, done: false });
    await stage.act(id);
    expect({ id, ...(await stage.check(id)) }).toMatchObject({ id, done: true });
  }
});

test('and through the exercises', async () => {
  for (const id of ['break', 'rollback']) {
    await stage.act(id);
    expect({ id, ...(await stage.check(id)) }).toMatchObject({ id, done: true });
  }
  expect((await stage.check('rollback')).saw).toMatch(/each answered/);
});

test.each([20, -20])('a machine whose clock is wrong by %d s changes no verdict', async (seconds) => {
  expect((await stage.verdictsAt(seconds)).map(({ done }) => done)).toEqual(stage.lab.steps.map(() => true));
});

test('requests flow while production changes over to another fleet: each is answered', async () => {
  const lab = await Releasing.of(stage);
  const run = await stage.run();
  const { endpoint } = lab.place.production;
  const config = async () =>
    (await stage.target.clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpoint })))
      .EndpointConfigName;
  const before = await config();
  const traffic = new TrafficGenerator(run, endpoint, await smokeTestFlights(run, lab.place));
  await traffic.first;
  await lab.promote(await lab.register(scripted('# another archive'), 'Another.'));
  const asked = await traffic.stop();
  expect(await config()).not.toBe(before);
  expect(asked.length).toBeGreaterThan(20);
  expect(asked.filter(({ answer }) => !isProbability(answer))).toEqual([]);
});
