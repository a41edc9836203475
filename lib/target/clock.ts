/** Time as labs see it; a rehearsal can drive it without changing what runs. */
export interface Clock {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** How often to ask a service whether something ended, on a target. Local engines answer within a fraction of a second. */
export interface Pace {
  readonly pollMs: number;
}

/**
 * Asks until the answer is there.
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
  const end = clock.now().getTime() + options.timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (clock.now().getTime() >= end) {
      throw new Error(`Waited ${Math.round(options.timeoutMs / 1000)} s for ${what}; it has not ended.`);
    }
    await clock.sleep(options.pollMs);
  }
}
