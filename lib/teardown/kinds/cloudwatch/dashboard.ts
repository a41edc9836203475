import {
  DeleteDashboardsCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
  type DashboardEntry,
} from '@aws-sdk/client-cloudwatch';
import { taggedArns } from '../../belonging';
import { orUndefined } from '../../errors';
import type { Found, Kind, Scope } from '../../kind';
import { everyPage } from '../../pages';
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
    const all = await everyPage<DashboardEntry>(async (NextToken) => {
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

interface Widget {
  readonly type?: string;
  readonly properties?: { readonly metrics?: readonly unknown[] };
}

/** Metrics of all widgets; undefined where one shows what could be anybody's: logs, searches, calculated text. */
async function metricsIn({ run }: Scope, name: string): Promise<Dimensions[] | undefined> {
  const dashboard = await orUndefined(run.clients.cloudwatch.send(new GetDashboardCommand({ DashboardName: name })));
  let widgets: readonly Widget[];
  try {
    widgets = (JSON.parse(dashboard?.DashboardBody ?? '{}') as { widgets?: Widget[] }).widgets ?? [];
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

/**
 * Rows are `[namespace, metric, name, value, …, {options}]`; `.` repeats the field above, `...` all before the last.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
function rowsOf(metrics: readonly unknown[]): Dimensions[] | undefined {
  const rows: Dimensions[] = [];
  let above: string[] = [];
  for (const row of metrics) {
    if (!Array.isArray(row)) return undefined;
    const fields = row.filter((one): one is string => typeof one === 'string');
    if (fields.length === 0) {
      if (/SEARCH|SELECT/i.test(JSON.stringify(row))) return undefined;
      continue;
    }
    const after = fields.length - 1;
    const full =
      fields[0] === '...'
        ? [...above.slice(0, above.length - after), ...fields.slice(1)]
        : fields.map((field, at) => (field === '.' ? (above[at] ?? '') : field));
    const pairs: [string, string][] = [];
    for (let at = 2; at + 1 < full.length; at += 2) pairs.push([full[at]!, full[at + 1]!]);
    rows.push(Object.fromEntries(pairs));
    above = full;
  }
  return rows;
}
