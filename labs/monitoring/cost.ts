import { costBy, HOURS_A_MONTH } from '../../lib/facts/prices';

/**
 * What the lab costs on AWS. One instance stands and is billed by the second, and an analysis runs each hour; all else is
 * billed by use. Times of a run are estimates.
 */
const ANALYSIS_HOURS = 5 / 60;
/** Baseline, and analyses that a learner asks for. */
const ANALYSES = 5;
/** While another version takes over, there are two instances. */
const CHANGEOVER_HOURS = 3 * (15 / 60);
const RETRAINING_HOURS = 5 / 60;
/** Five alarms, billed by the metrics that each reads: the band has three; Model Monitor's drift one a feature, ten. */
const ALARMS = { open: 4 + 3, managed: 3 + 3 + 10 } as const;
/** One metric a feature that is compared, and some of the analysis itself. */
const METRICS = 45;
const DATA_GB = 0.1;

export const COST = costBy([
  (usd) => ({
    item: 'Endpoint',
    usdPerHour: usd('sagemakerEndpointT2MediumHour'),
    usdPerRun: CHANGEOVER_HOURS * usd('sagemakerEndpointT2MediumHour'),
    basis: `one ml.t2.medium from the deployment on, and a second one for some ${Math.round(CHANGEOVER_HOURS * 60)} minutes while versions change over`,
  }),
  (usd) => ({
    item: 'Analyses',
    usdPerHour: ANALYSIS_HOURS * usd('sagemakerProcessingT3MediumHour'),
    usdPerRun: ANALYSES * ANALYSIS_HOURS * usd('sagemakerProcessingT3MediumHour'),
    basis: `one Processing job an hour and ${ANALYSES} more, assumed ${Math.round(ANALYSIS_HOURS * 60)} minutes on ml.t3.medium`,
    when: { monitor: ['open'] },
  }),
  (usd) => ({
    item: 'Analyses of Model Monitor',
    usdPerHour: ANALYSIS_HOURS * usd('sagemakerProcessingT3XlargeHour'),
    usdPerRun: ANALYSES * ANALYSIS_HOURS * usd('sagemakerProcessingT3XlargeHour'),
    basis: `one execution an hour and ${ANALYSES} more jobs, assumed ${Math.round(ANALYSIS_HOURS * 60)} minutes: its analyzer needs ml.t3.xlarge`,
    when: { monitor: ['managed'] },
  }),
  (usd) => ({
    item: 'Retraining',
    usdPerHour: 0,
    usdPerRun: RETRAINING_HOURS * usd('sagemakerTrainingM5LargeHour'),
    basis: `one training job, assumed ${Math.round(RETRAINING_HOURS * 60)} minutes on ml.m5.large`,
    when: { compute: ['training'] },
  }),
  (usd) => ({
    item: 'Retraining',
    usdPerHour: 0,
    usdPerRun: RETRAINING_HOURS * usd('sagemakerProcessingT3MediumHour'),
    basis: `one Processing job, assumed ${Math.round(RETRAINING_HOURS * 60)} minutes on ml.t3.medium`,
    when: { compute: ['processing'] },
  }),
  (usd) => ({
    item: 'Alarms',
    usdPerHour: (ALARMS.open * usd('cloudWatchAlarmMonth')) / HOURS_A_MONTH,
    usdPerRun: 0,
    basis: '5 alarms, of which the one with a band counts as 3; 10 are free and not counted in',
    when: { monitor: ['open'] },
  }),
  (usd) => ({
    item: 'Alarms',
    usdPerHour: (ALARMS.managed * usd('cloudWatchAlarmMonth')) / HOURS_A_MONTH,
    usdPerRun: 0,
    basis:
      '5 alarms, of which the one with a band counts as 3 and the one on drift as 10; 10 are free and not counted in',
    when: { monitor: ['managed'] },
  }),
  (usd) => ({
    item: 'Metrics of the analyses',
    usdPerHour: (METRICS * usd('cloudWatchMetricMonth')) / HOURS_A_MONTH,
    usdPerRun: 0,
    basis: `${METRICS} custom metrics, billed for the hours in which they are written; 10 are free and not counted in`,
  }),
  (usd) => ({
    item: 'S3 storage',
    usdPerHour: (DATA_GB * usd('s3StandardGbMonth')) / HOURS_A_MONTH,
    usdPerRun: 0,
    basis: `${DATA_GB} GB at ${usd('s3StandardGbMonth')} per GB-month: data, capture, models, reports`,
  }),
  (usd) => ({
    item: 'S3 requests, functions, messages and logs',
    usdPerHour: 0,
    usdPerRun:
      5 * (usd('s3Put1000') + usd('s3Get1000')) + 1000 * usd('lambdaGbSecondArm') + 0.05 * usd('logsIngestedGb'),
    basis:
      'fewer than 5,000 requests of each sort, 1,000 GB-seconds of functions, 50 MB of logs; an account’s first three dashboards are free',
  }),
]);
