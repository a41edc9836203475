/** Where each stored price stands in AWS's public price list: in which offer, and by what it is known there. */
import type { PricedItem } from '../../lib/facts/prices';

export interface Place {
  /** Code of the offer, which is a folder of the price list. */
  readonly offer: string;
  /** Usage type without the Region's prefix: `EUC1-Host:ml.t2.medium` is `Host:ml.t2.medium`; us-east-1 often has none. */
  readonly usageType: string;
  /** Operation, where several share a usage type. @default any */
  readonly operation?: string;
  /** How many of the list's units the stored price is for. @default 1 */
  readonly units?: number;
  /** Unit that the list has to give, in small letters: another one would be another price. */
  readonly unit: RegExp;
}

const SAGEMAKER = 'AmazonSageMaker';
const S3 = 'AmazonS3';
const CLOUDWATCH = 'AmazonCloudWatch';
const HOURS = /^(hrs|hours?|instance-hours?)$/;

/** Undefined: the list's name for it is not known, and the stored price stays. */
export const PLACES: Readonly<Record<PricedItem, Place | undefined>> = {
  glueSparkDpuHour: { offer: 'AWSGlue', usageType: 'ETL-DPU-Hour-Gen2', operation: 'Jobrun', unit: /^dpu-hour$/ },
  glueEtlDpuHour: { offer: 'AWSGlue', usageType: 'ETL-DPU-Hour', operation: 'Jobrun', unit: /^dpu-hour$/ },
  glueCrawlerDpuHour: { offer: 'AWSGlue', usageType: 'Crawler-DPU-Hour', operation: 'CrawlerRun', unit: /^dpu-hour$/ },
  glueDataQualityDpuHour: undefined,
  athenaScannedTb: { offer: 'AmazonAthena', usageType: 'DataScannedInTB', unit: /^(tb|terabytes?)$/ },
  s3StandardGbMonth: { offer: S3, usageType: 'TimedStorage-ByteHrs', unit: /^gb-mo/ },
  s3Put1000: { offer: S3, usageType: 'Requests-Tier1', unit: /^requests$/, units: 1000 },
  s3Get1000: { offer: S3, usageType: 'Requests-Tier2', unit: /^requests$/, units: 1000 },
  logsIngestedGb: {
    offer: CLOUDWATCH,
    usageType: 'DataProcessing-Bytes',
    operation: 'PutLogEvents',
    unit: /^gb$/,
  },
  lambdaGbSecondArm: { offer: 'AWSLambda', usageType: 'Lambda-GB-Second-ARM', unit: /second/ },
  sagemakerTrainingM5LargeHour: { offer: SAGEMAKER, usageType: 'Train:ml.m5.large', unit: HOURS },
  sagemakerProcessingT3MediumHour: { offer: SAGEMAKER, usageType: 'Processing:ml.t3.medium', unit: HOURS },
  sagemakerProcessingT3XlargeHour: { offer: SAGEMAKER, usageType: 'Processing:ml.t3.xlarge', unit: HOURS },
  sagemakerEndpointT2MediumHour: { offer: SAGEMAKER, usageType: 'Host:ml.t2.medium', unit: HOURS },
  // A second with 1 GB of memory is a GB-second.
  sagemakerServerlessGbSecond: { offer: SAGEMAKER, usageType: 'ServerlessInf:Mem-1GB', unit: /^seconds?$/ },
  codePipelineV2ActionMinute: { offer: 'AWSCodePipeline', usageType: 'actionExecutionMinute', unit: /minute/ },
  codeBuildSmallMinute: { offer: 'CodeBuild', usageType: 'Build-Min:Linux:g1.small', unit: /^minutes?$/ },
  cloudWatchAlarmMonth: { offer: CLOUDWATCH, usageType: 'CW:AlarmMonitorUsage', unit: /^alarms?$/ },
  cloudWatchMetricMonth: { offer: CLOUDWATCH, usageType: 'CW:MetricMonitorUsage', unit: /^metrics?$/ },
};

/** Every offer that is read. */
export const OFFERS: readonly string[] = [...new Set(Object.values(PLACES).flatMap((place) => place?.offer ?? []))];
