import { createHash } from 'node:crypto';
import { guessed, keepsOrder } from '../../../../labs/data-prep/challenges/unnamed-planes';

const TAILS = Array.from({ length: 400 }, (_one, i) => `N${i * 7 + 100}AA`);
const hash = (name: string, text: string, code: 'hex' | 'base64' = 'hex'): string =>
  createHash(name).update(text).digest(code);

describe('names that anybody can have from a list of tail numbers', () => {
  test.each<[string, (tail: string) => string, RegExp]>([
    ['as they are', (tail) => tail.toLowerCase(), /the tail numbers themselves/],
    ['backwards', (tail) => [...tail].reverse().join(''), /backwards/],
    ['without the N', (tail) => tail.slice(1), /without their first letter/],
    ['in base64', (tail) => Buffer.from(tail).toString('base64'), /in base64/],
    ['md5', (tail) => hash('md5', tail).toUpperCase(), /md5 of each/],
    ['sha256 in base64', (tail) => hash('sha256', tail, 'base64'), /sha256 of each/],
    ['sha512 of small letters, cut short', (tail) => hash('sha512', tail.toLowerCase()).slice(0, 16), /sha512 of each/],
    ['CRC-32, as the plan of the split makes it', crc32, /CRC-32/],
  ])('%s', (_what, name, says) => expect(guessed(TAILS.map(name), TAILS)).toMatch(says));

  test.each<[string, (tail: string, at: number) => string]>([
    ['a hash with a secret', (tail) => hash('sha256', `${tail} secret`)],
    ['numbers', (_tail, at) => String((at * 177) % 400)],
  ])('not with %s', (_what, name) => expect(guessed(TAILS.map(name), TAILS)).toBeUndefined());
});

function crc32(text: string): string {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return String((crc ^ 0xffffffff) >>> 0);
}

describe('numbers that keep the order of the tail numbers', () => {
  const sorted = [...TAILS].sort();
  const truth = sorted.map((name, at) => ({ name, did: `${at}` }));
  const numbered = (number: (at: number) => number) =>
    sorted.map((_tail, at) => ({ name: String(number(at)), did: `${at}` }));
  test('are told, upwards and downwards', () => {
    expect(
      keepsOrder(
        numbered((at) => at + 1),
        truth,
      ),
    ).toBe(true);
    expect(
      keepsOrder(
        numbered((at) => 1000 - at),
        truth,
      ),
    ).toBe(true);
  });
  test('are not where chance gave them', () =>
    expect(
      keepsOrder(
        numbered((at) => (at * 177) % 400),
        truth,
      ),
    ).toBe(false));
  test('are not known of planes that nobody can tell apart', () =>
    expect(
      keepsOrder(
        numbered((at) => at).map((one) => ({ ...one, did: 'the same' })),
        truth,
      ),
    ).toBe(false));
});
