/**
 * What a lab costs by what exists of it: endpoints that stand, jobs that ran by the seconds that AWS bills, queries, builds,
 * what is stored. From reads alone, none of which is billed but S3's lists, a few of them, at 0.000005 USD each.
 *
 * Sums are list prices and a little low: of an endpoint, what earlier changeovers ran beside it; functions, messages,
 * requests and logs, which together are cents; the free tier is not counted in.
 */
import type { LabRun } from '../course/run';
import { nameOf } from '../teardown/errors';
import type { Ownership } from '../teardown/ownership';
import { sumOf, type Line, type NotKnown, type Part, type Spending } from './line';
import { Look } from './look';
import { queries } from './parts/athena';
import { endpoints } from './parts/endpoints';
import { crawls, glueJobs, qualityRuns } from './parts/glue';
import { processingJobs, trainingJobs } from './parts/jobs';
import { builds, pipelineActions } from './parts/releases';
import { schedules } from './parts/schedules';
import { stored } from './parts/storage';
import { watching } from './parts/watching';

const PARTS: readonly Part[] = [
  endpoints,
  trainingJobs,
  processingJobs,
  schedules,
  glueJobs,
  crawls,
  qualityRuns,
  queries,
  builds,
  pipelineActions,
  watching,
  stored,
];

/**
 * Everything of a lab that costs or has cost since it was deployed.
 *
 * @param since the stack's creation
 * @returns what could be read; the rest is in `notKnown`, with the reason
 */
export async function spendingOf(run: LabRun, ownership: Ownership, since: Date): Promise<Spending> {
  const look = await Look.at(run, ownership, since);
  const parts = PARTS.filter(({ kind }) => look.scope.kinds.has(kind));
  const read = await Promise.all(
    parts.map(async ({ what, read: ask }): Promise<readonly (Line | NotKnown)[]> => {
      try {
        return await ask(look);
      } catch (error) {
        return [{ what, because: nameOf(error) }];
      }
    }),
  );
  return sumOf(read.flat());
}

export { sumOf, type Line, type NotKnown, type Spending } from './line';
