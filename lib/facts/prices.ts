/**
 * List prices of what the labs use, in each Region that they know: USD without tax; the free tier is not counted in.
 *
 * `prices.json` has them, each with where it was read and when; `npx tsx scripts/prices/refresh.ts` reads AWS's public price
 * list anew and writes that file. SageMaker's are of that list; those of S3, Glue, Athena, CloudWatch, Lambda, CodeBuild and
 * CodePipeline are what AWS's own pricing pages show, from the file behind each page.
 */
import type { CostLine } from '../course/model';
import stored from './prices.json';
import { isKnownRegion, type KnownRegion } from './regions';

/**
 * How sure: read in AWS's price list or on its pages, seen in users' bills, known and not looked up, or assumed: not found
 * for that Region, and therefore the one of {@link HOME_REGION}.
 */
export type Basis = 'documented' | 'seen' | 'known' | 'assumed';

export interface Price {
  readonly usd: number;
  readonly basis: Basis;
  /** Year and month, or the day, of the source. */
  readonly date: string;
  readonly source: string;
}

/** Prices of one item. */
export interface PriceList {
  /** What is counted, for example `DPU-hour`. */
  readonly per: string;
  /** Smallest amount that is billed. @default - none */
  readonly minimum?: string;
  readonly regions: Readonly<Record<KnownRegion, Price>>;
}

export type PricedItem = keyof typeof stored;

/** Hours by which AWS divides what it bills by the month. */
export const HOURS_A_MONTH = 730;

/** What is assumed of Regions whose prices are not known. */
export const HOME_REGION: KnownRegion = 'us-east-1';

export const PRICES = stored as Readonly<Record<PricedItem, PriceList>>;

/** The price of an item in a Region; that of {@link HOME_REGION}, as `assumed`, where the Region is not in the table. */
export function priceIn(region: string, item: PricedItem): Price {
  const { regions } = PRICES[item];
  return isKnownRegion(region) ? regions[region] : { ...regions[HOME_REGION], basis: 'assumed' };
}

/** Gives prices of a Region, and remembers whether one of them was assumed. */
export class Tariff {
  /** Whether a price that was asked for is not the Region's own. */
  assumed = false;

  constructor(readonly region: string) {}

  /** USD for one unit of the item. */
  readonly usd = (item: PricedItem): number => {
    const { usd, basis } = priceIn(this.region, item);
    this.assumed ||= basis === 'assumed';
    return usd;
  };
}

/** A line of what a lab costs, by a Region's prices. */
export type LineByPrice = (usd: (item: PricedItem) => number) => CostLine;

/** What a lab costs, as a lab declares it: its lines in any Region. */
export function costBy(lines: readonly LineByPrice[]): (region: string) => readonly CostLine[] {
  return (region) =>
    lines.map((line) => {
      const tariff = new Tariff(region);
      const made = line(tariff.usd);
      return tariff.assumed ? { ...made, assumed: true } : made;
    });
}

/** What to say beside a sum that has an assumed price in it; nothing where it has none. */
export function assumedNote(assumed: boolean): string {
  return assumed ? ` (with list prices of ${HOME_REGION}: this Region may differ by some 10 to 30 %)` : '';
}
