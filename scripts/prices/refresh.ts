/**
 * Reads AWS's public price list and writes lib/facts/prices.json: `npx tsx scripts/prices/refresh.ts`. It needs no
 * credentials. The offers are AmazonSageMaker, AWSGlue, AmazonAthena, AmazonS3, AWSLambda, AmazonCloudWatch, CodeBuild and
 * AWSCodePipeline, each in the file of one Region: some megabytes at most, while a whole offer can be hundreds.
 *
 * Where the list cannot be reached, or a price cannot be found in it, what is stored stays, with its date and its basis: the
 * script says so, says how old that is, and ends with 1.
 *
 * @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api.html
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HOME_REGION, type Price, type PricedItem, type PriceList } from '../../lib/facts/prices';
import { REGIONS, type KnownRegion } from '../../lib/facts/regions';
import { OFFERS, PLACES } from './offers';
import { fileUrl, parse, priceOf, published, regionIndexUrl } from './price-list';

type Stored = Record<PricedItem, PriceList>;

/** Reads a text from an address. @throws Error where it cannot be read whole */
export type Read = (url: string) => Promise<string>;

export interface Refreshed {
  readonly prices: Stored;
  /** Prices that were read. */
  readonly read: number;
  /** Why others were not, one sentence each. */
  readonly problems: readonly string[];
}

const REGION_NAMES = Object.keys(REGIONS) as KnownRegion[];

/** The stored prices with all that the price list gives in their place. */
export async function refreshed(stored: Stored, read: Read): Promise<Refreshed> {
  const prices = structuredClone(stored) as Record<PricedItem, { regions: Record<KnownRegion, Price> }> & Stored;
  const problems: string[] = [];
  let count = 0;
  const attempt = async (act: () => Promise<void> | void): Promise<void> => {
    try {
      await act();
    } catch (error) {
      problems.push(reason(error));
    }
  };
  for (const offer of OFFERS) {
    await attempt(async () => {
      const source = regionIndexUrl(offer);
      const index = parse(await read(source), `the index of ${offer}`);
      for (const region of REGION_NAMES) {
        await attempt(async () => {
          const url = fileUrl(index, offer, region);
          if (url === undefined) throw new Error(`AWS offers no ${offer} in ${region}.`);
          const file = parse(await read(url), `${offer} of ${region}`);
          const date = published(file);
          for (const [item, place] of Object.entries(PLACES) as [PricedItem, (typeof PLACES)[PricedItem]][]) {
            if (place?.offer !== offer) continue;
            await attempt(() => {
              prices[item].regions[region] = { usd: priceOf(file, place, region), basis: 'documented', date, source };
              count += 1;
            });
          }
        });
      }
    });
  }
  // What is assumed of a Region follows the price that it is assumed from.
  for (const { regions } of Object.values(prices) as { regions: Record<KnownRegion, Price> }[])
    for (const region of REGION_NAMES)
      if (regions[region].basis === 'assumed') regions[region] = { ...regions[HOME_REGION], basis: 'assumed' };
  return { prices, read: count, problems };
}

/** Node's fetch tells why only in the cause. */
function reason(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  const below = cause?.code ?? cause?.message;
  // eslint-disable-next-line no-control-regex
  return `${message}${below === undefined ? '' : ` (${below})`}`.replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, 300);
}

/** Largest file that is read: SageMaker's of one Region had 4 MB in 2026. */
const MOST_BYTES = 256 * 2 ** 20;

/** Reads over HTTPS, no more than {@link MOST_BYTES}. */
export async function readUrl(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(300_000) });
  if (!answer.ok || answer.body === null) throw new Error(`${url} answers ${answer.status}.`);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error(`${url} is larger than ${MOST_BYTES / 2 ** 20} MB.`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** How old the stored prices are: the oldest and the newest date, and how many are another Region's. */
export function ageOf(stored: Stored): string {
  const all = Object.values(stored).flatMap(({ regions }) => Object.values(regions));
  const dates = all.map(({ date }) => date).sort();
  const assumed = all.filter(({ basis }) => basis === 'assumed').length;
  return `The stored prices are of ${dates[0]} to ${dates.at(-1)}; ${assumed} of ${all.length} are assumed from ${HOME_REGION}.`;
}

/** Reads the list, and writes the file where something of it could be read. @returns the exit code */
export async function main(file: string, read: Read, say: (line: string) => void): Promise<number> {
  const stored = JSON.parse(readFileSync(file, 'utf8')) as Stored;
  const { prices, read: count, problems } = await refreshed(stored, read);
  for (const problem of [...new Set(problems)].slice(0, 20)) say(`Not read: ${problem}`);
  if (count === 0) {
    say(`AWS's price list could not be read, and nothing was changed. ${ageOf(stored)}`);
    return 1;
  }
  writeFileSync(file, `${JSON.stringify(prices, undefined, 2)}\n`);
  say(`${count} prices were read and written. ${ageOf(prices)}`);
  return problems.length > 0 ? 1 : 0;
}

if (require.main === module)
  void main(join(resolve(__dirname, '..', '..'), 'lib/facts/prices.json'), readUrl, (line) => console.log(line)).then(
    (code) => (process.exitCode = code),
  );
