import {
  DeleteDashboardsCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
  type DashboardEntry,
} from '@aws-sdk/client-cloudwatch';
import { dimensionsOf, metricRows, type Widget, widgetsOf } from '../../../aws/dashboard-body';
import { taggedArns } from '../../ownership-proof';
import { orUndefined } from '../../errors';
import type { Found, Kind, Scope } from '../../kind';
import { listAll } from '../../pages';
import { goesWithStack } from '../cloudformation/ours';
import { whyOurs, type Dimensions } from './watching';

/** A dashboard that a learner made: with our tags, or of metrics of our endpoints alone. Beyond three, each is billed. */
export const cloudwatchDashboard: Kind = {
  id: 'cloudwatch:dashboard',
  title: 'CloudWatch dashboards',
  after: [],
  async list(scope) {
    const { cloudwatch } = scope.run.clients;
    const tagged = await taggedArns(scope);
    const all = await listAll<DashboardEntry>(async (NextToken) => {
      const page = await cloudwatch.send(new ListDashboardsCommand({ NextToken }));
      return { items: page.DashboardEntries, next: page.NextToken };
    });
    const found: Found[] = [];
    for (const { DashboardName: name = '', DashboardArn: arn = '' } of all) {
      if (await goesWithStack(scope, 'AWS::CloudWatch::Dashboard', name)) continue;
      const because = tagged.has(arn) ? 'with our tags' : await whyOurs(scope, await metricsIn(scope, name));
      if (because) found.push({ kind: 'cloudwatch:dashboard', id: name, because });
    }
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.cloudwatch.send(new DeleteDashboardsCommand({ DashboardNames: [found.id] }));
  },
  permissions: [
    {
      actions: ['cloudwatch:ListDashboards'],
      resources: () => ['*'],
      reason: 'CloudWatch lists all dashboards or none',
    },
    {
      actions: ['cloudwatch:GetDashboard', 'cloudwatch:DeleteDashboards'],
      resources: (place) => [`arn:${place.partition}:cloudwatch::${place.account}:dashboard/*`],
      reason: 'a dashboard that a learner made may have any name and no tag; the code asks first what it shows',
    },
  ],
};

/** Metrics of all widgets; undefined where one shows what could be anybody's: logs, searches, calculated text. */
async function metricsIn({ run }: Scope, name: string): Promise<Dimensions[] | undefined> {
  const dashboard = await orUndefined(run.clients.cloudwatch.send(new GetDashboardCommand({ DashboardName: name })));
  let widgets: readonly Widget[];
  try {
    widgets = widgetsOf(dashboard?.DashboardBody);
  } catch {
    return undefined;
  }
  const metrics: Dimensions[] = [];
  for (const { type, properties } of widgets) {
    if (type === 'text') continue;
    const rows = type === 'metric' ? rowsOf(properties?.metrics ?? []) : undefined;
    if (rows === undefined || rows.length === 0) return undefined;
    metrics.push(...rows);
  }
  return metrics;
}

function rowsOf(metrics: readonly unknown[]): Dimensions[] | undefined {
  const rows = metricRows(metrics);
  const expressions = rows?.filter(({ fields }) => fields.length === 0) ?? [];
  if (expressions.some(({ options }) => /SEARCH|SELECT/i.test(JSON.stringify(options)))) return undefined;
  return rows?.filter(({ fields }) => fields.length > 0).map(dimensionsOf);
}
