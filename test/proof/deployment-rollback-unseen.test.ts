/** A rollback that CloudFormation takes for a success: the configuration that serves is deleted. The release says so, and its advice leads on. */
import { DescribeEndpointConfigCommand, DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { smokeTestFlights } from '../../labs/deployment/approval/smoke-test';
import { isProbability, TrafficGenerator } from '../../labs/deployment/endpoint/traffic-generator';
import { GOOD, RAISES, Releasing, scripted } from './releasing';

let lab: Releasing;
let first: string;
let raising: string;
let failed: string;
beforeAll(async () => {
  lab = await Releasing.open({ build: 'lambda' }, ['rollback-unseen']);
  first = await lab.register(GOOD, 'The first.');
  await lab.promote(first);
  raising = await lab.register(scripted(RAISES), 'Raises for some flights.');
});
afterAll(() => lab?.close());

/** Whether the configuration of production's endpoint exists. */
async function configured(): Promise<boolean> {
  const { sagemaker } = lab.stage.target.clients;
  const EndpointName = lab.place.production.endpoint;
  const { EndpointConfigName } = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
  return sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName })).then(
    () => true,
    () => false,
  );
}

test('Watch refuses the release: production answers with a configuration that is gone', async () => {
  const run = await lab.stage.run();
  const { bodies, ...flights } = await smokeTestFlights(run, lab.place);
  const odd = bodies.map((body) => body.replace(/^[^,]*/, '999'));
  failed = await lab.release(raising);
  await lab.answer(failed, 'Approved', 'AUC as before.');
  const traffic = new TrafficGenerator(run, lab.place.production.endpoint, { ...flights, bodies: odd });
  const end = await lab.end(failed);
  const asked = await traffic.stop();
  expect(end).toMatchObject({
    status: 'Failed',
    stop: expect.stringMatching(/^Watch: .*which is gone: the update was rolled back/) as string,
  });
  expect(asked.some(({ answer }) => !isProbability(answer))).toBe(true);
  // The old fleet serves on.
  expect(isProbability(asked.at(-1)!.answer)).toBe(true);
  expect(await configured()).toBe(false);
});

test('releasing again without the advice stops at the endpoint, with the same advice', async () => {
  const again = await lab.start(first);
  await lab.answer(again, 'Approved');
  expect(await lab.end(again)).toMatchObject({ status: 'Failed' });
  expect(await lab.told(again)).toMatch(/aws cloudformation delete-stack/);
});

test('its advice, typed as printed: production is made anew and serves the version that is approved', async () => {
  const told = await lab.told(failed);
  const remake = /delete it: (aws .*?); then release/s.exec(told);
  expect({ told, found: remake !== null }).toMatchObject({ found: true });
  expect(lab.stage.shell(remake![1]!)).toMatchObject({ status: 0 });
  await lab.decide(raising, 'Rejected', 'It raises for some flights.');
  // On AWS the deletion and a new endpoint take longer than the minute that the alarm looks at.
  await lab.stage.cloud.elapse(600);
  const id = await lab.start(first);
  await lab.answer(id, 'Approved');
  expect(await lab.end(id)).toMatchObject({ status: 'Succeeded', stop: '' });
  expect(await lab.serving()).toBe(first);
  expect(await configured()).toBe(true);
});
