/** EventBridge events of SageMaker: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html */
import type { Cloud } from '../service';

/** Puts events on the default bus, in the order in which they happened. No operation waits for one. */
export class Events {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly cloud: Cloud) {}

  put(detailType: string, detail: object, resources: readonly string[]): void {
    const now = inMilliseconds(detail) as object;
    this.last = this.last
      .then(() => this.cloud.event(detailType, now, resources))
      // An event that cannot be delivered must not fail the job.
      .catch(() => undefined);
  }

  /** Settles when all events so far are delivered. */
  flush(): Promise<void> {
    return this.last;
  }
}

/** SageMaker writes times in events as milliseconds. The detail is copied: the job goes on changing. */
function inMilliseconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map(inMilliseconds);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, part]) => part !== undefined)
        .map(([key, part]) => [key, inMilliseconds(part)]),
    );
  }
  return value;
}
