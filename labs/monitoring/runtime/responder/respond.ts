/**
 * The responder. An alarm becomes one decision, however often it is told of; any event lets what is unfinished go on.
 *
 * A decision is a file in decisions/, written on conditions. Every part of the work may be done twice and does it once,
 * so a run that is killed in the middle is taken up by the retry of the same event, by a job's end, or by the next look.
 */
import { DECISIONS } from '../../names';
import { causeOf, claimsOf, type Claim, type SnsEvent } from './alarm-message';
import { ACTIONS, idOf, isOver, keyOf, type Decision } from './decision';
import { acquire, isExpired, release } from './locks';
import { Failed, finishRetraining, Nothing, startRetraining, type Next, type Note } from './retrain';
import { finishRollback, startRollback } from './rollback';
import type { Settings, Stored, World } from './world';

/** After a rollback, its own alarms take a while to calm down. */
const ROLLBACK_COOL_DOWN_MINUTES = 5;
/** Older decisions are over, or their locks have expired. */
const LOOK_BACK_MS = 24 * 3_600_000;
/** How often a run looks whether another has left a decision. */
const LOOKS = 5;

/** What came of an event: a line each for its log. */
export type Outcome =
  { readonly decision: string; readonly status: string; readonly reason: string } | { readonly ignored: string };

export async function respond(event: SnsEvent, world: World, settings: Settings): Promise<Outcome[]> {
  const claims = claimsOf(event);
  if (event.Records !== undefined) {
    const outcomes: Outcome[] = [];
    for (const claim of claims) outcomes.push(await onAlarm(claim, world, settings));
    return outcomes;
  }
  return look(world, settings);
}

async function onAlarm(claim: Claim | undefined, world: World, settings: Settings): Promise<Outcome> {
  if (claim === undefined) return { ignored: 'a message that is none of an alarm' };
  const kind = causeOf(claim.alarm, settings.learner);
  if (kind === undefined) return { ignored: `${claim.alarm} is no alarm of this lab` };
  if (claim.state !== 'ALARM') return { ignored: `${claim.alarm} tells of ${claim.state}` };
  const found = await world.transition(claim.alarm, claim.at);
  if (found === undefined) {
    return {
      ignored: `CloudWatch knows of no alarm ${claim.alarm} at ${claim.at.toISOString()}: the message is not its`,
    };
  }
  const id = idOf(found.at, kind);
  const action = ACTIONS[kind];
  const decision: Decision = {
    id,
    cause: { alarm: claim.alarm, kind, at: found.at.toISOString(), stateReason: found.reason },
    action,
    status: 'begun',
    reason:
      action === 'retrain'
        ? 'The world changed, or the model fell behind: retrain.'
        : 'Failures after a release: roll back.',
    evidence: {},
    timeline: [{ at: world.now().toISOString(), what: `${claim.alarm} went off.` }],
  };
  await world.store.create(keyOf(id), JSON.stringify(decision, undefined, 1));
  return advance(id, world, settings);
}

/** Takes up what is unfinished. */
async function look(world: World, settings: Settings): Promise<Outcome[]> {
  const since = new Date(world.now().getTime() - LOOK_BACK_MS).toISOString().replaceAll(/[:.]/g, '-');
  const outcomes: Outcome[] = [];
  const failed: unknown[] = [];
  for (const key of await world.store.keys(DECISIONS, `${DECISIONS}${since}`)) {
    const stored = await world.store.read(key);
    const decision = stored && (JSON.parse(stored.text) as Decision);
    if (decision === undefined || isOver(decision)) continue;
    // One that fails again and again keeps no other waiting.
    await advance(decision.id, world, settings).then(
      (outcome) => outcomes.push(outcome),
      (error: unknown) => failed.push(error),
    );
  }
  if (failed.length > 0) throw failed[0];
  return outcomes;
}

/** Another run has changed the decision: it goes on, and this one ends. */
class Overtaken extends Error {}

/** The decision once no other run is at it. That one may have looked at a job just before the end that this one tells of. */
async function unclaimed(key: string, world: World): Promise<Stored | 'claimed' | undefined> {
  for (let look = 1; ; look += 1) {
    const stored = await world.store.read(key);
    const { claim } = stored ? (JSON.parse(stored.text) as Decision) : {};
    if (!claim || claim.by === world.run || new Date(claim.until) <= world.now()) return stored;
    if (look === LOOKS) return 'claimed';
    await world.sleep();
  }
}

/** Takes a decision as far as it goes now. */
async function advance(id: string, world: World, settings: Settings): Promise<Outcome> {
  const key = keyOf(id);
  const stored = await unclaimed(key, world);
  if (stored === 'claimed') return { ignored: `another run is at ${id}` };
  if (stored === undefined) return { ignored: `there is no ${key}` };
  const decision = JSON.parse(stored.text) as Decision;
  const outcome = (): Outcome => ({ decision: id, status: decision.status, reason: decision.reason });
  if (isOver(decision)) return outcome();
  let { etag } = stored;
  const write = async (change: Partial<Decision>, what?: string): Promise<void> => {
    Object.assign(decision, change);
    if (what !== undefined)
      (decision.timeline as Decision['timeline'][number][]).push({ at: world.now().toISOString(), what });
    const written = await world.store.replace(key, JSON.stringify(decision, undefined, 1), etag);
    if (written === undefined) throw new Overtaken();
    etag = written;
  };
  const note: Note = (what, change = {}) => write(change, what);
  try {
    await write({ claim: { by: world.run, until: new Date(world.now().getTime() + world.left()).toISOString() } });
    await work(decision, world, settings, note);
    await write({ claim: undefined });
  } catch (error) {
    if (error instanceof Overtaken) return { ignored: `another run is at ${id}` };
    // What failed is for the next event to take up, whoever brings it; a claim that stays only makes it wait.
    await write({ claim: undefined }).catch(() => undefined);
    throw error;
  }
  return outcome();
}

async function work(decision: Decision, world: World, settings: Settings, note: Note): Promise<void> {
  const lock = ACTIONS[decision.cause.kind];
  const over = () => release(world, lock, decision.id, decision.action !== 'none');
  try {
    if (decision.status === 'begun') {
      const cool = lock === 'retrain' ? settings.coolDownMinutes : ROLLBACK_COOL_DOWN_MINUTES;
      const got = await acquire(world, lock, decision.id, cool);
      if (!got.ok) {
        await note(`Nothing is done: ${got.why}.`, {
          action: 'none',
          status: 'done',
          reason: `Nothing is done: ${got.why}.`,
          evidence: { ...decision.evidence, lock: got.lock },
        });
        return;
      }
    } else if (await isExpired(world, lock, decision.id)) {
      if (decision.job) await world.stop(decision.job.by, decision.job.name);
      throw new Failed('It took longer than its lock lasts (60 minutes), and was given up.');
    }
    let next: Next = 'on';
    while (next === 'on') next = await part(decision, world, settings, note);
    if (next === 'over') await over();
  } catch (error) {
    if (error instanceof Nothing) {
      await note(error.message, { action: 'none', status: 'done', reason: error.message });
      await over();
    } else if (error instanceof Failed) {
      // Told first: were it the other way round, a run that ends between the two would fail in silence.
      await world.deadLetter({ decision: decision.id, key: keyOf(decision.id), reason: error.message });
      await note(error.message, { status: 'failed', reason: error.message });
      await over();
    } else throw error;
  }
}

function part(decision: Decision, world: World, settings: Settings, note: Note): Promise<Next> {
  if (decision.status === 'training') return finishRetraining(world, settings, decision, note);
  if (decision.status === 'rolling-back') return finishRollback(world, settings, decision, note);
  return decision.action === 'retrain'
    ? startRetraining(world, settings, decision, note)
    : startRollback(world, decision, note);
}
