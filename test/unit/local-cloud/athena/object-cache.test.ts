import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { ObjectCache } from '../../../../local-cloud/services/athena/objectCache';

test('a cache makes its folder for the first object that it fetches, and none before', async () => {
  const root = mkdtempSync(join(tmpdir(), 'mla-labs-test-'));
  const folder = join(root, 'objects');
  const cache = new ObjectCache(folder);
  // What a constructor had begun would be over with this.
  await mkdir(join(root, 'another'));
  expect(existsSync(folder)).toBe(false);

  const s3 = { send: async () => ({ Body: Readable.from(['a flight']), ETag: '"1"' }) } as unknown as S3Client;
  await cache.fetch(s3, 'bucket', 'key', join(root, 'target'));
  expect(readFileSync(join(root, 'target'), 'utf8')).toBe('a flight');
  expect(existsSync(folder)).toBe(true);
  rmSync(root, { recursive: true });
});
