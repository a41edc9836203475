/** One retraining and one rollback at a time: a lock for each, in S3, that expires. */
import { LOCKS } from '../../names';
import { isFinished, keyOf, type Decision } from './decision';
import type { Services } from './services';

export type LockName = 'retrain' | 'rollback';

interface Lock {
  /** The decision that has it. */
  readonly holder?: string;
  readonly until?: string;
  /** The decision that had it last, and when that ended. */
  readonly last?: { readonly id: string; readonly at: string };
}

/** How long each may take: a job's limit and its start, an update with its bake. */
const MINUTES: Readonly<Record<LockName, number>> = { retrain: 60, rollback: 60 };

/** With what was seen of the lock where it is not to be had. */
export type LockResult = { readonly ok: true } | { readonly ok: false; readonly why: string; readonly lock: object };

const keyOfLock = (name: LockName): string => `${LOCKS}${name}.json`;
const later = (from: Date, minutes: number): Date => new Date(from.getTime() + minutes * 60_000);

/**
 * Takes the lock for a decision, or says who holds it, or until when it cools down. Taking it again renews it.
 *
 * @param id of the decision
 * @param coolDownMinutes how long after the last one the next may begin
 */
export async function acquireLock(
  services: Services,
  name: LockName,
  id: string,
  coolDownMinutes: number,
): Promise<LockResult> {
  const key = keyOfLock(name);
  for (;;) {
    const stored = await services.store.read(key);
    const now = services.now();
    const text = JSON.stringify({ holder: id, until: later(now, MINUTES[name]).toISOString() } satisfies Lock);
    if (stored === undefined) {
      if ((await services.store.create(key, text)) !== undefined) return { ok: true };
      continue;
    }
    const lock = JSON.parse(stored.text) as Lock;
    // A decision that begins again has the whole time again: its job would else be given up as soon as it ends.
    const last = lock.holder === id ? undefined : await lastOf(services, lock, now);
    if (last === 'busy')
      return {
        ok: false,
        why: `${lock.holder} is on its way, and there is only one ${name} at a time`,
        lock: { name, ...lock },
      };
    if (last !== undefined && later(new Date(last.at), coolDownMinutes) > now) {
      const until = later(new Date(last.at), coolDownMinutes).toISOString();
      const why = `${last.id} ended at ${last.at}; until ${until} no other ${name} begins (cool-down)`;
      return { ok: false, why, lock: { name, last, until } };
    }
    if ((await services.store.replace(key, text, stored.etag)) !== undefined) return { ok: true };
  }
}

/** The last decision when the lock is free: one that is over has it no more, though it may have ended without a word. */
async function lastOf(services: Services, lock: Lock, now: Date): Promise<Lock['last'] | 'busy'> {
  if (lock.holder === undefined) return lock.last;
  const stored = await services.store.read(keyOf(lock.holder));
  const held = stored && (JSON.parse(stored.text) as Decision);
  if (held && isFinished(held) && held.action === 'none') return undefined;
  if (held && isFinished(held)) return { id: lock.holder, at: held.timeline.at(-1)?.at ?? now.toISOString() };
  return new Date(lock.until ?? 0) > now ? 'busy' : undefined;
}

/** Whether a decision holds the lock no more: there is none, another one holds it, or its time is over. */
export async function isLockExpired(services: Services, name: LockName, id: string): Promise<boolean> {
  const stored = await services.store.read(keyOfLock(name));
  const lock = stored && (JSON.parse(stored.text) as Lock);
  return lock === undefined || lock.holder !== id || new Date(lock.until ?? 0) <= services.now();
}

/** Lets the lock go, if this decision has it. @param did whether it did anything: only then the next waits to cool down */
export async function releaseLock(services: Services, name: LockName, id: string, did: boolean): Promise<void> {
  const key = keyOfLock(name);
  const stored = await services.store.read(key);
  if (stored === undefined || (JSON.parse(stored.text) as Lock).holder !== id) return;
  const lock: Lock = did ? { last: { id, at: services.now().toISOString() } } : {};
  await services.store.replace(key, JSON.stringify(lock), stored.etag);
}
