/**
 * AWS's public price list: its addresses, and what one price is in an offer's file. Everything in it is hostile input: a
 * file that is cut off, of another form or of somebody else gives an error or no price, never a wrong one.
 *
 * @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
 */
import type { Place } from './offers';

const HOST = 'https://pricing.us-east-1.amazonaws.com';

/** The list of an offer's files by Region. */
export const regionIndexUrl = (offer: string): string => `${HOST}/offers/v1.0/aws/${offer}/current/region_index.json`;

type Json = { readonly [key: string]: unknown };

export class NoPriceList extends Error {
  override readonly name = 'NoPriceList';
}

function object(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new NoPriceList(`${what} is no object`);
}

function own(from: Json, key: string): unknown {
  return Object.hasOwn(from, key) ? from[key] : undefined;
}

/** @throws NoPriceList where the text is not JSON, as a file is that was cut off */
export function parse(text: string, what: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new NoPriceList(`${what} is not JSON: it was cut off, or it is something else`);
  }
  return object(value, what);
}

/** Address of an offer's file for a Region. @returns undefined where AWS does not offer it there */
export function fileUrl(index: Json, offer: string, region: string): string | undefined {
  const regions = object(own(index, 'regions'), `the Regions of ${offer}`);
  const entry = own(regions, region);
  if (entry === undefined) return undefined;
  const path = own(object(entry, `${region} of ${offer}`), 'currentVersionUrl');
  // The path comes from outside: it may lead to nowhere but into this offer's folder of the list.
  if (typeof path !== 'string' || !new RegExp(`^/offers/v1\\.0/aws/${offer}/[\\w./-]+\\.json$`).test(path))
    throw new NoPriceList(`${offer} names an odd file for ${region}: ${JSON.stringify(path).slice(0, 120)}`);
  if (path.includes('..')) throw new NoPriceList(`${offer} names an odd file for ${region}: ${path.slice(0, 120)}`);
  return HOST + path;
}

/** Day on which AWS published a file. @throws NoPriceList where it does not say */
export function published(file: Json): string {
  const date = own(file, 'publicationDate');
  if (typeof date === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(date)) return date.slice(0, 10);
  throw new NoPriceList('the file does not say when it was published');
}

/**
 * The price of a place in an offer's file for one Region: of the first units that are not free.
 *
 * @throws NoPriceList where there is none, where there are several that differ, or where its unit is another than expected
 */
export function priceOf(file: Json, place: Place, region: string): number {
  if (own(file, 'offerCode') !== place.offer)
    throw new NoPriceList(`the file is of ${JSON.stringify(own(file, 'offerCode') ?? null)}, not of ${place.offer}`);
  const products = object(own(file, 'products'), `the products of ${place.offer}`);
  const onDemand = object(
    own(object(own(file, 'terms'), `the terms of ${place.offer}`), 'OnDemand'),
    'the on-demand terms',
  );
  const found = new Set<number>();
  for (const [sku, product] of Object.entries(products)) {
    const attributes = object(own(object(product, sku), 'attributes') ?? {}, `the attributes of ${sku}`);
    if (!isAt(attributes, place, region)) continue;
    const usd = firstPaid(own(onDemand, sku), place, sku);
    if (usd !== undefined) found.add(usd);
  }
  const [usd, ...others] = found;
  if (usd === undefined) throw new NoPriceList(`${place.offer} has no price of ${place.usageType} in ${region}`);
  if (others.length > 0)
    throw new NoPriceList(
      `${place.offer} has several prices of ${place.usageType} in ${region}: ${[...found].join(', ')}`,
    );
  return Number((usd * (place.units ?? 1)).toPrecision(12));
}

/** `EUC1` of `EUC1-Host:ml.t2.medium`, or `us-west-2`: what else stands before a usage type makes another thing of it. */
const PREFIX = /^([A-Z]{2,4}\d?|[a-z]{2}(-[a-z]+)+-\d)$/;

function isAt(attributes: Json, { usageType, operation }: Place, region: string): boolean {
  const given = own(attributes, 'usagetype');
  const of = own(attributes, 'regionCode');
  if (typeof given !== 'string' || (of !== undefined && of !== region)) return false;
  if (operation !== undefined && own(attributes, 'operation') !== operation) return false;
  if (given === usageType) return true;
  return given.endsWith(`-${usageType}`) && PREFIX.test(given.slice(0, -usageType.length - 1));
}

/** USD in the first tier that costs something. */
function firstPaid(terms: unknown, place: Place, sku: string): number | undefined {
  const tiers: { readonly from: number; readonly usd: number }[] = [];
  for (const term of Object.values(object(terms ?? {}, `the terms of ${sku}`))) {
    const dimensions = object(own(object(term, sku), 'priceDimensions') ?? {}, `the prices of ${sku}`);
    for (const one of Object.values(dimensions)) {
      const dimension = object(one, `a price of ${sku}`);
      const usd = Number(own(object(own(dimension, 'pricePerUnit') ?? {}, `a price of ${sku}`), 'USD'));
      if (!Number.isFinite(usd) || usd < 0) throw new NoPriceList(`${sku} has no price in USD`);
      if (usd === 0) continue;
      const unit = String(own(dimension, 'unit') ?? '');
      if (!place.unit.test(unit.toLowerCase()))
        throw new NoPriceList(`${place.usageType} is counted in ${JSON.stringify(unit)}, which is not expected`);
      tiers.push({ from: Number(own(dimension, 'beginRange') ?? 0), usd });
    }
  }
  return tiers.sort((a, b) => a.from - b.from)[0]?.usd;
}
