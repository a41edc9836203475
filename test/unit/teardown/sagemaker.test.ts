/** SageMaker's kinds against an account in which a learner was at work, beside a neighbour whose things must survive. */
import type { LabRun } from '../../../lib/course/run';
import { NO_NAMES, type Ownership } from '../../../lib/teardown/ownership';
import { inventory, sweep } from '../../../lib/teardown/sweep';
import { ACCOUNT, FakeCloud, REGION } from './fake-cloud';

const OURS = { 'mla-labs:lab': 'training', 'mla-labs:learner': 'me' };
const BUCKET = 'mlalabs-training-databucket-abc';
const GROUP = 'mla-labs-training-me';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/MlaLabs-Training-TrainRole-1`;
const THEIRS = `arn:aws:iam::${ACCOUNT}:role/theirs`;
const TRAINING_LOGS = '/aws/sagemaker/TrainingJobs';

type Sort = 'TrainingJob' | 'ProcessingJob' | 'HyperParameterTuningJob' | 'Model';
interface Thing {
  readonly role: string;
  readonly output: string;
  /** A second output, of a processing job. */
  readonly more?: string;
  status: string;
  /** How often it is still seen as `Stopping`. */
  stopping?: number;
  readonly children?: readonly string[];
}

const gone = (): Error => Object.assign(new Error('Could not find it.'), { name: 'ResourceNotFound' });
const conflict = (what: string): Error => Object.assign(new Error(what), { name: 'ConflictException' });

const refused = (why: string): Error =>
  Object.assign(new Error(`The request was rejected because ${why}`), { name: 'ValidationException' });

/** An account with SageMaker in it, which refuses what SageMaker refuses. */
class Account extends FakeCloud {
  readonly things: Record<Sort, Map<string, Thing>> = {
    TrainingJob: new Map(),
    ProcessingJob: new Map(),
    HyperParameterTuningJob: new Map(),
    Model: new Map(),
  };
  readonly groupTags = new Map<string, Record<string, string>>();
  /** Groups that lists have though they are gone. */
  readonly lateGroups = new Set<string>();
  readonly versions = new Set<string>();
  readonly done: string[] = [];
  /** Happens to a job just before a request to stop it arrives. */
  beforeStop?: (job: Thing) => void;
  /** What every request is answered with, where the account may not use SageMaker. */
  closed?: Error;
  /** Whether deleted jobs stay listed as `Deleting`. */
  deletesSlowly = false;

  override run(): LabRun {
    const run = super.run('me', 'training');
    const sagemaker = { send: (command: object) => this.sagemaker(command) };
    const clients = new Proxy(run.clients, {
      get: (own, key) => (key === 'sagemaker' ? sagemaker : (own as never)[key]),
    });
    return { ...run, clients };
  }

  private async sagemaker(command: object): Promise<unknown> {
    if (this.closed) throw this.closed;
    const name = command.constructor.name.replace(/Command$/, '');
    const input = (command as { input: Record<string, string> }).input;
    const [, verb, sort] =
      /^(List|Describe|Stop|Delete)(TrainingJob|ProcessingJob|HyperParameterTuningJob|Model)s?$/.exec(name) ?? [];
    if (verb !== undefined) return this.thing(verb, sort as Sort, input);
    if (name === 'ListModelPackageGroups') {
      return {
        ModelPackageGroupSummaryList: [...this.groupTags.keys()].map((group) => ({
          ModelPackageGroupName: group,
          ModelPackageGroupArn: arn(`model-package-group/${group}`),
        })),
      };
    }
    if (name === 'ListEndpoints') return { Endpoints: [] };
    if (name === 'ListEndpointConfigs') return { EndpointConfigs: [] };
    if (name === 'ListTags') {
      const tags = this.groupTags.get(input.ResourceArn!.split('/').at(-1)!);
      return { Tags: Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value })) };
    }
    if (name === 'ListModelPackages') {
      return {
        ModelPackageSummaryList: [...this.versions]
          .filter((one) => one.includes(`/${input.ModelPackageGroupName}/`))
          .map((ModelPackageArn) => ({ ModelPackageArn })),
      };
    }
    if (name === 'DescribeModelPackageGroup') {
      if (!this.lateGroups.delete(input.ModelPackageGroupName!)) return {};
      this.groupTags.delete(input.ModelPackageGroupName!); // The next list has caught up.
      throw Object.assign(new Error('ModelPackageGroup does not exist.'), { name: 'ValidationException' });
    }
    this.done.push(`${name} ${Object.values(input)[0]}`);
    if (name === 'DeleteModelPackage') return void this.versions.delete(input.ModelPackageName!);
    if (name === 'DeleteModelPackageGroup') {
      if ([...this.versions].some((one) => one.includes(`/${input.ModelPackageGroupName}/`)))
        throw conflict('The group has versions.');
      return void this.groupTags.delete(input.ModelPackageGroupName!);
    }
    throw new Error(`The fake lacks ${name}.`);
  }

  private thing(verb: string, sort: Sort, input: Record<string, string>): unknown {
    const all = this.things[sort];
    const key = Object.keys(input).find((one) => one.endsWith('Name'));
    const id = key === undefined ? '' : input[key]!;
    const one = all.get(id);
    if (one?.status === 'Deleting' && verb === 'Delete') throw conflict(`${id} is being deleted.`);
    if (verb === 'List') {
      const summaries = [...all.keys()].map((name) => ({ [`${sort}Name`]: name }));
      return { [sort === 'Model' ? 'Models' : `${sort}Summaries`]: summaries };
    }
    if (one === undefined) throw gone();
    if (verb === 'Describe') {
      if (one.status === 'Stopping' && (one.stopping ?? 0) > 0) one.stopping! -= 1;
      else if (one.status === 'Stopping') one.status = 'Stopped';
      else if (one.status === 'Asked') one.status = 'Stopping';
      const output = { S3OutputPath: one.output };
      return {
        [`${sort}Status`]: one.status === 'Asked' ? 'Stopping' : one.status,
        RoleArn: one.role,
        ExecutionRoleArn: one.role,
        OutputDataConfig: output,
        PrimaryContainer: { ModelDataUrl: `${one.output}model.tar.gz` },
        ProcessingOutputConfig: {
          Outputs: [one.output, one.more].flatMap((uri) => (uri ? [{ S3Output: { S3Uri: uri } }] : [])),
        },
        TrainingJobDefinition: { RoleArn: one.role, OutputDataConfig: output },
      };
    }
    this.done.push(`${verb}${sort} ${id}`);
    if (verb === 'Stop') {
      this.beforeStop?.(one);
      if (one.status !== 'InProgress') throw refused(`the job is in status ${one.status}.`);
      one.status = 'Asked';
      for (const child of one.children ?? []) this.things.TrainingJob.get(child)!.status = 'Stopped';
    } else {
      if (['InProgress', 'Asked', 'Stopping'].includes(one.status)) throw conflict(`${id} goes on.`);
      if (this.deletesSlowly && sort !== 'Model') one.status = 'Deleting';
      else all.delete(id);
    }
    return {};
  }
}

const arn = (resource: string): string => `arn:aws:sagemaker:${REGION}:${ACCOUNT}:${resource}`;

const OWNERSHIP: Ownership = {
  ...NO_NAMES,
  lab: 'training',
  learner: 'me',
  account: ACCOUNT,
  region: REGION,
  stackName: 'MlaLabs-Training',
  leaseHours: 8,
  buckets: [BUCKET],
  roles: [ROLE],
  modelPackageGroups: [GROUP],
};

/** The stack stands; a learner trained, and so did a neighbour whose jobs are named like ours. */
function atWork(): Account {
  const cloud = new Account();
  cloud.stack = {
    status: 'CREATE_COMPLETE',
    created: new Date(cloud.time),
    resources: [
      { type: 'AWS::S3::Bucket', id: BUCKET },
      { type: 'AWS::IAM::Role', id: 'MlaLabs-Training-TrainRole-1' },
      { type: 'AWS::SageMaker::ModelPackageGroup', id: GROUP },
    ],
  };
  cloud.buckets.set(BUCKET, { tags: OURS, versions: ['data/a'], uploads: [] });
  cloud.roles.set('MlaLabs-Training-TrainRole-1', OURS);
  const { TrainingJob, ProcessingJob, HyperParameterTuningJob, Model } = cloud.things;
  const ours = (status: string, children?: string[]): Thing => ({
    role: ROLE,
    output: `s3://${BUCKET}/models/`,
    status,
    children,
  });
  const theirs = (status: string): Thing => ({ role: THEIRS, output: 's3://elsewhere/', status });
  TrainingJob.set('mla-train-me--1', ours('Completed'));
  TrainingJob.set('by-console', { role: THEIRS, output: `s3://${BUCKET}/mine/`, status: 'Failed' });
  TrainingJob.set('tune-001', ours('Completed'));
  TrainingJob.set('tune-002', ours('InProgress'));
  TrainingJob.set('mla-train-me--1-other', theirs('InProgress'));
  ProcessingJob.set('mla-eval-me--1', ours('InProgress'));
  ProcessingJob.set('theirs', theirs('Completed'));
  HyperParameterTuningJob.set('tune', ours('InProgress', ['tune-002']));
  Model.set('made-by-hand', ours('Completed'));
  Model.set('theirs', theirs('Completed'));
  cloud.groupTags.set(GROUP, OURS);
  cloud.groupTags.set('theirs', {});
  cloud.versions
    .add(arn(`model-package/${GROUP}/1`))
    .add(arn(`model-package/${GROUP}/2`))
    .add(arn('model-package/theirs/1'));
  const streams = ['mla-train-me--1/algo-1-1', 'by-console/algo-1-1', 'mla-train-me--1-other/algo-1-1'];
  cloud.groups.set(TRAINING_LOGS, { tags: {}, streams: new Set(streams) });
  return cloud;
}

describe('what training leaves', () => {
  test('goes, whoever made it; a neighbour’s things stay, though they are named alike', async () => {
    const cloud = atWork();
    const { left } = await sweep(cloud.run(), OWNERSHIP);
    expect(left).toEqual([]);
    expect([...cloud.things.TrainingJob.keys()]).toEqual(['mla-train-me--1-other']);
    expect([...cloud.things.ProcessingJob.keys()]).toEqual(['theirs']);
    expect([...cloud.things.HyperParameterTuningJob.keys()]).toEqual([]);
    expect([...cloud.things.Model.keys()]).toEqual(['theirs']);
    expect([...cloud.versions]).toEqual([arn('model-package/theirs/1')]);
    expect([...cloud.groups.get(TRAINING_LOGS)!.streams]).toEqual(['mla-train-me--1-other/algo-1-1']);
    expect(await inventory(cloud.run(), OWNERSHIP)).toEqual([]);
  });

  test.each(['SubscriptionRequiredException', 'OptInRequired'])(
    'is nothing where SageMaker is closed to the account (%s); the rest is found all the same',
    async (name) => {
      const cloud = atWork();
      cloud.closed = Object.assign(new Error('The AWS Access Key Id needs a subscription for the service'), { name });
      const ours = await inventory(cloud.run(), OWNERSHIP);
      expect(ours.map(({ kind }) => kind)).toContain('s3:objects');
      expect(ours.filter(({ kind }) => kind.startsWith('sagemaker:'))).toEqual([]);
      expect((await sweep(cloud.run(), OWNERSHIP)).left).toEqual([]);
    },
  );

  test('is not asked to go where a list still has a group that is gone', async () => {
    const cloud = atWork();
    await sweep(cloud.run(), OWNERSHIP);
    cloud.done.splice(0);
    cloud.groupTags.set('late', OURS);
    cloud.lateGroups.add('late');
    expect((await sweep(cloud.run(), OWNERSHIP)).left).toEqual([]);
    expect(cloud.done).toEqual([]);
  });

  test('goes in order: the tuning job stops before its trainings are deleted', async () => {
    const cloud = atWork();
    await sweep(cloud.run(), OWNERSHIP);
    const at = (what: string): number => cloud.done.indexOf(what);
    expect(at('StopHyperParameterTuningJob tune')).toBeGreaterThanOrEqual(0);
    expect(at('StopHyperParameterTuningJob tune')).toBeLessThan(at('DeleteTrainingJob tune-002'));
    expect(at('StopProcessingJob mla-eval-me--1')).toBeLessThan(at('DeleteProcessingJob mla-eval-me--1'));
    expect(at('DeleteTrainingJob tune-001')).toBeLessThan(at('DeleteHyperParameterTuningJob tune'));
  });

  test.each(['TrainingJob', 'ProcessingJob', 'HyperParameterTuningJob'] as const)(
    'waits for a %s that a learner has stopped: SageMaker refuses to stop it twice',
    async (sort) => {
      const cloud = atWork();
      cloud.things[sort].set('stopped', {
        role: ROLE,
        output: `s3://${BUCKET}/models/`,
        status: 'Stopping',
        stopping: 6,
      });
      const { left } = await sweep(cloud.run(), OWNERSHIP);
      expect(left).toEqual([]);
      expect(cloud.things[sort].has('stopped')).toBe(false);
      expect(cloud.done).not.toContain(`Stop${sort} stopped`);
    },
  );

  test('a job that ends between the look and the request to stop is over, and no failure', async () => {
    const cloud = atWork();
    const told: string[] = [];
    cloud.beforeStop = (job) => (job.status = 'Completed');
    const { left } = await sweep(cloud.run(), OWNERSHIP, {
      report: ({ what, error }) => what === 'failed' && told.push(error!),
    });
    expect([left, told]).toEqual([[], []]);
  });

  test('the stack’s own group is left to CloudFormation, and removed when the stack is gone', async () => {
    const cloud = atWork();
    await sweep(cloud.run(), OWNERSHIP);
    expect([...cloud.groupTags.keys()]).toEqual([GROUP, 'theirs']);
    cloud.stack = undefined;
    const { left } = await sweep(cloud.run(), OWNERSHIP);
    expect(left).toEqual([]);
    expect([...cloud.groupTags.keys()]).toEqual(['theirs']);
  });

  test('counts as gone while SageMaker takes its time to delete it: asking again would be refused', async () => {
    const cloud = atWork();
    cloud.deletesSlowly = true;
    const { left, removed } = await sweep(cloud.run(), OWNERSHIP);
    expect(left).toEqual([]);
    expect(removed.map(({ id }) => id)).toEqual(expect.arrayContaining(['mla-train-me--1', 'mla-eval-me--1', 'tune']));
  });

  test('does not include a neighbour’s job that writes to our bucket among others', async () => {
    const cloud = atWork();
    cloud.things.ProcessingJob.set('export', {
      role: THEIRS,
      output: `s3://${BUCKET}/copy/`,
      more: 's3://elsewhere/copy/',
      status: 'InProgress',
    });
    await sweep(cloud.run(), OWNERSHIP);
    expect(cloud.things.ProcessingJob.get('export')?.status).toBe('InProgress');
  });

  test('a recorded group without our tags is not believed once the stack is gone', async () => {
    const cloud = atWork();
    cloud.stack = undefined;
    const claimed = { ...OWNERSHIP, modelPackageGroups: ['theirs'] };
    await sweep(cloud.run(), claimed);
    expect([...cloud.groupTags.keys()]).toContain('theirs');
    expect([...cloud.versions]).toContain(arn('model-package/theirs/1'));
  });
});
