/** Work on a custom resource that takes longer than one invocation. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { CustomResourceEvent } from './answer';

/**
 * Invocations that may follow one another for one answer. CloudFormation waits an hour, an invocation lasts 15 minutes;
 * Lambda itself ends a chain after about 16.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
const HAND_OVERS = 3;

/** Lets another invocation of this function go on. @returns whether there is one: after some there is none */
export async function continueInNextInvocation(event: CustomResourceEvent): Promise<boolean> {
  const times = event.handedOver ?? 0;
  if (times >= HAND_OVERS) return false;
  await new LambdaClient({}).send(
    new InvokeCommand({
      FunctionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify({ ...event, handedOver: times + 1 })),
    }),
  );
  return true;
}
