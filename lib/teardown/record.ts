/** The ownership record where it lives: one tagged SSM parameter per lab and learner. */
import {
  DeleteParameterCommand,
  GetParameterCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { recordName, tagsOf } from '../course/names';
import type { LabRun } from '../course/run';
import { isNotFound, orUndefined } from './errors';
import { LEASE_HOURS } from './lease';
import { formatOwnership, NO_NAMES, NotOurs, parseOwnership, withNames } from './ownership';
import type { Ownership } from './ownership';
import { describeStack, namesOfStack } from './stack';
import { hasTags } from './tags';

/**
 * What proves that things are this run's: the record where there is one that is ours, together with what a standing
 * stack itself lists.
 *
 * @returns undefined when there is neither record nor stack
 * @throws the cloud's error when it cannot be read: "nothing there" must never be a guess
 */
export async function readOwnership(run: LabRun): Promise<Ownership | undefined> {
  const [record, stack] = await Promise.all([readRecord(run), describeStack(run)]);
  if (stack?.StackId === undefined) return record;
  const fromStack = await namesOfStack(run);
  return withNames(record ?? { ...emptyOwnership(run), stackId: stack.StackId }, fromStack);
}

/** The record alone. One that is not ours proves nothing and is as good as none: `run.progress` says so. */
export async function readRecord(run: LabRun): Promise<Ownership | undefined> {
  const name = recordName(run.lab, run.learner);
  const answer = await orUndefined(run.clients.ssm.send(new GetParameterCommand({ Name: name })));
  if (answer?.Parameter?.Value === undefined) return undefined;
  try {
    const ownership = parseOwnership(answer.Parameter.Value, run);
    const tags = await run.clients.ssm.send(
      new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: name }),
    );
    if (!hasTags(tags.TagList, run)) throw new NotOurs('it does not carry this lab’s and learner’s tags');
    return ownership;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    if (!(error instanceof NotOurs)) throw error;
    run.progress(`The parameter ${name} is not this lab’s record and is left alone: ${error.message}.`);
    return undefined;
  }
}

/** Writes the record, making it with its tags where there is none. @throws NotOurs when another's parameter has the name */
export async function writeRecord(run: LabRun, ownership: Ownership): Promise<void> {
  const parameter = {
    Name: recordName(run.lab, run.learner),
    Value: formatOwnership(ownership),
    Type: 'String' as const,
    Tier: 'Standard' as const,
    Description: `What the lab ${run.lab} of ${run.learner} owns. Removed with the lab.`,
  };
  const tags = Object.entries(tagsOf(run.lab, run.learner)).map(([Key, Value]) => ({ Key, Value }));
  try {
    // Tags and Overwrite exclude each other, so making it and changing it are two requests.
    await run.clients.ssm.send(new PutParameterCommand({ ...parameter, Tags: tags }));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ParameterAlreadyExists') throw error;
    const present = await run.clients.ssm.send(
      new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: parameter.Name }),
    );
    if (!hasTags(present.TagList, run)) {
      throw new NotOurs(`the parameter ${parameter.Name} exists without this lab’s tags`);
    }
    await run.clients.ssm.send(new PutParameterCommand({ ...parameter, Overwrite: true }));
  }
}

/** Removes the record, if it is ours: another's parameter of that name stays. */
export async function removeRecord(run: LabRun): Promise<void> {
  if ((await readRecord(run)) === undefined) return;
  await orUndefined(run.clients.ssm.send(new DeleteParameterCommand({ Name: recordName(run.lab, run.learner) })));
}

/** A record that knows nobody's names yet. */
export function emptyOwnership(run: LabRun): Ownership {
  const { lab, learner, account, region, stackName } = run;
  return { lab, learner, account, region, stackName, leaseHours: LEASE_HOURS.default, ...NO_NAMES };
}
