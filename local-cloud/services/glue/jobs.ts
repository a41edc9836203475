/** Lists of jobs that the emulator lacks; the jobs themselves are its own. */
import type {
  BatchGetJobsRequest,
  BatchGetJobsResponse,
  GetJobsResponse,
  GetTagsResponse,
  Job,
  ListJobsRequest,
  ListJobsResponse,
} from '@aws-sdk/client-glue';
import type { Cloud, Operation } from '../service';
import { page } from './page';

export interface JobOperations {
  readonly ListJobs: Operation<ListJobsRequest, ListJobsResponse>;
  readonly BatchGetJobs: Operation<BatchGetJobsRequest, BatchGetJobsResponse>;
}

export function jobOperations(cloud: Cloud): JobOperations {
  const jobs = async (): Promise<readonly Job[]> =>
    (await cloud.emulate<GetJobsResponse>('glue', 'GetJobs', {})).Jobs ?? [];
  const hasTags = async (name: string, wanted: Record<string, string>): Promise<boolean> => {
    const ResourceArn = `arn:aws:glue:${cloud.region}:${cloud.account}:job/${name}`;
    const { Tags = {} } = await cloud.emulate<GetTagsResponse>('glue', 'GetTags', { ResourceArn });
    return Object.entries(wanted).every(([key, value]) => Tags[key] === value);
  };
  return {
    ListJobs: async (input) => {
      const names: string[] = [];
      for (const { Name } of await jobs()) if (await hasTags(Name!, input.Tags ?? {})) names.push(Name!);
      const { items, NextToken } = page(names, input.MaxResults ?? 100, input.NextToken);
      return { JobNames: items, NextToken };
    },
    BatchGetJobs: async ({ JobNames = [] }) => {
      const all = new Map((await jobs()).map((job) => [job.Name!, job]));
      return {
        Jobs: JobNames.flatMap((name) => all.get(name) ?? []),
        JobsNotFound: JobNames.filter((name) => !all.has(name)),
      };
    },
  };
}
