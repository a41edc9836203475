/** The stored prices: one for every Region that the labs know, each with where it comes from, and marked where it is none. */
import { assumedNote, costBy, priceIn, PRICES, type PricedItem, Tariff } from '../../../lib/facts/prices';
import { REGIONS } from '../../../lib/facts/regions';
import { LABS } from '../../../lib/course/registry';
import { estimate } from '../../../lib/cost/estimate';

const ITEMS = Object.keys(PRICES) as PricedItem[];

test.each(ITEMS)('%s has a price, a date and a source in every Region, and says how sure it is', (item) => {
  const { per, regions } = PRICES[item];
  expect(per).not.toBe('');
  expect(Object.keys(regions).sort()).toEqual(Object.keys(REGIONS).sort());
  for (const { usd, basis, date, source } of Object.values(regions)) {
    expect(usd).toBeGreaterThan(0);
    expect(['documented', 'seen', 'known', 'assumed']).toContain(basis);
    expect(date).toMatch(/^\d{4}-\d{2}(-\d{2})?$/);
    expect(source).toMatch(/^https:\/\//);
  }
});

test.each(ITEMS)(
  '%s: what is assumed of a Region is the price of us-east-1, which itself is assumed nowhere',
  (item) => {
    const { regions } = PRICES[item];
    expect(regions['us-east-1'].basis).not.toBe('assumed');
    for (const price of Object.values(regions).filter(({ basis }) => basis === 'assumed'))
      expect(price).toEqual({ ...regions['us-east-1'], basis: 'assumed' });
  },
);

test('a Region that nobody knows has assumed prices, and no name of an object’s own', () => {
  for (const region of ['eu-north-1', 'constructor', '__proto__'])
    expect(priceIn(region, 'sagemakerEndpointT2MediumHour')).toMatchObject({ usd: 0.056, basis: 'assumed' });
});

test('Regions differ: the endpoint costs more in Tokyo than in Virginia', () => {
  expect(priceIn('ap-northeast-1', 'sagemakerEndpointT2MediumHour').usd).toBeGreaterThan(
    priceIn('us-east-1', 'sagemakerEndpointT2MediumHour').usd,
  );
});

test('a line is marked where one of its prices is assumed, and only then', () => {
  const lines = costBy([
    (usd) => ({ item: 'job', usdPerHour: 0, usdPerRun: usd('sagemakerProcessingT3MediumHour'), basis: 'one hour' }),
    (usd) => ({ item: 'endpoint', usdPerHour: usd('sagemakerEndpointT2MediumHour'), usdPerRun: 0, basis: 'one' }),
  ]);
  expect(lines('eu-west-1').map(({ item, assumed }) => [item, assumed])).toEqual([
    ['job', true],
    ['endpoint', undefined],
  ]);
  expect(lines('us-east-1').some(({ assumed }) => assumed)).toBe(false);
  const tariff = new Tariff('eu-west-1');
  tariff.usd('sagemakerEndpointT2MediumHour');
  expect(tariff.assumed).toBe(false);
});

/** Labs without jobs, of which only us-east-1 has prices that were read: all of theirs were. */
const READ_EVERYWHERE: readonly string[] = ['deployment'];

test.each(LABS.map(({ id }) => id))(
  'the estimate of %s goes by Region, and says where prices are assumed',
  async (id) => {
    const lab = await LABS.find((entry) => entry.id === id)!.lab();
    const [home, there] = ['us-east-1', 'ap-northeast-1'].map((region) => estimate(lab, 8, {}, region));
    expect(home).toMatchObject({ region: 'us-east-1', assumed: false });
    expect(there).toMatchObject({ region: 'ap-northeast-1', assumed: !READ_EVERYWHERE.includes(id) });
    expect(there!.usdTotal).not.toBe(home!.usdTotal);
    expect(assumedNote(there!.assumed).includes('us-east-1')).toBe(there!.assumed);
    expect(assumedNote(home!.assumed)).toBe('');
  },
);
