/**
 * Starts a release when a version is approved, once for each approval however many events tell of it.
 *
 * SageMaker may send several events for one change, and sends events for changes of an approved version that are no
 * approval. @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
import { createHash } from 'node:crypto';
import { CodePipelineClient, StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeModelPackageCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { RELEASES, VERSION_VARIABLE } from '../../names';
import { s3Config } from '../environment';

export interface ApprovalEvent {
  readonly id: string;
  readonly time: string;
  readonly detail: {
    readonly ModelPackageArn: string;
    readonly ModelPackageGroupName: string;
    readonly ModelApprovalStatus?: string;
    /** Milliseconds or ISO 8601. */
    readonly LastModifiedTime?: number | string;
    /** What of a version changed. @default - it is new */
    readonly UpdatedModelPackageFields?: readonly string[];
  };
}

/** What the function is to release to. */
export interface ReleaseTarget {
  readonly group: string;
  readonly pipeline: string;
}

/** The cloud, as far as a release needs it. */
export interface ReleaseServices {
  /** When the version was changed last, as the registry says; undefined for one that never was. */
  changed(arn: string): Promise<Date | undefined>;
  /** Writes where nothing is yet. @returns false when there was something */
  createOnce(key: string, text: string): Promise<boolean>;
  read(key: string): Promise<string>;
  write(key: string, text: string): Promise<void>;
  /** The same token starts one execution only. @returns the id of the execution */
  start(pipeline: string, arn: string, token: string): Promise<string>;
}

/** What came of an event. */
export type Outcome =
  { readonly started: string; readonly key: string } | { readonly ignored: string; readonly key?: string };

export async function handler(event: ApprovalEvent): Promise<Outcome> {
  const target = { group: process.env.MODEL_PACKAGE_GROUP ?? '', pipeline: process.env.PIPELINE ?? '' };
  const outcome = await startRelease(event, target, world(process.env.DATA_BUCKET ?? ''));
  console.log(JSON.stringify({ version: event.detail.ModelPackageArn, event: event.id, ...outcome }));
  return outcome;
}

export async function startRelease(
  event: ApprovalEvent,
  target: ReleaseTarget,
  cloud: ReleaseServices,
): Promise<Outcome> {
  const { detail } = event;
  const arn = detail.ModelPackageArn;
  if (detail.ModelPackageGroupName !== target.group) return { ignored: `it is no version of ${target.group}` };
  if (detail.ModelApprovalStatus !== 'Approved') return { ignored: `it is ${detail.ModelApprovalStatus}` };
  const fields = detail.UpdatedModelPackageFields;
  if (fields !== undefined && fields.length > 0 && !fields.includes('ModelApprovalStatus')) {
    return { ignored: `what changed is ${fields.join(', ')}, and not its approval` };
  }
  const when = (detail.LastModifiedTime ?? (await cloud.changed(arn))?.getTime() ?? event.time) as number | string;
  const approval = new Date(when).toISOString();
  const key = `${RELEASES}${arn.split('/').pop()}/${approval.replaceAll(':', '-')}.json`;
  const about = { modelPackageArn: arn, approval, event: event.id };
  if (!(await cloud.createOnce(key, JSON.stringify(about)))) {
    const known = JSON.parse(await cloud.read(key)) as { execution?: string };
    if (known.execution !== undefined) return { ignored: `this approval has started ${known.execution}`, key };
    // Another event claimed it and may have ended before it started anything: the token lets only one of both start it.
  }
  const token = createHash('sha256').update(`${arn} ${approval}`).digest('hex').slice(0, 64);
  const execution = await cloud.start(target.pipeline, arn, token);
  await cloud.write(key, JSON.stringify({ ...about, execution }));
  return { started: execution, key };
}

function world(Bucket: string): ReleaseServices {
  const s3 = new S3Client(s3Config());
  const sagemaker = new SageMakerClient({});
  const pipeline = new CodePipelineClient({});
  const put = (Key: string, Body: string) => ({ Bucket, Key, Body, ContentType: 'application/json' });
  return {
    async changed(arn) {
      const version = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
      return version.LastModifiedTime ?? version.CreationTime;
    },
    async createOnce(key, text) {
      try {
        await s3.send(new PutObjectCommand({ ...put(key, text), IfNoneMatch: '*' }));
        return true;
      } catch (error) {
        // 409: two write at the same moment, and the other one may still win or lose; then as if it had won.
        if (['PreconditionFailed', 'ConditionalRequestConflict'].includes((error as Error).name)) return false;
        throw error;
      }
    },
    async read(key) {
      try {
        const answer = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
        return await answer.Body!.transformToString();
      } catch (error) {
        if ((error as Error).name === 'NoSuchKey') return '{}';
        throw error;
      }
    },
    async write(key, text) {
      await s3.send(new PutObjectCommand(put(key, text)));
    },
    async start(name, arn, clientRequestToken) {
      const answer = await pipeline.send(
        new StartPipelineExecutionCommand({
          name,
          clientRequestToken,
          variables: [{ name: VERSION_VARIABLE, value: arn }],
        }),
      );
      return answer.pipelineExecutionId!;
    },
  };
}
