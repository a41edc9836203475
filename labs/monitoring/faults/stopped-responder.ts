import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { type Fault, stillBroken, worksAgain } from '../../../lib/course/fault';
import type { LabRun } from '../../../lib/course/run';
import { quoted } from '../../../lib/course/shell';
import { resourcesOf } from '../resources';

/** Somebody stopped the function that responds, as one does in an emergency. */
export const stoppedResponder: Fault = {
  id: 'stopped-responder',
  title: 'The reserved concurrency of the responder was set to 0',
  task: '3.2',
  needs: [],
  prepare: async (run) => ({ reserved: String((await reservedOf(run)) ?? '') }),
  async inject(run) {
    const { responder: FunctionName } = resourcesOf(run);
    await run.clients.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
    return `The function ${FunctionName} answers nobody: whoever calls it gets HTTP 429, and its metric Throttles rises. Its code was not changed, and it has hardly anything to do.`;
  },
  async check(run) {
    const { responder } = resourcesOf(run);
    return (await reservedOf(run)) === 0
      ? stillBroken(run, `The function ${responder} answers calls with HTTP 429.`)
      : worksAgain(run, `The function ${responder} can be called again.`);
  },
  hints: [
    'HTTP 429 of Lambda: TooManyRequestsException. The error has a Reason: is it the account’s limit, or the function’s?',
    'A function can have a part of the account’s concurrency for itself, which is also the most that it gets.',
  ],
  async mend(run, { reserved = '' }) {
    const { responder: FunctionName } = resourcesOf(run);
    const { lambda } = run.clients;
    await (/^[1-9]\d*$/.test(reserved)
      ? lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: Number(reserved) }))
      : lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName })));
  },
  seen(run) {
    const name = quoted(resourcesOf(run).responder);
    return [
      `its reserved concurrency: aws lambda get-function-concurrency --function-name ${name}`,
      'its metrics Throttles and AsyncEventsDropped in CloudWatch, beside Invocations',
    ];
  },
  prevented:
    'An alarm on Throttles of every function that others rely on; and for an emergency stop a switch that is seen, such as disabling the subscription in the stack, with an owner and an end.',
};

const reservedOf = async (run: LabRun): Promise<number | undefined> =>
  (await run.clients.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: resourcesOf(run).responder })))
    .ReservedConcurrentExecutions;
