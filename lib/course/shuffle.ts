/** A random order that a number repeats, on every machine. */

/** A number for who gave none: small enough to be typed again. */
export const anySeed = (): number => 1 + Math.floor(Math.random() * 9999);

/** Numbers from 0 to 1 that follow from the seed and a word, so that one more thing in a list moves no other (mulberry32). */
export function numbersOf(seed: number, word = ''): () => number {
  let state = [...word].reduce((sum, letter) => (Math.imul(sum, 31) + letter.codePointAt(0)!) | 0, seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same things in another order. */
export function shuffled<T>(things: readonly T[], next: () => number): T[] {
  const out = [...things];
  for (let at = out.length - 1; at > 0; at -= 1) {
    const other = Math.floor(next() * (at + 1));
    [out[at], out[other]] = [out[other]!, out[at]!];
  }
  return out;
}
