/** A cloud without an emulator: objects and tables in memory, with one caller's permissions; the SQL engine is the real one. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  GetQueryResultsOutput,
  QueryExecution,
  StartQueryExecutionInput,
  WorkGroupConfiguration,
} from '@aws-sdk/client-athena';
import type { Partition, PartitionInput, Table, TableInput } from '@aws-sdk/client-glue';
import { athenaService } from '../../../../local-cloud/services/athena';
import { conforming } from '../../../../local-cloud/services/serviceModel';
import type { CallContext, Cloud, Principal, Service } from '../../../../local-cloud/services/service';
import { ServiceError } from '../../../../local-cloud/services/service';

export const CALLER = 'arn:aws:iam::000000000000:role/learner';
const ROOT = resolve(__dirname, '../../../..');

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: never;
}

function awsError(name: string, message = name): Error {
  return Object.assign(new Error(message), {
    name,
    $metadata: { httpStatusCode: name === 'AccessDenied' ? 403 : 400 },
  });
}

export class FakeS3 {
  readonly objects = new Map<string, Buffer>();
  /** Actions with a part of the resource that the caller may not use, for example `GetObject raw/`. */
  readonly denied: string[] = [];
  /** Every request: `GetObject key`, `ListObjectsV2 prefix`. */
  readonly requests: string[] = [];
  /** Keys of objects whose bytes travelled. */
  readonly sent: string[] = [];

  put(key: string, body: string | Buffer): void {
    this.objects.set(key, Buffer.from(body as string));
  }

  text(key: string): string {
    const body = this.objects.get(key);
    if (!body) throw new Error(`no object ${key}; there are ${[...this.objects.keys()].join(', ')}`);
    return body.toString('utf8');
  }

  keys(prefix: string): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  send(command: Command): Promise<unknown> {
    const name = command.constructor.name.replace('Command', '');
    const input = command.input as {
      Key?: string;
      Prefix?: string;
      Bucket: string;
      Body?: string | Buffer;
      Delimiter?: string;
      IfNoneMatch?: string;
    };
    const about = input.Key ?? input.Prefix ?? '';
    this.requests.push(`${name} ${about}`);
    if (input.Bucket !== 'data') return Promise.reject(awsError('NoSuchBucket', 'The specified bucket does not exist'));
    const refused = this.denied.some((rule) => {
      const [action, part = ''] = rule.split(' ');
      return action === name && about.includes(part);
    });
    if (refused) return Promise.reject(awsError('AccessDenied', 'Access Denied'));
    return Promise.resolve().then(() => this.answer(name, input));
  }

  private answer(
    name: string,
    input: { Key?: string; Prefix?: string; Body?: string | Buffer; Delimiter?: string; IfNoneMatch?: string },
  ): unknown {
    const { Key = '', Prefix = '', Delimiter, IfNoneMatch } = input;
    if (name === 'PutObject') return this.put(Key, input.Body!);
    if (name === 'GetBucketLocation') return {};
    if (name === 'ListObjectsV2') {
      const keys = this.keys(Prefix);
      const cut = (key: string): number => (Delimiter ? key.indexOf(Delimiter, Prefix.length) : -1);
      const Contents = keys
        .filter((key) => cut(key) < 0)
        .map((key) => ({ Key: key, Size: this.objects.get(key)!.length }));
      const prefixes = new Set(keys.filter((key) => cut(key) >= 0).map((key) => key.slice(0, cut(key) + 1)));
      return { Contents, CommonPrefixes: [...prefixes].map((each) => ({ Prefix: each })) };
    }
    const body = this.objects.get(Key);
    if (!body) throw awsError(name === 'HeadObject' ? 'NotFound' : 'NoSuchKey');
    const ETag = `"${createHash('md5').update(body).digest('hex')}"`;
    if (IfNoneMatch === ETag) throw Object.assign(new Error('304'), { $metadata: { httpStatusCode: 304 } });
    if (name === 'GetObject') this.sent.push(Key);
    return { ETag, Body: Readable.from([body]) };
  }
}

export class FakeGlue {
  readonly databases = new Set<string>();
  readonly tables = new Map<string, Table>();
  readonly partitions = new Map<string, Partition[]>();
  /** Actions that the caller may not use. */
  readonly denied = new Set<string>();

  async send(command: Command): Promise<unknown> {
    const name = command.constructor.name.replace('Command', '');
    if (this.denied.has(name)) throw awsError('AccessDeniedException', `not authorized to perform: glue:${name}`);
    const input = command.input as {
      DatabaseName: string;
      Name: string;
      TableName: string;
      TableInput: TableInput;
      DatabaseInput: { Name: string };
      PartitionInputList: PartitionInput[];
      PartitionValues: string[];
    };
    const { DatabaseName: database } = input;
    const key = `${database}.${input.Name ?? input.TableName}`;
    switch (name) {
      case 'GetDatabase':
        if (!this.databases.has(input.Name)) throw awsError('EntityNotFoundException');
        return { Database: { Name: input.Name } };
      case 'GetDatabases':
        return { DatabaseList: [...this.databases].map((each) => ({ Name: each })) };
      case 'CreateDatabase':
        if (this.databases.has(input.DatabaseInput.Name)) throw awsError('AlreadyExistsException');
        return void this.databases.add(input.DatabaseInput.Name);
      case 'DeleteDatabase':
        return void this.databases.delete(input.Name);
      case 'GetTable':
        if (!this.tables.has(key)) throw awsError('EntityNotFoundException');
        return { Table: this.tables.get(key) };
      case 'GetTables':
        return { TableList: [...this.tables.values()].filter((table) => table.DatabaseName === database) };
      case 'CreateTable':
        if (this.tables.has(`${database}.${input.TableInput.Name}`)) throw awsError('AlreadyExistsException');
        return void this.table(database, input.TableInput);
      case 'UpdateTable':
        return void this.table(database, input.TableInput);
      case 'DeleteTable':
        this.partitions.delete(key);
        return void this.tables.delete(key);
      case 'GetPartitions':
        return { Partitions: this.partitions.get(key) ?? [] };
      case 'BatchCreatePartition':
        return { Errors: this.addPartitions(key, input.PartitionInputList) };
      case 'DeletePartition':
        return void this.partitions.set(
          key,
          (this.partitions.get(key) ?? []).filter(({ Values }) => String(Values) !== String(input.PartitionValues)),
        );
      default:
        throw new Error(`the fake Glue lacks ${name}`);
    }
  }

  table(database: string, input: TableInput): void {
    this.tables.set(`${database}.${input.Name}`, { ...input, Name: input.Name, DatabaseName: database });
  }

  addPartitions(key: string, inputs: readonly PartitionInput[]): object[] {
    const list = this.partitions.get(key) ?? [];
    const errors: object[] = [];
    for (const input of inputs) {
      if (list.some(({ Values }) => String(Values) === String(input.Values))) {
        errors.push({ PartitionValues: input.Values, ErrorDetail: { ErrorCode: 'AlreadyExistsException' } });
      } else list.push({ ...input });
    }
    this.partitions.set(key, list);
    return errors;
  }
}

/** One Athena with its surroundings; `close` ends the engine. */
export class Lab {
  readonly s3 = new FakeS3();
  readonly glue = new FakeGlue();
  readonly pids: number[] = [];
  workGroups: Record<string, WorkGroupConfiguration | undefined> = {};
  readonly service: Service;
  readonly folder = mkdtempSync(join(tmpdir(), 'athena-test-'));
  private readonly context: CallContext;

  constructor() {
    this.reset();
    const caller = {
      arn: CALLER,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      s3: this.s3,
      glue: this.glue,
    } as unknown as Principal;
    this.context = { account: '000000000000', region: 'us-east-1', requestId: 'r', caller };
    const cloud: Cloud = {
      account: '000000000000',
      region: 'us-east-1',
      folder: this.folder,
      python: resolve(process.env.MLA_PYTHON ?? join(ROOT, '.venv/bin/python')),
      engines: join(ROOT, 'local-cloud/engines'),
      assume: () => Promise.reject(new Error('no roles here')),
      root: () => caller,
      emulate: <T>(_service: string, operation: string, input: object) => this.emulate(operation, input) as Promise<T>,
      track: (pid) => void this.pids.push(pid),
      face: () => false,
      event: () => Promise.resolve(),
      metric: () => Promise.resolve(),
    };
    this.service = conforming(cloud.python, athenaService(cloud));
  }

  /** Makes everything new but the service and its engine, which take a while to start. */
  reset(): void {
    this.s3.objects.clear();
    this.s3.denied.length = 0;
    this.s3.requests.length = 0;
    this.s3.sent.length = 0;
    this.glue.tables.clear();
    this.glue.partitions.clear();
    this.glue.denied.clear();
    this.glue.databases.clear();
    this.glue.databases.add('db');
    const enforced = {
      EnforceWorkGroupConfiguration: true,
      ResultConfiguration: { OutputLocation: 's3://data/results/' },
    };
    this.workGroups = { primary: {}, lab: enforced, other: enforced };
  }

  /** Calls an operation as the caller. */
  call<T>(operation: string, input: object): Promise<T> {
    return this.service.operations[operation]!(input, this.context) as Promise<T>;
  }

  async start(sql: string, more: Partial<StartQueryExecutionInput> = {}): Promise<string> {
    const input = { QueryString: sql, WorkGroup: 'lab', QueryExecutionContext: { Database: 'db' }, ...more };
    return (await this.call<{ QueryExecutionId: string }>('StartQueryExecution', input)).QueryExecutionId;
  }

  async execution(id: string): Promise<QueryExecution> {
    return (await this.call<{ QueryExecution: QueryExecution }>('GetQueryExecution', { QueryExecutionId: id }))
      .QueryExecution;
  }

  /** Starts a query and asks until it ended. */
  async run(sql: string, more: Partial<StartQueryExecutionInput> = {}): Promise<QueryExecution> {
    return this.ended(await this.start(sql, more));
  }

  async ended(id: string): Promise<QueryExecution> {
    for (;;) {
      const execution = await this.execution(id);
      if (!['QUEUED', 'RUNNING'].includes(execution.Status!.State!)) return execution;
      await pause(5);
    }
  }

  results(id: string, more: object = {}): Promise<GetQueryResultsOutput> {
    return this.call('GetQueryResults', { QueryExecutionId: id, ...more });
  }

  /** Rows of a query that must succeed, header included. */
  async rows(sql: string, more: Partial<StartQueryExecutionInput> = {}): Promise<(string | undefined)[][]> {
    const execution = await this.run(sql, more);
    if (execution.Status!.State !== 'SUCCEEDED') throw new Error(`${sql}: ${execution.Status!.StateChangeReason}`);
    const { ResultSet } = await this.results(execution.QueryExecutionId!);
    return ResultSet!.Rows!.map(({ Data }) => Data!.map((datum) => datum.VarCharValue));
  }

  /** Why a query that must not succeed ended. */
  async reason(sql: string, more: Partial<StartQueryExecutionInput> = {}): Promise<string> {
    const { Status } = await this.run(sql, more);
    if (Status!.State === 'SUCCEEDED') throw new Error(`${sql} succeeded`);
    return Status!.StateChangeReason ?? '';
  }

  /** A table of comma-separated text below `s3://data/<name>/`. */
  textTable(
    name: string,
    columns: Record<string, string>,
    more: { keys?: Record<string, string>; skip?: number } = {},
  ): void {
    const list = (of: Record<string, string>) => Object.entries(of).map(([Name, Type]) => ({ Name, Type }));
    this.glue.table('db', {
      Name: name,
      TableType: 'EXTERNAL_TABLE',
      Parameters: more.skip ? { 'skip.header.line.count': String(more.skip) } : {},
      PartitionKeys: list(more.keys ?? {}),
      StorageDescriptor: {
        Columns: list(columns),
        Location: `s3://data/${name}/`,
        SerdeInfo: {
          SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
          Parameters: { 'field.delim': ',' },
        },
      },
    });
  }

  partition(table: string, value: string, location: string): void {
    const { StorageDescriptor } = this.glue.tables.get(`db.${table}`)!;
    this.glue.addPartitions(`db.${table}`, [
      { Values: [value], StorageDescriptor: { ...StorageDescriptor, Location: location } },
    ]);
  }

  async close(): Promise<void> {
    await this.service.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private emulate(operation: string, input: object): Promise<unknown> {
    const { WorkGroup: name } = input as { WorkGroup: string };
    const Configuration = this.workGroups[name];
    if (!Configuration) {
      return Promise.reject(new ServiceError('InvalidRequestException', `WorkGroup ${name} not found`));
    }
    if (operation === 'DeleteWorkGroup') {
      this.workGroups[name] = undefined;
      return Promise.resolve({});
    }
    return Promise.resolve({ WorkGroup: { Name: name, State: 'ENABLED', Configuration } });
  }
}
