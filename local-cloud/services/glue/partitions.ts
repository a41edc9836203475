/** GetPartitions with its filter and its pages; the partitions themselves are the emulator's. */
import type { GetPartitionsRequest, GetPartitionsResponse, GetTableResponse } from '@aws-sdk/client-glue';
import type { Cloud, Operation } from '../service';
import { page } from './page';
import { partitionTest } from './partitionExpression';

/** @throws ServiceError EntityNotFoundException when the table does not exist; the emulator would answer an empty list */
export function getPartitions(cloud: Cloud): Operation<GetPartitionsRequest, GetPartitionsResponse> {
  return async ({ DatabaseName, TableName, Expression, MaxResults, NextToken: token, ExcludeColumnSchema }) => {
    const { Table } = await cloud.emulate<GetTableResponse>('glue', 'GetTable', { DatabaseName, Name: TableName });
    const answer = await cloud.emulate<GetPartitionsResponse>('glue', 'GetPartitions', { DatabaseName, TableName });
    const test = Expression?.trim() ? partitionTest(Expression, Table?.PartitionKeys ?? []) : () => true;
    const matching = (answer.Partitions ?? []).filter((partition) => test(partition.Values ?? []));
    const { items, NextToken } = page(matching, MaxResults ?? 1000, token);
    const Partitions = ExcludeColumnSchema
      ? items.map((one) => ({ ...one, StorageDescriptor: { ...one.StorageDescriptor, Columns: [] } }))
      : items;
    return { Partitions, NextToken };
  };
}
