import { invokeEndpoint } from '../../../lib/aws/invoke-endpoint';
import { ownPolicy, putOwnPolicy, withoutResource } from '../../../lib/aws/role-policy';
import { listObjects, readObject } from '../../../lib/aws/s3';
import { waitForPropagation } from '../../../lib/aws/wait';
import { type Fault, remembered, stillBroken, worksAgain } from '../../../lib/course/fault';
import { output, type LabRun } from '../../../lib/course/run';
import { quoted } from '../../../lib/course/shell';
import { CAPTURE } from '../names';
import { resourcesOf } from '../resources';
import { inferenceId, OTHER_MONTHS, sampleFlights } from '../traffic/flights';
import { newReplayStamp } from '../traffic/send';

/** Least privilege, taken too far: the endpoint answers, and what it is asked is not kept any more. */
export const lostCapture: Fault = {
  id: 'lost-capture',
  title: 'The role of the endpoint lost s3:PutObject on capture/',
  task: '4.1',
  needs: ['traffic'],
  async prepare(run) {
    const policy = await ownPolicy(run, output(run, 'EndpointRole'));
    return { policy, narrower: withoutResource(run, policy, 's3:PutObject', `/${CAPTURE}*`) };
  },
  async inject(run, memory) {
    const { endpoint } = resourcesOf(run);
    await putOwnPolicy(run, output(run, 'EndpointRole'), memory.narrower!);
    await waitForPropagation(run);
    // Of a month that no step asks about: the steps' own traffic stays as it is.
    const { row, body } = sampleFlights(OTHER_MONTHS[0], 1)[0]!;
    await invokeEndpoint(run.clients.sagemakerRuntime, endpoint, body, {
      inferenceId: inferenceId(OTHER_MONTHS[0], row, newReplayStamp()),
    });
    return `The endpoint ${endpoint} answers, without an error. But of the request that it answered at ${run.clock.now().toISOString()}, nothing is kept below ${CAPTURE}, nor of any later one. The next analysis would have nothing to look at.`;
  },
  async check(run, { since }) {
    const { endpoint } = resourcesOf(run);
    return (await isKept(run, since))
      ? worksAgain(run, `Requests that the endpoint ${endpoint} answered since are kept.`)
      : stillBroken(
          run,
          `Of what the endpoint ${endpoint} was asked since, nothing is kept below ${CAPTURE}. On AWS capture comes minutes late; after you mended it, a request has to be sent.`,
        );
  },
  hints: [
    'The endpoint’s configuration: is capture on, and where does it write to?',
    'Who writes the capture? SageMaker does, as the role of the model. What it may not write is lost, and no caller is told.',
    'Compare the policy of the endpoint’s role with the prefix that capture is written below. Then send a request.',
  ],
  async mend(run, memory) {
    await putOwnPolicy(run, output(run, 'EndpointRole'), remembered(run, memory, 'policy'));
  },
  seen(run) {
    const { endpoint } = resourcesOf(run);
    const role = output(run, 'EndpointRole').replace(/.*\//, '');
    return [
      `capture is on: aws sagemaker describe-endpoint --endpoint-name ${quoted(endpoint)} --query DataCaptureConfig`,
      `what the role may do: aws iam get-role-policy --role-name ${quoted(role)} --policy-name Own --query PolicyDocument`,
      'CloudTrail: who called PutRolePolicy; with data events of S3, the AccessDenied of each PutObject',
    ];
  },
  prevented:
    'An alarm on captured requests against Invocations: capture that stops is silent by itself. A role’s policy that changes in the stack alone is reviewed; and whoever takes a right away waits until all that uses the role has run once.',
};

/** Whether a request from after that time is in the capture, whoever sent it. */
async function isKept(run: LabRun, since: Date): Promise<boolean> {
  const { bucket, endpoint } = resourcesOf(run);
  // S3 tells whole seconds.
  const newer = (await listObjects(run, bucket, `${CAPTURE}${endpoint}/`)).filter(
    ({ modified }) => modified.getTime() + 999 >= since.getTime(),
  );
  for (const { key } of newer.reverse()) {
    const text = (await readObject(run, bucket, key)).toString('utf8');
    const times = [...text.matchAll(/"inferenceTime":\s*"([^"]+)"/g)].map(([, time]) => new Date(time!));
    if (times.some((time) => time >= since)) return true;
  }
  return false;
}
