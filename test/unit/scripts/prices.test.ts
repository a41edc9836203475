/** Prices come from AWS's public price list or stay as they are, with their age: never a wrong one, and never a guess. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PRICES, type PricedItem } from '../../../lib/facts/prices';
import { REGIONS } from '../../../lib/facts/regions';
import { OFFERS, PLACES } from '../../../scripts/prices/offers';
import { fileUrl, NoPriceList, parse, priceOf } from '../../../scripts/prices/price-list';
import { main, readUrl, refreshed } from '../../../scripts/prices/refresh';

const PREFIXES: Record<string, string> = {
  'us-east-1': '',
  'us-east-2': 'USE2-',
  'us-west-2': 'USW2-',
  'eu-west-1': 'EU-',
  'eu-central-1': 'EUC1-',
  'ap-south-1': 'APS3-',
  'ap-southeast-1': 'APS1-',
  'ap-northeast-1': 'APN1-',
};
const UNITS: Record<string, string> = {
  AWSGlue: 'DPU-Hour',
  AmazonAthena: 'Terabytes',
  AmazonS3: 'Requests',
  AmazonCloudWatch: 'GB',
  AWSLambda: 'Lambda-GB-Second',
  AmazonSageMaker: 'Hrs',
  AWSCodePipeline: 'minutes',
  CodeBuild: 'Minutes',
};
const OWN_UNITS: Partial<Record<PricedItem, string>> = {
  s3StandardGbMonth: 'GB-Mo',
  sagemakerServerlessGbSecond: 'seconds',
  cloudWatchAlarmMonth: 'Alarms',
  cloudWatchMetricMonth: 'Metrics',
};

interface Product {
  usagetype: string;
  operation?: string;
  regionCode: string;
  unit: string;
  tiers: readonly (readonly [begin: string, usd: string])[];
}

/** An offer's file in the form that AWS documents. */
function offerFile(offer: string, products: readonly Product[]): string {
  const skus = products.map((product, i) => [`SKU${i}`, product] as const);
  return JSON.stringify({
    formatVersion: 'v1.0',
    offerCode: offer,
    version: '20261101000000',
    publicationDate: '2026-11-01T08:00:00Z',
    products: Object.fromEntries(
      skus.map(([sku, { unit: _unit, tiers: _tiers, ...attributes }]) => [
        sku,
        { sku, productFamily: 'x', attributes },
      ]),
    ),
    terms: {
      OnDemand: Object.fromEntries(
        skus.map(([sku, { unit, tiers }]) => [
          sku,
          {
            [`${sku}.JRTCKXETXF`]: {
              offerTermCode: 'JRTCKXETXF',
              priceDimensions: Object.fromEntries(
                tiers.map(([beginRange, USD], i) => [`${sku}.${i}`, { unit, beginRange, pricePerUnit: { USD } }]),
              ),
            },
          },
        ]),
      ),
    },
  });
}

const productsOf = (offer: string, region: string, usd = '0.5'): Product[] =>
  (Object.entries(PLACES) as [PricedItem, (typeof PLACES)[PricedItem]][]).flatMap(([item, place]) =>
    place?.offer === offer
      ? [
          {
            usagetype: `${PREFIXES[region]}${place.usageType}`,
            operation: place.operation,
            regionCode: region,
            unit: OWN_UNITS[item] ?? UNITS[offer]!,
            tiers: [['0', usd]],
          },
        ]
      : [],
  );

/** The list as AWS serves it: an index for each offer, and a file for each of its Regions. */
async function serve(url: string): Promise<string> {
  const [, offer = '', rest = ''] = /\/aws\/(\w+)\/(.*)$/.exec(url)!;
  if (rest === 'current/region_index.json')
    return JSON.stringify({
      regions: Object.fromEntries(
        Object.keys(REGIONS).map((regionCode) => [
          regionCode,
          { regionCode, currentVersionUrl: `/offers/v1.0/aws/${offer}/20261101000000/${regionCode}/index.json` },
        ]),
      ),
    });
  return offerFile(offer, productsOf(offer, rest.split('/')[1]!));
}

const sagemaker = (products: Product[]): Record<string, unknown> =>
  parse(offerFile('AmazonSageMaker', products), 'it') as Record<string, unknown>;
const host = PLACES.sagemakerEndpointT2MediumHour!;
const hosting = (more: Partial<Product> = {}): Product => ({
  usagetype: 'EUC1-Host:ml.t2.medium',
  regionCode: 'eu-central-1',
  unit: 'Hrs',
  tiers: [['0', '0.064']],
  ...more,
});

describe('one price', () => {
  test('is found by usage type, with or without the prefix of its Region', () => {
    expect(priceOf(sagemaker([hosting()]), host, 'eu-central-1')).toBe(0.064);
    const home = hosting({ usagetype: 'Host:ml.t2.medium', regionCode: 'us-east-1' });
    expect(priceOf(sagemaker([home]), host, 'us-east-1')).toBe(0.064);
  });

  test('is that of the first units that are not free, for as many units as are stored', () => {
    const tiers: Product['tiers'] = [
      ['1000', '0.03'],
      ['0', '0'],
      ['10', '0.05'],
    ];
    expect(priceOf(sagemaker([hosting({ tiers })]), host, 'eu-central-1')).toBe(0.05);
    const put = offerFile('AmazonS3', [
      { usagetype: 'Requests-Tier1', regionCode: 'us-east-1', unit: 'Requests', tiers: [['0', '0.0000050000']] },
    ]);
    expect(priceOf(parse(put, 'it'), PLACES.s3Put1000!, 'us-east-1')).toBe(0.005);
  });

  test.each<[string, Product[], RegExp]>([
    ['is none of another Region', [hosting({ regionCode: 'eu-west-1' })], /no price of Host:ml\.t2\.medium in eu-cen/],
    ['is none of a thing with more before its name', [hosting({ usagetype: 'EUC1-Async-Host:ml.t2.medium' })], /no pr/],
    ['is none where all is free', [hosting({ tiers: [['0', '0']] })], /no price/],
    ['is not chosen among several', [hosting(), hosting({ tiers: [['0', '0.07']] })], /several prices.*0\.064, 0\.07/],
    ['is not taken in another unit', [hosting({ unit: 'GB' })], /counted in "GB"/],
    ['is none in another currency', [hosting({ tiers: [['0', 'NaN']] })], /no price in USD/],
  ])('%s', (_what, products, message) => {
    expect(() => priceOf(sagemaker(products), host, 'eu-central-1')).toThrow(message);
  });

  test('is not read from the file of another offer', () => {
    expect(() => priceOf(parse(offerFile('AmazonEC2', [hosting()]), 'it'), host, 'eu-central-1')).toThrow(
      /"AmazonEC2"/,
    );
  });

  test.each([
    '{"products": {"a"',
    '',
    '[]',
    'null',
    '<html>',
    '{"offerCode":"AmazonSageMaker","products":[],"terms":{}}',
  ])('is not read from %j', (text) => {
    expect(() => priceOf(parse(text, 'the file'), host, 'eu-central-1')).toThrow(NoPriceList);
  });

  test.each([
    '/offers/v1.0/aws/AmazonEC2/x/index.json',
    '//evil.example/x.json',
    '/offers/v1.0/aws/AWSGlue/../../x.json',
    7,
  ])('is not looked for at %j', (currentVersionUrl) => {
    const index = { regions: { 'eu-west-1': { currentVersionUrl } } };
    expect(() => fileUrl(index, 'AWSGlue', 'eu-west-1')).toThrow(/odd file/);
  });

  test('is never read from what an object inherits', () => {
    expect(fileUrl({ regions: {} }, 'AWSGlue', 'constructor')).toBeUndefined();
    const file = parse('{"offerCode":"AmazonSageMaker","products":{"__proto__":{}},"terms":{"OnDemand":{}}}', 'it');
    expect(() => priceOf(file, host, 'eu-central-1')).toThrow(NoPriceList);
  });
});

describe('the stored prices', () => {
  test('all have a place in the list, but for those of which its name is not known', () => {
    expect(Object.keys(PLACES).sort()).toEqual(Object.keys(PRICES).sort());
    expect(Object.entries(PLACES).flatMap(([item, place]) => (place ? [] : item))).toEqual(['glueDataQualityDpuHour']);
  });

  test('are replaced in every Region by what the list says, with its date and as documented', async () => {
    const { prices, read, problems } = await refreshed(PRICES, serve);
    expect(problems).toEqual([]);
    expect(read).toBe((Object.keys(PRICES).length - 1) * Object.keys(REGIONS).length);
    expect(prices.sagemakerEndpointT2MediumHour.regions['ap-south-1']).toEqual({
      usd: 0.5,
      basis: 'documented',
      date: '2026-11-01',
      source: 'https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonSageMaker/current/region_index.json',
    });
    expect(prices.s3Get1000.regions['eu-west-1'].usd).toBe(500);
    expect(prices.glueDataQualityDpuHour).toEqual(PRICES.glueDataQualityDpuHour);
  });

  test('stay where one offer cannot be read, one file is cut off, or one price is missing', async () => {
    const { prices, problems } = await refreshed(PRICES, async (url) => {
      if (url.includes('/AWSGlue/')) throw Object.assign(new Error('fetch failed'), { cause: { code: 'ECONNRESET' } });
      const text = await serve(url);
      if (url.includes('/AmazonS3/') && url.includes('eu-west-1')) return text.slice(0, text.length / 2);
      return url.includes('/CodeBuild/') ? text.replaceAll('Build-Min', 'Build-Sec') : text;
    });
    expect(problems.join('\n')).toContain('fetch failed (ECONNRESET)');
    expect(problems.join('\n')).toContain('AmazonS3 of eu-west-1 is not JSON');
    expect(problems.join('\n')).toContain('CodeBuild has no price of Build-Min:Linux:g1.small in us-east-1');
    expect(prices.glueSparkDpuHour).toEqual(PRICES.glueSparkDpuHour);
    expect(prices.s3StandardGbMonth.regions['eu-west-1']).toEqual(PRICES.s3StandardGbMonth.regions['eu-west-1']);
    expect(prices.s3StandardGbMonth.regions['us-east-2'].usd).toBe(0.5);
  });

  test('what is assumed follows the price that it is assumed from', async () => {
    const { prices } = await refreshed(PRICES, async (url) => {
      if (url.includes('/AmazonSageMaker/') && url.endsWith('/index.json') && !url.includes('us-east-1/'))
        throw new Error('no');
      return serve(url);
    });
    expect(prices.sagemakerTrainingM5LargeHour.regions['eu-west-1']).toMatchObject({ usd: 0.5, basis: 'assumed' });
    expect(prices.sagemakerEndpointT2MediumHour.regions['eu-west-1']).toMatchObject({ usd: 0.06, basis: 'documented' });
  });
});

describe('the script', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mla-labs-prices-'));
  const file = join(folder, 'prices.json');
  const before = readFileSync(resolve(__dirname, '../../../lib/facts/prices.json'), 'utf8');
  const said: string[] = [];
  beforeEach(() => {
    writeFileSync(file, before);
    said.length = 0;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('without a network changes nothing, and says why and how old the stored ones are', async () => {
    const offline = async (): Promise<string> => {
      throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ENOTFOUND' } });
    };
    expect(await main(file, offline, (line) => said.push(line))).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(said.join('\n')).toContain('Not read: fetch failed (ENOTFOUND)');
    expect(said.join('\n')).toMatch(/nothing was changed\. The stored prices are of \d{4}-\d{2}\S* to \d{4}-\d{2}/);
  });

  test('writes what it read', async () => {
    expect(await main(file, serve, (line) => said.push(line))).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      codeBuildSmallMinute: { per: PRICES.codeBuildSmallMinute.per, regions: { 'us-west-2': { usd: 0.5 } } },
    });
    expect(said.at(-1)).toContain('prices were read and written');
  });

  test('says it with an address that is not there', async () => {
    await expect(readUrl('http://127.0.0.1:1/x')).rejects.toThrow('fetch failed');
    expect(OFFERS).toHaveLength(8);
  });
});
