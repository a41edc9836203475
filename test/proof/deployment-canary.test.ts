/** `--canary on`: refused before anything is made where the quota is a new account's, and a real canary where it is 4. */
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { predictFlights } from '../../labs/deployment/endpoint/invoke';
import { smokeTestFlights } from '../../labs/deployment/approval/smoke-test';
import { TrafficGenerator } from '../../labs/deployment/endpoint/traffic-generator';
import { GOOD, Releasing, scripted } from './releasing';
import { Stage } from './stage';

test('with the quota of a new account, `up` refuses before anything is made, and names the way on', async () => {
  const stage = await Stage.open('deployment');
  try {
    const before = await stage.target.inventory();
    const { code, out, err } = await stage.cli('up deployment --target local --canary on --yes');
    expect(code).toBe(3);
    expect(out.replace(/\s+/g, ' ')).toMatch(
      /Quota L-29C181D7 .*: 4 for two instances in production.*this account has 2: too low/,
    );
    expect(err.replace(/\s+/g, ' ')).toContain('Next: ./lab up deployment --canary off --target local');
    expect(await stage.target.inventory()).toEqual(before);
  } finally {
    await stage.close();
  }
});

describe('with a quota of 4', () => {
  let lab: Releasing;
  beforeAll(async () => {
    lab = await Releasing.open({ build: 'lambda', canary: 'on' }, ['endpoint-quota-4']);
  });
  afterAll(() => lab?.close());

  test('an update goes through the canary: half of the traffic, then all; each request is answered by one of both', async () => {
    const run = await lab.stage.run();
    const [first, second] = [
      await lab.register(GOOD, 'The first.'),
      // Says the same with one more digit than it should: whose answer it is can be seen.
      await lab.register(scripted(ODD), 'The second.'),
    ];
    await lab.promote(first);
    const { sagemaker } = lab.stage.target.clients;
    const describe = () => sagemaker.send(new DescribeEndpointCommand({ EndpointName: lab.place.production.endpoint }));
    expect((await describe()).ProductionVariants).toMatchObject([{ CurrentInstanceCount: 2 }]);
    const flights = await smokeTestFlights(run, lab.place);
    const traffic = new TrafficGenerator(run, lab.place.production.endpoint, flights);
    await traffic.first;
    await lab.promote(second);
    const asked = await traffic.stop();
    const both = asked.map(({ answer }) =>
      /^0\.\d{6}$/.test(answer) ? 'old' : /^0\.\d{6}0$/.test(answer) ? 'new' : answer,
    );
    expect(new Set(both)).toEqual(new Set(['old', 'new']));
    // While the canary stands, both answer; afterwards the new one alone.
    const mixed = both.slice(both.indexOf('new'), both.lastIndexOf('old'));
    expect(mixed.filter((one) => one === 'old').length).toBeGreaterThan(3);
    expect(mixed.filter((one) => one === 'new').length).toBeGreaterThan(3);
    expect((await predictFlights(run, lab.place.production.endpoint, flights.bodies[0]!))[0]).toMatch(/^0\.\d{6}0$/);
    expect(await lab.serving()).toBe(second);
    expect((await describe()).ProductionVariants).toMatchObject([{ CurrentInstanceCount: 2 }]);
  });
});

const ODD = `
as_before = written

def written(prediction, accept):
    text, kind = as_before(prediction, accept)
    return text.replace("\\n", "0\\n"), kind
`;
