/** Whether the data of lab 1 has to be copied again. */
import type { StoredObject } from '../../../../lib/aws/s3';
import { areCopies } from '../../../../labs/training/data/copy';

const [A, B] = ['a'.repeat(32), 'b'.repeat(32)];
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 1, 10, minute));
const object = (key: string, etag: string, minute: number, bytes = 10): StoredObject => ({
  key,
  etag,
  bytes,
  modified: at(minute),
});

test('the same content under the same names is a copy', () => {
  const from = [object('split/train/x', A, 1), object('split/train/y', B, 1)];
  expect(areCopies([object('data/train/y', B, 2), object('data/train/x', A, 2)], from)).toBe(true);
});

// Athena writes in parts, and S3 copies in one.
test('an original written in parts has another ETag than its copy: the copy must be younger', () => {
  const copy = [object('data/train/x', A, 2)];
  expect(areCopies(copy, [object('split/train/x', `${B}-1`, 1)])).toBe(true);
  expect(areCopies(copy, [object('split/train/x', `${B}-1`, 3)])).toBe(false);
});

test.each<[string, StoredObject[]]>([
  ['nothing is there', []],
  ['the content differs', [object('data/train/x', B, 2)]],
  ['the size differs', [object('data/train/x', `${A}-1`, 2, 11)]],
  ['the name differs', [object('data/train/z', A, 2)]],
  ['there is more', [object('data/train/x', A, 2), object('data/train/y', A, 2)]],
])('%s: no copy', (_what, there) => {
  expect(areCopies(there, [object('split/train/x', A, 1)])).toBe(false);
});
