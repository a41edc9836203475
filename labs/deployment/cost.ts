import { costBy } from '../../lib/facts/prices';

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

export const COST = costBy([
  (usd) => ({
    item: 'Production endpoint',
    usdPerHour: usd('sagemakerEndpointT2MediumHour'),
    usdPerRun: CHANGEOVER_HOURS * usd('sagemakerEndpointT2MediumHour'),
    basis: `one ml.t2.medium from the first release on, and a second one for some ${Math.round(CHANGEOVER_HOURS * 60)} minutes while three releases change over; twice as much with --canary on`,
  }),
  (usd) => ({
    item: 'Staging endpoint',
    usdPerHour: 0,
    usdPerRun: SERVERLESS_GB_SECONDS * usd('sagemakerServerlessGbSecond'),
    basis: `serverless, 2 GB: only while it answers, assumed one minute a release, ${RELEASES} releases`,
    when: { staging: ['serverless'] },
  }),
  (usd) => ({
    item: 'Staging endpoint',
    usdPerHour: usd('sagemakerEndpointT2MediumHour'),
    usdPerRun: RELEASES * STAGING_HOURS * usd('sagemakerEndpointT2MediumHour'),
    basis: `one ml.t2.medium from the first release on, and a second one for assumed ${STAGING_HOURS * 60} minutes a release, ${RELEASES} releases`,
    when: { staging: ['instance'] },
  }),
  (usd) => ({
    item: 'Pipeline',
    usdPerHour: 0,
    usdPerRun: RELEASES * ACTION_MINUTES * usd('codePipelineV2ActionMinute'),
    basis: `${RELEASES} releases of assumed ${ACTION_MINUTES} action minutes; 100 a month are free and not counted in`,
  }),
  (usd) => ({
    item: 'Builds',
    usdPerHour: 0,
    usdPerRun: RELEASES * BUILD_MINUTES * usd('codeBuildSmallMinute'),
    basis: `${RELEASES} builds of assumed ${BUILD_MINUTES} minutes; none with --build lambda; 100 minutes a month are free and not counted in`,
  }),
  (usd) => ({
    item: 'Alarms',
    usdPerHour: (2 * usd('cloudWatchAlarmMonth')) / 730,
    usdPerRun: 0,
    basis: '2 alarms; 10 are free and not counted in',
  }),
  (usd) => ({
    item: 'S3 storage',
    usdPerHour: (DATA_GB * usd('s3StandardGbMonth')) / 730,
    usdPerRun: 0,
    basis: `${DATA_GB} GB at ${usd('s3StandardGbMonth')} per GB-month: models, artifacts, capture`,
  }),
  (usd) => ({
    item: 'S3 requests, functions and logs',
    usdPerHour: 0,
    usdPerRun:
      2 * (usd('s3Put1000') + usd('s3Get1000')) + 300 * usd('lambdaGbSecondArm') + 0.05 * usd('logsIngestedGb'),
    basis: 'fewer than 2,000 requests of each sort, 300 GB-seconds of functions, 50 MB of logs',
  }),
]);
