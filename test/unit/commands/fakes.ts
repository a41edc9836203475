/** A cloud, a lab and a terminal in memory, so that every verb can be driven without any of the three. */
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import type { Deps, Teardown, Workbench } from '../../../lib/commands/deps';
import { Interrupts } from '../../../lib/commands/interrupt';
import { main } from '../../../lib/commands/program';
import type { Streams } from '../../../lib/commands/ui/terminal';
import type { Challenge } from '../../../lib/course/challenge';
import { Exit, LabError } from '../../../lib/course/errors';
import type { Fault } from '../../../lib/course/fault';
import { type Spending, sumOf } from '../../../lib/cost/spending';
import type { Lab, Step } from '../../../lib/course/model';
import { type LabId, stackName, tagsOf } from '../../../lib/course/names';
import type { LabRun } from '../../../lib/course/run';
import type { Machine } from '../../../lib/doctor/machine';
import type { Assembly, Deployer } from '../../../lib/target/deployer';
import { RequestRecorder } from '../../../lib/target/recorder';
import type { Invalid, Target, TargetOptions } from '../../../lib/target/target';
import type { Found } from '../../../lib/teardown/kind';
import { NO_NAMES, type Ownership } from '../../../lib/teardown/ownership';
import { planOf } from '../../../lib/teardown/plan';
import { schemaFaults } from './schemas';

export const NOW = new Date('2026-11-23T12:00:00Z');

interface FakeStack {
  StackName: string;
  StackId: string;
  StackStatus: string;
  StackStatusReason?: string;
  CreationTime: Date;
  Tags: { Key: string; Value: string }[];
  Outputs: { OutputKey: string; OutputValue: string; Description?: string }[];
}

/** What happened, and what is there. */
export class FakeCloud {
  stacks: FakeStack[] = [];
  bootstrapped = true;
  record: Ownership | undefined;
  /** Names of parameters where records are. */
  records: string[] = [];
  /** Things that steps made. */
  things = new Set<string>();
  /** Things that cannot be removed, and why. */
  stuck = new Map<string, string>();
  /** Things that the lab's kinds do not know. */
  unknown = new Set<string>();
  running = true;
  log: string[] = [];
  deployFails: Error | undefined;
  removeFails: Error | undefined;
  /** Values by quota code, or what Service Quotas fails with. */
  quotas = new Map<string, number | Error>();
  /** Requests for more of any quota. */
  requests: { DesiredValue: number; Status: string; Created: Date; LastUpdated?: Date; CaseId?: string }[] = [];
  /** What AWS says to a new one. */
  requestFails: Error | undefined;
  /** Version of the CDK's bootstrap stack. */
  bootstrapVersion = '31';
  /** What the Free Tier API says of the account. */
  plan: object | Error = { accountPlanType: 'PAID', accountPlanStatus: 'ACTIVE' };
  /** Whether a Region is switched on. */
  regionStatus: string | Error = 'ENABLED';
  /** What Lambda says of functions that run at once. */
  concurrency: object | Error = { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 };
  /** What the tag search names. */
  tagged: { ResourceARN: string; Tags: { Key: string; Value: string }[] }[] | Error = [];
  /** Services that answer with an error. */
  closed = new Map<string, Error>();
  /** What other Regions of the account hold, or answer every question with. */
  elsewhere = new Map<string, FakeCloud | Error>();
  /** Region of the local cloud that is kept. */
  region = 'us-east-1';
  /** Resources of a stack as CloudFormation lists them. */
  resources: { ResourceType: string; LogicalResourceId?: string; ResourceStatus?: string }[] = [
    { LogicalResourceId: 'Bucket', ResourceType: 'AWS::S3::Bucket' },
    { LogicalResourceId: 'Role', ResourceType: 'AWS::IAM::Role' },
  ];
  /** What SageMaker answers, where a test needs more of it than that it is there. */
  sagemaker: ((command: Sent) => unknown) | undefined;
  /** What exists of a lab and costs. */
  spending = (): Spending =>
    sumOf([{ what: '1 GB in bucket-1', since: NOW, usdSoFar: 0.02, usdPerHour: 0.01, usdNextDay: 0.24 }]);
  /** The account's budget, what it carries, or what every question about it is answered with. */
  budget: { Amount: string; tags: { Key: string; Value: string }[] } | Error | undefined;
  /** The request that made a budget. */
  budgetMade: object | undefined;
  /** What CodeBuild and CodePipeline answer, likewise. */
  builds: ((command: Sent) => unknown) | undefined;
  /** What happens while somebody waits. */
  onSleep = (): void => undefined;
  invalidOnes: Invalid[] = [];
  deniedLines: { principal: string; action: string; resource: string }[] = [];
  /** Who signs the requests. */
  principal = 'arn:aws:iam::123456789012:user/learner';
  /** What CloudFormation tells of what became of a stack. */
  events: object[] = [];
  /** What the schedules do while time passes; undefined for a cloud that cannot let it pass. */
  schedules: (() => Promise<void>) | undefined;

  addStack(
    status = 'CREATE_COMPLETE',
    learner = 'me',
    tags = tagsOf('data-prep', learner),
    lab: LabId = 'data-prep',
  ): FakeStack {
    const name = stackName(lab, learner);
    const stack = {
      StackName: name,
      StackId: `arn:aws:cloudformation:us-east-1:000000000000:stack/${name}/1`,
      StackStatus: status,
      CreationTime: new Date(NOW.getTime() - 2 * 3_600_000),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      Outputs: [{ OutputKey: 'DataBucket', OutputValue: 'bucket-1' }],
    };
    this.stacks.push(stack);
    return stack;
  }

  target(name: 'aws' | 'local', options: TargetOptions): Target {
    if (name === 'local') this.running = true;
    const faces = options.faces ? ` ${options.faces.join()}` : '';
    this.log.push(`open ${name}${options.keep === false ? ' private' : ''}${faces}`);
    const recorder = new RequestRecorder();
    recorder.principal = this.principal;
    return {
      name,
      account: name === 'local' ? '000000000000' : '123456789012',
      region: options.region ?? 'us-east-1',
      clients: recorded(this.clients(), recorder) as never,
      ...(name === 'aws' && { clientsIn: (region: string) => this.clientsIn(region) as never }),
      recorder,
      clock: { now: () => NOW, sleep: async () => this.onSleep() },
      shellEnv: (): Record<string, string> =>
        name === 'local'
          ? { AWS_ENDPOINT_URL: 'https://127.0.0.1:4000', AWS_ACCESS_KEY_ID: "it's" }
          : { AWS_REGION: 'us-east-1' },
      denied: async () => this.deniedLines,
      invalid: async () => this.invalidOnes,
      inventory: async () => [...this.things, ...this.unknown, ...this.stacks.map((stack) => stack.StackName)],
      ...(this.schedules && {
        passTime: async (seconds: number) => {
          this.log.push(`pass ${seconds}`);
          await this.schedules!();
          return ['rule lease'];
        },
      }),
      close: async () => void this.log.push('close'),
      stop: async () => void this.log.push('stop'),
    };
  }

  private clientsIn(region: string): Record<string, unknown> {
    const there = this.elsewhere.get(region) ?? new FakeCloud();
    const answers =
      there instanceof FakeCloud ? there.clients() : { cloudformation: { send: async () => Promise.reject(there) } };
    return { ...answers, destroy: () => void this.log.push(`close ${region}`) };
  }

  private clients(): Record<string, unknown> {
    const send = async (command: Sent): Promise<unknown> => this.answer(command);
    const probed = (service: string) => ({
      send: async (command: Sent) => {
        const error = this.closed.get(service);
        if (error) throw error;
        return (/^code/.test(service) && this.builds?.(command)) || {};
      },
    });
    const saying = (answer: () => unknown) => ({
      send: async () => {
        const said = answer();
        if (said instanceof Error) throw said;
        return said;
      },
    });
    return {
      pollMs: 1,
      cloudformation: { send },
      quotas: { send },
      budgets: { send: async (command: Sent) => this.answerBudget(command) },
      ssm: { send },
      glue: probed('glue'),
      athena: probed('athena'),
      codebuild: probed('codebuild'),
      codepipeline: probed('codepipeline'),
      account: saying(() =>
        this.regionStatus instanceof Error ? this.regionStatus : { RegionOptStatus: this.regionStatus },
      ),
      lambda: saying(() => (this.concurrency instanceof Error ? this.concurrency : { AccountLimit: this.concurrency })),
      tagging: saying(() => (this.tagged instanceof Error ? this.tagged : { ResourceTagMappingList: this.tagged })),
      freeTier: {
        getAccountPlanState: async () => {
          if (this.plan instanceof Error) throw this.plan;
          return this.plan;
        },
      },
      sagemaker: this.sagemaker ? { send: async (command: Sent) => this.sagemaker!(command) } : probed('sagemaker'),
    };
  }

  private answerBudget({ constructor, input }: Sent): unknown {
    if (this.budget instanceof Error) throw this.budget;
    this.log.push(`${constructor.name.replace('Command', '')} ${input.AccountId ?? input.ResourceARN}`);
    if (constructor.name === 'CreateBudgetCommand') this.budgetMade = input;
    else if (this.budget === undefined) throw Object.assign(new Error('no budget'), { name: 'NotFoundException' });
    if (constructor.name === 'DeleteBudgetCommand') this.budget = undefined;
    if (constructor.name === 'ListTagsForResourceCommand') return { ResourceTags: this.budget?.tags };
    return {
      Budget: { BudgetLimit: { Amount: this.budget?.Amount }, CalculatedSpend: { ActualSpend: { Amount: '1.5' } } },
    };
  }

  private answerQuota(code: string): unknown {
    const value = this.quotas.get(code);
    if (value instanceof Error) throw value;
    if (value === undefined) throw Object.assign(new Error('no such quota'), { name: 'NoSuchResourceException' });
    return { Quota: { Value: value } };
  }

  private answer({ constructor, input }: Sent): unknown {
    if (constructor.name === 'GetServiceQuotaCommand') return this.answerQuota(input.QuotaCode ?? '');
    if (constructor.name === 'GetAWSDefaultServiceQuotaCommand') return this.answerQuota(`default ${input.QuotaCode}`);
    if (constructor.name === 'ListRequestedServiceQuotaChangeHistoryByQuotaCommand')
      return { RequestedQuotas: this.requests };
    if (constructor.name === 'RequestServiceQuotaIncreaseCommand') {
      if (this.requestFails) throw this.requestFails;
      this.log.push(`request ${input.QuotaCode} ${input.DesiredValue}`);
      const made = { DesiredValue: input.DesiredValue ?? 0, Status: 'PENDING', Created: NOW };
      this.requests.push(made);
      return { RequestedQuota: made };
    }
    if (constructor.name === 'DescribeStacksCommand') {
      if (input.StackName === undefined) return { Stacks: this.stacks };
      const Stacks = this.stacks.filter((stack) => [stack.StackName, stack.StackId].includes(input.StackName ?? ''));
      if (Stacks.length === 0)
        throw Object.assign(new Error(`Stack with id ${input.StackName} does not exist`), { name: 'ValidationError' });
      return { Stacks };
    }
    if (constructor.name === 'GetParameterCommand') {
      if (this.bootstrapped) return { Parameter: { Value: this.bootstrapVersion } };
      throw Object.assign(new Error('no such parameter'), { name: 'ParameterNotFound' });
    }
    if (constructor.name === 'GetParametersByPathCommand')
      return { Parameters: this.records.map((Name) => ({ Name })) };
    if (constructor.name === 'ListStackResourcesCommand') return { StackResourceSummaries: this.resources };
    if (constructor.name === 'DescribeStackEventsCommand') return { StackEvents: this.events };
    if (constructor.name === 'CancelUpdateStackCommand') {
      for (const stack of this.stacks.filter(({ StackId }) => StackId === input.StackName))
        Object.assign(stack, { StackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS' });
      return {};
    }
    throw new Error(`The fake has no ${constructor.name}.`);
  }
}

/** Clients whose requests are recorded, as the real ones' are. */
function recorded(clients: Record<string, unknown>, recorder: RequestRecorder): Record<string, unknown> {
  const watched = (name: string, client: { send?: (command: Sent) => Promise<unknown> }): unknown =>
    client.send === undefined
      ? client
      : {
          ...client,
          send: (command: Sent) =>
            recorder.record(
              name,
              command.constructor.name.replace('Command', ''),
              () => client.send!(command),
              command.input,
            ),
        };
  return Object.fromEntries(
    Object.entries(clients).map(([name, client]) => [
      name,
      typeof client === 'object' && client !== null ? watched(name, client) : client,
    ]),
  );
}

export interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: {
    readonly StackName?: string;
    readonly QuotaCode?: string;
    readonly DesiredValue?: number;
    readonly AccountId?: string;
    readonly ResourceARN?: string;
  };
}

function fakeDeployer(cloud: FakeCloud): Deployer {
  return {
    async synthesize({ lab, learner, modes }): Promise<Assembly> {
      cloud.log.push(`synthesize ${lab} ${learner} ${JSON.stringify(modes)}`);
      const Resources = {
        A: { Type: 'AWS::S3::Bucket' },
        B: { Type: 'AWS::IAM::Role' },
        C: { Type: 'AWS::IAM::Policy' },
        D: { Type: 'Custom::Sweep' },
      };
      return {
        stackName: stackName(lab, learner),
        folder: '/nowhere',
        template: { Resources, Parameters: { LeaseHours: { Default: 8 } } },
        dispose: () => void cloud.log.push('dispose'),
      };
    },
    prepare: () => undefined,
    isBootstrapped: async () => cloud.bootstrapped,
    async bootstrap() {
      cloud.log.push('bootstrap');
      cloud.bootstrapped = true;
    },
    async deploy(_target, assembly, parameters) {
      cloud.log.push(`deploy ${assembly.stackName} ${JSON.stringify(parameters)}`);
      const learner = assembly.stackName.split('-')[2] ?? 'me';
      const present = cloud.stacks.find((stack) => stack.StackName === assembly.stackName);
      if (cloud.deployFails) {
        if (!present) cloud.addStack('ROLLBACK_COMPLETE', learner);
        throw cloud.deployFails;
      }
      if (!present) cloud.addStack('CREATE_COMPLETE', learner);
      else if (present.StackStatus === 'REVIEW_IN_PROGRESS') present.StackStatus = 'CREATE_COMPLETE';
      return { DataBucket: 'bucket-1' };
    },
    async remove(_target, name) {
      cloud.log.push(`remove ${name}`);
      if (cloud.removeFails) throw cloud.removeFails;
      cloud.stacks = cloud.stacks.filter((stack) => stack.StackName !== name && stack.StackId !== name);
    },
    close: async () => undefined,
  };
}

export function ownershipOf(learner = 'me'): Ownership {
  return {
    lab: 'data-prep',
    learner,
    account: '000000000000',
    region: 'us-east-1',
    stackName: stackName('data-prep', learner),
    leaseHours: 8,
    ...NO_NAMES,
  };
}

function fakeTeardown(cloud: FakeCloud): Teardown {
  const found = (): Found[] => [...cloud.things].map((id) => ({ kind: 's3:object', id, because: 'in our bucket' }));
  return {
    readOwnership: async (run) =>
      cloud.record ??
      (cloud.stacks.some((stack) => stack.StackName === run.stackName) ? ownershipOf(run.learner) : undefined),
    async readRecord({ region }) {
      const there = cloud.elsewhere.get(region);
      return there instanceof FakeCloud ? there.record : undefined;
    },
    writeRecord: async (_run, ownership) => void (cloud.record = ownership),
    async removeRecord() {
      cloud.log.push('remove record');
      cloud.record = undefined;
    },
    inventory: async () => found(),
    async sweep(_run, _ownership, { ledger } = {}) {
      const removed = found().filter(({ id }) => !cloud.stuck.has(id));
      ledger?.listed('s3:object', found());
      for (const one of removed) {
        cloud.things.delete(one.id);
        ledger?.removed(one);
      }
      cloud.log.push(`sweep ${removed.length}`);
      return { removed, left: found().map((one) => ({ found: one, error: cloud.stuck.get(one.id) ?? '' })) };
    },
    planOf,
    residueOf: () => [{ what: 'metrics', why: 'AWS keeps them', usd: 0, source: 'https://example.com' }],
  };
}

/** A lab of two steps: `load` puts a thing into the cloud; `ask` is an exercise whose answer must be 42. */
export function fakeLab(cloud: FakeCloud, folder: string): Lab & { steps: Step[] } {
  const needs = (run: LabRun): void => {
    if (run.outputs.DataBucket === undefined)
      throw new LabError('no bucket', { why: 'gone', next: './lab up data-prep' });
  };
  const load: Step = {
    id: 'load',
    title: 'Load the data',
    predict: 'How many objects will there be?',
    awsMinutes: 1,
    hints: ['Look at S3.', 'It is one object.'],
    async act(run) {
      needs(run);
      cloud.things.add('raw/one');
    },
    check: async (run) =>
      cloud.things.has('raw/one')
        ? { done: true, saw: 'One object.', next: 'Go on.' }
        : { done: false, saw: 'No object.', next: `./lab step data-prep load --target ${run.target}` },
    explain: (run) => [`aws s3 cp data s3://${run.outputs.DataBucket}/raw/`],
  };
  const ask: Step = {
    id: 'ask',
    title: 'Ask a question',
    predict: 'What is the answer?',
    awsMinutes: 2,
    hints: [],
    exercise: {
      file: 'answer.sql',
      template: 'exercises/answer.sql',
      solution: 'solutions/answer.sql',
      ask: 'Write the answer.',
      teaches: 'Numbers are answers.',
      alternative: '6 * 7 is right as well.',
    },
    async act(run) {
      const { readFileSync } = await import('node:fs');
      cloud.things.add(`answer/${readFileSync(join(run.workDir ?? '', 'answer.sql'), 'utf8').trim()}`);
    },
    check: async () =>
      cloud.things.has('answer/42')
        ? { done: true, saw: 'It is 42.', next: '' }
        : { done: false, saw: 'It is not 42.', next: './lab hint data-prep ask' },
    explain: () => ['aws athena start-query-execution'],
  };
  for (const [sub, text] of [
    ['exercises', '-- write here\n'],
    ['solutions', '42\n'],
  ] as const) {
    mkdirSync(join(folder, sub), { recursive: true });
    writeFileSync(join(folder, sub, 'answer.sql'), text);
  }
  writeFileSync(
    join(folder, 'README.md'),
    '# The lab\n\nHello.\n\n## 1. Load (`load`)\n\nBring **it** in.\n\n### Why\n\nBecause.\n\n## 2. Ask (`ask`)\n\nThen ask.\n',
  );
  return {
    id: 'data-prep',
    title: 'Prepare data',
    summary: 'From raw to ready.',
    steps: [load, ask],
    modes: [],
    folder,
    cost: () => [{ item: 'Storage', usdPerHour: 0.01, usdPerRun: 0.5, basis: '1 GB' }],
    needs: ['Glue must be allowed'],
    kinds: [],
  };
}

/** A fault that takes a thing away which the lab needs: it works again when the thing is there. */
export function fakeFault(cloud: FakeCloud, id: string): Fault {
  return {
    id,
    title: `The thing ${id} was taken away`,
    task: '4.2',
    needs: ['load'],
    prepare: async () => ({ thing: `good/${id}` }),
    async inject(_run, memory) {
      cloud.things.add(`bad/${id}`);
      return `The pager: ${memory.thing} is missed.`;
    },
    check: async () =>
      cloud.things.has(`bad/${id}`)
        ? { done: false, saw: 'It is still missed.', next: 'Find out why.' }
        : { done: true, saw: 'It is there.', next: '' },
    hints: ['Look around.', 'Look closer.'],
    mend: async () => void cloud.things.delete(`bad/${id}`),
    seen: () => ['the console'],
    prevented: 'A review.',
  };
}

/** A challenge of two criteria: an object must lie there, and there may be two at most. A look may be refused. */
export function fakeChallenge(cloud: FakeCloud): Challenge {
  return {
    id: 'keep-one',
    title: 'Keep an object',
    brief: ['Somebody wants an object.', 'It has to be there.'],
    constraints: ['No more than two.'],
    minutes: 5,
    task: '1.1',
    cost: 'nothing.',
    steps: ['load'],
    criteria: [
      {
        id: 'there',
        points: 3,
        what: 'An object is there',
        async check() {
          if (cloud.things.has('refused')) throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
          if (cloud.things.has('unfinished'))
            throw new LabError('It is half there.', {
              why: 'So you left it.',
              next: 'the rest',
              exit: Exit.CheckFailed,
            });
          return cloud.things.size > 0
            ? { done: true, saw: 'One is there.', next: '' }
            : { done: false, saw: 'There is none.', next: 'what puts one there' };
        },
      },
      {
        id: 'few',
        points: 2,
        what: 'There are one or two',
        check: async () => ({
          done: cloud.things.size === 1 || cloud.things.size === 2,
          saw: `There are ${cloud.things.size}.`,
          next: 'which of them are needed',
        }),
      },
    ],
    learn: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html'],
  };
}

export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The JSON document, where stdout is exactly one. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  json(): any;
}

export interface Setting {
  /** Lines that somebody types, or what they do before that; without it nobody is there. */
  readonly typed?: readonly (string | (() => string))[];
  readonly env?: Record<string, string>;
  readonly columns?: number;
  /** Milliseconds that pass each time somebody looks at the clock. @default 10 */
  readonly tick?: number;
}

/** Everything together; call `clean` at the end. */
export class World {
  readonly cloud = new FakeCloud();
  readonly root = mkdtempSync(join(tmpdir(), 'mla-labs-test-'));
  readonly lab = fakeLab(this.cloud, join(this.root, 'labs/data-prep'));
  readonly challenges: readonly Challenge[] = [fakeChallenge(this.cloud)];
  readonly interrupts = new Interrupts();
  faults: Fault[] = ['late', 'slow'].map((id) => fakeFault(this.cloud, id));
  /** A machine that has all; tests take things away. */
  machine: Machine = {
    ask: async (command) =>
      ({ npm: '10.9.0', python3: '3.12', java: 'openjdk version "21.0.1"', aws: 'aws-cli/2.34.44 Python/3.13' })[
        command
      ],
    node: 'v22.1.0',
    packages: async () => [
      { name: 'mla-labs', wanted: '0.2.0', installed: '0.2.0' },
      { name: 'aws-cdk-lib', wanted: '2.273.0', installed: '2.273.0' },
    ],
    memoryBytes: 8 * 2 ** 30,
    freeBytes: async () => 50 * 2 ** 30,
    installed: async () => true,
    functionNode: async () => 'own',
  };
  /** Serves nothing, and ends at once. */
  workbench: Workbench = {
    serve: async () => ({
      link: (path) => `http://127.0.0.1:4000/${path}?token=t`,
      closed: Promise.resolve(),
      close: async () => [],
    }),
  };
  private readonly deployer = fakeDeployer(this.cloud);
  readonly deps: Deps = {
    root: this.root,
    labs: ['data-prep'],
    loadLab: async () => this.lab,
    loadFaults: async () => this.faults,
    loadChallenges: async () => this.challenges,
    openTarget: async (name, options) => this.cloud.target(name, options),
    localCloudRuns: async () => this.cloud.running,
    localCloudRegion: async () => (this.cloud.running ? this.cloud.region : undefined),
    makeDeployer: async () => this.deployer,
    teardown: async () => fakeTeardown(this.cloud),
    spending: async () => ({ spendingOf: async () => this.cloud.spending() }),
    machine: async () => this.machine,
    workbench: async () => this.workbench,
  };

  work(file: string): string {
    return join(this.root, 'work/data-prep', file);
  }

  async run(line: string, setting: Setting = {}): Promise<Result> {
    let out = '';
    let err = '';
    const tty = setting.typed !== undefined;
    const stdin = Object.assign(new PassThrough(), { isTTY: tty });
    const answers = [...(setting.typed ?? [])];
    let milliseconds = 0;
    const streams: Streams = {
      stdout: { write: (text) => (out += text), columns: setting.columns },
      stderr: {
        write(text) {
          err += text;
          // Answers come when they are asked for, as from a person.
          if (/(\[y\/N\]|skips\):|them all:|graded:) $/.test(text)) {
            const next = answers.shift() ?? '';
            stdin.write(`${typeof next === 'string' ? next : next()}\n`);
          }
          return true;
        },
        isTTY: tty,
        columns: setting.columns,
        ...({
          on: () => undefined,
          once: () => undefined,
          removeListener: () => undefined,
          off: () => undefined,
          emit: () => false,
        } as object),
      },
      stdin,
      env: setting.env ?? {},
      now: () => (milliseconds += setting.tick ?? 10),
    };
    const code = await main(line.split(' ').filter(Boolean), this.deps, streams, this.interrupts);
    const words = line.split(' ').filter(Boolean);
    if (words.includes('--json') && out !== '') {
      const faults = schemaFaults(words[0]!, JSON.parse(out));
      if (faults.length > 0) throw new Error(`The document of ${line} is not as its schema says: ${faults.join('; ')}`);
    }
    return { code, out, err, json: () => JSON.parse(out) as unknown };
  }

  clean(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
