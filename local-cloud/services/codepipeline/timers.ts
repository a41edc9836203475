/** Time as the service sees it. Tests drive their own. */

export interface Timers {
  now(): Date;
  /** Runs something later; the result takes it back. */
  after(ms: number, run: () => void): () => void;
}

/** The longest delay that setTimeout takes. */
const LONGEST = 2 ** 31 - 1;

export const systemTimers: Timers = {
  now: () => new Date(),
  after(ms, run) {
    let timer: NodeJS.Timeout;
    const arm = (left: number): void => {
      const step = Math.min(left, LONGEST);
      timer = setTimeout(() => (left > step ? arm(left - step) : run()), step);
      timer.unref();
    };
    arm(ms);
    return () => clearTimeout(timer);
  },
};

/** Waits, or rejects as soon as the signal aborts. */
export function pause(timers: Timers, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const cancel = timers.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    const stop = (): void => {
      cancel();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
