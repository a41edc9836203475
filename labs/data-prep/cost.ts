import type { CostLine } from '../../lib/course/model';
import { PRICES } from '../../lib/facts/prices';

/**
 * What the lab costs on AWS. Nothing of it runs while nobody works: standing, it costs its storage.
 * Run times are estimates; the figures say which times they assume.
 */
const DATA_GB = 0.1;
const HOURS_A_MONTH = 730;

export const COST: readonly CostLine[] = [
  {
    item: 'S3 storage',
    usdPerHour: (DATA_GB * PRICES.s3StandardGbMonth.usd) / HOURS_A_MONTH,
    usdPerRun: 0,
    basis: `${DATA_GB} GB at ${PRICES.s3StandardGbMonth.usd} per GB-month: raw data, prepared data, splits, earlier versions`,
  },
  {
    item: 'S3 requests',
    usdPerHour: 0,
    usdPerRun: PRICES.s3Put1000.usd + PRICES.s3Get1000.usd,
    basis: 'fewer than 1,000 writes and lists and 1,000 reads',
  },
  {
    item: 'Glue crawler',
    usdPerHour: 0,
    usdPerRun: (2 * PRICES.glueCrawlerDpuHour.usd * 10) / 60,
    basis: 'one crawl, assumed 2 DPU, for the 10 minutes that are the minimum',
  },
  {
    item: 'Glue job',
    usdPerHour: 0,
    usdPerRun: (2 * PRICES.glueSparkDpuHour.usd * 3) / 60,
    basis: 'one run on 2 x G.1X (2 DPU), assumed 3 minutes',
  },
  {
    item: 'Glue Data Quality',
    usdPerHour: 0,
    usdPerRun: (3 * 2 * PRICES.glueDataQualityDpuHour.usd * 3) / 60,
    basis: 'three evaluations on 2 workers (2 DPU), assumed 3 minutes each',
  },
  {
    item: 'Athena',
    usdPerHour: 0,
    usdPerRun: (40 * 10e6 * PRICES.athenaScannedTb.usd) / 1e12,
    basis: 'about 40 queries, yours and those of the checks, at the minimum of 10 MB or little above',
  },
  {
    item: 'Logs',
    usdPerHour: 0,
    usdPerRun: 0.01 * PRICES.logsIngestedGb.usd,
    basis: '10 MB of job logs',
  },
];
