import type { CostLine } from '../../lib/course/model';
import { PRICES } from '../../lib/facts/prices';

/**
 * What the lab costs on AWS. From the first release to production on, one instance stands and is billed by the second;
 * all else is billed by use. Times and numbers of a run are estimates.
 */
const RELEASES = 6;
const BUILD_MINUTES = 3;
/** A release's actions in all, without Source and Approval, which are free. */
const ACTION_MINUTES = 25;
const SERVERLESS_GB_SECONDS = RELEASES * 2 * 60;
/** While production changes over, there are twice as many instances. */
const CHANGEOVER_HOURS = 3 * (15 / 60);
/** How long staging on an instance has two of them, when another version comes. */
const STAGING_HOURS = 6 / 60;
const DATA_GB = 0.05;

export const COST: readonly CostLine[] = [
  {
    item: 'Production endpoint',
    usdPerHour: PRICES.sagemakerEndpointT2MediumHour.usd,
    usdPerRun: CHANGEOVER_HOURS * PRICES.sagemakerEndpointT2MediumHour.usd,
    basis: `one ml.t2.medium from the first release on, and a second one for some ${Math.round(CHANGEOVER_HOURS * 60)} minutes while three releases change over; twice as much with --canary on`,
  },
  {
    item: 'Staging endpoint',
    usdPerHour: 0,
    usdPerRun: SERVERLESS_GB_SECONDS * PRICES.sagemakerServerlessGbSecond.usd,
    basis: `serverless, 2 GB: only while it answers, assumed one minute a release, ${RELEASES} releases`,
    when: { staging: ['serverless'] },
  },
  {
    item: 'Staging endpoint',
    usdPerHour: PRICES.sagemakerEndpointT2MediumHour.usd,
    usdPerRun: RELEASES * STAGING_HOURS * PRICES.sagemakerEndpointT2MediumHour.usd,
    basis: `one ml.t2.medium from the first release on, and a second one for assumed ${STAGING_HOURS * 60} minutes a release, ${RELEASES} releases`,
    when: { staging: ['instance'] },
  },
  {
    item: 'Pipeline',
    usdPerHour: 0,
    usdPerRun: RELEASES * ACTION_MINUTES * PRICES.codePipelineV2ActionMinute.usd,
    basis: `${RELEASES} releases of assumed ${ACTION_MINUTES} action minutes; 100 a month are free and not counted in`,
  },
  {
    item: 'Builds',
    usdPerHour: 0,
    usdPerRun: RELEASES * BUILD_MINUTES * PRICES.codeBuildSmallMinute.usd,
    basis: `${RELEASES} builds of assumed ${BUILD_MINUTES} minutes; none with --build lambda; 100 minutes a month are free and not counted in`,
  },
  {
    item: 'Alarms',
    usdPerHour: (2 * PRICES.cloudWatchAlarmMonth.usd) / 730,
    usdPerRun: 0,
    basis: '2 alarms; 10 are free and not counted in',
  },
  {
    item: 'S3 storage',
    usdPerHour: (DATA_GB * PRICES.s3StandardGbMonth.usd) / 730,
    usdPerRun: 0,
    basis: `${DATA_GB} GB at ${PRICES.s3StandardGbMonth.usd} per GB-month: models, artifacts, capture`,
  },
  {
    item: 'S3 requests, functions and logs',
    usdPerHour: 0,
    usdPerRun:
      2 * (PRICES.s3Put1000.usd + PRICES.s3Get1000.usd) +
      300 * PRICES.lambdaGbSecondArm.usd +
      0.05 * PRICES.logsIngestedGb.usd,
    basis: 'fewer than 2,000 requests of each sort, 300 GB-seconds of functions, 50 MB of logs',
  },
];
