/** A run whose clients answer what a test says, by the names of the operations. */
import { Readable } from 'node:stream';
import type { LabResources } from '../../../../labs/deployment/resources';
import type { LabRun } from '../../../../lib/course/run';

type Input = Record<string, string>;
export type Operations = Readonly<Record<string, (input: Input) => unknown>>;

export const GROUP = 'arn:aws:sagemaker:us-east-1:123456789012:model-package/group';

export const PLACE: LabResources = {
  bucket: 'bucket',
  sourceBucket: 'source',
  group: 'group',
  pipeline: 'pipeline',
  build: 'codebuild',
  buildProject: 'verify',
  endpointRole: 'arn:aws:iam::123456789012:role/endpoint',
  deployRole: 'arn:aws:iam::123456789012:role/deploy',
  staging: { endpoint: 'staging', stack: 'staging-stack' },
  production: { endpoint: 'production', stack: 'production-stack' },
  image: 'image',
  releaseFunction: 'release',
};

/** Objects of all buckets, by `bucket/key`. */
export function objects(files: Readonly<Record<string, string | Buffer>>): Operations {
  return {
    GetObject: ({ Bucket, Key }) => {
      const content = files[`${Bucket}/${Key}`];
      if (content === undefined) throw named('NoSuchKey', `no ${Bucket}/${Key}`);
      const body = Buffer.from(content);
      return { Body: Object.assign(Readable.from([body]), { transformToByteArray: async () => body }) };
    },
    ListObjectsV2: ({ Bucket, Prefix }) => ({
      Contents: Object.entries(files)
        .filter(([name]) => name.startsWith(`${Bucket}/${Prefix}`))
        .map(([name, content]) => ({
          Key: name.slice(Bucket!.length + 1),
          Size: content.length,
          LastModified: new Date(0),
        })),
    }),
  };
}

/** An error of AWS. */
export const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

export interface FakeRun {
  readonly run: LabRun;
  readonly said: string[];
}

export function fakeRun(operations: Operations, more: Partial<LabRun> = {}): FakeRun {
  const said: string[] = [];
  const send = async (command: { readonly input: Input }): Promise<unknown> => {
    const name = command.constructor.name.replace(/Command$/, '');
    const operation = operations[name];
    if (operation === undefined) throw new Error(`The fake lacks ${name}.`);
    return operation(command.input);
  };
  let now = Date.UTC(2026, 10, 1);
  const run = {
    lab: 'deployment',
    learner: 'me',
    target: 'local',
    account: '123456789012',
    region: 'us-east-1',
    stackName: 'MlaLabs-Deployment',
    outputs: { LogPrefix: '/mla-labs/deployment/me' },
    modes: { build: 'codebuild' },
    clients: new Proxy({}, { get: (_all, name) => (name === 'pollMs' ? 0 : { send }) }),
    clock: { now: () => new Date((now += 10)), sleep: () => new Promise((resolve) => setImmediate(resolve)) },
    progress: (line: string) => said.push(line),
    ...more,
  };
  return { run: run as unknown as LabRun, said };
}
