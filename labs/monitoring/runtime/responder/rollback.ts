/** Rolling back: the last good version serves again, through the stack of the endpoint, and the bad one is rejected. */
import type { Decision } from './decision';
import { ResponseFailed, NothingToDo, type Progress, type RecordProgress } from './retrain';
import type { EndpointStack, ResponderSettings, Version, Services } from './services';

/** Later errors are hardly the release's: rolling back would cure nothing. */
const RELEASE_HOURS = 24;
/** Left to a run, to write down where it stands. */
const RESERVE_MS = 20_000;

/** Begins the description of a version that was taken back: so nobody takes it for one that never passed. */
export const ROLLED_BACK = 'Rolled back:';

/** The stack when it rests; undefined when this run has no more time to wait. */
async function atRest(services: Services): Promise<EndpointStack | undefined> {
  for (;;) {
    const stack = await services.stack();
    if (!stack.status.endsWith('_IN_PROGRESS')) return stack;
    if (services.left() < RESERVE_MS) return undefined;
    await services.sleep();
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

export async function startRollback(services: Services, decision: Decision, note: RecordProgress): Promise<Progress> {
  const first = await services.stack();
  // What was to serve when the alarm went off; a retry of this run finds it written down.
  const from = decision.from ?? first.version;
  if (decision.from === undefined) {
    const { status, version, changed } = first;
    const stack = { status, version, changed: changed.toISOString() };
    await note(`${version} serves; its stack is ${status}.`, { from, evidence: { ...decision.evidence, stack } });
  }
  const stack = await atRest(services);
  if (stack === undefined) return 'wait';
  // An earlier try of this run began the update, and did not come to write down that it had.
  if (stack.version !== from && stack.version === decision.to) {
    await note('The update has begun already.', { status: 'rolling-back' });
    return 'on';
  }
  if (stack.version !== from) {
    await note(`SageMaker took the release back while it baked: ${stack.version} serves.`, { to: stack.version });
    return reject(services, { ...decision, from, to: stack.version }, note);
  }
  const versions = await services.versions();
  const good = lastGood(versions, from);
  if (good === undefined) {
    throw new NothingToDo(
      `There is no approved version before version ${numberOf(versions, from)}, which serves: nothing can be rolled back to. The alarm stays; a person has to look.`,
    );
  }
  const hours = (services.now().getTime() - stack.changed.getTime()) / 3_600_000;
  if (hours > RELEASE_HOURS) {
    throw new NothingToDo(
      `The last release was ${Math.floor(hours)} hours before: these errors are hardly its fault, and an older version would have them too. A person has to look.`,
    );
  }
  await note(`Updating the stack of the endpoint to version ${good.number}.`, { to: good.arn });
  await services.update(good.arn, tokenOf(decision));
  await note('The update has begun.', { status: 'rolling-back' });
  return 'on';
}

/** CloudFormation takes letters, digits and hyphens, a letter first. */
const tokenOf = ({ id }: Decision): string => `rollback-${id}`.slice(0, 128);

export async function finishRollback(
  services: Services,
  settings: ResponderSettings,
  decision: Decision,
  note: RecordProgress,
): Promise<Progress> {
  const stack = await atRest(services);
  if (stack === undefined) return 'wait';
  if (stack.version !== decision.to || !/^UPDATE_COMPLETE$/.test(stack.status)) {
    throw new ResponseFailed(
      `${settings.endpointStack} is ${stack.status} with ${stack.version}, and not updated to ${decision.to}.`,
    );
  }
  return reject(services, decision, note);
}

/** So that nobody releases it again, and it is not what a consumer picks. */
async function reject(services: Services, decision: Decision, note: RecordProgress): Promise<Progress> {
  const { cause, from = '', to = '', id } = decision;
  const bad = (await services.versions()).find(({ arn }) => arn === from);
  if (bad !== undefined && bad.status !== 'Rejected') {
    await services.reject(from, `${ROLLED_BACK} ${cause.kind} after its release (${cause.alarm}), decision ${id}.`);
  }
  const number = (arn: string): string => arn.split('/').at(-1) ?? '';
  await note(`Version ${number(to)} serves, version ${number(from)} is rejected.`, {
    status: 'done',
    reason: `${decision.reason} Version ${number(from)} was taken back, version ${number(to)} serves again.`,
  });
  return 'over';
}
