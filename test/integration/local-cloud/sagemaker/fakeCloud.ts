/** A cloud in memory: S3, logs and events, with a list of what the role may not do. Containers really run. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { CreateTrainingJobRequest } from '@aws-sdk/client-sagemaker';
import { makeTarGz } from '../../../../lib/aws/archive';
import { sagemakerService, type SageMakerOptions } from '../../../../local-cloud/services/sagemaker';
import { conforming } from '../../../../local-cloud/services/serviceModel';
import type { CallContext, Cloud, MetricDatum, Principal, Service } from '../../../../local-cloud/services/service';

export const PYTHON = process.env.MLA_PYTHON ?? resolve('.venv/bin/python');
export const ROLE = 'arn:aws:iam::000000000000:role/training';
export const XGBOOST = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0';
export const SKLEARN = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3';

interface Input {
  readonly Bucket: string;
  readonly Key: string;
  readonly Prefix?: string;
  readonly Body?: AsyncIterable<Buffer> | string;
  readonly AlarmNames: readonly string[];
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly logEvents: readonly { readonly message: string }[];
}
type Handler = (input: Input) => unknown;

function failure(name: string, message = name): Error {
  return Object.assign(new Error(message), { name, $metadata: {} });
}

export interface PutEvent {
  readonly detailType: string;
  readonly detail: Record<string, unknown>;
  readonly resources: readonly string[];
}

export class FakeCloud implements Cloud {
  readonly account = '000000000000';
  readonly region = 'us-east-1';
  readonly folder = mkdtempSync(join(tmpdir(), 'mla-sagemaker-'));
  readonly engines = resolve('local-cloud/engines');
  /** `bucket/key` to content. */
  readonly objects = new Map<string, Buffer>();
  /** `group:stream` to lines. */
  readonly logs = new Map<string, string[]>();
  /** Actions that the role lacks, such as `s3:GetObject`. */
  readonly denied = new Set<string>();
  readonly faces = new Set<string>();
  readonly events: PutEvent[] = [];
  /** State of each alarm by its name. */
  readonly alarms = new Map<string, string>();
  /** What was published. */
  readonly metrics: MetricDatum[] = [];
  readonly tracked: number[] = [];
  readonly context = {
    account: this.account,
    region: this.region,
    requestId: '1',
    caller: { arn: 'arn:aws:iam::000000000000:user/learner', credentials: { accessKeyId: 'AKIA' } },
  } as CallContext;
  trusted = true;

  constructor(readonly python = PYTHON) {}

  put(path: string, content: string | Buffer): void {
    this.objects.set(path, Buffer.from(content));
  }

  /** Puts a source archive with one script. */
  putSource(path: string, script: string, name = 'train.py'): void {
    this.put(path, makeTarGz([{ name, content: Buffer.from(script) }]));
  }

  /** Names in an archive that a job uploaded. */
  namesIn(path: string): string[] {
    const file = join(this.folder, 'got.tar.gz');
    writeFileSync(file, this.objects.get(path)!);
    const names = execFileSync(this.python, ['-m', 'tarfile', '-l', file], { encoding: 'utf8' });
    return names.trim().split(/ *\n/).sort();
  }

  lines(job: string): string[] {
    return [...this.logs].filter(([name]) => name.includes(`:${job}/algo-1-`)).flatMap(([, lines]) => lines);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async assume(arn: string): Promise<Principal> {
    if (!this.trusted) throw failure('InvalidInputException');
    return {
      arn,
      s3: this.client('s3', this.s3),
      logs: this.client('logs', this.cloudWatchLogs),
      cloudwatch: this.client('cloudwatch', this.cloudWatch),
      env: () => ({ AWS_ACCESS_KEY_ID: 'ASIATEST', AWS_REGION: this.region }),
    } as unknown as Principal;
  }

  root(): Principal {
    // What SageMaker asks on its own account is whether an endpoint scales: none here does.
    const send = async (): Promise<object> => ({ ScalableTargets: [] });
    return { credentials: {}, autoscaling: { send } } as unknown as Principal;
  }
  async emulate<T>(): Promise<T> {
    throw new Error('nothing here is the emulator');
  }
  async event(detailType: string, detail: object, resources: readonly string[]): Promise<void> {
    this.events.push({ detailType, detail: detail as Record<string, unknown>, resources });
  }
  async metric(data: readonly MetricDatum[]): Promise<void> {
    this.metrics.push(...data);
  }
  track(pid: number): void {
    this.tracked.push(pid);
  }
  face(name: string): boolean {
    return this.faces.has(name);
  }

  private client(service: string, handlers: Readonly<Record<string, Handler>>): unknown {
    return {
      send: async (command: {
        readonly constructor: { readonly name: string };
        readonly input: Input;
      }): Promise<unknown> => {
        const operation = command.constructor.name.replace(/Command$/, '');
        const action = { ListObjectsV2: 'ListBucket', HeadObject: 'GetObject' }[operation] ?? operation;
        if (this.denied.has(`${service}:${action}`)) throw failure('AccessDenied', 'Access Denied');
        return handlers[operation]!(command.input);
      },
    };
  }

  private readonly s3: Record<string, Handler> = {
    ListObjectsV2: ({ Bucket, Prefix }) => ({
      Contents: [...this.objects.keys()]
        .filter((path) => path.startsWith(`${Bucket}/${Prefix ?? ''}`))
        .map((path) => ({ Key: path.slice(`${Bucket}/`.length) })),
    }),
    GetObject: ({ Bucket, Key }) => {
      const body = this.objects.get(`${Bucket}/${Key}`);
      if (!body) throw failure('NoSuchKey');
      return { Body: Readable.from([body]) };
    },
    HeadObject: ({ Bucket, Key }) => {
      if (!this.objects.has(`${Bucket}/${Key}`)) throw failure('NotFound');
    },
    PutObject: async ({ Bucket, Key, Body }) => {
      const parts: Buffer[] = [];
      if (typeof Body === 'string') parts.push(Buffer.from(Body));
      else for await (const part of Body!) parts.push(part);
      this.objects.set(`${Bucket}/${Key}`, Buffer.concat(parts));
    },
  };

  private readonly cloudWatch: Record<string, Handler> = {
    DescribeAlarms: ({ AlarmNames }) => ({
      MetricAlarms: AlarmNames.filter((name) => this.alarms.has(name)).map((name) => ({
        AlarmName: name,
        StateValue: this.alarms.get(name),
      })),
    }),
  };

  private readonly cloudWatchLogs: Record<string, Handler> = {
    CreateLogGroup: () => undefined,
    CreateLogStream: ({ logGroupName, logStreamName }) => void this.logs.set(`${logGroupName}:${logStreamName}`, []),
    PutLogEvents: ({ logGroupName, logStreamName, logEvents }) => {
      this.logs.get(`${logGroupName}:${logStreamName}`)!.push(...logEvents.map(({ message }) => message));
    },
  };
}

/** A service, and calls of its operations as the wire makes them. */
export class Caller {
  readonly service: Service;

  constructor(
    readonly cloud: FakeCloud,
    options: SageMakerOptions = {},
  ) {
    this.service = conforming(PYTHON, sagemakerService(cloud, options));
  }

  // The tests look at few members of many different answers.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  async call(operation: string, input: object = {}): Promise<any> {
    const answer: unknown = await this.service.operations[operation]!(input, this.cloud.context);
    return answer;
  }

  /** Describes a job until it is over. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  async ended(kind: 'TrainingJob' | 'ProcessingJob' | 'HyperParameterTuningJob', name: string): Promise<any> {
    return until(async () => {
      const job = await this.call(`Describe${kind}`, { [`${kind}Name`]: name });
      return ['Completed', 'Failed', 'Stopped'].includes(job[`${kind}Status`]) ? job : undefined;
    });
  }
}

/** A request that can be run as it is. */
export function trainingRequest(
  name: string,
  change: Partial<CreateTrainingJobRequest> = {},
): CreateTrainingJobRequest {
  return {
    TrainingJobName: name,
    ...trainingDefinition(),
    ...change,
    HyperParameters: { ...SCRIPT, ...change.HyperParameters },
  };
}

export const SCRIPT = {
  sagemaker_program: 'train.py',
  sagemaker_submit_directory: 's3://data/code/source.tar.gz',
};

export function trainingDefinition() {
  return {
    AlgorithmSpecification: { TrainingImage: XGBOOST, TrainingInputMode: 'File' as const },
    RoleArn: ROLE,
    InputDataConfig: [
      {
        ChannelName: 'train',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: 's3://data/split/train/' } },
      },
    ],
    OutputDataConfig: { S3OutputPath: 's3://data/models' },
    ResourceConfig: { InstanceType: 'ml.m5.large' as const, InstanceCount: 1, VolumeSizeInGB: 5 },
    StoppingCondition: { MaxRuntimeInSeconds: 600 },
  };
}

/** Asks until there is an answer. Jest's own timeout ends a wait in vain. */
export async function until<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Whether no process of a group is left. */
export function groupIsGone(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return false;
  } catch {
    return true;
  }
}
