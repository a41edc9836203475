/** A cloud in memory whose functions, builds and clock the test drives. */
import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import { codepipelineService } from '../../../../local-cloud/services/codepipeline';
import type { Timers } from '../../../../local-cloud/services/codepipeline/timers';
import type { CallContext, Cloud, Principal, Service } from '../../../../local-cloud/services/service';

export const ROLE = 'arn:aws:iam::000000000000:role/pipeline';

/** Time stands until the test moves it. */
export class HandTimers implements Timers {
  private at = Date.UTC(2026, 0, 1);
  private readonly waiting = new Map<object, { readonly due: number; readonly run: () => void }>();

  now(): Date {
    return new Date(this.at);
  }
  after(ms: number, run: () => void): () => void {
    const key = {};
    this.waiting.set(key, { due: this.at + ms, run });
    return () => this.waiting.delete(key);
  }
  async move(ms: number): Promise<void> {
    this.at += ms;
    for (const [key, { due, run }] of [...this.waiting]) {
      if (due > this.at) continue;
      this.waiting.delete(key);
      run();
    }
    await quiet();
  }
}

/** Lets everything that can go on now go on. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

type Handler = (input: Record<string, string>) => unknown;

export class FakeCloud {
  readonly timers = new HandTimers();
  readonly events: { readonly type: string; readonly detail: Record<string, unknown> }[] = [];
  /** Handlers by operation, such as `StartBuild`. */
  readonly handlers: Record<string, Handler> = {
    GetBucketVersioning: () => ({ Status: 'Enabled' }),
    GetObject: () => ({ VersionId: 'v1', ETag: '"e1"', Body: { transformToByteArray: () => new Uint8Array([1]) } }),
    PutObject: () => ({}),
  };
  readonly calls: { readonly operation: string; readonly input: Record<string, unknown> }[] = [];
  trusted = true;
  readonly service: Service;
  readonly context = { caller: { arn: 'arn:aws:iam::000000000000:user/learner' } } as CallContext;

  constructor() {
    const cloud = {
      account: '000000000000',
      region: 'us-east-1',
      assume: async (arn: string) => {
        if (!this.trusted) throw new Error('not trusted');
        return this.principal(arn);
      },
      event: async (type: string, detail: Record<string, unknown>) => void this.events.push({ type, detail }),
    } as unknown as Cloud;
    this.service = codepipelineService(cloud, { timers: this.timers, pollMs: 1000 });
  }

  /** Calls an operation as the learner. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  async call(operation: string, input: object): Promise<any> {
    return this.service.operations[operation]!(input, this.context);
  }

  private principal(arn: string): Principal {
    const send = async (command: { readonly constructor: { readonly name: string }; readonly input: never }) => {
      const operation = command.constructor.name.replace(/Command$/, '');
      this.calls.push({ operation, input: command.input });
      return this.handlers[operation]!(command.input);
    };
    const client = { send };
    const clients = { s3: client, lambda: client, codebuild: client, cloudformation: client };
    return { arn, credentials: {}, ...clients, assume: async (to: string) => this.principal(to) } as never;
  }
}

const type = (category: string, provider: string) =>
  ({ category, owner: 'AWS', provider, version: '1' }) as NonNullable<never>;

export const SOURCE = {
  name: 'Source',
  actionTypeId: type('Source', 'S3'),
  outputArtifacts: [{ name: 'Code' }],
  configuration: { S3Bucket: 'b', S3ObjectKey: 'k', PollForSourceChanges: 'false' },
};
export const APPROVE = { name: 'Approve', actionTypeId: type('Approval', 'Manual') };
export const BUILD = {
  name: 'Build',
  actionTypeId: type('Build', 'CodeBuild'),
  inputArtifacts: [{ name: 'Code' }],
  outputArtifacts: [{ name: 'Built' }],
  configuration: {
    ProjectName: 'project',
    EnvironmentVariables: '[{"name":"MODEL","value":"#{variables.Model}","type":"PLAINTEXT"}]',
  },
  namespace: 'Build',
};
export const INVOKE = {
  name: 'Ask',
  actionTypeId: type('Invoke', 'Lambda'),
  configuration: { FunctionName: 'f', UserParameters: '#{Build.Verdict}' },
};

/** A pipeline: source, then the given stages. */
export function declaration(stages: readonly object[], more: object = {}): PipelineDeclaration {
  return {
    name: 'p',
    roleArn: ROLE,
    pipelineType: 'V2',
    artifactStore: { type: 'S3', location: 'store' },
    variables: [{ name: 'Model', defaultValue: 'latest' }],
    stages: [{ name: 'Source', actions: [SOURCE] }, ...stages],
    ...more,
  } as PipelineDeclaration;
}
