/** Rolling back: the last good version serves again, through the stack of the endpoint, and the bad one is rejected. */
import type { Decision } from './decision';
import { Failed, Nothing, type Next, type Note } from './retrain';
import type { EndpointStack, Settings, Version, World } from './world';

/** Later errors are hardly the release's: rolling back would cure nothing. */
const RELEASE_HOURS = 24;
/** Left to a run, to write down where it stands. */
const RESERVE_MS = 20_000;

/** Begins the description of a version that was taken back: so nobody takes it for one that never passed. */
export const ROLLED_BACK = 'Rolled back:';

/** The stack when it rests; undefined when this run has no more time to wait. */
async function atRest(world: World): Promise<EndpointStack | undefined> {
  for (;;) {
    const stack = await world.stack();
    if (!stack.status.endsWith('_IN_PROGRESS')) return stack;
    if (world.left() < RESERVE_MS) return undefined;
    await world.sleep();
  }
}

const numberOf = (versions: readonly Version[], wanted: string): number =>
  versions.find(({ arn }) => arn === wanted)?.number ?? Number(wanted.split('/').at(-1));

/** The newest approved version before the one that serves. */
export function lastGood(versions: readonly Version[], serving: string): Version | undefined {
  const number = numberOf(versions, serving);
  return versions
    .filter((one) => one.status === 'Approved' && one.number < number)
    .sort((a, b) => b.number - a.number)[0];
}

export async function startRollback(world: World, decision: Decision, note: Note): Promise<Next> {
  const first = await world.stack();
  // What was to serve when the alarm went off; a retry of this run finds it written down.
  const from = decision.from ?? first.version;
  if (decision.from === undefined) {
    const { status, version, changed } = first;
    const stack = { status, version, changed: changed.toISOString() };
    await note(`${version} serves; its stack is ${status}.`, { from, evidence: { ...decision.evidence, stack } });
  }
  const stack = await atRest(world);
  if (stack === undefined) return 'wait';
  // An earlier try of this run began the update, and did not come to write down that it had.
  if (stack.version !== from && stack.version === decision.to) {
    await note('The update has begun already.', { status: 'rolling-back' });
    return 'on';
  }
  if (stack.version !== from) {
    await note(`SageMaker took the release back while it baked: ${stack.version} serves.`, { to: stack.version });
    return reject(world, { ...decision, from, to: stack.version }, note);
  }
  const versions = await world.versions();
  const good = lastGood(versions, from);
  if (good === undefined) {
    throw new Nothing(
      `There is no approved version before version ${numberOf(versions, from)}, which serves: nothing can be rolled back to. The alarm stays; a person has to look.`,
    );
  }
  const hours = (world.now().getTime() - stack.changed.getTime()) / 3_600_000;
  if (hours > RELEASE_HOURS) {
    throw new Nothing(
      `The last release was ${Math.floor(hours)} hours before: these errors are hardly its fault, and an older version would have them too. A person has to look.`,
    );
  }
  await note(`Updating the stack of the endpoint to version ${good.number}.`, { to: good.arn });
  await world.update(good.arn, tokenOf(decision));
  await note('The update has begun.', { status: 'rolling-back' });
  return 'on';
}

/** CloudFormation takes letters, digits and hyphens, a letter first. */
const tokenOf = ({ id }: Decision): string => `rollback-${id}`.slice(0, 128);

export async function finishRollback(world: World, settings: Settings, decision: Decision, note: Note): Promise<Next> {
  const stack = await atRest(world);
  if (stack === undefined) return 'wait';
  if (stack.version !== decision.to || !/^UPDATE_COMPLETE$/.test(stack.status)) {
    throw new Failed(
      `${settings.endpointStack} is ${stack.status} with ${stack.version}, and not updated to ${decision.to}.`,
    );
  }
  return reject(world, decision, note);
}

/** So that nobody releases it again, and it is not what a consumer picks. */
async function reject(world: World, decision: Decision, note: Note): Promise<Next> {
  const { cause, from = '', to = '', id } = decision;
  const bad = (await world.versions()).find(({ arn }) => arn === from);
  if (bad !== undefined && bad.status !== 'Rejected') {
    await world.reject(from, `${ROLLED_BACK} ${cause.kind} after its release (${cause.alarm}), decision ${id}.`);
  }
  const number = (arn: string): string => arn.split('/').at(-1) ?? '';
  await note(`Version ${number(to)} serves, version ${number(from)} is rejected.`, {
    status: 'done',
    reason: `${decision.reason} Version ${number(from)} was taken back, version ${number(to)} serves again.`,
  });
  return 'over';
}
