/** What the errors of AWS mean for teardown. */

export { isNotFound, orUndefined } from '../aws/not-found';

/** Whether the thing is in a state where the request makes no sense any more, as stopping a crawler that has stopped. */
export function isAlreadyOver(error: unknown): boolean {
  return (
    error instanceof Error &&
    [
      'CrawlerNotRunningException',
      'CrawlerStoppingException',
      'DuplicatedStopRequestException',
      'InvalidInputException',
      'PipelineExecutionNotStoppableException',
    ].includes(error.name)
  );
}

/** Whether IAM refused the request. */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && /^AccessDenied(Exception)?$/.test(error.name);
}

/**
 * Whether the account cannot use the service at all, as on the free plan: then it has nothing there.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html OptInRequired
 */
export function isClosedService(error: unknown): boolean {
  return error instanceof Error && /^(SubscriptionRequired(Exception)?|OptInRequired)$/.test(error.name);
}

/** One line for a report: the error's name and message, without control characters. */
export function nameOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, 400);
}
