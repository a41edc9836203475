import { waitFor } from '../target/clock';
import type { LabRun } from '../course/run';
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

export const OVER = 'the time for this sweep was over';

export function isOver({ clock }: Pick<LabRun, 'clock'>, deadline: Date | undefined): boolean {
  return deadline !== undefined && clock.now() >= deadline;
}

/** Beyond the deadline, nothing is removed; for so long, it is looked at still, so that what is left has a name. */
const LOOK_MS = 20_000;

/** For loops over pages: an invocation that is cut off can neither answer nor hand over. @throws TimeOver after the deadline */
export function assertTimeLeft({ run, deadline }: Scope, toDo: 'remove' | 'look' = 'remove'): void {
  const end = deadline && new Date(deadline.getTime() + (toDo === 'look' ? LOOK_MS : 0));
  if (isOver(run, end)) throw new TimeOver(OVER);
}

class TimeOver extends Error {
  override readonly name = 'TimeOver';
}
