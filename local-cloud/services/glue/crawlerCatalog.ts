/** What a crawl writes to the Data Catalog, signed as the crawler's role, by the crawler's change policies. */
import {
  BatchCreatePartitionCommand,
  BatchUpdatePartitionCommand,
  CreateTableCommand,
  DeletePartitionCommand,
  DeleteTableCommand,
  GetDatabaseCommand,
  GetTableCommand,
  paginateGetPartitions,
  paginateGetTables,
  UpdateTableCommand,
  type Crawler,
  type Partition,
  type PartitionInput,
  type Table,
  type TableInput,
} from '@aws-sdk/client-glue';
import type { Principal } from '../service';
import { changeOfPartition, changeOfTable, DEPRECATED, withoutSlash, type CrawlerSettings } from './crawlerChanges';
import { partitionInput, tableInput } from './crawlerInputs';
import { nameWithHash, type FoundTable } from './crawlerTables';
import { asRole } from './role';

/** Most partitions of one batch call. */
const BATCH = 100;

/** The catalog as one crawl sees it. */
export class CrawlerCatalog {
  private readonly database: string;
  private readonly crawler: string;

  constructor(
    private readonly role: Principal,
    private readonly account: string,
    private readonly region: string,
    private readonly definition: Crawler,
    private readonly settings: CrawlerSettings,
    private readonly log: (line: string) => void,
  ) {
    this.database = definition.DatabaseName ?? 'default';
    this.crawler = definition.Name!;
  }

  /** @throws Error when the database does not exist */
  async checkDatabase(): Promise<void> {
    await this.do('GetDatabase', `database/${this.database}`, () =>
      this.role.glue.send(new GetDatabaseCommand({ Name: this.database })),
    );
  }

  /** Tables that this crawler wrote. */
  async ownTables(): Promise<Table[]> {
    return this.do('GetTables', `database/${this.database}`, async () => {
      const tables: Table[] = [];
      for await (const page of paginateGetTables({ client: this.role.glue }, { DatabaseName: this.database })) {
        tables.push(...(page.TableList ?? []));
      }
      return tables.filter((table) => table.Parameters?.UPDATED_BY_CRAWLER === this.crawler);
    });
  }

  async partitionsOf(table: string): Promise<Partition[]> {
    return this.do('GetPartitions', this.tableArn(table), async () => {
      const all: Partition[] = [];
      const input = { DatabaseName: this.database, TableName: table };
      for await (const page of paginateGetPartitions({ client: this.role.glue }, input))
        all.push(...(page.Partitions ?? []));
      return all;
    });
  }

  /** Writes a table and its partitions. @returns the name that it got */
  async write(found: FoundTable): Promise<string> {
    const location = `s3://${found.bucket}/${found.prefix}`;
    let name = found.name;
    let known = await this.table(name);
    if (known && withoutSlash(known.StorageDescriptor?.Location ?? '') !== withoutSlash(location)) {
      name = nameWithHash(found.name, found.bucket, found.prefix);
      known = await this.table(name);
    }
    const wanted = tableInput(this.crawler, name, found);
    const written = known ? await this.update(known, wanted) : await this.create(wanted);
    if (written && found.partitions.length > 0) await this.writePartitions(found, written, known !== undefined);
    return name;
  }

  /** A table whose data is gone, by the policy on deletions. */
  async gone(table: Table): Promise<void> {
    const policy = this.definition.SchemaChangePolicy?.DeleteBehavior ?? 'DEPRECATE_IN_DATABASE';
    const name = table.Name!;
    if (policy === 'LOG') {
      this.log(`INFO : Table ${name} in database ${this.database} has no data any more.`);
    } else if (policy === 'DELETE_FROM_DATABASE') {
      await this.do('DeleteTable', this.tableArn(name), () =>
        this.role.glue.send(new DeleteTableCommand({ DatabaseName: this.database, Name: name })),
      );
      this.log(`INFO : Deleted table ${name} from database ${this.database}`);
    } else await this.deprecate(table);
  }

  private async deprecate(table: Table): Promise<void> {
    if (table.Parameters?.[DEPRECATED]) return;
    await this.put({ ...asInput(table), Parameters: { ...table.Parameters, [DEPRECATED]: String(Date.now()) } });
    this.log(`INFO : Table ${table.Name} in database ${this.database} is marked as deprecated`);
  }

  private async table(name: string): Promise<Table | undefined> {
    try {
      const input = { DatabaseName: this.database, Name: name };
      return (await this.do('GetTable', this.tableArn(name), () => this.role.glue.send(new GetTableCommand(input))))
        .Table;
    } catch (error) {
      if ((error as Error).name === 'EntityNotFoundException') return undefined;
      throw error;
    }
  }

  private async create(wanted: TableInput): Promise<TableInput> {
    await this.do('CreateTable', this.tableArn(wanted.Name!), () =>
      this.role.glue.send(new CreateTableCommand({ DatabaseName: this.database, TableInput: wanted })),
    );
    this.log(`INFO : Created table ${wanted.Name} in database ${this.database}`);
    return wanted;
  }

  /** @returns the table as the catalog now has it; undefined for one that the data does not fit */
  private async update(known: Table, wanted: TableInput): Promise<TableInput | undefined> {
    const before = asInput(known);
    const change = changeOfTable(before, wanted, this.settings, this.definition.SchemaChangePolicy);
    if (change.kind === 'none') return before;
    if (change.kind === 'log') {
      this.log(`INFO : Table ${known.Name} has changed; the change policy is to log only.`);
      return before;
    }
    if (change.kind === 'incompatible') {
      this.log(`WARN : ${change.warning}`);
      await this.deprecate(known);
      return undefined;
    }
    await this.put(change.table);
    this.log(`INFO : Updated table ${known.Name} in database ${this.database}`);
    return change.table;
  }

  private async put(input: TableInput): Promise<void> {
    await this.do('UpdateTable', this.tableArn(input.Name!), () =>
      this.role.glue.send(new UpdateTableCommand({ DatabaseName: this.database, TableInput: input })),
    );
  }

  private async writePartitions(found: FoundTable, table: TableInput, old: boolean): Promise<void> {
    const TableName = table.Name!;
    const known = new Map((old ? await this.partitionsOf(TableName) : []).map((p) => [key(p.Values), p]));
    const wanted = found.partitions.map((p) =>
      partitionInput(this.crawler, found.bucket, p, this.settings.inherit ? table : undefined),
    );
    const added = wanted.filter((p) => !known.has(key(p.Values)));
    await this.addPartitions(TableName, added);
    const policy = this.definition.SchemaChangePolicy;
    const changed = wanted.flatMap((p) => {
      const before = known.get(key(p.Values));
      return (before && changeOfPartition(before, p, this.settings, policy)) ?? [];
    });
    await this.updatePartitions(TableName, changed);
    const newFoldersOnly = this.definition.RecrawlPolicy?.RecrawlBehavior === 'CRAWL_NEW_FOLDERS_ONLY';
    if (policy?.DeleteBehavior !== 'DELETE_FROM_DATABASE' || newFoldersOnly) return;
    const there = new Set(wanted.map((p) => key(p.Values)));
    for (const { Values } of known.values()) {
      if (there.has(key(Values))) continue;
      const input = { DatabaseName: this.database, TableName, PartitionValues: Values };
      await this.do('DeletePartition', this.tableArn(TableName), () =>
        this.role.glue.send(new DeletePartitionCommand(input)),
      );
      this.log(`INFO : Deleted partition with values ${key(Values)} of table ${TableName}`);
    }
  }

  private async addPartitions(TableName: string, partitions: readonly PartitionInput[]): Promise<void> {
    for (let i = 0; i < partitions.length; i += BATCH) {
      const PartitionInputList = partitions.slice(i, i + BATCH);
      const answer = await this.do('BatchCreatePartition', this.tableArn(TableName), () =>
        this.role.glue.send(
          new BatchCreatePartitionCommand({ DatabaseName: this.database, TableName, PartitionInputList }),
        ),
      );
      const [problem] = answer.Errors ?? [];
      if (problem) throw new Error(`Partition ${key(problem.PartitionValues)}: ${problem.ErrorDetail?.ErrorMessage}`);
      const values = PartitionInputList.map((p) => key(p.Values)).join(', ');
      this.log(`INFO : Created partitions with values [${values}] for table ${TableName} in database ${this.database}`);
    }
  }

  private async updatePartitions(TableName: string, partitions: readonly PartitionInput[]): Promise<void> {
    for (let i = 0; i < partitions.length; i += BATCH) {
      const Entries = partitions
        .slice(i, i + BATCH)
        .map((PartitionInput) => ({ PartitionValueList: PartitionInput.Values, PartitionInput }));
      await this.do('BatchUpdatePartition', this.tableArn(TableName), () =>
        this.role.glue.send(new BatchUpdatePartitionCommand({ DatabaseName: this.database, TableName, Entries })),
      );
      this.log(`INFO : Updated ${Entries.length} partitions of table ${TableName}`);
    }
  }

  private tableArn(name: string): string {
    return `table/${this.database}/${name}`;
  }

  private do<T>(operation: string, resource: string, request: () => Promise<T>): Promise<T> {
    return asRole(this.role, `glue:${operation}`, `arn:aws:glue:${this.region}:${this.account}:${resource}`, request);
  }
}

function key(values: readonly string[] | undefined): string {
  return JSON.stringify(values ?? []);
}

/** What UpdateTable takes of what GetTable gives. */
function asInput(table: Table): TableInput {
  const { Name, Description, Owner, Retention, StorageDescriptor, PartitionKeys, TableType, Parameters } = table;
  return { Name, Description, Owner, Retention, StorageDescriptor, PartitionKeys, TableType, Parameters };
}
