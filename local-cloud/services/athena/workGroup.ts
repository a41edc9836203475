/** What a request and its workgroup make of a query's settings. */
import type { GetWorkGroupOutput, StartQueryExecutionInput } from '@aws-sdk/client-athena';
import { GetBucketLocationCommand } from '@aws-sdk/client-s3';
import type { CallContext, Cloud } from '../service';
import { ServiceError } from '../service';
import type { WorkGroupSettings } from './query';

export function invalid(message: string): ServiceError {
  return new ServiceError('InvalidRequestException', message);
}

/**
 * A workgroup that enforces its configuration overrides the request's.
 * https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html
 *
 * @throws ServiceError InvalidRequestException for no such workgroup, a disabled one, or no place for results
 */
export async function workGroupSettings(
  cloud: Cloud,
  input: StartQueryExecutionInput,
  context: CallContext,
): Promise<WorkGroupSettings> {
  const workGroup = input.WorkGroup ?? 'primary';
  const group = await getWorkGroup(cloud, workGroup);
  if (group.State === 'DISABLED') throw invalid(`WorkGroup ${workGroup} is disabled.`);
  const configuration = group.Configuration ?? {};
  // Athena enforces unless told otherwise; a workgroup without any configuration (primary) has nothing to enforce.
  const enforced = configuration.EnforceWorkGroupConfiguration ?? false;
  const ours = configuration.ResultConfiguration;
  const theirs = input.ResultConfiguration;
  const results = enforced ? ours : { ...ours, ...theirs };
  const outputLocation = results?.OutputLocation;
  if (!outputLocation) {
    throw invalid(
      'No output location provided. An output location is required either through the Workgroup result configuration ' +
        'setting or as an API input.',
    );
  }
  await requireBucket(outputLocation, context);
  return {
    workGroup,
    outputLocation,
    enforced,
    ...(configuration.BytesScannedCutoffPerQuery && { bytesCutoff: Number(configuration.BytesScannedCutoffPerQuery) }),
    ...(results?.EncryptionConfiguration?.EncryptionOption && {
      encryption: results.EncryptionConfiguration.EncryptionOption,
    }),
  };
}

async function getWorkGroup(cloud: Cloud, name: string): Promise<NonNullable<GetWorkGroupOutput['WorkGroup']>> {
  try {
    const { WorkGroup } = await cloud.emulate<GetWorkGroupOutput>('athena', 'GetWorkGroup', { WorkGroup: name });
    if (WorkGroup) return WorkGroup;
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'InvalidRequestException') throw error;
  }
  throw invalid(`WorkGroup ${name} is not found.`);
}

/** Athena looks for the bucket before it takes a query; that needs s3:GetBucketLocation. */
async function requireBucket(outputLocation: string, { caller }: CallContext): Promise<void> {
  const bucket = /^s3:\/\/([^/]+)/.exec(outputLocation)?.[1];
  if (bucket === undefined) throw invalid('outputLocation is not a valid S3 path.');
  try {
    await caller.s3.send(new GetBucketLocationCommand({ Bucket: bucket }));
  } catch (error) {
    const { name, message } = error as Error;
    const denied =
      name === 'AccessDenied' ? ` (${caller.arn} needs s3:GetBucketLocation on arn:aws:s3:::${bucket})` : '';
    throw invalid(`Unable to verify/create output bucket ${bucket}${denied || `: ${name}: ${message}`}`);
  }
}
