/** Time as labs see it; a rehearsal can drive it without changing what runs. */
export interface Clock {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** Longest pause between two questions at a pace that is quicker, in ms. */
const LONGEST_PAUSE_MS = 1000;

/**
 * Asks until the answer is there, less often the longer it takes: on a local cloud, what answers is the machine that works.
 *
 * @param ask returns undefined while the thing is still going on
 * @param options.timeoutMs gives up after this long by the clock
 * @throws Error naming `what` when the time is over
 */
export async function waitFor<T>(
  clock: Clock,
  what: string,
  ask: () => Promise<T | undefined>,
  options: { readonly pollMs: number; readonly timeoutMs: number },
): Promise<T> {
  const begin = clock.now().getTime();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    const waited = clock.now().getTime() - begin;
    if (waited >= options.timeoutMs) {
      throw new Error(`Waited ${Math.round(options.timeoutMs / 1000)} s for ${what}; it has not ended.`);
    }
    await clock.sleep(Math.max(options.pollMs, Math.min(LONGEST_PAUSE_MS, waited / 10)));
  }
}
