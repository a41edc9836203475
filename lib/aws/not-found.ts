/** What the errors of AWS say about a thing that is not there. */

/** Names of errors that say: there is no such thing. */
const NOT_FOUND = new Set([
  'EntityNotFoundException',
  'NoSuchBucket',
  'NoSuchKey',
  'NoSuchUpload',
  'NoSuchEntity',
  'NoSuchEntityException',
  'NotFound',
  'NotFoundException',
  'ObjectNotFoundException',
  'DashboardNotFoundError',
  'ParameterNotFound',
  'PipelineNotFoundException',
  'QueueDoesNotExist',
  'ResourceNotFound',
  'ResourceNotFoundException',
  'InvalidResourceId',
]);

/** Whether an error says that the thing is gone. */
export function isNotFound(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (NOT_FOUND.has(error.name)) return true;
  // SageMaker describes a missing job or version with its general error.
  if (error.name === 'ValidationException') return /not found|does not exist|could not find/i.test(error.message);
  // CloudFormation and Athena answer a missing thing with their general error; only the message tells.
  if (error.name === 'ValidationError') return /does not exist/.test(error.message);
  if (error.name === 'InvalidRequestException') {
    return /was not found|is not found|does not exist|WorkGroup .*not found/i.test(error.message);
  }
  return false;
}

/** The answer, or undefined where the thing is not there. */
export async function orUndefined<T>(ask: Promise<T>): Promise<T | undefined> {
  try {
    return await ask;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
