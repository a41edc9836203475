/** Glue beside the emulator: crawls and job runs that happen, and lists with filters and pages. */
import { type Cloud, lacking, type Service } from '../service';
import { Crawlers } from './crawler';
import { dataQualityOperations } from './dataQuality';
import { JobRuns } from './jobRun';
import { getPartitions } from './partitions';

export function glueService(cloud: Cloud): Service {
  const crawlers = new Crawlers(cloud);
  const runs = new JobRuns(cloud);
  const quality = dataQualityOperations(cloud);
  return {
    id: 'glue',
    operations: {
      StartCrawler: crawlers.start,
      StopCrawler: crawlers.stop,
      GetCrawler: crawlers.get,
      GetCrawlers: crawlers.list,
      GetCrawlerMetrics: lacking('glue:GetCrawlerMetrics'),
      DeleteCrawler: crawlers.delete,
      UpdateCrawler: crawlers.update,
      StartJobRun: runs.start,
      GetJobRun: runs.get,
      GetJobRuns: runs.list,
      BatchStopJobRun: runs.batchStop,
      DeleteJob: runs.deleteJob,
      GetPartitions: getPartitions(cloud),
      ...quality.operations,
    },
    tags: () => quality.tags(),
    inventory: () => [...crawlers.inventory(), ...runs.inventory(), ...quality.inventory()],
    stop: async () => {
      await Promise.all([crawlers.stopAll(), runs.stop(), quality.stop()]);
    },
  };
}
