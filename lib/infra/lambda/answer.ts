/** CloudFormation's custom resources. @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html */

export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly ResourceType: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  /** Everything in it is a string, a list or a map, whatever it was in the template. */
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
  /** Set by an invocation that handed over to the next: how many there were before. */
  readonly handedOver?: number;
}

/** Attempts to reach the ResponseURL; without an answer, CloudFormation waits for an hour. */
const ATTEMPTS = 5;

/**
 * Tells CloudFormation the outcome.
 *
 * @param text reason of a failure, or a line for the stack's events
 */
export async function answer(event: CustomResourceEvent, status: 'SUCCESS' | 'FAILED', text: string): Promise<void> {
  const body = JSON.stringify({
    Status: status,
    // The answer may be 4 KB in all.
    Reason: text.slice(0, 1500),
    PhysicalResourceId:
      event.PhysicalResourceId ?? `${event.LogicalResourceId}-of-${event.StackId.split('/')[1] ?? ''}`,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  });
  for (let attempt = 1; ; attempt += 1) {
    try {
      // The URL is signed for a request without a content type.
      const response = await fetch(event.ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
      if (response.ok) return;
      throw new Error(`CloudFormation answered ${response.status} to the outcome ${status}.`);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
    }
  }
}
