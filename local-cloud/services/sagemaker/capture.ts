/**
 * Data capture: requests and answers of an endpoint, as JSON lines in S3, written as the execution role.
 *
 * https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
 */
import { randomUUID } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { DataCaptureConfig } from '@aws-sdk/client-sagemaker';
import { writeDelayMs } from '../simulatedFailures';
import type { Cloud } from '../service';
import { s3Uri } from './names';
import { assumeForSageMaker } from './role';

/** On AWS a file comes within minutes; here a moment after the last request. */
const IDLE_MS = 700;
const LONGEST_MS = 2500;
const MOST_LINES = 5000;

/** One call of the endpoint. */
export interface CapturedRequest {
  readonly variant: string;
  readonly at: Date;
  readonly inferenceId?: string;
  readonly customAttributes?: string;
  readonly input: { readonly type: string; readonly body: Buffer };
  readonly output: { readonly type: string; readonly body: Buffer };
}

interface Waiting {
  readonly since: Date;
  readonly lines: string[];
}

/** The capture of one configuration of an endpoint; does nothing where there is none. */
export class Captures {
  private readonly waiting = new Map<string, Waiting>();
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private readonly on: boolean;

  constructor(
    private readonly cloud: Cloud,
    private readonly endpoint: string,
    private readonly config: DataCaptureConfig | undefined,
    private readonly roleArn: () => string,
  ) {
    this.on = config !== undefined && (config.EnableCapture ?? true);
  }

  /** Whether this request is in the sample. */
  samples(): boolean {
    return this.on && Math.random() * 100 < this.config!.InitialSamplingPercentage!;
  }

  add(one: CapturedRequest): void {
    const waiting = this.waiting.get(one.variant) ?? { since: one.at, lines: [] };
    waiting.lines.push(this.line(one));
    this.waiting.set(one.variant, waiting);
    const due = Math.max(0, Math.min(IDLE_MS, waiting.since.getTime() + LONGEST_MS - Date.now()));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), waiting.lines.length >= MOST_LINES ? 0 : due);
    this.timer.unref();
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    const batches = [...this.waiting];
    this.waiting.clear();
    const late = writeDelayMs(this.cloud);
    for (const [variant, { since, lines }] of batches) {
      // What the role may not write is lost, as on AWS.
      const write = (): Promise<void> => this.write(variant, since, lines).catch(() => undefined);
      if (late > 0) setTimeout(() => void write(), late).unref();
      else this.writing = this.writing.then(write);
    }
    return this.writing;
  }

  /** Writes the rest. */
  async close(): Promise<void> {
    await this.flush();
  }

  private async write(variant: string, since: Date, lines: readonly string[]): Promise<void> {
    const { bucket, key } = s3Uri(this.config!.DestinationS3Uri, 'destinationS3Uri');
    const prefix = key === '' || key.endsWith('/') ? key : `${key}/`;
    const [year, month, day, hour, minute, second, ms] = since.toISOString().split(/[-T:.Z]/);
    const name = `${minute}-${second}-${ms}-${randomUUID()}.jsonl`;
    const role = await assumeForSageMaker(this.cloud, this.roleArn(), 'SageMaker');
    await role.s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `${prefix}${this.endpoint}/${variant}/${year}/${month}/${day}/${hour}/${name}`,
        Body: lines.join(''),
        ContentType: 'application/json',
      }),
    );
  }

  private line({ at, inferenceId, customAttributes, input, output }: CapturedRequest): string {
    const modes = new Set(this.config!.CaptureOptions!.map(({ CaptureMode }) => CaptureMode));
    const both = modes.has('InputAndOutput');
    const captureData = {
      ...((both || modes.has('Input')) && { endpointInput: this.part('INPUT', input) }),
      ...((both || modes.has('Output')) && { endpointOutput: this.part('OUTPUT', output) }),
    };
    const eventMetadata = {
      eventId: randomUUID(),
      ...(customAttributes && { customAttributes: [customAttributes] }),
      ...(inferenceId && { inferenceId }),
      inferenceTime: `${at.toISOString().slice(0, 19)}Z`,
    };
    return `${JSON.stringify({ captureData, eventMetadata, eventVersion: '0' })}\n`;
  }

  /** What is not named as CSV or JSON is written as base64. */
  private part(mode: 'INPUT' | 'OUTPUT', { type, body }: CapturedRequest['input']): object {
    const { CsvContentTypes = [], JsonContentTypes = [] } = this.config!.CaptureContentTypeHeader ?? {};
    const media = type.split(';')[0]!.trim().toLowerCase();
    const is = (types: readonly string[]): boolean => types.some((one) => one.toLowerCase() === media);
    const encoding = is(CsvContentTypes) ? 'CSV' : is(JsonContentTypes) ? 'JSON' : 'BASE64';
    const data = body.toString(encoding === 'BASE64' ? 'base64' : 'utf8');
    return { observedContentType: type, mode, data, encoding };
  }
}
