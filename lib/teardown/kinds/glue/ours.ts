/** Crawlers, jobs, databases and runs of Glue that are ours, whoever made them. */
import { GetCrawlersCommand, GetDatabaseCommand, GetJobRunsCommand, GetJobsCommand } from '@aws-sdk/client-glue';
import type { Crawler, Job, JobRun } from '@aws-sdk/client-glue';
import { isTheStacks, provenNames, taggedArns, usesOurRole } from '../../ownership-proof';
import { orUndefined } from '../../errors';
import type { Scope } from '../../kind';
import { listAll } from '../../pages';
import { isIn, ourBuckets } from '../s3/ours';

/** A thing of Glue, why it is ours, and whether CloudFormation looks after it. */
export interface Ours<T> {
  readonly thing: T;
  readonly because: string;
  readonly theStacks: boolean;
}

export function ourCrawlers(scope: Scope): Promise<readonly Ours<Crawler>[]> {
  return scope.once('crawlers', async () => {
    const ours: Ours<Crawler>[] = [];
    const buckets = [...(await ourBuckets(scope)).keys()];
    for (const thing of await allCrawlers(scope)) {
      // An account's own crawler may visit our bucket among others; only one that goes nowhere else is a learner's.
      const { S3Targets: paths = [], ...elsewhere } = thing.Targets ?? {};
      const here =
        paths.every(({ Path }) => isIn(buckets, Path)) && Object.values(elsewhere).every((list) => !list?.length);
      const target = here ? paths[0]?.Path : undefined;
      const because = await why(
        scope,
        'crawlers',
        `crawler/${thing.Name}`,
        thing.Role,
        target && `it crawls ${target}`,
      );
      if (because) ours.push({ thing, because, theStacks: await isTheStacks(scope, 'crawlers', thing.Name!) });
    }
    return ours;
  });
}

export function ourJobs(scope: Scope): Promise<readonly Ours<Job>[]> {
  return scope.once('jobs', async () => {
    const ours: Ours<Job>[] = [];
    const buckets = [...(await ourBuckets(scope)).keys()];
    for (const thing of await allJobs(scope)) {
      const script = thing.Command?.ScriptLocation;
      const because = await why(
        scope,
        'jobs',
        `job/${thing.Name}`,
        thing.Role,
        isIn(buckets, script) && `its script is ${script}`,
      );
      if (because) ours.push({ thing, because, theStacks: await isTheStacks(scope, 'jobs', thing.Name!) });
    }
    return ours;
  });
}

/** The latest runs of our jobs: three pages each, which is more than a lab's lease allows. */
export function ourJobRuns(scope: Scope): Promise<readonly { run: JobRun; because: string }[]> {
  return scope.once('job runs', async () => {
    const runs: { run: JobRun; because: string }[] = [];
    for (const { thing, because } of await ourJobs(scope)) {
      let token: string | undefined;
      for (let page = 0; page < 3; page += 1) {
        const answer = await orUndefined(
          scope.run.clients.glue.send(new GetJobRunsCommand({ JobName: thing.Name, NextToken: token })),
        );
        for (const run of answer?.JobRuns ?? [])
          runs.push({ run, because: `a run of the job ${thing.Name}, ${because}` });
        token = answer?.NextToken;
        if (!token) break;
      }
    }
    return runs;
  });
}

/** Our databases that exist. Their tags are parameters: CloudFormation cannot tag a database. */
export function ourDatabases(scope: Scope): Promise<Map<string, string>> {
  return provenNames(scope, 'databases', async (name) => {
    const answer = await scope.run.clients.glue.send(new GetDatabaseCommand({ Name: name }));
    return answer.Database?.Parameters;
  });
}

async function why(
  scope: Scope,
  list: 'crawlers' | 'jobs',
  resource: string,
  role: string | undefined,
  use: string | false | undefined,
): Promise<string | undefined> {
  const { region, account } = scope.run;
  if (await isTheStacks(scope, list, resource.slice(resource.indexOf('/') + 1)))
    return `of our stack ${scope.run.stackName}`;
  if (await usesOurRole(scope, role)) return `it uses our role ${role}`;
  if (use) return use;
  const suffix = `:glue:${region}:${account}:${resource}`;
  return [...(await taggedArns(scope))].some((arn) => arn.endsWith(suffix)) ? 'with our tags' : undefined;
}

function allCrawlers({ run }: Scope): Promise<Crawler[]> {
  return listAll(async (NextToken) => {
    const page = await run.clients.glue.send(new GetCrawlersCommand({ NextToken }));
    return { items: page.Crawlers, next: page.NextToken };
  });
}

function allJobs({ run }: Scope): Promise<Job[]> {
  return listAll(async (NextToken) => {
    const page = await run.clients.glue.send(new GetJobsCommand({ NextToken }));
    return { items: page.Jobs, next: page.NextToken };
  });
}
