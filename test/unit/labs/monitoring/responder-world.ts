/** A cloud in memory for the responder: real conditional writes, jobs and stacks that are told how to end. */
import { createHash } from 'node:crypto';
import type {
  CreateModelPackageInput,
  CreateProcessingJobRequest,
  CreateTrainingJobRequest,
} from '@aws-sdk/client-sagemaker';
import { makeTarGz } from '../../../../lib/aws/archive';
import type { Decision } from '../../../../labs/monitoring/runtime/responder/decision';
import type {
  EndpointStack,
  Job,
  ResponderSettings,
  Store,
  Transition,
  Version,
  Services,
} from '../../../../labs/monitoring/runtime/responder/services';

const GROUP = 'mla-labs-monitoring-me';
const arnOf = (number: number): string => `arn:aws:sagemaker:us-east-1:123456789012:model-package/${GROUP}/${number}`;

export const SETTINGS: ResponderSettings = {
  bucket: 'data',
  group: GROUP,
  endpoint: GROUP,
  endpointStack: `${GROUP}--endpoint`,
  deployRole: 'arn:aws:iam::123456789012:role/deploy',
  retrainRole: 'arn:aws:iam::123456789012:role/retrain',
  image: 'image',
  compute: 'training',
  learner: 'me',
  region: 'us-east-1',
  deadLetters: 'https://sqs.us-east-1.amazonaws.com/123456789012/dead',
  coolDownMinutes: 60,
  code: { 'train.py': Buffer.from('train'), 'run.py': Buffer.from('run') },
};

/** A model of one tree: flights whose only feature is below `split` score `low`, the others `high`. */
export function model(low: number, high: number, split = 0.5): Buffer {
  const tree = {
    left_children: [1, -1, -1],
    right_children: [2, -1, -1],
    split_indices: [0, 0, 0],
    split_conditions: [split, low, high],
    default_left: [0, 0, 0],
  };
  const json = JSON.stringify({
    learner: {
      feature_names: ['x'],
      objective: { name: 'binary:logistic' },
      learner_model_param: { base_score: '5E-1' },
      gradient_booster: { name: 'gbtree', model: { trees: [tree] } },
    },
  });
  return makeTarGz([{ name: 'model.json', content: Buffer.from(json) }]);
}

/** Flights that are late when x is 1, but for every tenth. */
export const FLIGHTS = Array.from({ length: 400 }, (_, i) => {
  const late = i % 10 === 0 ? 1 - (i % 2) : i % 2;
  // No two are the same line.
  return `${late},${i % 2}.${String(i)
    .padStart(3, '0')
    .replace(/^[5-9]/, '4')}${i}`;
});

export class FakeCloud {
  readonly objects = new Map<string, Buffer>();
  readonly history = new Map<string, Transition[]>();
  readonly jobs = new Map<string, Job>();
  readonly started: (CreateTrainingJobRequest | CreateProcessingJobRequest)[] = [];
  readonly stopped: string[] = [];
  readonly dead: object[] = [];
  readonly updates: { version: string; token: string }[] = [];
  readonly group: Version[] = [];
  /** Requests for versions. */
  readonly asked: CreateModelPackageInput[] = [];
  readonly rejected: { arn: string; why: string }[] = [];
  time = new Date('2026-11-23T12:00:00.000Z');
  endpoint: EndpointStack = { status: 'UPDATE_COMPLETE', version: arnOf(1), changed: new Date('2026-11-23T11:50:00Z') };
  trainingQuota = 1;
  /** How long a run has, in ms. */
  patience = 900_000;
  /** What the stack becomes with each look, first to last. */
  readonly looks: EndpointStack[] = [];
  /** Throws at the named operation, once: the function is killed there. */
  killAt?: string;
  /** Throws at the named operation, once: that alone fails. */
  failAt?: string;

  constructor() {
    this.put('models/first/model.tar.gz', model(0, 1));
    this.version('Approved');
    this.put('data/train/train.csv', '0,0\n1,1\n');
    this.put('data/validation/validation.csv', '0,0\n1,1\n');
    this.put('data/months/2013-06/a.csv', FLIGHTS.slice(0, 50).join('\n'));
    this.put('data/months/2013-07/a.csv', FLIGHTS.join('\n'));
  }

  put(key: string, body: string | Buffer): void {
    this.objects.set(key, Buffer.from(body));
  }

  version(status: string, key = 'models/first/model.tar.gz', metadata: Record<string, string> = {}): string {
    const number = this.group.length + 1;
    this.group.push({ arn: arnOf(number), number, status, model: `s3://data/${key}`, metadata });
    return arnOf(number);
  }

  /** Lets an alarm go off, now. @returns the event that SNS brings */
  alarm(what: string, at = this.time): object {
    const name = `${GROUP}--${what}`;
    this.history.set(name, [...(this.history.get(name) ?? []), { at, reason: `Threshold crossed: ${what}` }]);
    return this.message(name, at);
  }

  message(AlarmName: string, at: Date, NewStateValue = 'ALARM'): object {
    const Message = JSON.stringify({
      AlarmName,
      NewStateValue,
      StateChangeTime: at.toISOString().replace('Z', '+0000'),
      NewStateReason: 'what the message says',
    });
    return { Records: [{ Sns: { Message } }] };
  }

  pass(minutes: number): void {
    this.time = new Date(this.time.getTime() + minutes * 60_000);
  }

  /** Ends the only job, leaving this model. */
  finish(status: Job['status'] = 'Completed', archive: Buffer = model(0, 1), reason?: string): void {
    const name = [...this.jobs.keys()].at(-1)!;
    this.jobs.set(name, { status, ...(reason && { reason }) });
    this.put(`models/${name.split(' ')[1]}/output/model.tar.gz`, archive);
  }

  get decisions(): Decision[] {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith('decisions/')).sort();
    return keys.map((key) => JSON.parse(this.objects.get(key)!.toString()) as Decision);
  }

  world(run = 'run-1'): Services {
    let killed = false;
    const kill = (operation: string): void => {
      if (this.failAt === operation) {
        this.failAt = undefined;
        throw new Error(`failed at ${operation}`);
      }
      if (killed) throw new Error('killed before');
      if (this.killAt !== operation) return;
      this.killAt = undefined;
      killed = true;
      throw new Error(`killed at ${operation}`);
    };
    const start = (by: string, name: string, request: CreateTrainingJobRequest | CreateProcessingJobRequest): void => {
      if (!this.jobs.has(`${by} ${name}`)) {
        this.started.push(request);
        this.jobs.set(`${by} ${name}`, { status: 'InProgress' });
      }
      kill('started');
    };
    return {
      store: this.store(kill),
      run,
      now: () => this.time,
      sleep: async () => void (this.time = new Date(this.time.getTime() + 5000)),
      left: () => (this.patience -= 1000),
      transition: async (alarm, about) =>
        this.history.get(alarm)?.find(({ at }) => Math.abs(at.getTime() - about.getTime()) <= 2000),
      startTraining: async (request) => {
        if (this.trainingQuota === 0) {
          const error = new Error('The account-level service limit is 0 Instances');
          throw Object.assign(error, { name: 'ResourceLimitExceeded' });
        }
        start('training', request.TrainingJobName!, request);
      },
      startProcessing: async (request) => start('processing', request.ProcessingJobName!, request),
      job: async (by, name) => this.jobs.get(`${by} ${name}`)!,
      stop: async (by, name) => void this.stopped.push(`${by} ${name}`),
      versions: async () => [...this.group].reverse(),
      register: async (request: CreateModelPackageInput) => {
        kill('register');
        this.asked.push(request);
        const key = request.InferenceSpecification!.Containers![0]!.ModelDataUrl!.replace('s3://data/', '');
        return this.version(request.ModelApprovalStatus!, key, request.CustomerMetadataProperties);
      },
      reject: async (arn, why) => {
        this.rejected.push({ arn, why });
        this.group.splice(
          0,
          this.group.length,
          ...this.group.map((one) => (one.arn === arn ? { ...one, status: 'Rejected' } : one)),
        );
      },
      stack: async () => (this.endpoint = this.looks.shift() ?? this.endpoint),
      update: async (version, token) => {
        kill('update');
        if (!this.updates.some((one) => one.token === token)) this.updates.push({ version, token });
        this.looks.push({ ...this.endpoint, version, status: 'UPDATE_IN_PROGRESS' });
        this.looks.push({ ...this.endpoint, version, status: 'UPDATE_COMPLETE', changed: this.time });
      },
      deadLetter: async (message) => {
        kill('deadLetter');
        this.dead.push(message);
      },
    };
  }

  private store(kill: (operation: string) => void): Store {
    const etag = (body: Buffer): string => createHash('md5').update(body).digest('hex');
    return {
      read: async (key) => {
        const body = this.objects.get(key);
        return body && { text: body.toString(), etag: etag(body) };
      },
      create: async (key, text) => {
        if (this.objects.has(key)) return undefined;
        this.put(key, text);
        kill(`create ${key.split('/')[0]}`);
        return etag(Buffer.from(text));
      },
      replace: async (key, text, before) => {
        kill('replace');
        const body = this.objects.get(key);
        if (body === undefined || etag(body) !== before) return undefined;
        this.put(key, text);
        return etag(Buffer.from(text));
      },
      keys: async (prefix, after = '') =>
        [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort(),
      newest: async (prefix, ending) =>
        [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key.endsWith(ending)).at(-1),
      bytes: async (key) => this.objects.get(key)!,
      put: async (key, body) => {
        this.put(key, body);
        kill('gather');
      },
    };
  }
}
