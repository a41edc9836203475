/** What the parts of a look share: whose things are meant, since when, and how much is asked at most. */
import type { LabRun } from '../course/run';
import { usesOurRole } from '../teardown/ownership-proof';
import type { Scope } from '../teardown/kind';
import { kindsOf } from '../teardown/kinds';
import { isIn, ourBuckets } from '../teardown/kinds/s3/ours';
import type { Ownership } from '../teardown/ownership';
import { makeScope } from '../teardown/sweep';

/** Things of one sort that are looked at, newest first: a lab makes fewer in its lease, and AWS limits the rate of questions. */
export const MOST = 100;

export class Look {
  private constructor(
    readonly run: LabRun,
    readonly scope: Scope,
    /** The stack's creation: nothing of the lab is older. */
    readonly since: Date,
    readonly now: Date,
  ) {}

  static async at(run: LabRun, ownership: Ownership, since: Date): Promise<Look> {
    const scope = await makeScope(run, ownership, kindsOf(run.lab));
    return new Look(run, scope, since, run.clock.now());
  }

  /** Whether a job is ours: it uses our role, or writes to our buckets and nowhere else. */
  async isOurs(role: string | undefined, uris: readonly (string | undefined)[]): Promise<boolean> {
    if (await usesOurRole(this.scope, role)) return true;
    const known = uris.filter((uri) => uri !== undefined);
    const buckets = [...(await ourBuckets(this.scope)).keys()];
    return known.length > 0 && known.every((uri) => isIn(buckets, uri));
  }

  /** Seconds from a moment until now, or until its end. */
  secondsSince(start: Date, end: Date = this.now): number {
    return Math.max(0, (end.getTime() - start.getTime()) / 1000);
  }

  hoursSince(start: Date): number {
    return this.secondsSince(start) / 3600;
  }

  /** Whether something began after the lab did. */
  isOfThisLab(start: Date | undefined): start is Date {
    return start !== undefined && start >= this.since;
  }
}

/** The earliest of some moments. */
export function earliest(dates: readonly (Date | undefined)[]): Date | undefined {
  return dates.filter((date) => date !== undefined).sort((a, b) => a.getTime() - b.getTime())[0];
}
