/** Errors in SageMaker's words: https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html */
import { ServiceError } from '../service';

export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

export function inUse(message: string): ServiceError {
  return new ServiceError('ResourceInUse', message);
}

export function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFound', message);
}

/** The service answers with an error for what it would otherwise leave out silently. */
export function lacks(what: string): ServiceError {
  return invalid(`The local cloud does not have ${what}; no lab uses it.`);
}

/** Refuses members of a request that the local cloud would not honour. */
export function refuseMembers(operation: string, input: object, members: readonly string[]): void {
  const given = members.find((member) => (input as Record<string, unknown>)[member] !== undefined);
  if (given) throw lacks(`${given} of ${operation}`);
}

/** A job that failed as SageMaker says it: the text becomes the FailureReason. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
}

/** The longest FailureReason. */
const REASON_LIMIT = 1024;

export function reasonOf(error: unknown): string {
  const { name, message } = error as Error;
  return (name === 'JobFailure' ? message : `InternalServerError: ${message}`).slice(0, REASON_LIMIT);
}
