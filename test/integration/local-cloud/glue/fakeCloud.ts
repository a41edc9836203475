/** A cloud in memory: S3, logs, a catalog and Glue definitions, with a list of what the role may not do. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { GlueClient, type PartitionInput, type TableInput } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { ServiceError, type CallContext, type Cloud, type Principal } from '../../../../local-cloud/services/service';

export const PYTHON = resolve(process.env.MLA_PYTHON ?? '.venv/bin/python');
export const ROLE = 'arn:aws:iam::000000000000:role/crawl';

/** The members that the fake looks at, of all commands together. */
interface Input {
  readonly Bucket: string;
  readonly Key: string;
  readonly Prefix?: string;
  readonly Range?: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly logEvents: readonly { readonly message: string }[];
  readonly Name: string;
  readonly TableName: string;
  readonly TableInput: TableInput;
  readonly PartitionInputList: readonly PartitionInput[];
  readonly PartitionValues: readonly string[];
  readonly Entries: readonly {
    readonly PartitionValueList: readonly string[];
    readonly PartitionInput: PartitionInput;
  }[];
}
type Command = { readonly constructor: { readonly name: string }; readonly input: Input };
type Handler = (input: Input) => unknown;

function failure(name: string, message: string): Error {
  return Object.assign(new Error(message), { name, $metadata: {} });
}

export class FakeCloud implements Cloud {
  readonly account = '000000000000';
  readonly region = 'us-east-1';
  readonly folder = mkdtempSync(join(tmpdir(), 'mla-glue-'));
  readonly python = PYTHON;
  readonly engines = resolve('local-cloud/engines');

  /** `bucket/key` to content. */
  readonly objects = new Map<string, Buffer>();
  /** `group` or `group:stream` to lines. */
  readonly logs = new Map<string, string[]>();
  readonly tables = new Map<string, TableInput>();
  readonly partitions = new Map<string, PartitionInput[]>();
  /** Definitions that the emulator would hold: `GetJob/name` and the like, to its answer. */
  readonly definitions = new Map<string, Record<string, unknown>>();
  /** Actions that the role lacks, such as `s3:GetObject`. */
  readonly denied = new Set<string>();
  /** Every request of the role, as `Operation`. */
  readonly requests: string[] = [];
  readonly assumed: string[] = [];
  readonly tracked: number[] = [];
  readonly context = { account: this.account, region: this.region, requestId: '1' } as CallContext;

  put(path: string, content: string | Buffer): void {
    this.objects.set(path, Buffer.from(content));
  }

  lines(group: string): string[] {
    return [...this.logs].filter(([name]) => name.startsWith(`${group}:`)).flatMap(([, lines]) => lines);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async assume(roleArn: string, service: string): Promise<Principal> {
    if (this.denied.has('sts:AssumeRole'))
      throw new ServiceError('InvalidInputException', `${service} cannot assume ${roleArn}`);
    this.assumed.push(roleArn);
    return {
      arn: roleArn,
      credentials: { accessKeyId: 'ASIATEST', secretAccessKey: 'secret' },
      s3: this.client('s3', new S3Client({ region: this.region }), this.s3),
      logs: this.client('logs', new CloudWatchLogsClient({ region: this.region }), this.cloudWatchLogs),
      glue: this.client('glue', new GlueClient({ region: this.region }), this.catalog),
      env: () => ({ AWS_ACCESS_KEY_ID: 'ASIATEST', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: this.region }),
    } as unknown as Principal;
  }

  root(): Principal {
    throw new Error('nothing here acts as root');
  }

  async emulate<T>(_service: string, operation: string, input: Record<string, unknown>): Promise<T> {
    const name = (input.JobName ?? input.Name ?? input.TableName ?? '') as string;
    const found = this.definitions.get(`${operation}/${name}`);
    if (operation.startsWith('Delete')) {
      this.definitions.delete(`${operation.replace('Delete', 'Get')}/${name}`);
      return {} as T;
    }
    if (!found) throw new ServiceError('EntityNotFoundException', `${operation} ${name}: not found`);
    return found as T;
  }

  async event(): Promise<void> {
    throw new Error('nothing here puts events');
  }
  async metric(): Promise<void> {
    throw new Error('nothing here publishes metrics');
  }

  track(pid: number): void {
    this.tracked.push(pid);
  }

  face(): boolean {
    return false;
  }

  /** A real client that never sends: the SDK's paginators insist on its class. */
  private client<T extends object>(service: string, client: T, handlers: Readonly<Record<string, Handler>>): T {
    return Object.assign(client, {
      send: async (command: Command): Promise<unknown> => {
        const operation = command.constructor.name.replace(/Command$/, '');
        this.requests.push(operation);
        const action = `${service}:${operation === 'ListObjectsV2' ? 'ListBucket' : operation}`;
        if (this.denied.has(action)) throw failure('AccessDeniedException', 'Access Denied');
        const handler = handlers[operation];
        if (!handler) throw new Error(`the fake has no ${service}:${operation}`);
        return handler(command.input);
      },
    });
  }

  private readonly s3: Record<string, Handler> = {
    ListObjectsV2: ({ Bucket, Prefix }) => ({
      Contents: [...this.objects]
        .filter(([path]) => path.startsWith(`${Bucket}/${Prefix ?? ''}`))
        .map(([path, body]) => ({ Key: path.slice(`${Bucket}/`.length), Size: body.length, ETag: '"e"' }))
        .sort((a, b) => (a.Key < b.Key ? -1 : 1)),
    }),
    GetObject: ({ Bucket, Key, Range }) => {
      const body = this.objects.get(`${Bucket}/${Key}`);
      if (!body) throw failure('NoSuchKey', 'The specified key does not exist.');
      const range = /bytes=(\d*)-(\d*)/.exec(Range ?? '');
      const part = !range
        ? body
        : range[1]
          ? body.subarray(Number(range[1]), Number(range[2] || body.length - 1) + 1)
          : body.subarray(-Number(range[2]));
      return { Body: { transformToByteArray: async () => part } };
    },
  };

  private readonly cloudWatchLogs: Record<string, Handler> = {
    CreateLogGroup: ({ logGroupName }) => {
      if (this.logs.has(logGroupName)) throw failure('ResourceAlreadyExistsException', 'It exists.');
      this.logs.set(logGroupName, []);
    },
    CreateLogStream: ({ logGroupName, logStreamName }) => {
      if (!this.logs.has(logGroupName))
        throw failure('ResourceNotFoundException', 'The specified log group does not exist.');
      this.logs.set(`${logGroupName}:${logStreamName}`, []);
    },
    PutLogEvents: ({ logGroupName, logStreamName, logEvents }) => {
      const stream = this.logs.get(`${logGroupName}:${logStreamName}`);
      if (!stream) throw failure('ResourceNotFoundException', 'The specified log stream does not exist.');
      stream.push(...logEvents.map((event) => event.message));
    },
  };

  private readonly catalog: Record<string, Handler> = {
    GetDatabase: ({ Name }) => ({ Database: { Name } }),
    GetTable: ({ Name }) => {
      const table = this.tables.get(Name);
      if (!table) throw failure('EntityNotFoundException', `Table ${Name} not found.`);
      return { Table: table };
    },
    GetTables: () => ({ TableList: [...this.tables.values()] }),
    CreateTable: ({ TableInput }) => {
      this.tables.set(TableInput.Name!, TableInput);
    },
    UpdateTable: ({ TableInput }) => {
      this.tables.set(TableInput.Name!, TableInput);
    },
    DeleteTable: ({ Name }) => {
      this.tables.delete(Name);
    },
    GetPartitions: ({ TableName }) => ({ Partitions: this.partitions.get(TableName) ?? [] }),
    BatchCreatePartition: ({ TableName, PartitionInputList }) => {
      this.partitions.set(TableName, [...(this.partitions.get(TableName) ?? []), ...PartitionInputList]);
      return { Errors: [] };
    },
    BatchUpdatePartition: ({ TableName, Entries }) => {
      const all = this.partitions.get(TableName) ?? [];
      this.partitions.set(
        TableName,
        all.map((p) => Entries.find((e) => String(e.PartitionValueList) === String(p.Values))?.PartitionInput ?? p),
      );
      return { Errors: [] };
    },
    DeletePartition: ({ TableName, PartitionValues }) => {
      const all = this.partitions.get(TableName) ?? [];
      this.partitions.set(
        TableName,
        all.filter((p) => String(p.Values) !== String(PartitionValues)),
      );
    },
  };
}

/** Asks until there is an answer. Jest's own timeout ends a wait in vain. */
export async function until<T>(ask: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
