/** What alarms, detectors and dashboards watch. They are ours where they watch endpoints of ours, and nothing else. */
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Scope } from '../../kind';
import { ourEndpointNames } from '../sagemaker/endpoints';

/** A metric's dimensions, by their names. */
export type Dimensions = Readonly<Record<string, string>>;

/** Dimensions that name an endpoint: SageMaker's own, and Model Monitor's. */
const ENDPOINT = ['EndpointName', 'Endpoint'] as const;

export function dimensionsOf(list: readonly { Name?: string; Value?: string }[] | undefined): Dimensions {
  return Object.fromEntries((list ?? []).map(({ Name = '', Value = '' }) => [Name, Value]));
}

/** Metrics of a calculation; undefined where it searches for metrics, which then could be anybody's. */
export function metricsOf(queries: readonly MetricDataQuery[]): Dimensions[] | undefined {
  if (queries.some(({ Expression }) => /\b(SEARCH|SELECT)\b/i.test(Expression ?? ''))) return undefined;
  return queries.flatMap(({ MetricStat }) => (MetricStat ? [dimensionsOf(MetricStat.Metric?.Dimensions)] : []));
}

/** Why something that watches these metrics is ours; undefined when one of them is no metric of an endpoint of ours. */
export async function whyOurs(scope: Scope, metrics: readonly Dimensions[] | undefined): Promise<string | undefined> {
  if (metrics === undefined || metrics.length === 0) return undefined;
  const ours = await ourEndpointNames(scope);
  const watched = metrics.map((one) => ENDPOINT.map((key) => one[key]).find((name) => name !== undefined));
  return watched.every((name) => name !== undefined && ours.has(name))
    ? `it watches our endpoint ${watched[0]}`
    : undefined;
}
