/** List prices, us-east-1, USD without tax. Other Regions differ by some percent; the free tier is not counted in. */

export interface Price {
  readonly usd: number;
  readonly per: string;
  /** Smallest amount that is billed, in the same unit or as said. @default - none */
  readonly minimum?: string;
  readonly source: string;
  /** How sure: read on AWS's page, seen in users' bills, or known and not looked up. */
  readonly basis: 'documented' | 'seen' | 'known';
}

/** When these prices were collected. */
export const PRICES_AS_OF = '2026-11';

export const PRICES = {
  /** Glue 6.0 costs less per DPU-hour than Glue 5.x and older (0.44). */
  glueSparkDpuHour: {
    usd: 0.308,
    per: 'DPU-hour',
    minimum: '1 minute a run',
    source: 'https://aws.amazon.com/glue/pricing/',
    basis: 'seen',
  },
  glueCrawlerDpuHour: {
    usd: 0.44,
    per: 'DPU-hour',
    minimum: '10 minutes a crawl',
    source: 'https://aws.amazon.com/glue/pricing/',
    basis: 'documented',
  },
  glueDataQualityDpuHour: {
    usd: 0.44,
    per: 'DPU-hour',
    minimum: '1 minute a run',
    source: 'https://aws.amazon.com/glue/pricing/',
    basis: 'known',
  },
  athenaScannedTb: {
    usd: 5,
    per: 'TB scanned',
    minimum: '10 MB a query',
    source: 'https://aws.amazon.com/athena/pricing/',
    basis: 'documented',
  },
  s3StandardGbMonth: {
    usd: 0.023,
    per: 'GB-month',
    source: 'https://aws.amazon.com/s3/pricing/',
    basis: 'known',
  },
  s3Put1000: {
    usd: 0.005,
    per: '1,000 PUT, COPY, POST or LIST requests',
    source: 'https://aws.amazon.com/s3/pricing/',
    basis: 'known',
  },
  s3Get1000: { usd: 0.0004, per: '1,000 GET requests', source: 'https://aws.amazon.com/s3/pricing/', basis: 'known' },
  logsIngestedGb: {
    usd: 0.5,
    per: 'GB ingested',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
    basis: 'known',
  },
  lambdaGbSecondArm: {
    usd: 0.0000133334,
    per: 'GB-second',
    source: 'https://aws.amazon.com/lambda/pricing/',
    basis: 'known',
  },
  /** ml.m5.large; on spot it is billed for less, by how much varies. */
  sagemakerTrainingM5LargeHour: {
    usd: 0.115,
    per: 'instance-hour',
    source: 'https://aws.amazon.com/sagemaker/ai/pricing/',
    basis: 'known',
  },
  sagemakerProcessingT3MediumHour: {
    usd: 0.05,
    per: 'instance-hour',
    source: 'https://aws.amazon.com/sagemaker/ai/pricing/',
    basis: 'known',
  },
  sagemakerProcessingT3XlargeHour: {
    usd: 0.2,
    per: 'instance-hour',
    source: 'https://aws.amazon.com/sagemaker/ai/pricing/',
    basis: 'known',
  },
  sagemakerEndpointT2MediumHour: {
    usd: 0.056,
    per: 'instance-hour',
    source: 'https://aws.amazon.com/sagemaker/ai/pricing/',
    basis: 'known',
  },
  /** 0.00002 a second with 1 GB of memory. */
  sagemakerServerlessGbSecond: {
    usd: 0.00002,
    per: 'GB-second',
    source: 'https://aws.amazon.com/sagemaker/ai/pricing/',
    basis: 'known',
  },
  /** Source and manual approval actions are free. */
  codePipelineV2ActionMinute: {
    usd: 0.002,
    per: 'minute of an action',
    minimum: '1 minute an action',
    source: 'https://aws.amazon.com/codepipeline/pricing/',
    basis: 'documented',
  },
  codeBuildSmallMinute: {
    usd: 0.005,
    per: 'minute on general1.small',
    minimum: '1 minute a build',
    source: 'https://aws.amazon.com/codebuild/pricing/',
    basis: 'known',
  },
  cloudWatchAlarmMonth: {
    usd: 0.1,
    per: 'standard alarm and month',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
    basis: 'known',
  },
  cloudWatchMetricMonth: {
    usd: 0.3,
    per: 'custom metric and month, by the hours in which it is written',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
    basis: 'known',
  },
  ssmStandardParameter: {
    usd: 0,
    per: 'Standard parameter',
    source: 'https://aws.amazon.com/systems-manager/pricing/',
    basis: 'documented',
  },
} as const satisfies Readonly<Record<string, Price>>;

export type PricedItem = keyof typeof PRICES;
