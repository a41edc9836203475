/** Ctrl-C: what it leaves, what to do then, and what has to be ended first. */
import { Exit } from '../course/errors';
import type { Ui } from './ui/terminal';

export interface Pending {
  /** What remains when the command stops now. */
  readonly remains: string;
  /** The command that goes on. */
  readonly next: string;
}

export class Interrupts {
  private pending: Pending | undefined;
  private cost: string | undefined;
  private readonly cleanups = new Set<() => Promise<void>>();
  private hit = false;

  /** Tells what an interruption would leave from here on. */
  leaves(pending: Pending | undefined): void {
    this.pending = pending;
  }

  /** Tells what stands and costs whatever happens to the command; undefined where nothing does. */
  costs(line: string | undefined): void {
    this.cost = line;
  }

  /** Registers what must be ended. @returns a function that takes it back */
  onInterrupt(cleanup: () => Promise<void>): () => void {
    this.cleanups.add(cleanup);
    return () => void this.cleanups.delete(cleanup);
  }

  /** Whether it has happened: the command that is going on must not be reported any more. */
  get interrupted(): boolean {
    return this.hit;
  }

  /**
   * Handles one signal. The second one ends the process at once.
   *
   * @param exit ends the process; a parameter so that tests survive
   */
  async handle(ui: Ui, exit: (code: number) => void): Promise<void> {
    if (this.hit) return exit(Exit.Interrupted);
    this.hit = true;
    ui.settle();
    ui.note('Interrupted.');
    if (this.cleanups.size > 0) {
      ui.note('Cleaning up; Ctrl-C again to leave at once.');
      const ends = await Promise.allSettled([...this.cleanups].reverse().map((cleanup) => cleanup()));
      for (const end of ends)
        if (end.status === 'rejected') ui.note(`Could not clean up: ${(end.reason as Error).message}`);
    }
    ui.note(this.pending?.remains ?? 'Nothing was changed.');
    if (this.cost !== undefined) ui.note(this.cost);
    if (this.pending) ui.note(`Next: ${this.pending.next}`);
    exit(Exit.Interrupted);
  }
}
