/** Logs Insights: a query over one of the lab's log groups. */
import { MOST_ROWS, queryLogs } from '../../../lib/aws/logs-insights';
import type { LabRun } from '../../../lib/course/run';
import { stackResources } from '../../../lib/target/stacks';
import type { LogRowsView, LogsView } from '../../api';
import { ENDPOINTS } from './endpoints';
import { outputsOf, type Standing, type View, wrongName } from './view';

const MOST_HOURS = 24 * 7;

export const logs: View = {
  title: 'Logs Insights',
  outputs: ['LogPrefix'],
  async read(standing): Promise<LogsView> {
    return { groups: await groupsOf(standing) };
  },
  async act(standing, { group, hours, query }): Promise<LogRowsView | undefined> {
    if (typeof query !== 'string' || typeof hours !== 'number' || !(hours > 0 && hours <= MOST_HOURS)) return undefined;
    const found = (await groupsOf(standing)).find((one) => one === group);
    if (found === undefined) throw wrongName('log group', String(group));
    const to = standing.run.clock.now();
    const from = new Date(to.getTime() - hours * 3_600_000);
    const rows = await queryLogs(standing.run, { group: found, from, to, query, next: 'choose a shorter time' });
    const columns = [...new Set(rows.flatMap(Object.keys))].filter((name) => name !== '@ptr');
    return {
      columns,
      rows: rows.map((row) => columns.map((name) => row[name] ?? null)),
      cut: rows.length === MOST_ROWS,
    };
  },
};

/** The stack's own, and those that SageMaker makes for its endpoints. */
async function groupsOf({ run, stack }: Standing): Promise<string[]> {
  const made = (await stackResources(run, stack.id)).filter(
    ({ ResourceType }) => ResourceType === 'AWS::Logs::LogGroup',
  );
  return [...endpointGroups(run), ...made.map(({ PhysicalResourceId = '' }) => PhysicalResourceId).sort()];
}

const endpointGroups = (run: LabRun): string[] =>
  outputsOf(run, ENDPOINTS).map((name) => `/aws/sagemaker/Endpoints/${name}`);
