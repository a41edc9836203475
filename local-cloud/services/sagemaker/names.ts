/** Names and ARNs of SageMaker's resources, and the constraints of the service model. */
import type { Cloud } from '../service';
import { invalid } from './errors';

/** SageMaker writes the names inside ARNs in lower case. */
export function arn(cloud: Cloud, kind: string, name: string): string {
  return `arn:aws:sagemaker:${cloud.region}:${cloud.account}:${kind}/${name.toLowerCase()}`;
}

function violation(value: unknown, member: string, constraint: string): Error {
  return invalid(
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: Member must ${constraint}`,
  );
}

/** A name as the service model has it; `most` characters. @throws ServiceError ValidationException */
export function checkName(value: string | undefined, member: string, most = 63): string {
  if (value === undefined) throw violation('null', member, 'not be null');
  if (value.length > most) throw violation(value, member, `have length less than or equal to ${most}`);
  if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/.test(value)) {
    throw violation(value, member, `satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,${most - 1}}`);
  }
  return value;
}

export function required<T>(value: T | undefined | null, member: string): T {
  if (value === undefined || value === null) throw violation('null', member, 'not be null');
  return value;
}

export function atLeast(value: number | undefined, least: number, member: string): void {
  if (value !== undefined && !(value >= least)) {
    throw violation(value, member, `have value greater than or equal to ${least}`);
  }
}

export function atMost(value: number | undefined, most: number, member: string): void {
  if (value !== undefined && !(value <= most)) {
    throw violation(value, member, `have value less than or equal to ${most}`);
  }
}

export function oneOf<T extends string>(value: T | undefined, allowed: readonly T[], member: string): void {
  if (value !== undefined && !allowed.includes(value)) {
    throw violation(value, member, `satisfy enum value set: [${allowed.join(', ')}]`);
  }
}

/** @throws ServiceError ValidationException */
export function checkRole(role: string | undefined): string {
  const value = required(role, 'roleArn');
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/.test(value)) {
    throw violation(
      value,
      'roleArn',
      'satisfy regular expression pattern: ^arn:aws[a-z\\-]*:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+$',
    );
  }
  return value;
}

/** Bucket and key of an S3 URI; the key may be empty. @throws ServiceError ValidationException */
export function s3Uri(uri: string | undefined, member: string): { readonly bucket: string; readonly key: string } {
  const value = required(uri, member);
  const found = /^(?:https|s3):\/\/([^/]+)\/?(.*)$/.exec(value);
  if (!found || !value.startsWith('s3://')) {
    throw violation(value, member, 'satisfy regular expression pattern: (https|s3)://([^/]+)/?(.*)');
  }
  return { bucket: found[1]!, key: found[2]! };
}
