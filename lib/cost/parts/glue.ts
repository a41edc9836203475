/** Glue: job runs by their DPU-hours, crawls, Data Quality evaluations, each with its minimum. */
import {
  GetDataQualityRulesetEvaluationRunCommand,
  GetJobRunsCommand,
  ListCrawlsCommand,
  ListDataQualityRulesetEvaluationRunsCommand,
  type JobRun,
} from '@aws-sdk/client-glue';
import { count } from '../../course/say';
import { inParallel } from '../../aws/s3';
import { orUndefined } from '../../teardown/errors';
import { ourCrawlers, ourDatabases, ourJobs } from '../../teardown/kinds/glue/ours';
import { earliest, MOST, type Look } from '../look';
import { NOTHING_MORE, priced, type Line, type NotKnown, type Part } from '../line';

/** DPU of one worker. @see https://docs.aws.amazon.com/glue/latest/dg/worker-types.html */
const DPU: Readonly<Record<string, number>> = {
  'G.025X': 0.25,
  Standard: 1,
  'G.1X': 1,
  'G.2X': 2,
  'G.4X': 4,
  'G.8X': 8,
};
const MINUTE = 60;
/** A crawl is billed for ten minutes at least; it is assumed to use two DPU, as the labs' estimates do. */
const LEAST_CRAWL_DPU_HOURS = (2 * 10) / 60;
const GOING_ON = new Set(['STARTING', 'RUNNING', 'STOPPING', 'WAITING']);

export const glueJobs: Part = {
  what: 'runs of Glue jobs',
  kind: 'glue:job-run',
  async read(look) {
    const found: (Line | NotKnown)[] = [];
    for (const { thing } of await ourJobs(look.scope)) {
      const answer = await orUndefined(
        look.run.clients.glue.send(new GetJobRunsCommand({ JobName: thing.Name, MaxResults: MOST })),
      );
      const runs = (answer?.JobRuns ?? []).filter(({ StartedOn }) => look.isOfThisLab(StartedOn));
      if (runs.length === 0) continue;
      const what = `${count(runs.length, 'run')} of the Glue job ${thing.Name}`;
      if (runs.some((run) => dpuOf(run) === undefined)) {
        found.push({ what, because: 'a worker type of it is not known to lib/cost' });
        continue;
      }
      found.push(
        priced(look, (usd) => {
          const going = runs.filter(({ JobRunState }) => GOING_ON.has(JobRunState ?? ''));
          const hourly = (run: JobRun): number =>
            dpuOf(run)! * usd(isGlue6(run) ? 'glueSparkDpuHour' : 'glueEtlDpuHour');
          const usdSoFar = runs.reduce((sum, run) => sum + (hourly(run) * billedSeconds(run)) / 3600, 0);
          const usdPerHour = going.reduce((sum, run) => sum + hourly(run), 0);
          const usdNextDay = going.reduce(
            (sum, run) => sum + hourly(run) * Math.min(24, (run.Timeout ?? 2880) / 60),
            0,
          );
          return { what, since: earliest(runs.map(({ StartedOn }) => StartedOn)), usdSoFar, usdPerHour, usdNextDay };
        }),
      );
    }
    return found;
  },
};

const isGlue6 = ({ GlueVersion = '' }: JobRun): boolean => Number.parseFloat(GlueVersion) >= 6;

function dpuOf({ WorkerType, NumberOfWorkers, MaxCapacity }: JobRun): number | undefined {
  if (WorkerType === undefined || NumberOfWorkers === undefined) return MaxCapacity;
  return Object.hasOwn(DPU, WorkerType) ? DPU[WorkerType]! * NumberOfWorkers : undefined;
}

/** A run that never began is not billed; one that did, for a minute at least. */
function billedSeconds({ ExecutionTime = 0 }: JobRun): number {
  return ExecutionTime === 0 ? 0 : Math.max(MINUTE, ExecutionTime);
}

export const crawls: Part = {
  what: 'crawls',
  kind: 'glue:crawl',
  async read(look) {
    const found: Line[] = [];
    for (const { thing } of await ourCrawlers(look.scope)) {
      const { Crawls = [] } = await look.run.clients.glue.send(
        new ListCrawlsCommand({ CrawlerName: thing.Name, MaxResults: MOST }),
      );
      const of = Crawls.filter(({ StartTime }) => look.isOfThisLab(StartTime));
      if (of.length === 0) continue;
      const going = of.some(({ State }) => State === 'RUNNING');
      found.push(
        priced(look, (usd) => ({
          what: `${count(of.length, 'crawl')} of ${thing.Name}`,
          since: earliest(of.map(({ StartTime }) => StartTime)),
          usdSoFar: of.reduce(
            (sum, { DPUHour = 0 }) => sum + Math.max(DPUHour, LEAST_CRAWL_DPU_HOURS) * usd('glueCrawlerDpuHour'),
            0,
          ),
          usdPerHour: going ? 2 * usd('glueCrawlerDpuHour') : 0,
          // It ends by itself, most often within the ten minutes that are counted already.
          usdNextDay: 0,
        })),
      );
    }
    return found;
  },
};

export const qualityRuns: Part = {
  what: 'Data Quality evaluations',
  kind: 'glue:quality-run',
  async read(look) {
    const ids = await newestRuns(look);
    if (ids.length === 0) return [];
    const runs: { started?: Date; seconds: number; workers: number }[] = [];
    await inParallel(
      ids,
      async (RunId) => {
        const run = await orUndefined(
          look.run.clients.glue.send(new GetDataQualityRulesetEvaluationRunCommand({ RunId })),
        );
        if (run === undefined) return;
        const started = run.StartedOn;
        const seconds = run.ExecutionTime ?? (started ? look.secondsSince(started, run.CompletedOn) : 0);
        // Five workers where a run does not say: https://docs.aws.amazon.com/glue/latest/webapi/API_StartDataQualityRulesetEvaluationRun.html
        runs.push({ started, seconds: Math.max(MINUTE, seconds), workers: run.NumberOfWorkers ?? 5 });
      },
      4,
    );
    return [
      priced(look, (usd) => ({
        what: `${count(runs.length, 'Data Quality evaluation')}`,
        since: earliest(runs.map(({ started }) => started)),
        usdSoFar: runs.reduce(
          (sum, { seconds, workers }) => sum + (workers * seconds * usd('glueDataQualityDpuHour')) / 3600,
          0,
        ),
        ...NOTHING_MORE,
      })),
    ];
  },
};

/** Ids of runs on tables of our database since the lab was deployed, among the newest of the account. */
async function newestRuns(look: Look): Promise<string[]> {
  const databases = new Set((await ourDatabases(look.scope)).keys());
  const { Runs = [] } = await look.run.clients.glue.send(
    new ListDataQualityRulesetEvaluationRunsCommand({ MaxResults: MOST }),
  );
  return Runs.flatMap(({ RunId, StartedOn, DataSource }) =>
    RunId && look.isOfThisLab(StartedOn) && databases.has(DataSource?.GlueTable?.DatabaseName ?? '') ? [RunId] : [],
  );
}
