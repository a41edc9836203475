/** Tables of the lab's database in Glue's Data Catalog, and one with its columns and partitions. */
import {
  GetCrawlerCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  StartCrawlerCommand,
} from '@aws-sdk/client-glue';
import { orUndefined } from '../../../lib/aws/not-found';
import { type LabRun, output } from '../../../lib/course/run';
import type { TablesView, TableView } from '../../api';
import { type View, wrongName } from './view';

const PAGE = 100;

export const tables: View = {
  title: 'Tables',
  outputs: ['Database'],
  async read({ run }, { of, token }): Promise<TablesView | TableView> {
    const database = output(run, 'Database');
    if (of !== undefined) return tableOf(run, database, of, token);
    const { TableList = [], NextToken } = await run.clients.glue.send(
      new GetTablesCommand({ DatabaseName: database, MaxResults: PAGE, NextToken: token }),
    );
    const { Crawler: crawler } = run.outputs;
    const found = crawler && (await run.clients.glue.send(new GetCrawlerCommand({ Name: crawler }))).Crawler;
    return {
      database,
      ...(crawler && { crawler: { name: crawler, state: (found && found.State) ?? '' } }),
      tables: TableList.map(({ Name = '', StorageDescriptor: storage, PartitionKeys = [], Parameters = {} }) => ({
        name: Name,
        location: storage?.Location ?? '',
        format: Parameters.classification ?? storage?.InputFormat?.split('.').pop() ?? '',
        columns: storage?.Columns?.length ?? 0,
        partitionKeys: PartitionKeys.map((key) => key.Name ?? ''),
      })),
      next: NextToken || undefined,
    };
  },
  async act({ run }, { crawl }): Promise<{ started: string } | undefined> {
    const { Crawler: crawler } = run.outputs;
    if (crawl !== true || crawler === undefined) return undefined;
    await run.clients.glue.send(new StartCrawlerCommand({ Name: crawler }));
    return { started: crawler };
  },
};

async function tableOf(run: LabRun, database: string, name: string, token?: string): Promise<TableView> {
  const { glue } = run.clients;
  const found = await orUndefined(glue.send(new GetTableCommand({ DatabaseName: database, Name: name })));
  if (!found?.Table) throw wrongName('table', name);
  const { StorageDescriptor: storage, PartitionKeys: keys = [] } = found.Table;
  const { Partitions = [], NextToken } = await glue.send(
    new GetPartitionsCommand({ DatabaseName: database, TableName: name, MaxResults: PAGE, NextToken: token }),
  );
  const column =
    (partition: boolean) =>
    ({ Name = '', Type = '' }: { Name?: string; Type?: string }) => ({ name: Name, type: Type, partition });
  return {
    name,
    columns: [...(storage?.Columns ?? []).map(column(false)), ...keys.map(column(true))],
    partitions: Partitions.map(({ Values = [], StorageDescriptor }) => ({
      values: Values,
      location: StorageDescriptor?.Location ?? '',
    })),
    next: NextToken || undefined,
  };
}
