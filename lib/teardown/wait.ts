import { waitFor } from '../target/clock';
import type { Scope } from './kind';

/** Longest that stopping something may take; a crawl that is being stopped takes minutes. */
const LONGEST_MS = 15 * 60_000;

/** Waits until `ask` says true, as long as the sweep has time. @throws Error naming `what` */
export async function untilGone(scope: Scope, what: string, ask: () => Promise<boolean>): Promise<void> {
  const { clock, clients } = scope.run;
  const left = scope.deadline === undefined ? LONGEST_MS : scope.deadline.getTime() - clock.now().getTime();
  await waitFor(clock, what, async () => ((await ask()) ? true : undefined), {
    pollMs: clients.pollMs,
    timeoutMs: Math.max(0, Math.min(LONGEST_MS, left)),
  });
}
