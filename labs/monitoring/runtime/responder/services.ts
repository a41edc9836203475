/** The cloud, as far as the responder needs it. aws-services.ts is the real one. */
import type {
  CreateModelPackageInput,
  CreateProcessingJobRequest,
  CreateTrainingJobRequest,
} from '@aws-sdk/client-sagemaker';

export interface StoredObject {
  readonly text: string;
  readonly etag: string;
}

/** Objects of the data bucket, written on conditions: of two that write at a time, one learns that it was late. */
export interface Store {
  read(key: string): Promise<StoredObject | undefined>;
  /** Writes where nothing is. @returns its ETag; undefined when there was something */
  create(key: string, text: string): Promise<string | undefined>;
  /** Writes where nothing has changed. @returns its ETag; undefined when something had */
  replace(key: string, text: string, etag: string): Promise<string | undefined>;
  /** Keys below a prefix, in order. @param after only later ones */
  keys(prefix: string, after?: string): Promise<string[]>;
  /** The key below a prefix that was written last, of those that end so. */
  newest(prefix: string, ending: string): Promise<string | undefined>;
  bytes(key: string): Promise<Buffer>;
  put(key: string, body: string | Buffer): Promise<void>;
}

/** An alarm's way into the state ALARM. */
export interface Transition {
  readonly at: Date;
  readonly reason: string;
}

export interface Job {
  readonly status: 'InProgress' | 'Completed' | 'Failed' | 'Stopped' | 'Stopping';
  readonly reason?: string;
}

export interface Version {
  readonly arn: string;
  readonly number: number;
  readonly status: string;
  /** S3 URI of model.tar.gz. */
  readonly model: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface EndpointStack {
  readonly status: string;
  /** The version that is its parameter: what serves, or is about to. */
  readonly version: string;
  /** When it was made or changed last. */
  readonly changed: Date;
}

export interface Services {
  readonly store: Store;
  /** Id of this run; a repeated attempt at the same event has the same. */
  readonly run: string;
  now(): Date;
  sleep(): Promise<void>;
  /** Milliseconds that this run has left. */
  left(): number;
  /** How the alarm came into the state ALARM about that time; undefined when CloudWatch knows of no such thing. */
  transition(alarm: string, about: Date): Promise<Transition | undefined>;
  /** @throws ResourceLimitExceeded where the quota is too low; a job of that name that exists is no error */
  startTraining(request: CreateTrainingJobRequest): Promise<void>;
  startProcessing(request: CreateProcessingJobRequest): Promise<void>;
  job(by: 'training' | 'processing', name: string): Promise<Job>;
  stop(by: 'training' | 'processing', name: string): Promise<void>;
  /** Newest first. */
  versions(): Promise<Version[]>;
  register(request: CreateModelPackageInput): Promise<string>;
  reject(arn: string, why: string): Promise<void>;
  stack(): Promise<EndpointStack>;
  /** Lets another version serve, though the alarms ring. The same token updates once. */
  update(version: string, token: string): Promise<void>;
  /** Tells those who look after the responder. */
  deadLetter(message: object): Promise<void>;
}

/** What the function is told by its environment. */
export interface ResponderSettings {
  readonly bucket: string;
  readonly group: string;
  readonly endpoint: string;
  readonly endpointStack: string;
  readonly deployRole: string;
  readonly retrainRole: string;
  readonly image: string;
  readonly compute: 'training' | 'processing';
  readonly learner: string;
  readonly region: string;
  readonly deadLetters: string;
  readonly coolDownMinutes: number;
  /** The code that trains, by file name. */
  readonly code: Readonly<Record<string, Buffer>>;
}
