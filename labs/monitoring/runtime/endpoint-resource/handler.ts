/**
 * Makes the group's first version of the model that the project ships, and the endpoint's stack that serves it.
 *
 * A version as a resource of the lab's stack would carry the stack's tags, which SageMaker refuses in a group.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateModelPackageCommand, ListModelPackagesCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { isNotFound } from '../../../../lib/aws/not-found';
import { tagsOf } from '../../../../lib/course/names';
import { endpointTemplate } from '../../../../lib/infra/endpoint-template';
import { answer, type CustomResourceEvent } from '../../../../lib/infra/lambda/answer';
import { continueInNextInvocation } from '../../../../lib/infra/lambda/continuation';
import { retryWhileDenied } from '../../../../lib/infra/lambda/retry-while-denied';
import { MODELS } from '../../names';
import { servedBy } from '../../../../lib/flights/serving';
import { PAUSE_MS, regionHere, s3Config, sleep, type LambdaContext } from '../environment';

type Wanted = Readonly<
  Record<
    | 'bucket'
    | 'group'
    | 'image'
    | 'testAuc'
    | 'stack'
    | 'deployRole'
    | 'endpoint'
    | 'endpointRole'
    | 'capture'
    | 'topic'
    | 'learner',
    string
  >
>;

/** Kept free at the end of a run, to answer or to hand over. */
const RESERVE_MS = 60_000;
/** Whatever hinders an endpoint shows within it. */
const MINUTES = 40;

const cloudformation = new CloudFormationClient({});
const sagemaker = new SageMakerClient({});

/** The stack is left alone on deletion: a sweep deletes it, before its roles go. */
export async function handler(event: CustomResourceEvent, context: LambdaContext): Promise<void> {
  const deadline = Date.now() + Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS);
  try {
    const wanted = event.ResourceProperties as Wanted;
    const said = event.RequestType === 'Delete' ? 'Left to the sweep.' : await serve(event, wanted, deadline);
    if (said !== undefined) await answer(event, 'SUCCESS', said);
  } catch (error) {
    // Without an answer, CloudFormation would wait until its own time is up.
    console.error(error);
    await answer(event, 'FAILED', `The endpoint could not be made: ${(error as Error).message}`);
  }
}

/** @returns what to answer; undefined when another run of this function will */
async function serve(event: CustomResourceEvent, wanted: Wanted, deadline: number): Promise<string | undefined> {
  if (event.handedOver === undefined) await begin(wanted);
  for (;;) {
    const stack = await stackNow(wanted.stack);
    const status = stack?.StackStatus ?? 'gone';
    if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') return `${wanted.stack} serves.`;
    if (!status.endsWith('_IN_PROGRESS')) throw new Error(`${wanted.stack} is ${status}. ${await whyFailed(wanted)}`);
    if (Date.now() > deadline) {
      if (await continueInNextInvocation(event)) return undefined;
      throw new Error(`${wanted.stack} is still ${status} after an hour.`);
    }
    await sleep(PAUSE_MS);
  }
}

const NOT_KNOWN_YET = /not authorized|access ?denied|cannot be assumed|unable to assume/i;

/** The roles are seconds old when this function runs first. */
function withPatience<T>(ask: () => Promise<T>): Promise<T> {
  return retryWhileDenied(ask, {
    ms: 2 * 60_000,
    passes: ({ name, message }) => NOT_KNOWN_YET.test(`${name} ${message}`),
    now: () => Date.now(),
    pause: () => sleep(PAUSE_MS),
  });
}

async function begin(wanted: Wanted): Promise<void> {
  const before = await withPatience(() => stackNow(wanted.stack));
  const serving = before?.Parameters?.find(({ ParameterKey }) => ParameterKey === 'ModelPackageArn')?.ParameterValue;
  const version = serving ?? (await withPatience(() => firstVersion(wanted)));
  await withPatience(() => deploy(wanted, version, before !== undefined));
}

/** The newest approved version, or one of the model that lies beside this code. */
async function firstVersion({ bucket, group, image, testAuc }: Wanted): Promise<string> {
  const known = await sagemaker.send(
    new ListModelPackagesCommand({
      ModelPackageGroupName: group,
      ModelApprovalStatus: 'Approved',
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: 1,
    }),
  );
  const approved = known.ModelPackageSummaryList?.[0]?.ModelPackageArn;
  if (approved !== undefined) return approved;
  const model = readFileSync(path.join(__dirname, 'model.tar.gz'));
  const sha256 = createHash('sha256').update(model).digest('hex');
  const folder = `${MODELS}prepared-${sha256.slice(0, 16)}/`;
  const s3 = new S3Client(s3Config());
  const put = (name: string, Body: Buffer | string, ContentType: string) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${folder}${name}`, Body, ContentType }));
  await put('model.tar.gz', model, 'application/gzip');
  const quality = { binary_classification_metrics: { auc: { value: Number(testAuc) } } };
  await put('quality.json', JSON.stringify(quality), 'application/json');
  const made = await sagemaker.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: group,
      ModelPackageDescription: 'The model that the project ships: XGBoost on January to May.',
      ModelApprovalStatus: 'Approved',
      // The same model in another learner's group, or in a lab made anew, is another version.
      ClientToken: createHash('sha256').update(`${bucket} ${group} ${sha256}`).digest('hex').slice(0, 36),
      InferenceSpecification: servedBy(image, `s3://${bucket}/${folder}model.tar.gz`, regionHere()),
      ModelMetrics: {
        ModelQuality: {
          Statistics: { ContentType: 'application/json', S3Uri: `s3://${bucket}/${folder}quality.json` },
        },
      },
      CustomerMetadataProperties: { model: 'data/prepared/model', modelSha256: sha256, testAuc },
    }),
  );
  return made.ModelPackageArn!;
}

async function deploy(wanted: Wanted, version: string, exists: boolean): Promise<void> {
  const values = {
    ModelPackageArn: version,
    EndpointName: wanted.endpoint,
    ExecutionRoleArn: wanted.endpointRole,
    CaptureS3Uri: wanted.capture,
    TopicArn: wanted.topic,
    Learner: wanted.learner,
  };
  const request = {
    StackName: wanted.stack,
    // By it CloudFormation knows a request that is sent again, as its first answer was lost.
    ClientRequestToken: randomUUID(),
    TemplateBody: JSON.stringify(endpointTemplate('monitoring')),
    Parameters: Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
    RoleARN: wanted.deployRole,
    Tags: Object.entries(tagsOf('monitoring', wanted.learner)).map(([Key, Value]) => ({ Key, Value })),
  };
  if (!exists) {
    await cloudformation.send(new CreateStackCommand({ ...request, TimeoutInMinutes: MINUTES }));
    return;
  }
  try {
    await cloudformation.send(new UpdateStackCommand(request));
  } catch (error) {
    if (!/No updates are to be performed/.test((error as Error).message)) throw error;
  }
}

async function stackNow(StackName: string): Promise<Stack | undefined> {
  try {
    return (await cloudformation.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  } catch (error) {
    if (isNotFound(error) || /does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
}

/** The first reason that CloudFormation gives: later ones follow from it. */
async function whyFailed({ stack }: Wanted): Promise<string> {
  const { StackEvents = [] } = await cloudformation.send(new DescribeStackEventsCommand({ StackName: stack }));
  const failed = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED')).at(-1);
  return failed ? `${failed.LogicalResourceId}: ${failed.ResourceStatusReason}` : 'CloudFormation gives no reason.';
}
