/** Jobs, models and versions of SageMaker that are ours, whoever made them: by role, by bucket, by tags, by group. */
import {
  DescribeHyperParameterTuningJobCommand,
  DescribeModelCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  ListHyperParameterTuningJobsCommand,
  ListModelPackageGroupsCommand,
  ListModelsCommand,
  ListProcessingJobsCommand,
  ListTagsCommand,
  ListTrainingJobsCommand,
} from '@aws-sdk/client-sagemaker';
import { inParallel } from '../../../aws/s3';
import { arnHere } from '../../arns';
import { provenNames, taggedArns, usesOurRole } from '../../ownership-proof';
import { orUndefined } from '../../errors';
import { listAll } from '../../pages';
import type { LabNames, Scope } from '../../kind';
import { isIn, ourBuckets } from '../s3/ours';

/** A job that is ours. */
export interface OurJob {
  readonly name: string;
  /** SageMaker's status; `InProgress` and `Stopping` go on. */
  readonly status: string;
  readonly because: string;
}

export const isRunning = ({ status }: Pick<OurJob, 'status'>): boolean =>
  status === 'InProgress' || status === 'Stopping';

/** Training jobs, those that a tuning job began included. */
export function ourTrainingJobs(scope: Scope): Promise<readonly OurJob[]> {
  return scope.once('training jobs', () =>
    ours(scope, {
      arn: 'training-job',
      names: async (NextToken) => {
        const page = await scope.run.clients.sagemaker.send(
          new ListTrainingJobsCommand({ NextToken, MaxResults: 100 }),
        );
        return { names: page.TrainingJobSummaries?.map((one) => one.TrainingJobName), next: page.NextToken };
      },
      describe: async (TrainingJobName) => {
        const job = await scope.run.clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
        return {
          status: job.TrainingJobStatus,
          role: job.RoleArn,
          uris: [job.OutputDataConfig?.S3OutputPath],
        };
      },
    }),
  );
}

export function ourProcessingJobs(scope: Scope): Promise<readonly OurJob[]> {
  return scope.once('processing jobs', () =>
    ours(scope, {
      arn: 'processing-job',
      names: async (NextToken) => {
        const page = await scope.run.clients.sagemaker.send(
          new ListProcessingJobsCommand({ NextToken, MaxResults: 100 }),
        );
        return { names: page.ProcessingJobSummaries?.map((one) => one.ProcessingJobName), next: page.NextToken };
      },
      describe: async (ProcessingJobName) => {
        const job = await scope.run.clients.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName }));
        return {
          status: job.ProcessingJobStatus,
          role: job.RoleArn,
          uris: job.ProcessingOutputConfig?.Outputs?.map((one) => one.S3Output?.S3Uri),
        };
      },
    }),
  );
}

export function ourTuningJobs(scope: Scope): Promise<readonly OurJob[]> {
  return scope.once('tuning jobs', () =>
    ours(scope, {
      arn: 'hyper-parameter-tuning-job',
      names: async (NextToken) => {
        const page = await scope.run.clients.sagemaker.send(
          new ListHyperParameterTuningJobsCommand({ NextToken, MaxResults: 100 }),
        );
        return {
          names: page.HyperParameterTuningJobSummaries?.map((one) => one.HyperParameterTuningJobName),
          next: page.NextToken,
        };
      },
      describe: async (HyperParameterTuningJobName) => {
        const job = await scope.run.clients.sagemaker.send(
          new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName }),
        );
        const definitions = [job.TrainingJobDefinition, ...(job.TrainingJobDefinitions ?? [])];
        return {
          status: job.HyperParameterTuningJobStatus,
          role: definitions.find((one) => one?.RoleArn)?.RoleArn,
          uris: definitions.map((one) => one?.OutputDataConfig?.S3OutputPath),
        };
      },
    }),
  );
}

/** Models made with our role, our model data, a version in our group, or our tags. */
export function ourModels(scope: Scope): Promise<readonly OurJob[]> {
  return scope.once('models', () =>
    ours(scope, {
      arn: 'model',
      names: async (NextToken) => {
        const page = await scope.run.clients.sagemaker.send(new ListModelsCommand({ NextToken, MaxResults: 100 }));
        return { names: page.Models?.map((one) => one.ModelName), next: page.NextToken };
      },
      describe: async (ModelName) => {
        const model = await scope.run.clients.sagemaker.send(new DescribeModelCommand({ ModelName }));
        const containers = [model.PrimaryContainer, ...(model.Containers ?? [])];
        return {
          status: 'Completed',
          role: model.ExecutionRoleArn,
          uris: containers.map((one) => one?.ModelDataUrl ?? one?.ModelDataSource?.S3DataSource?.S3Uri),
          versions: containers.map((one) => one?.ModelPackageName),
        };
      },
    }),
  );
}

interface Source {
  /** Resource type in ARNs. */
  readonly arn: string;
  names(token: string | undefined): Promise<{ names?: (string | undefined)[]; next?: string }>;
  describe(name: string): Promise<Described>;
}

interface Described {
  readonly status?: string;
  readonly role?: string;
  readonly uris?: readonly (string | undefined)[];
  /** ARNs of the model versions that it is made of. */
  readonly versions?: readonly (string | undefined)[];
}

/** Few enough for AWS's rate limits; where it says otherwise, the SDK waits and asks again. */
const AT_A_TIME = 5;

async function ours(scope: Scope, source: Source): Promise<OurJob[]> {
  const buckets = [...(await ourBuckets(scope)).keys()];
  const tagged = await taggedArns(scope);
  const { region, account } = scope.run;
  const found: OurJob[] = [];
  const names = await listAll(async (token) => {
    const page = await source.names(token);
    return { items: page.names, next: page.next };
  });
  for (const { name, seen } of await describeAll(names, source)) {
    // A job that is being deleted is still listed for a while, and takes no second request.
    if (seen === undefined || seen.status === 'Deleting') continue;
    const uris = seen.uris?.filter((one) => one !== undefined) ?? [];
    // Somebody else's job may write to our bucket among others; that does not make it ours.
    const [uri] = uris.every((one) => isIn(buckets, one)) ? uris : [];
    // SageMaker writes names in ARNs in lower case.
    const suffix = `:sagemaker:${region}:${account}:${source.arn}/${name.toLowerCase()}`;
    const because = (await usesOurRole(scope, seen.role))
      ? `it uses our role ${seen.role}`
      : uri
        ? `it belongs to ${uri}`
        : [...tagged].some((arn) => arn.toLowerCase().endsWith(suffix))
          ? 'with our tags'
          : await whyByVersion(scope, seen.versions);
    if (because) found.push({ name, status: seen.status ?? '', because });
  }
  return found;
}

/** Describes things, a few at a time: an account may have thousands of jobs, and nothing but a look tells whose they are. */
async function describeAll(
  names: readonly (string | undefined)[],
  { describe }: Source,
): Promise<{ readonly name: string; readonly seen: Described | undefined }[]> {
  const all = names.filter((name) => name !== undefined && name !== '') as string[];
  const seen = new Map<string, Described | undefined>();
  await inParallel(all, async (name) => void seen.set(name, await orUndefined(describe(name))), AT_A_TIME);
  return all.map((name) => ({ name, seen: seen.get(name) }));
}

/** A model made of a version in our group, whoever's role it has. */
async function whyByVersion(scope: Scope, versions: readonly (string | undefined)[] = []): Promise<string | undefined> {
  const arns = versions.filter((one) => one !== undefined);
  if (arns.length === 0) return undefined;
  const groups = new Set([...(await ourGroups(scope)).keys()].map((name) => name.toLowerCase()));
  const start = arnHere(scope.run, 'sagemaker', 'model-package/');
  const ours = arns.every(
    (arn) => arn.startsWith(start) && groups.has(arn.slice(start.length).split('/')[0]!.toLowerCase()),
  );
  return ours ? `it is made of our version ${arns[0]}` : undefined;
}

/** Our groups of versions that exist, each with the reason: recorded and proven, or with our tags. */
export function ourGroups(scope: Scope): Promise<ReadonlyMap<string, string>> {
  return scope.once('model package groups', async () => {
    const { sagemaker } = scope.run.clients;
    const found = new Map<string, string>();
    const exist = new Map<string, string>();
    const groups = await listAll(async (NextToken) => {
      const page = await sagemaker.send(new ListModelPackageGroupsCommand({ NextToken, MaxResults: 100 }));
      return { items: page.ModelPackageGroupSummaryList, next: page.NextToken };
    });
    for (const { ModelPackageGroupName: name, ModelPackageGroupArn: arn } of groups)
      if (name && arn) exist.set(name, arn);
    const recorded = await provenNames(scope, 'modelPackageGroups', async (name) => {
      const arn = exist.get(name);
      return arn === undefined ? undefined : (await sagemaker.send(new ListTagsCommand({ ResourceArn: arn }))).Tags;
    });
    const tagged = new Set([...(await taggedArns(scope))].map((arn) => arn.toLowerCase()));
    for (const [name, arn] of exist) {
      const because = recorded.get(name) ?? (tagged.has(arn.toLowerCase()) ? 'with our tags' : undefined);
      if (because) found.set(name, because);
    }
    return found;
  });
}

/** ARNs of things of SageMaker, for permissions. */
export function sagemakerArns(place: LabNames, ...resources: string[]): string[] {
  return resources.map((resource) => `arn:${place.partition}:sagemaker:${place.region}:${place.account}:${resource}`);
}
