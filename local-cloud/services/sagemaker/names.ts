/** ARNs of SageMaker's resources, S3 URIs, and members that the service model alone does not require. */
import type { Cloud } from '../service';
import { invalid } from './errors';

/** SageMaker writes the names inside ARNs in lower case. */
export function arn(cloud: Cloud, kind: string, name: string): string {
  return `arn:aws:sagemaker:${cloud.region}:${cloud.account}:${kind}/${name.toLowerCase()}`;
}

/** A member without which the local cloud cannot do, as it lacks what AWS takes instead. @throws ServiceError */
export function required<T>(value: T | undefined | null, member: string): T {
  if (value !== undefined && value !== null) return value;
  throw invalid(
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}

/** Bucket and key of an S3 URI; the key may be empty. @throws ServiceError ValidationException */
export function s3Uri(uri: string | undefined, member: string): { readonly bucket: string; readonly key: string } {
  const found = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri ?? '');
  if (!found) throw invalid(`The value '${uri}' at '${member}' is not an S3 URI.`);
  return { bucket: found[1]!, key: found[2]! };
}
