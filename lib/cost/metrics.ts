/** Metrics of SageMaker, read without a charge. */
import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import type { Look } from './look';

/** Hours of which one request tells: it gives 1,440 values at most. */
const LONGEST_HOURS = 1440;

/**
 * Sums of a metric by the hour.
 *
 * GetMetricData is billed for each metric from the first request on; GetMetricStatistics has a million requests a month free.
 * @see https://repost.aws/knowledge-center/cloudwatch-getmetricdata-api
 */
export async function metricSums(
  look: Look,
  MetricName: string,
  dimensions: Readonly<Record<string, string>>,
  since: Date,
  { namespace = 'AWS/SageMaker', statistic = 'Sum' as 'Sum' | 'SampleCount' } = {},
): Promise<readonly { readonly at: Date; readonly value: number }[]> {
  const oldest = look.now.getTime() - LONGEST_HOURS * 3_600_000;
  const { Datapoints = [] } = await look.run.clients.cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: namespace,
      MetricName,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      StartTime: new Date(Math.max(since.getTime(), oldest)),
      EndTime: look.now,
      Period: 3600,
      Statistics: [statistic],
    }),
  );
  return Datapoints.map((point) => ({ at: point.Timestamp ?? look.now, value: point[statistic] ?? 0 }));
}
