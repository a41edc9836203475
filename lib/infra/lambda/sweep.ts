/** The custom resource `Sweep`: last of all to be made, first of all to be deleted. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { LabRun } from '../../course/run';
import { NAME_LISTS, withNames, type NameList } from '../../teardown/ownership';
import { emptyOwnership, readOwnership, readRecord, writeRecord } from '../../teardown/record';
import { sweep } from '../../teardown/sweep';
import type { CustomResourceEvent } from './answer';
import { leaseHours } from './environment';
import { STAYS, stackStays } from './update';

/**
 * Invocations that may follow one another for one deletion. CloudFormation waits an hour, an invocation lasts 15 minutes;
 * Lambda itself ends a chain after about 16.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
const HAND_OVERS = 3;

/** Adds the stack's physical names to the record. */
export async function completeRecord(run: LabRun, event: CustomResourceEvent): Promise<string> {
  const names = Object.fromEntries(NAME_LISTS.map((list) => [list, strings(event.ResourceProperties[list])])) as Record<
    NameList,
    string[]
  >;
  const record = (await readRecord(run)) ?? emptyOwnership(run);
  await writeRecord(run, withNames({ ...record, stackId: event.StackId, leaseHours: leaseHours(process.env) }, names));
  return 'The record is complete.';
}

/**
 * Removes what the stack's deletion would leave behind or stumble over.
 *
 * @throws Error naming what must not be left, so that CloudFormation stops before it deletes a role that is still needed
 */
export async function sweepBeforeDeletion(run: LabRun, event: CustomResourceEvent, deadline: Date): Promise<string> {
  if (await stackStays(run)) return STAYS;
  const ownership = await readOwnership(run);
  if (ownership === undefined) return 'There is neither a record nor a stack.';
  const { removed, left } = await sweep(run, ownership, { deadline });
  run.progress(JSON.stringify({ removed, left }));
  const blocking = left.filter(({ blocks }) => blocks !== undefined);
  const times = event.handedOver ?? 0;
  if (blocking.length > 0 && run.clock.now() >= deadline && times < HAND_OVERS) {
    await invokeMyself({ ...event, handedOver: times + 1 });
    return 'handed over';
  }
  if (blocking.length > 0) {
    const names = blocking
      .map(({ found, error, blocks }) => `${found.kind} ${found.id}: ${error} (${blocks})`)
      .join('; ');
    throw new Error(
      `Not everything could be removed: ${names}. Next: ./lab down ${run.lab}, or delete the stack once more`,
    );
  }
  return `Removed ${removed.length}, left ${left.length}.`;
}

async function invokeMyself(event: CustomResourceEvent): Promise<void> {
  await new LambdaClient({}).send(
    new InvokeCommand({
      FunctionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify(event)),
    }),
  );
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string' && one !== '') : [];
}
