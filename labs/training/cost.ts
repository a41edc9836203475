import { costBy } from '../../lib/facts/prices';

/**
 * What the lab costs on AWS. Nothing of it runs while nobody works. Run times are estimates: billed minutes of a job begin
 * when its data is downloaded.
 */
const TRAINING_MINUTES = 7 * 2;
const PROCESSING_MINUTES = 4;
const DATA_GB = 0.05;

export const COST = costBy([
  (usd) => ({
    item: 'Training and tuning',
    usdPerHour: 0,
    usdPerRun: (TRAINING_MINUTES * usd('sagemakerTrainingM5LargeHour')) / 60,
    basis: '1 + 6 jobs on ml.m5.large, assumed 2 billed minutes each; on spot it is less',
    when: { compute: ['training'] },
  }),
  (usd) => ({
    item: 'Training and search',
    usdPerHour: 0,
    usdPerRun: (TRAINING_MINUTES * usd('sagemakerProcessingT3MediumHour')) / 60,
    basis: 'a Processing job for the first model, and one for 6 more, assumed 2 billed minutes a model on ml.t3.medium',
    when: { compute: ['processing'] },
  }),
  (usd) => ({
    item: 'Evaluation',
    usdPerHour: 0,
    usdPerRun: (PROCESSING_MINUTES * usd('sagemakerProcessingT3MediumHour')) / 60,
    basis: `one Processing job on ml.t3.medium, assumed ${PROCESSING_MINUTES} minutes`,
  }),
  (usd) => ({
    item: 'S3 storage',
    usdPerHour: (DATA_GB * usd('s3StandardGbMonth')) / 730,
    usdPerRun: 0,
    basis: `${DATA_GB} GB at ${usd('s3StandardGbMonth')} per GB-month: data, models, reports`,
  }),
  (usd) => ({
    item: 'S3 requests and logs',
    usdPerHour: 0,
    usdPerRun: (usd('s3Put1000') + usd('s3Get1000')) / 2 + 0.01 * usd('logsIngestedGb'),
    basis: 'fewer than 500 requests, 10 MB of logs',
  }),
]);
