import {
  DeleteAnomalyDetectorCommand,
  DescribeAnomalyDetectorsCommand,
  type AnomalyDetector,
} from '@aws-sdk/client-cloudwatch';
import type { Found, Kind, Scope } from '../../kind';
import { listAll } from '../../pages';
import { dimensionsOf, metricsOf, whyOurs } from './watching';

/** A model of a metric of ours that an alarm with a band made, and that outlives the alarm. It is billed like an alarm. */
export const cloudwatchAnomalyDetector: Kind = {
  id: 'cloudwatch:anomaly-detector',
  title: 'anomaly detectors',
  after: [{ kind: 'cloudwatch:alarm', why: 'an alarm with a band needs its detector' }],
  async list(scope) {
    const found: Found[] = [];
    for (const [id, detector] of await detectors(scope)) {
      const calculated = detector.MetricMathAnomalyDetector?.MetricDataQueries;
      const watched = calculated
        ? metricsOf(calculated)
        : [dimensionsOf(detector.SingleMetricAnomalyDetector?.Dimensions ?? detector.Dimensions)];
      const because = await whyOurs(scope, watched);
      if (because) found.push({ kind: 'cloudwatch:anomaly-detector', id, because });
    }
    return found;
  },
  async remove(found, scope) {
    const detector = (await detectors(scope)).get(found.id)!;
    const { SingleMetricAnomalyDetector: single, MetricMathAnomalyDetector: calculated } = detector;
    const { Namespace, MetricName, Dimensions, Stat } = detector;
    await scope.run.clients.cloudwatch.send(
      new DeleteAnomalyDetectorCommand(
        calculated
          ? { MetricMathAnomalyDetector: calculated }
          : { SingleMetricAnomalyDetector: single ?? { Namespace, MetricName, Dimensions, Stat } },
      ),
    );
  },
  permissions: [
    {
      actions: ['cloudwatch:DescribeAnomalyDetectors', 'cloudwatch:DeleteAnomalyDetector'],
      resources: () => ['*'],
      reason: 'anomaly detectors have no ARN and no tags; the code takes only those of metrics of our endpoints',
    },
  ],
};

/** All detectors of the account, by a name that is a metric's. */
function detectors(scope: Scope): Promise<ReadonlyMap<string, AnomalyDetector>> {
  return scope.once('anomaly detectors', async () => {
    const all = await listAll(async (NextToken) => {
      const page = await scope.run.clients.cloudwatch.send(
        new DescribeAnomalyDetectorsCommand({ NextToken, AnomalyDetectorTypes: ['SINGLE_METRIC', 'METRIC_MATH'] }),
      );
      return { items: page.AnomalyDetectors, next: page.NextToken };
    });
    return new Map(all.map((one) => [titleOf(one), one]));
  });
}

function titleOf(detector: AnomalyDetector): string {
  const { Namespace, MetricName, Stat, Dimensions } = detector.SingleMetricAnomalyDetector ?? detector;
  const calculated = detector.MetricMathAnomalyDetector?.MetricDataQueries;
  if (calculated) return `calculation ${JSON.stringify(calculated)}`.slice(0, 400);
  const dimensions = Dimensions?.map(({ Name, Value }) => `${Name}=${Value}`).join(',') ?? '';
  return `${Namespace} ${MetricName} ${Stat} ${dimensions}`;
}
