/** Time as the service sees it. Tests drive their own. */

export interface Timers {
  now(): Date;
  /** Runs something later. @returns cancels it */
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

/** Time limits of actions: a person takes hours to approve, and nobody waits for them in a test. */
export class Limits {
  private readonly pending = new Set<{ due: number; cancel: () => void; readonly run: () => void }>();

  constructor(private readonly timers: Timers) {}

  /** Runs something when the limit is over. @returns cancels it */
  after(ms: number, run: () => void): () => void {
    const limit = {
      due: this.timers.now().getTime() + ms,
      cancel: () => {},
      run: () => {
        this.pending.delete(limit);
        run();
      },
    };
    this.pending.add(limit);
    this.arm(limit);
    return () => {
      this.pending.delete(limit);
      limit.cancel();
    };
  }

  /** Brings every limit nearer, as if so much time had gone by. */
  elapse(ms: number): void {
    for (const limit of this.pending) {
      limit.cancel();
      limit.due -= ms;
      this.arm(limit);
    }
  }

  private arm(limit: { due: number; cancel: () => void; readonly run: () => void }): void {
    limit.cancel = this.timers.after(Math.max(0, limit.due - this.timers.now().getTime()), limit.run);
  }
}

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
