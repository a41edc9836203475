/** The Glue Data Catalog as the caller of a query. */
import {
  BatchCreatePartitionCommand,
  CreateDatabaseCommand,
  CreateTableCommand,
  type Database,
  DeleteDatabaseCommand,
  DeletePartitionCommand,
  DeleteTableCommand,
  GetDatabaseCommand,
  GetDatabasesCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  type Partition,
  type PartitionInput,
  type Table,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import type { Principal } from '../service';
import { QueryFailure, requestFailure } from './failure';

/** Most partitions that one BatchCreatePartition takes. */
const BATCH = 100;

function notFound(error: unknown): boolean {
  return (error as Error).name === 'EntityNotFoundException';
}

/** Glue with one caller's permissions. Names are lower case, as the catalog keeps them. */
export class Catalog {
  constructor(
    private readonly caller: Principal,
    private readonly account: string,
    private readonly region: string,
  ) {}

  async table(database: string, name: string): Promise<Table | undefined> {
    try {
      const { Table } = await this.as('GetTable', `table/${database}/${name}`, () =>
        this.caller.glue.send(new GetTableCommand({ DatabaseName: database, Name: name })),
      );
      return Table;
    } catch (error) {
      if (notFound(error)) return undefined;
      throw error;
    }
  }

  async database(name: string): Promise<Database | undefined> {
    try {
      const { Database } = await this.as('GetDatabase', `database/${name}`, () =>
        this.caller.glue.send(new GetDatabaseCommand({ Name: name })),
      );
      return Database;
    } catch (error) {
      if (notFound(error)) return undefined;
      throw error;
    }
  }

  async databases(): Promise<string[]> {
    return this.all('GetDatabases', 'catalog', async (NextToken) => {
      const page = await this.caller.glue.send(new GetDatabasesCommand({ NextToken }));
      return { items: (page.DatabaseList ?? []).map(({ Name }) => Name!), next: page.NextToken };
    });
  }

  async tables(database: string): Promise<Table[]> {
    return this.all('GetTables', `table/${database}/*`, async (NextToken) => {
      const page = await this.caller.glue.send(new GetTablesCommand({ DatabaseName: database, NextToken }));
      return { items: page.TableList ?? [], next: page.NextToken };
    });
  }

  async partitions(database: string, table: string): Promise<Partition[]> {
    return this.all('GetPartitions', `table/${database}/${table}`, async (NextToken) => {
      const input = { DatabaseName: database, TableName: table, NextToken };
      const page = await this.caller.glue.send(new GetPartitionsCommand(input));
      return { items: page.Partitions ?? [], next: page.NextToken };
    });
  }

  async createTable(database: string, input: TableInput): Promise<void> {
    await this.as('CreateTable', `table/${database}/${input.Name}`, () =>
      this.caller.glue.send(new CreateTableCommand({ DatabaseName: database, TableInput: input })),
    );
  }

  async updateTable(database: string, input: TableInput): Promise<void> {
    await this.as('UpdateTable', `table/${database}/${input.Name}`, () =>
      this.caller.glue.send(new UpdateTableCommand({ DatabaseName: database, TableInput: input })),
    );
  }

  async deleteTable(database: string, name: string): Promise<void> {
    await this.as('DeleteTable', `table/${database}/${name}`, () =>
      this.caller.glue.send(new DeleteTableCommand({ DatabaseName: database, Name: name })),
    );
  }

  async createDatabase(name: string, description?: string, location?: string): Promise<void> {
    const input = {
      Name: name,
      ...(description && { Description: description }),
      ...(location && { LocationUri: location }),
    };
    await this.as('CreateDatabase', `database/${name}`, () =>
      this.caller.glue.send(new CreateDatabaseCommand({ DatabaseInput: input })),
    );
  }

  async deleteDatabase(name: string): Promise<void> {
    await this.as('DeleteDatabase', `database/${name}`, () =>
      this.caller.glue.send(new DeleteDatabaseCommand({ Name: name })),
    );
  }

  /** @returns values of the partitions that were there already */
  async createPartitions(database: string, table: string, inputs: readonly PartitionInput[]): Promise<string[][]> {
    const existing: string[][] = [];
    for (let start = 0; start < inputs.length; start += BATCH) {
      const PartitionInputList = inputs.slice(start, start + BATCH);
      const { Errors = [] } = await this.as('BatchCreatePartition', `table/${database}/${table}`, () =>
        this.caller.glue.send(
          new BatchCreatePartitionCommand({ DatabaseName: database, TableName: table, PartitionInputList }),
        ),
      );
      for (const { PartitionValues = [], ErrorDetail } of Errors) {
        if (ErrorDetail?.ErrorCode !== 'AlreadyExistsException') {
          throw new QueryFailure('HIVE_METASTORE_ERROR', `${ErrorDetail?.ErrorCode}: ${ErrorDetail?.ErrorMessage}`);
        }
        existing.push(PartitionValues);
      }
    }
    return existing;
  }

  async deletePartition(database: string, table: string, values: string[]): Promise<void> {
    await this.as('DeletePartition', `table/${database}/${table}`, () =>
      this.caller.glue.send(
        new DeletePartitionCommand({ DatabaseName: database, TableName: table, PartitionValues: values }),
      ),
    );
  }

  private async all<T>(
    action: string,
    resource: string,
    page: (token: string | undefined) => Promise<{ readonly items: readonly T[]; readonly next?: string }>,
  ): Promise<T[]> {
    const found: T[] = [];
    let token: string | undefined;
    do {
      const { items, next } = await this.as(action, resource, () => page(token));
      found.push(...items);
      token = next;
    } while (token);
    return found;
  }

  private async as<T>(action: string, resource: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      // Whoever asks decides what these mean.
      if (notFound(error) || (error as Error).name === 'AlreadyExistsException') throw error;
      throw requestFailure(error, {
        caller: this.caller.arn,
        action: `glue:${action}`,
        resource: `arn:aws:glue:${this.region}:${this.account}:${resource}`,
      });
    }
  }
}
