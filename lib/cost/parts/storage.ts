/** What our buckets hold, earlier versions too, each object since it was written. */
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { HOURS_A_MONTH } from '../../facts/prices';
import { ourBuckets } from '../../teardown/kinds/s3/ours';
import type { Look } from '../look';
import { lasting, priced, type Line, type Part } from '../line';

/** Pages of 1,000 versions: a lab has some hundreds. */
const PAGES = 5;

export const stored: Part = {
  what: 'what is stored',
  kind: 's3:objects',
  async read(look) {
    const found: Line[] = [];
    for (const bucket of (await ourBuckets(look.scope)).keys()) {
      const { bytes, byteHours, objects, more } = await sizeOf(look, bucket);
      if (objects === 0) continue;
      found.push(
        priced(look, (usd) => {
          const hourly = usd('s3StandardGbMonth') / 1e9 / HOURS_A_MONTH;
          return {
            what: `${more ? 'at least ' : ''}${(bytes / 1e6).toFixed(1)} MB in ${bucket}`,
            since: look.since,
            usdSoFar: byteHours * hourly,
            ...lasting(bytes * hourly),
          };
        }),
      );
    }
    return found;
  },
};

async function sizeOf(
  look: Look,
  Bucket: string,
): Promise<{ bytes: number; byteHours: number; objects: number; more: boolean }> {
  let [bytes, byteHours, objects] = [0, 0, 0];
  let next: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  for (let page = 0; next && page < PAGES; page += 1) {
    const answer: {
      Versions?: { Size?: number; LastModified?: Date }[];
      IsTruncated?: boolean;
      NextKeyMarker?: string;
      NextVersionIdMarker?: string;
    } = await look.run.clients.s3.send(
      new ListObjectVersionsCommand({ Bucket, ExpectedBucketOwner: look.run.account, ...next }),
    );
    for (const { Size = 0, LastModified = look.since } of answer.Versions ?? []) {
      objects += 1;
      bytes += Size;
      byteHours += Size * look.hoursSince(LastModified);
    }
    next = answer.IsTruncated
      ? { KeyMarker: answer.NextKeyMarker, VersionIdMarker: answer.NextVersionIdMarker }
      : undefined;
  }
  return { bytes, byteHours, objects, more: next !== undefined };
}
