/**
 * Quotas that the labs need, with what fresh accounts were seen to have.
 *
 * Codes and names: https://github.com/gruntwork-io/terraform-aws-utilities (modules/request-quota-increase/variables.tf,
 * 2026-03), which lists them from AWS's own API. Values: users' reports, as each says. They are for explanation only: what
 * counts is the value that Service Quotas answers for the account itself. `aws service-quotas get-aws-default-service-quota`
 * tells today's default.
 */
import type { Quota } from '../course/model';

/** Where a fresh account's values were collected: users' reports on public trackers, mid-2026. */
const SEEN = 'users’ reports of new accounts, mid-2026; compare get-aws-default-service-quota';

export const QUOTAS = {
  trainingM5Large: {
    service: 'sagemaker',
    code: 'L-611FA074',
    name: 'ml.m5.large for training job usage',
    fresh: 0,
    asOf: '2026-10',
    source: SEEN,
  },
  /** A quota of its own. Reports differ: AWS's default is 4, and some accounts had 0. */
  trainingM5LargeSpot: {
    service: 'sagemaker',
    code: 'L-29688C85',
    name: 'ml.m5.large for spot training job usage',
    fresh: 4,
    asOf: '2026-08',
    source: `${SEEN} (4 by default on 2026-08-04; 0 in some accounts)`,
  },
  processingT3Medium: {
    service: 'sagemaker',
    code: 'L-0CE343FE',
    name: 'ml.t3.medium for processing job usage',
    fresh: 4,
    asOf: '2026-07',
    source: SEEN,
  },
  /** Of one account's owner; nobody else told. */
  processingT3Xlarge: {
    service: 'sagemaker',
    code: 'L-DABA7ED5',
    name: 'ml.t3.xlarge for processing job usage',
    fresh: 2,
    asOf: '2026-07',
    source: SEEN,
  },
  endpointT2Medium: {
    service: 'sagemaker',
    code: 'L-29C181D7',
    name: 'ml.t2.medium for endpoint usage',
    fresh: 2,
    asOf: '2026-07',
    source: SEEN,
  },
  serverlessConcurrency: {
    service: 'sagemaker',
    code: 'L-96300102',
    name: 'Maximum total concurrency that can be allocated across all serverless endpoints',
    fresh: 10,
    asOf: '2026-07',
    source: SEEN,
  },
  /** Builds can be held at 0 though this says more; then StartBuild fails, and only support can lift it. */
  buildsLinuxSmall: {
    service: 'codebuild',
    code: 'L-9D07B6EF',
    name: 'Concurrently running builds for Linux/Small environment',
    fresh: 0,
    asOf: '2026-10',
    source: `${SEEN} (0 in several new accounts, 1 or more in others)`,
  },
  /** 10 in some new accounts, 1,000 in others. */
  lambdaConcurrency: {
    service: 'lambda',
    code: 'L-B99A9384',
    name: 'Concurrent executions',
    fresh: 10,
    asOf: '2026-07',
    source: SEEN,
  },
} as const satisfies Readonly<Record<string, Quota>>;

export type QuotaName = keyof typeof QUOTAS;
