/** Errors in CodePipeline's words: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_Operations.html */
import { ServiceError } from '../service';

export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

export function badStructure(message: string): ServiceError {
  return new ServiceError('InvalidStructureException', message);
}

export function badStage(message: string): ServiceError {
  return new ServiceError('InvalidStageDeclarationException', message);
}

export function badAction(message: string): ServiceError {
  return new ServiceError('InvalidActionDeclarationException', message);
}

export function conflict(message: string): ServiceError {
  return new ServiceError('ConflictException', message);
}

export function noStage(stage: string | undefined, pipeline: string): ServiceError {
  return new ServiceError('StageNotFoundException', `Stage '${stage}' does not exist in the pipeline '${pipeline}'.`);
}

/** The service answers with an error for what it would otherwise leave out silently. */
export function lacks(what: string): ServiceError {
  return invalid(`The local cloud's CodePipeline does not have ${what}; no lab uses it.`);
}

/** Why an action failed: becomes its errorDetails, and its status Failed. */
export class ActionFailure extends Error {
  override readonly name = 'ActionFailure';

  constructor(
    /** `JobFailed`, `ConfigurationError`, `PermissionError`, `RevisionUnavailable` … */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** An error of another service in the words in which CodePipeline passes it on. */
export function downstreamMessage(error: unknown, service: string): string {
  const { name, message, $metadata } = error as Error & {
    $metadata?: { httpStatusCode?: number; requestId?: string };
  };
  if (!$metadata) return message;
  const status = $metadata.httpStatusCode ?? 400;
  return `${message} (Service: ${service}; Status Code: ${status}; Error Code: ${name}; Request ID: ${$metadata.requestId ?? 'n/a'}; Proxy: null)`;
}

/** What an action's failed request makes of the action. */
export function downstreamFailure(error: unknown, service: string, prefix = ''): ActionFailure {
  if (error instanceof ActionFailure) return error;
  const { name } = error as Error;
  const code = /AccessDenied|NotAuthorized|Unauthorized/.test(name) ? 'PermissionError' : 'JobFailed';
  return new ActionFailure(code, `${prefix}${downstreamMessage(error, service)}`);
}
