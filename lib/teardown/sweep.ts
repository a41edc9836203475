/** Finds and removes what is ours: the same code for `./lab down`, for the lease and for a stack that is being deleted. */
import type { LabRun } from '../course/run';
import { isNotFound, nameOf } from './errors';
import type { Found, Kind, Scope } from './kind';
import { kindsOf } from './kinds';
import type { Ownership } from './ownership';
import { inOrder, waitsFor } from './order';
import { stackState } from './stack';

/** Looks without progress before a sweep gives up: lists of AWS may lag behind a removal by seconds. */
const IDLE_PASSES = 3;
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
}

export interface Leftover {
  readonly found: Found;
  readonly error: string;
  /** Why the stack must not be deleted while it is left. @default - it may be */
  readonly blocks?: string;
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

/** Removes what {@link inventory} finds, pass by pass, until nothing is left, nothing moves, or the deadline is there. */
export async function sweep(run: LabRun, ownership: Ownership, options: SweepOptions = {}): Promise<SweepResult> {
  const kinds = inOrder(options.kinds ?? kindsOf(run.lab));
  const removed = new Map<string, Found>();
  let left: Leftover[];
  let before = '';
  for (let idle = 0; ;) {
    const pass = await sweepOnce(kinds, await makeScope(run, ownership, kinds, options.deadline), options);
    for (const found of pass.removed) removed.set(`${found.kind} ${found.id}`, found);
    left = pass.left;
    if (pass.removed.length === 0 && left.length === 0) break;
    const now = JSON.stringify(
      [...pass.removed, ...left.map(({ found }) => found)].map((one) => [idOf(one), one.count]),
    );
    idle = now === before ? idle + 1 : 0;
    before = now;
    if (idle >= IDLE_PASSES || isOver(run, options.deadline)) {
      // What was removed again and again is still listed: it is left, whatever the service answered.
      if (idle >= IDLE_PASSES) {
        for (const found of pass.removed) {
          removed.delete(idOf(found));
          left.push(leftover(kinds, found, 'it is listed again after it was removed'));
        }
      }
      break;
    }
    if (idle > 0) await run.clock.sleep(run.clients.pollMs);
  }
  const stillThere = new Set(left.map(({ found }) => idOf(found)));
  return { removed: [...removed.values()].filter((found) => !stillThere.has(idOf(found))), left };
}

async function sweepOnce(kinds: readonly Kind[], scope: Scope, options: SweepOptions): Promise<SweepResult> {
  const removed: Found[] = [];
  const left: Leftover[] = [];
  const fail = (found: Found, error: string): void => {
    left.push(leftover(kinds, found, error));
    options.report?.({ what: 'failed', found, error });
  };
  for (const kind of kinds) {
    let found: Found[];
    try {
      found = await kind.list(scope);
    } catch (error) {
      fail({ kind: kind.id, id: '*', because: `the list of ${kind.title} could not be read` }, nameOf(error));
      continue;
    }
    const waiting = waitsFor(kind, kinds).find((id) => left.some((one) => one.found.kind === id));
    await eachOf(found, async (one) => {
      options.report?.({ what: 'found', found: one });
      if (waiting !== undefined) return fail(one, `it waits for ${waiting} to be gone`);
      if (isOver(scope.run, scope.deadline)) return fail(one, 'the time for this sweep was over');
      try {
        await kind.remove(one, scope);
      } catch (error) {
        if (!isNotFound(error)) return fail(one, nameOf(error));
      }
      removed.push(one);
      options.report?.({ what: 'removed', found: one });
    });
  }
  return { removed, left };
}

async function makeScope(run: LabRun, ownership: Ownership, kinds: readonly Kind[], deadline?: Date): Promise<Scope> {
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

function leftover(kinds: readonly Kind[], found: Found, error: string): Leftover {
  const blocks = kinds.find((kind) => kind.id === found.kind)?.blocks;
  return { found, error, ...(blocks === undefined ? {} : { blocks }) };
}

function isOver(run: LabRun, deadline: Date | undefined): boolean {
  return deadline !== undefined && run.clock.now() >= deadline;
}

function idOf(found: Found): string {
  return `${found.kind} ${found.id}`;
}
