/**
 * The lab's own function: writes the ownership record, sweeps when the stack is deleted, and ends the lab when its lease
 * is over. It does what `./lab down` does, with the same code, as a role that may touch this lab only.
 */
import type { LabRun } from '../../course/run';
import { systemClock } from '../../target/clock';
import { Clients } from '../../target/clients';
import { answer, type CustomResourceEvent } from './answer';
import { runFromEnvironment } from './environment';
import { endIfOver } from './expire';
import { removeRecordIfEmpty, startRecord } from './record';
import { completeRecord, sweepBeforeDeletion } from './sweep';

/** What of Lambda's context is used. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** EventBridge's event, or an invocation by hand. */
export interface ScheduledEvent {
  readonly source?: string;
}

/** Time kept free at the end of an invocation, in ms: to answer, or to hand over to the next one. */
const RESERVE_MS = 60_000;

export async function handler(event: CustomResourceEvent | ScheduledEvent, context: LambdaContext): Promise<unknown> {
  const deadline = new Date(Date.now() + Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS));
  if (!('RequestType' in event)) return endIfOver(thisRun(), deadline);
  try {
    const outcome = await act(thisRun(), event, deadline);
    if (outcome !== 'handed over') await answer(event, 'SUCCESS', outcome);
  } catch (error) {
    // Without an answer, CloudFormation would wait for an hour.
    console.error(error);
    await answer(event, 'FAILED', String(error instanceof Error ? error.message : error));
  }
  return undefined;
}

function thisRun(): LabRun {
  const clients = new Clients({
    region: process.env.AWS_REGION ?? '',
    // Set by the local cloud only, whose answers come within milliseconds; Lambda on AWS has none.
    ...(process.env.AWS_ENDPOINT_URL && { endpoint: process.env.AWS_ENDPOINT_URL, pollMs: 200 }),
  });
  return runFromEnvironment(process.env, clients, systemClock);
}

/** @returns what to tell CloudFormation, or that a next invocation will tell it */
async function act(run: LabRun, event: CustomResourceEvent, deadline: Date): Promise<string> {
  const deleting = event.RequestType === 'Delete';
  switch (event.ResourceType) {
    case 'Custom::MlaLabsRecord':
      return deleting ? removeRecordIfEmpty(run, deadline) : startRecord(run, event);
    case 'Custom::MlaLabsEmptied':
      return deleting ? sweepBeforeDeletion(run, event, deadline) : 'It is emptied when it is deleted.';
    case 'Custom::MlaLabsSweep':
      return deleting ? sweepBeforeDeletion(run, event, deadline) : completeRecord(run, event);
    default:
      throw new Error(`There is no custom resource ${String(event.ResourceType).slice(0, 80)} here.`);
  }
}
