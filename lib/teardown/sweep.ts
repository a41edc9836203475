/** Finds and removes what is ours: the same code for `./lab down`, for the lease and for a stack that is being deleted. */
import type { LabRun } from '../course/run';
import { isNotFound, nameOf } from './errors';
import type { Found, Kind, Scope } from './kind';
import { kindsOf } from './kinds';
import { countOf, Ledger, type Remaining } from './ledger';
import type { Ownership } from './ownership';
import { inOrder, waitsFor } from './order';
import { stackState } from './stack';
import { isOver, assertTimeLeft, OVER } from './wait';

/** Passes in a row that find no fewer things than before, until a sweep gives up: lists lag behind removals by seconds. */
const IDLE_PASSES = 3;
/** As many where each finds something new: what is written late, as an endpoint's capture is, gets two minutes to end. */
const RESTLESS_PASSES = 6;
/** Removals of one kind at the same time; AWS's control planes throttle at a few per second. */
const PARALLEL = 4;

export interface SweepEvent {
  readonly what: 'found' | 'removed' | 'failed';
  readonly found: Found;
  /** Why it failed; only with `failed`. */
  readonly error?: string;
}

export interface SweepOptions {
  /** When to stop, whatever is left. @default - until nothing is left or nothing moves */
  readonly deadline?: Date;
  /** Told of each thing as it is found, removed or refused. */
  report?(event: SweepEvent): void;
  /** Kinds to look at. @default - those of the run's lab */
  readonly kinds?: readonly Kind[];
  /** Where to note what is seen and removed. @default - one of the sweep's own */
  readonly ledger?: Ledger;
}

export interface Leftover {
  readonly found: Found;
  readonly error: string;
  /** Why the stack must not be deleted while it is left. @default - it may be */
  readonly blocks?: string;
  /** A command that helps, where sweeping once more alone would not. */
  readonly next?: string;
}

export interface SweepResult {
  readonly removed: Found[];
  readonly left: Leftover[];
}

/**
 * Everything of ours that exists and that deleting the stack would leave behind, in the order in which it would be removed.
 *
 * @throws the cloud's error when a list cannot be read: an inventory that guesses proves nothing
 */
export async function inventory(
  run: LabRun,
  ownership: Ownership,
  options: Pick<SweepOptions, 'kinds'> = {},
): Promise<Found[]> {
  const kinds = inOrder(options.kinds ?? kindsOf(run.lab));
  const scope = await makeScope(run, ownership, kinds);
  const found: Found[] = [];
  for (const kind of kinds) found.push(...(await kind.list(scope)));
  return found;
}

/**
 * Removes what {@link inventory} finds, pass by pass, until nothing is left or the deadline is there. It always ends: it
 * gives up after some passes that did not leave less than those before, because something refuses to go or somebody
 * makes more.
 */
export async function sweep(run: LabRun, ownership: Ownership, options: SweepOptions = {}): Promise<SweepResult> {
  const kinds = inOrder(options.kinds ?? kindsOf(run.lab));
  const ledger = options.ledger ?? new Ledger();
  const ids = new Set(kinds.map(({ id }) => id));
  const removed = (): Found[] => ledger.gone.filter(({ kind }) => ids.has(kind));
  const look = async (remove: boolean): Promise<Pass> =>
    passOver(kinds, await makeScope(run, ownership, kinds, options.deadline), ledger, options, remove);
  let fewest = Number.POSITIVE_INFINITY;
  let idle = 0;
  for (let passes = 0; ; passes += 1) {
    let pass = await look(true);
    if (pass.size === 0) return { removed: removed(), left: [] };
    idle = pass.size < fewest ? 0 : idle + 1;
    fewest = Math.min(fewest, pass.size);
    const over = isOver(run, options.deadline);
    const restless = passes > 0 && pass.fresh.length > 0;
    if (over || idle >= (restless ? RESTLESS_PASSES : IDLE_PASSES)) {
      // What was removed in this pass may be there again, and so may more: only a look tells what is left.
      if (!over) pass = await look(false);
      const left = ledger.left.filter(({ found }) => ids.has(found.kind)).map((one) => leftover(run, kinds, one, over));
      return { removed: removed(), left: [...left, ...pass.unread] };
    }
    if (idle > 0) await run.clock.sleep(idle * run.clients.pollMs);
  }
}

interface Pass {
  /** Things that were found, and lists that could not be read. */
  readonly size: number;
  /** What of them nobody had seen before. */
  readonly fresh: readonly Found[];
  readonly unread: readonly Leftover[];
}

/** Lists kind after kind, and removes what it finds, or only looks. */
async function passOver(
  kinds: readonly Kind[],
  scope: Scope,
  ledger: Ledger,
  options: SweepOptions,
  remove: boolean,
): Promise<Pass> {
  let size = 0;
  const fresh: Found[] = [];
  const unread: Leftover[] = [];
  const stuck = new Set<string>();
  for (const kind of kinds) {
    let found: readonly Found[];
    try {
      assertTimeLeft(scope, 'look');
      found = await kind.list(scope);
    } catch (error) {
      const list: Found = {
        kind: kind.id,
        id: '*',
        because: `the list of ${kind.title} could not be read`,
        members: [],
      };
      unread.push({ found: list, error: nameOf(error), ...blockingOf(kind) });
      options.report?.({ what: 'failed', found: list, error: nameOf(error) });
      stuck.add(kind.id);
      size += 1;
      continue;
    }
    size += countOf(found);
    fresh.push(...ledger.listed(kind.id, found));
    if (!remove) continue;
    const waiting = waitsFor(kind, kinds).find((id) => stuck.has(id));
    await eachOf(found, async (one) => {
      const fail = (error: string): void => {
        stuck.add(kind.id);
        ledger.failed(one, error);
        options.report?.({ what: 'failed', found: one, error });
      };
      options.report?.({ what: 'found', found: one });
      if (waiting !== undefined) return fail(`it waits for ${waiting} to be gone`);
      try {
        assertTimeLeft(scope);
        await kind.remove(one, scope);
      } catch (error) {
        if (!isNotFound(error)) return fail(nameOf(error));
      }
      ledger.removed(one);
      options.report?.({ what: 'removed', found: one });
    });
  }
  return { size, fresh, unread };
}

/** What kinds look at in one pass: each question to AWS is asked once. */
export async function makeScope(
  run: LabRun,
  ownership: Ownership,
  kinds: readonly Kind[],
  deadline?: Date,
): Promise<Scope> {
  const answers = new Map<string, Promise<unknown>>();
  return {
    run,
    ownership,
    stack: await stackState(run),
    kinds: new Set(kinds.map(({ id }) => id)),
    deadline,
    once: <T>(key: string, ask: () => Promise<T>): Promise<T> => {
      const known = (answers.get(key) as Promise<T> | undefined) ?? ask();
      answers.set(key, known);
      return known;
    },
  };
}

/** Runs `act` on each, a few at a time. */
async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, worker));
}

/** What is left of a line, and why: it could not be removed, it is there again, or somebody makes more of it. */
function leftover(run: LabRun, kinds: readonly Kind[], { found, error, returned }: Remaining, over: boolean): Leftover {
  const kind = kinds.find(({ id }) => id === found.kind);
  const line = { found, ...(kind && blockingOf(kind)) };
  if (error !== undefined) return { ...line, error };
  if (over) return { ...line, error: OVER };
  if (returned) return { ...line, error: 'it is listed again after it was removed' };
  const writers = kind?.writers?.(found, run);
  return {
    ...line,
    error: `somebody still ${writers?.doing ?? `adds to the ${kind?.title ?? found.kind}`}`,
    ...(writers && { next: writers.next }),
  };
}

function blockingOf({ blocks }: Kind): { blocks?: string } {
  return blocks === undefined ? {} : { blocks };
}
