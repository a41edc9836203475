import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Aws } from 'aws-cdk-lib';
import { LATENCY_THRESHOLD } from '../../../lib/infra/endpoint-template';
import type { LabStack } from '../../../lib/infra/lab-stack';
import { arnInStack } from '../../../lib/infra/statements';
import { AUC_THRESHOLD, NAMESPACE, VARIANT, type MonitoringNames } from '../names';
import { MANAGED_NAMESPACE, MANAGED_THRESHOLD, WATCHED_FEATURES } from './alarms';

type Row = readonly unknown[];
const RED = '#d62728';

/** One look, from top to bottom: is anything wrong, does the endpoint answer, is the world still what the model learnt? */
export function addDashboard(stack: LabStack, names: MonitoringNames): void {
  const endpoint = (metric: string, options: object): Row => [
    ...['AWS/SageMaker', metric, 'EndpointName', names.endpoint, 'VariantName', VARIANT],
    options,
  ];
  const own = (metric: string, options: object): Row => [NAMESPACE, metric, 'Endpoint', names.endpoint, options];
  const graph = (x: number, y: number, title: string, metrics: readonly Row[], more: object = {}) => ({
    ...{ type: 'metric', x, y, width: 12, height: 6 },
    properties: { title, metrics, region: Aws.REGION, view: 'timeSeries', period: 60, ...more },
  });
  const line = (value: number) => ({ annotations: { horizontal: [{ label: 'alarm', value, color: RED }] } });
  const axis = (label: string, limits: object = { min: 0 }) => ({ label, showUnits: false, ...limits });
  const alarms = [names.driftAlarm, names.aucAlarm, names.errorAlarm, names.latencyAlarm, names.bandAlarm];
  const body = {
    widgets: [
      {
        ...{ type: 'text', x: 0, y: 0, width: 24, height: 2 },
        properties: {
          markdown: `# ${names.endpoint}\nErrors or latency after a release: **roll back**. Drift or falling AUC: **retrain**.`,
        },
      },
      {
        ...{ type: 'alarm', x: 0, y: 2, width: 24, height: 3 },
        properties: { title: 'Alarms', alarms: alarms.map((name) => arnInStack('cloudwatch', `alarm:${name}`)) },
      },
      graph(
        0,
        5,
        'Requests and failures a minute',
        [
          endpoint('Invocations', { stat: 'Sum', label: 'requests' }),
          endpoint('Invocation5XXErrors', { stat: 'Sum', label: 'failed (5xx)', color: RED }),
          endpoint('Invocation4XXErrors', { stat: 'Sum', label: 'refused (4xx)', color: '#ff7f0e' }),
        ],
        { yAxis: { left: axis('requests') } },
      ),
      graph(
        12,
        5,
        'Time that the model takes, in milliseconds',
        [
          // CloudWatch has microseconds. The legend tells the latest figures: beside the alarm's line they lie flat.
          endpoint('ModelLatency', { stat: 'p50', id: 'half', visible: false }),
          endpoint('ModelLatency', { stat: 'p90', id: 'most', visible: false }),
          [{ expression: 'half / 1000', label: 'half of the requests: ${LAST}', id: 'halfMs' }],
          [{ expression: 'most / 1000', label: 'nine of ten: ${LAST}', id: 'mostMs' }],
        ],
        { ...line(LATENCY_THRESHOLD / 1000), yAxis: { left: axis('milliseconds') } },
      ),
      stack.modes.monitor === 'managed'
        ? graph(
            0,
            11,
            'Distance from the baseline, of the latest analyses',
            WATCHED_FEATURES.map((feature) => [
              ...[MANAGED_NAMESPACE, `feature_baseline_drift_${feature}`, 'Endpoint', names.endpoint],
              ...['MonitoringSchedule', names.schedule, { stat: 'Maximum', label: feature }],
            ]),
            { ...line(MANAGED_THRESHOLD), period: 3600, yAxis: { left: axis('distance', { min: 0, max: 1 }) } },
          )
        : graph(
            0,
            11,
            'Features that drifted, of the latest analyses',
            [
              own('FeaturesDrifted', { stat: 'Maximum', label: 'features' }),
              own('Records', { stat: 'Sum', label: 'records', yAxis: 'right' }),
            ],
            { ...line(1), period: 300, yAxis: { left: axis('features'), right: axis('records') } },
          ),
      graph(12, 11, 'AUC, once the truth is known', [own('Auc', { stat: 'Minimum', label: 'AUC' })], {
        ...line(AUC_THRESHOLD),
        period: 300,
        yAxis: { left: axis('AUC', { min: 0.5, max: 1 }) },
      }),
    ],
  };
  new cloudwatch.CfnDashboard(stack, 'Dashboard', {
    dashboardName: names.base,
    dashboardBody: stack.toJsonString(body),
  });
  stack.output('Dashboard', names.base, 'Dashboard');
}
