import { costBy } from '../../lib/facts/prices';

/**
 * What the lab costs on AWS. Nothing of it runs while nobody works: standing, it costs its storage.
 * Run times are estimates; the figures say which times they assume.
 */
const DATA_GB = 0.1;
const HOURS_A_MONTH = 730;

export const COST = costBy([
  (usd) => ({
    item: 'S3 storage',
    usdPerHour: (DATA_GB * usd('s3StandardGbMonth')) / HOURS_A_MONTH,
    usdPerRun: 0,
    basis: `${DATA_GB} GB at ${usd('s3StandardGbMonth')} per GB-month: raw data, prepared data, splits, earlier versions`,
  }),
  (usd) => ({
    item: 'S3 requests',
    usdPerHour: 0,
    usdPerRun: usd('s3Put1000') + usd('s3Get1000'),
    basis: 'fewer than 1,000 writes and lists and 1,000 reads',
  }),
  (usd) => ({
    item: 'Glue crawler',
    usdPerHour: 0,
    usdPerRun: (2 * usd('glueCrawlerDpuHour') * 10) / 60,
    basis: 'one crawl, assumed 2 DPU, for the 10 minutes that are the minimum',
  }),
  (usd) => ({
    item: 'Glue job',
    usdPerHour: 0,
    usdPerRun: (2 * usd('glueSparkDpuHour') * 3) / 60,
    basis: 'one run on 2 x G.1X (2 DPU), assumed 3 minutes',
  }),
  (usd) => ({
    item: 'Glue Data Quality',
    usdPerHour: 0,
    usdPerRun: (3 * 2 * usd('glueDataQualityDpuHour') * 3) / 60,
    basis: 'three evaluations on 2 workers (2 DPU), assumed 3 minutes each',
  }),
  (usd) => ({
    item: 'Athena',
    usdPerHour: 0,
    usdPerRun: (40 * 10e6 * usd('athenaScannedTb')) / 1e12,
    basis: 'about 40 queries, yours and those of the checks, at the minimum of 10 MB or little above',
  }),
  (usd) => ({
    item: 'Logs',
    usdPerHour: 0,
    usdPerRun: 0.01 * usd('logsIngestedGb'),
    basis: '10 MB of job logs',
  }),
]);
