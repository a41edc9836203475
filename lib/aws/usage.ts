/** What an account uses of a quota at this moment: instances behind endpoints, concurrency of serverless ones, running jobs. */
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  ListEndpointsCommand,
  ListProcessingJobsCommand,
  ListTagsCommand,
  ListTrainingJobsCommand,
} from '@aws-sdk/client-sagemaker';
import { TAG_LAB, TAG_LEARNER } from '../course/names';
import type { Quota } from '../course/model';
import type { Clients } from '../target/clients';
import { isNotFound } from './not-found';
import { inParallel } from './s3';

/** One thing that uses some of a quota. */
export interface QuotaUser {
  readonly what: string;
  readonly count: number;
  /** The lab that it carries the tags of. */
  readonly lab?: string;
  readonly learner?: string;
}

export interface Usage {
  readonly by: readonly QuotaUser[];
  /** Endpoints stay until somebody deletes them; jobs end by themselves. */
  readonly lasts: boolean;
}

const SERVERLESS = /total concurrency.*serverless/;

type Asker = Pick<Clients, 'sagemaker'>;

/** How many things are looked at, newest first: more say nothing new, and AWS limits the rate of questions. */
const LOOKED_AT = 100;

/** Whether what a lab takes of a quota stays taken while the lab stands: endpoints do, jobs end. */
export const staysTaken = ({ service, name }: Pick<Quota, 'service' | 'name'>): boolean =>
  service === 'sagemaker' && (/ for endpoint usage$/.test(name) || SERVERLESS.test(name));

/** @returns undefined for a quota whose use nothing tells: builds, functions */
export async function usageOf(clients: Asker, { name, service }: Quota): Promise<Usage | undefined> {
  if (service !== 'sagemaker') return undefined;
  const [, type = '', of = ''] =
    /^(ml\.\S+) for (endpoint|(?:spot )?training job|processing job) usage$/.exec(name) ?? [];
  if (of === 'endpoint') return { by: await endpoints(clients, type), lasts: true };
  if (SERVERLESS.test(name)) return { by: await endpoints(clients, undefined), lasts: true };
  if (of === 'processing job') return { by: await processing(clients, type), lasts: false };
  if (of !== '') return { by: await training(clients, type, of.startsWith('spot')), lasts: false };
  return undefined;
}

/** @param type of instances; undefined counts the concurrency of serverless variants */
async function endpoints({ sagemaker }: Asker, type: string | undefined): Promise<QuotaUser[]> {
  const { Endpoints = [] } = await sagemaker.send(
    new ListEndpointsCommand({ MaxResults: LOOKED_AT, SortBy: 'CreationTime', SortOrder: 'Descending' }),
  );
  return each(Endpoints, async ({ EndpointName, EndpointArn }) => {
    const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
    const { EndpointConfigName, ProductionVariants: live = [], PendingDeploymentSummary: pending } = endpoint;
    const { ProductionVariants: configured = [] } = await sagemaker.send(
      new DescribeEndpointConfigCommand({ EndpointConfigName }),
    );
    let count = 0;
    for (const variant of configured) {
      if (type === undefined) count += variant.ServerlessConfig?.MaxConcurrency ?? 0;
      else if (variant.InstanceType === type) {
        const now = live.find(({ VariantName }) => VariantName === variant.VariantName);
        count += Math.max(
          now?.CurrentInstanceCount ?? variant.InitialInstanceCount ?? 0,
          now?.DesiredInstanceCount ?? 0,
        );
      }
    }
    // While another configuration takes over, its instances count as well.
    for (const { InstanceType, DesiredInstanceCount = 0, CurrentInstanceCount = 0 } of pending?.ProductionVariants ??
      [])
      if (type !== undefined && InstanceType === type) count += Math.max(DesiredInstanceCount, CurrentInstanceCount);
    return count > 0
      ? { what: `endpoint ${EndpointName}`, count, ...(await ownerOf({ sagemaker }, EndpointArn)) }
      : undefined;
  });
}

/** To know whose it is helps, no more: that the tags cannot be read is no failure. */
async function ownerOf(
  { sagemaker }: Asker,
  ResourceArn: string | undefined,
): Promise<Pick<QuotaUser, 'lab' | 'learner'>> {
  try {
    const { Tags = [] } = await sagemaker.send(new ListTagsCommand({ ResourceArn }));
    const valueOf = (key: string): string | undefined => Tags.find(({ Key }) => Key === key)?.Value;
    return { lab: valueOf(TAG_LAB), learner: valueOf(TAG_LEARNER) };
  } catch {
    return {};
  }
}

async function processing({ sagemaker }: Asker, type: string): Promise<QuotaUser[]> {
  const { ProcessingJobSummaries = [] } = await sagemaker.send(
    new ListProcessingJobsCommand({ StatusEquals: 'InProgress', MaxResults: LOOKED_AT }),
  );
  return each(ProcessingJobSummaries, async ({ ProcessingJobName }) => {
    const job = await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName }));
    const { InstanceType, InstanceCount = 0 } = job.ProcessingResources?.ClusterConfig ?? {};
    return InstanceType === type ? { what: `processing job ${ProcessingJobName}`, count: InstanceCount } : undefined;
  });
}

async function training({ sagemaker }: Asker, type: string, spot: boolean): Promise<QuotaUser[]> {
  const { TrainingJobSummaries = [] } = await sagemaker.send(
    new ListTrainingJobsCommand({ StatusEquals: 'InProgress', MaxResults: LOOKED_AT }),
  );
  return each(TrainingJobSummaries, async ({ TrainingJobName }) => {
    const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    const { InstanceType, InstanceCount = 0 } = job.ResourceConfig ?? {};
    return InstanceType === type && (job.EnableManagedSpotTraining ?? false) === spot
      ? { what: `training job ${TrainingJobName}`, count: InstanceCount }
      : undefined;
  });
}

/** Asks about each, a few at a time; what is gone meanwhile uses nothing. */
async function each<T>(items: readonly T[], ask: (item: T) => Promise<QuotaUser | undefined>): Promise<QuotaUser[]> {
  const found: QuotaUser[] = [];
  await inParallel(
    items,
    async (item) => {
      try {
        const user = await ask(item);
        if (user) found.push(user);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
    4,
  );
  return found.sort((a, b) => a.what.localeCompare(b.what));
}
