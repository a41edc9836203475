/** Log streams that AWS writes with the customer's role: a role that may not write logs loses them, as on AWS. */
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs';

/** Limits of one PutLogEvents call: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MAX_EVENTS = 5000;
const MAX_BYTES = 900_000;
const MAX_LINE = 200_000;

interface Event {
  readonly timestamp: number;
  readonly message: string;
}

/** One stream. Lines are kept until `flush`; the stream, and the group if need be, are made by the first flush. */
export class RoleLogStream {
  private waiting: Event[] = [];
  private made = false;
  private lost = false;
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly logs: CloudWatchLogsClient,
    readonly group: string,
    readonly stream: string,
    /** Milliseconds by which lines arrive late, whatever has become of their writer. */
    private readonly writeDelayMs = 0,
  ) {}

  /** Adds a line with the present time. */
  add(message: string): void {
    if (this.lost || message.length === 0) return;
    this.waiting.push({ timestamp: Date.now(), message: message.slice(0, MAX_LINE) });
  }

  /** Sends what waits. Never fails: what the role may not write is lost. */
  flush(): Promise<void> {
    if (this.writeDelayMs > 0) {
      setTimeout(() => void this.sendNext(), this.writeDelayMs).unref();
      return Promise.resolve();
    }
    return this.sendNext();
  }

  private sendNext(): Promise<void> {
    this.sending = this.sending.then(() => this.send());
    return this.sending;
  }

  private async send(): Promise<void> {
    while (this.waiting.length > 0 && !this.lost) {
      const events = this.takeBatch();
      try {
        if (!this.made) await this.make();
        await this.put(events);
      } catch {
        this.lost = true;
        this.waiting = [];
      }
    }
  }

  private takeBatch(): Event[] {
    let bytes = 0;
    let count = 0;
    while (count < this.waiting.length && count < MAX_EVENTS) {
      bytes += Buffer.byteLength(this.waiting[count]!.message) + 26;
      if (count > 0 && bytes > MAX_BYTES) break;
      count++;
    }
    return this.waiting.splice(0, count);
  }

  private async put(events: Event[]): Promise<void> {
    await this.logs.send(
      new PutLogEventsCommand({ logGroupName: this.group, logStreamName: this.stream, logEvents: events }),
    );
  }

  /**
   * The group comes first, also where it exists: AWS's published policies for these roles all have logs:CreateLogGroup, and
   * writers were seen that write nothing without it.
   * @see https://github.com/aws/ec2-image-builder-roadmap/issues/109
   */
  private async make(): Promise<void> {
    await unlessExists(this.logs.send(new CreateLogGroupCommand({ logGroupName: this.group })));
    const stream = { logGroupName: this.group, logStreamName: this.stream };
    await unlessExists(this.logs.send(new CreateLogStreamCommand(stream)));
    this.made = true;
  }
}

async function unlessExists(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if ((error as Error).name !== 'ResourceAlreadyExistsException') throw error;
  }
}
