/** Errors in CodeBuild's words: https://docs.aws.amazon.com/codebuild/latest/APIReference/CommonErrors.html */
import { ServiceError } from '../service';

export function invalid(message: string): ServiceError {
  return new ServiceError('InvalidInputException', message);
}

export function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message);
}

export function overLimit(message: string): ServiceError {
  return new ServiceError('AccountLimitExceededException', message);
}

/** The service answers with an error for what it would otherwise leave out silently. */
export function lacks(what: string): ServiceError {
  return invalid(`The local cloud does not have ${what}; no lab uses it.`);
}

/** Why a phase failed: becomes the phase's context, and a line of the log. */
export class PhaseFailure extends Error {
  override readonly name = 'PhaseFailure';

  constructor(
    readonly statusCode: string,
    message: string,
  ) {
    super(message);
  }
}
