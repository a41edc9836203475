/**
 * A cloud in this process for Data Quality: real SDK clients that talk to small fakes of the catalog, S3 and CloudWatch
 * Logs, and to the operations under test. The engine is the real one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { AthenaClient } from '@aws-sdk/client-athena';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { GlueClient, type Partition, type Table } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { type DataQuality, dataQualityOperations } from '../../../../local-cloud/services/glue/dataQuality';
import { type CallContext, type Cloud, type Principal, ServiceError } from '../../../../local-cloud/services/service';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/quality`;
export const NOW = new Date('2026-11-23T12:00:00Z');

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
}

function reply(statusCode: number, body: string, type = 'application/x-amz-json-1.1') {
  return { response: { statusCode, headers: { 'content-type': type }, body: Readable.from([Buffer.from(body)]) } };
}

function wire(value: unknown): string {
  return JSON.stringify(value, function (key, part: unknown) {
    const original = (this as Record<string, unknown>)[key];
    return original instanceof Date ? original.getTime() / 1000 : part;
  });
}

/** A request's body; the SDK hands over text or bytes. */
function text(body: unknown): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array);
}

function xmlError(status: number, code: string) {
  return reply(status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`, 'application/xml');
}

export class FakeCloud implements Cloud {
  readonly account = ACCOUNT;
  readonly region = REGION;
  readonly folder = mkdtempSync(path.join(tmpdir(), 'mla-quality-'));
  readonly python = path.resolve(process.env.MLA_PYTHON ?? '.venv/bin/python');
  readonly engines = path.resolve('local-cloud/engines');
  /** `bucket/key` to content. */
  readonly objects = new Map<string, Buffer>();
  readonly tables = new Map<string, Table>();
  readonly partitions = new Map<string, Partition[]>();
  /** Log lines by group. */
  readonly logs = new Map<string, string[]>();
  /** Actions that the role may not do. */
  readonly denied = new Set<string>();
  /** What was asked, as `principal action resource`. */
  readonly asked: string[] = [];
  readonly emulated: string[] = [];
  readonly pids: number[] = [];
  trusted = true;
  readonly quality: DataQuality = dataQualityOperations(this, () => NOW);

  /** The caller's client. */
  readonly caller = this.principal('arn:aws:iam::123456789012:user/learner', () => false);

  async event(): Promise<void> {
    throw new Error('nothing here puts events');
  }

  async metric(): Promise<void> {
    throw new Error('nothing here publishes metrics');
  }

  async assume(roleArn: string, service: string): Promise<Principal> {
    if (!this.trusted) throw new ServiceError('AccessDeniedException', `${service} may not assume ${roleArn}`);
    return this.principal(roleArn, (action) => this.denied.has(action));
  }

  root(): Principal {
    throw new Error('Data Quality does nothing as root.');
  }

  async emulate<T>(service: string, operation: string, input: object): Promise<T> {
    this.emulated.push(`${service}:${operation} ${JSON.stringify(input)}`);
    return { Tags: { from: 'emulator' } } as T;
  }

  track(pid: number): void {
    this.pids.push(pid);
  }

  face(): boolean {
    return false;
  }

  async close(): Promise<void> {
    await this.quality.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Makes a CSV table as the crawler does, partitioned by `batch` where parts are given by batch. */
  csvTable(name: string, columns: Record<string, string>, parts: string | Record<string, string>): void {
    const location = `s3://data/raw/${name}/`;
    const storage = (Location: string) => ({
      Location,
      Columns: Object.entries(columns).map(([Name, Type]) => ({ Name, Type })),
      SerdeInfo: {
        SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
        Parameters: { 'field.delim': ',' },
      },
    });
    const partitioned = typeof parts !== 'string';
    this.tables.set(`lab.${name}`, {
      Name: name,
      DatabaseName: 'lab',
      StorageDescriptor: storage(location),
      PartitionKeys: partitioned ? [{ Name: 'batch', Type: 'string' }] : [],
      Parameters: { 'skip.header.line.count': '1' },
    });
    const header = `${Object.keys(columns).join(',')}\n`;
    if (!partitioned) {
      this.objects.set(`data/raw/${name}/part.csv`, Buffer.from(header + parts));
      return;
    }
    this.partitions.set(
      `lab.${name}`,
      Object.keys(parts).map((batch) => ({
        Values: [batch],
        StorageDescriptor: storage(`${location}batch=${batch}/`),
      })),
    );
    for (const [batch, rows] of Object.entries(parts)) {
      this.objects.set(`data/raw/${name}/batch=${batch}/part.csv`, Buffer.from(header + rows));
    }
  }

  private principal(arn: string, isDenied: (action: string) => boolean): Principal {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const common = { region: REGION, credentials, maxAttempts: 1 };
    const handler = (handle: (request: Request) => Promise<unknown>) => ({ requestHandler: { handle } as never });
    const permit = (action: string, resource: string): boolean => {
      this.asked.push(`${arn.split('/').at(-1)} ${action} ${resource}`);
      return !isDenied(action) && !isDenied(`${action} ${resource}`);
    };
    return {
      arn,
      credentials,
      glue: new GlueClient({ ...common, ...handler((request) => this.glue(request, permit)) }),
      s3: new S3Client({ ...common, forcePathStyle: true, ...handler((request) => this.s3(request, permit)) }),
      logs: new CloudWatchLogsClient({ ...common, ...handler((request) => this.cloudWatchLogs(request, permit)) }),
      athena: new AthenaClient(common),
      env: () => ({}),
    } as unknown as Principal;
  }

  private async glue(request: Request, permit: (action: string, resource: string) => boolean) {
    const operation = (request.headers['x-amz-target'] ?? '').split('.').at(-1) as string;
    const input = JSON.parse(text(request.body)) as Record<string, string>;
    const table = `${input.DatabaseName}.${input.TableName ?? input.Name}`;
    const error = (code: string, message: string) => reply(400, JSON.stringify({ __type: code, message }));
    if (!permit(`glue:${operation}`, input.Name ?? '')) return error('AccessDeniedException', 'denied');
    if (operation === 'GetTable') {
      const Table = this.tables.get(table);
      return Table ? reply(200, wire({ Table })) : error('EntityNotFoundException', `Table ${table} not found.`);
    }
    if (operation === 'GetPartitions') return reply(200, wire({ Partitions: this.partitions.get(table) ?? [] }));
    try {
      const context = { account: ACCOUNT, region: REGION, requestId: 'r', caller: this.caller } satisfies CallContext;
      return reply(200, wire(await this.quality.operations[operation]?.(input, context)));
    } catch (failure) {
      if (failure instanceof ServiceError) return error(failure.code, failure.message);
      throw failure;
    }
  }

  private async s3(request: Request, permit: (action: string, resource: string) => boolean) {
    const [, bucket = '', ...rest] = request.path.split('/');
    const name = `${bucket}/${decodeURIComponent(rest.join('/'))}`;
    if (request.query?.['list-type'] === '2') {
      if (!permit('s3:ListBucket', bucket)) return xmlError(403, 'AccessDenied');
      const prefix = `${bucket}/${request.query.prefix ?? ''}`;
      const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix));
      const contents = keys.map((key) => `<Contents><Key>${key.slice(bucket.length + 1)}</Key></Contents>`).join('');
      return reply(200, `<ListBucketResult>${contents}</ListBucketResult>`, 'application/xml');
    }
    if (request.method === 'PUT') {
      if (!permit('s3:PutObject', bucket)) return xmlError(403, 'AccessDenied');
      this.objects.set(name, Buffer.from(text(request.body)));
      return reply(200, '');
    }
    if (!permit('s3:GetObject', bucket)) return xmlError(403, 'AccessDenied');
    const body = this.objects.get(name);
    return body
      ? { response: { statusCode: 200, headers: {}, body: Readable.from([body]) } }
      : xmlError(404, bucket === 'data' ? 'NoSuchKey' : 'NoSuchBucket');
  }

  private async cloudWatchLogs(request: Request, permit: (action: string, resource: string) => boolean) {
    const operation = (request.headers['x-amz-target'] ?? '').split('.').at(-1) as string;
    const input = JSON.parse(text(request.body)) as { logGroupName: string; logEvents?: { message: string }[] };
    const group = input.logGroupName;
    const error = (code: string) => reply(400, JSON.stringify({ __type: code, message: code }));
    if (!permit(`logs:${operation}`, group)) return error('AccessDeniedException');
    if (operation === 'CreateLogGroup' && !this.logs.has(group)) this.logs.set(group, []);
    if (!this.logs.has(group)) return error('ResourceNotFoundException');
    for (const { message } of input.logEvents ?? []) this.logs.get(group)?.push(message);
    return reply(200, '{}');
  }
}
