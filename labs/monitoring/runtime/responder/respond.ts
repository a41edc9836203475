/**
 * The responder. An alarm becomes one decision, however often it is told of; any event lets what is unfinished go on.
 *
 * A decision is a file in decisions/, written on conditions. Every part of the work may be done twice and does it once,
 * so a run that is killed in the middle is taken up by the retry of the same event, by a job's end, or by the next look.
 */
import { DECISIONS } from '../../names';
import { causeOf, alarmMessagesOf, type AlarmMessage, type SnsEvent } from './alarm-message';
import { ACTIONS, idOf, isFinished, keyOf, type Decision } from './decision';
import { acquireLock, isLockExpired, releaseLock } from './locks';
import {
  ResponseFailed,
  finishRetraining,
  NothingToDo,
  startRetraining,
  type Progress,
  type RecordProgress,
} from './retrain';
import { finishRollback, startRollback } from './rollback';
import type { ResponderSettings, StoredObject, Services } from './services';

/** After a rollback, its own alarms take a while to calm down. */
const ROLLBACK_COOL_DOWN_MINUTES = 5;
/** Older decisions are over, or their locks have expired. */
const LOOK_BACK_MS = 24 * 3_600_000;
/** How often a run looks whether another has left a decision. */
const LOOKS = 5;

/** What came of an event: a line each for its log. */
export type Outcome =
  { readonly decision: string; readonly status: string; readonly reason: string } | { readonly ignored: string };

export async function respond(event: SnsEvent, services: Services, settings: ResponderSettings): Promise<Outcome[]> {
  const claims = alarmMessagesOf(event);
  if (event.Records !== undefined) {
    const outcomes: Outcome[] = [];
    for (const claim of claims) outcomes.push(await onAlarm(claim, services, settings));
    return outcomes;
  }
  return look(services, settings);
}

async function onAlarm(
  claim: AlarmMessage | undefined,
  services: Services,
  settings: ResponderSettings,
): Promise<Outcome> {
  if (claim === undefined) return { ignored: 'a message that is not from an alarm' };
  const kind = causeOf(claim.alarm, settings.learner);
  if (kind === undefined) return { ignored: `${claim.alarm} is not an alarm of this lab` };
  if (claim.state !== 'ALARM') return { ignored: `${claim.alarm} reports ${claim.state}` };
  const found = await services.transition(claim.alarm, claim.at);
  if (found === undefined) {
    return {
      ignored: `CloudWatch's history has no alarm of ${claim.alarm} at ${claim.at.toISOString()}: the message is not from it`,
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
    timeline: [{ at: services.now().toISOString(), what: `${claim.alarm} went off.` }],
  };
  await services.store.create(keyOf(id), JSON.stringify(decision, undefined, 1));
  return advance(id, services, settings);
}

/** Takes up what is unfinished. */
async function look(services: Services, settings: ResponderSettings): Promise<Outcome[]> {
  const since = new Date(services.now().getTime() - LOOK_BACK_MS).toISOString().replaceAll(/[:.]/g, '-');
  const outcomes: Outcome[] = [];
  const failed: unknown[] = [];
  for (const key of await services.store.keys(DECISIONS, `${DECISIONS}${since}`)) {
    const stored = await services.store.read(key);
    const decision = stored && (JSON.parse(stored.text) as Decision);
    if (decision === undefined || isFinished(decision)) continue;
    // One that fails again and again keeps no other waiting.
    await advance(decision.id, services, settings).then(
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
async function unclaimed(key: string, services: Services): Promise<StoredObject | 'claimed' | undefined> {
  for (let look = 1; ; look += 1) {
    const stored = await services.store.read(key);
    const { claim } = stored ? (JSON.parse(stored.text) as Decision) : {};
    if (!claim || claim.by === services.run || new Date(claim.until) <= services.now()) return stored;
    if (look === LOOKS) return 'claimed';
    await services.sleep();
  }
}

/** Takes a decision as far as it goes now. */
async function advance(id: string, services: Services, settings: ResponderSettings): Promise<Outcome> {
  const key = keyOf(id);
  const stored = await unclaimed(key, services);
  if (stored === 'claimed') return { ignored: `another run is at ${id}` };
  if (stored === undefined) return { ignored: `there is no ${key}` };
  const decision = JSON.parse(stored.text) as Decision;
  const outcome = (): Outcome => ({ decision: id, status: decision.status, reason: decision.reason });
  if (isFinished(decision)) return outcome();
  let { etag } = stored;
  const write = async (change: Partial<Decision>, what?: string): Promise<void> => {
    Object.assign(decision, change);
    if (what !== undefined)
      (decision.timeline as Decision['timeline'][number][]).push({ at: services.now().toISOString(), what });
    const written = await services.store.replace(key, JSON.stringify(decision, undefined, 1), etag);
    if (written === undefined) throw new Overtaken();
    etag = written;
  };
  const note: RecordProgress = (what, change = {}) => write(change, what);
  try {
    await write({
      claim: { by: services.run, until: new Date(services.now().getTime() + services.left()).toISOString() },
    });
    await work(decision, services, settings, note);
    await write({ claim: undefined });
  } catch (error) {
    if (error instanceof Overtaken) return { ignored: `another run is at ${id}` };
    // What failed is for the next event to take up, whoever brings it; a claim that stays only makes it wait.
    await write({ claim: undefined }).catch(() => undefined);
    throw error;
  }
  return outcome();
}

async function work(
  decision: Decision,
  services: Services,
  settings: ResponderSettings,
  note: RecordProgress,
): Promise<void> {
  const lock = ACTIONS[decision.cause.kind];
  const over = () => releaseLock(services, lock, decision.id, decision.action !== 'none');
  try {
    if (decision.status === 'begun') {
      const cool = lock === 'retrain' ? settings.coolDownMinutes : ROLLBACK_COOL_DOWN_MINUTES;
      const got = await acquireLock(services, lock, decision.id, cool);
      if (!got.ok) {
        await note(`Nothing is done: ${got.why}.`, {
          action: 'none',
          status: 'done',
          reason: `Nothing is done: ${got.why}.`,
          evidence: { ...decision.evidence, lock: got.lock },
        });
        return;
      }
    } else if (await isLockExpired(services, lock, decision.id)) {
      if (decision.job) await services.stop(decision.job.by, decision.job.name);
      throw new ResponseFailed('It took longer than its lock lasts (60 minutes), and was given up.');
    }
    let next: Progress = 'on';
    while (next === 'on') next = await part(decision, services, settings, note);
    if (next === 'over') await over();
  } catch (error) {
    if (error instanceof NothingToDo) {
      await note(error.message, { action: 'none', status: 'done', reason: error.message });
      await over();
    } else if (error instanceof ResponseFailed) {
      // Told first: were it the other way round, a run that ends between the two would fail in silence.
      await services.deadLetter({ decision: decision.id, key: keyOf(decision.id), reason: error.message });
      await note(error.message, { status: 'failed', reason: error.message });
      await over();
    } else throw error;
  }
}

function part(
  decision: Decision,
  services: Services,
  settings: ResponderSettings,
  note: RecordProgress,
): Promise<Progress> {
  if (decision.status === 'training') return finishRetraining(services, settings, decision, note);
  if (decision.status === 'rolling-back') return finishRollback(services, settings, decision, note);
  return decision.action === 'retrain'
    ? startRetraining(services, settings, decision, note)
    : startRollback(services, decision, note);
}
