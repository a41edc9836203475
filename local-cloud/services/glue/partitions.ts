/** GetPartitions with its pages; the partitions themselves are the emulator's. */
import type { GetPartitionsRequest, GetPartitionsResponse, GetTableResponse } from '@aws-sdk/client-glue';
import { type Cloud, type Operation, ServiceError } from '../service';
import { page } from './page';

/** @throws ServiceError EntityNotFoundException when the table does not exist; the emulator would answer an empty list */
export function getPartitions(cloud: Cloud): Operation<GetPartitionsRequest, GetPartitionsResponse> {
  return async ({ DatabaseName, TableName, Expression, MaxResults, NextToken: token, ExcludeColumnSchema }) => {
    if (Expression?.trim()) {
      const message = 'The local cloud does not have Expression of GetPartitions; no lab uses it.';
      throw new ServiceError('InvalidInputException', message);
    }
    await cloud.emulate<GetTableResponse>('glue', 'GetTable', { DatabaseName, Name: TableName });
    const answer = await cloud.emulate<GetPartitionsResponse>('glue', 'GetPartitions', { DatabaseName, TableName });
    const { items, NextToken } = page(answer.Partitions ?? [], MaxResults ?? 1000, token);
    const Partitions = ExcludeColumnSchema
      ? items.map((one) => ({ ...one, StorageDescriptor: { ...one.StorageDescriptor, Columns: [] } }))
      : items;
    return { Partitions, NextToken };
  };
}
