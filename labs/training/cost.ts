import type { CostLine } from '../../lib/course/model';
import { PRICES } from '../../lib/facts/prices';

/**
 * What the lab costs on AWS. Nothing of it runs while nobody works. Run times are estimates: billed minutes of a job begin
 * when its data is downloaded.
 */
const TRAINING_MINUTES = 7 * 2;
const PROCESSING_MINUTES = 4;
const DATA_GB = 0.05;

export const COST: readonly CostLine[] = [
  {
    item: 'Training and tuning',
    usdPerHour: 0,
    usdPerRun: (TRAINING_MINUTES * PRICES.sagemakerTrainingM5LargeHour.usd) / 60,
    basis: '1 + 6 jobs on ml.m5.large, assumed 2 billed minutes each; on spot it is less',
    when: { compute: ['training'] },
  },
  {
    item: 'Training and search',
    usdPerHour: 0,
    usdPerRun: (TRAINING_MINUTES * PRICES.sagemakerProcessingT3MediumHour.usd) / 60,
    basis: 'a Processing job for the first model, and one for 6 more, assumed 2 billed minutes a model on ml.t3.medium',
    when: { compute: ['processing'] },
  },
  {
    item: 'Evaluation',
    usdPerHour: 0,
    usdPerRun: (PROCESSING_MINUTES * PRICES.sagemakerProcessingT3MediumHour.usd) / 60,
    basis: `one Processing job on ml.t3.medium, assumed ${PROCESSING_MINUTES} minutes`,
  },
  {
    item: 'S3 storage',
    usdPerHour: (DATA_GB * PRICES.s3StandardGbMonth.usd) / 730,
    usdPerRun: 0,
    basis: `${DATA_GB} GB at ${PRICES.s3StandardGbMonth.usd} per GB-month: data, models, reports`,
  },
  {
    item: 'S3 requests and logs',
    usdPerHour: 0,
    usdPerRun: (PRICES.s3Put1000.usd + PRICES.s3Get1000.usd) / 2 + 0.01 * PRICES.logsIngestedGb.usd,
    basis: 'fewer than 500 requests, 10 MB of logs',
  },
];
