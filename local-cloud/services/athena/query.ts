/** One query on its way: who asks, for what, with which limits; and what it found out so far. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ColumnInfo, QueryExecutionStatistics } from '@aws-sdk/client-athena';
import type { Principal } from '../service';
import { Catalog } from './catalog';
import type { SqlEngine } from './engine';
import { QueryCancelled, QueryFailure } from './failure';
import type { ObjectCache } from './objectCache';
import { Storage, type S3Location } from './storage';
import type { Statement } from './statement';

/** What a workgroup and a request make of where results go. */
export interface WorkGroupSettings {
  readonly workGroup: string;
  /** The folder of result files, `s3://…`. */
  readonly outputLocation: string;
  /** Whether the workgroup's settings override the request's. */
  readonly enforced: boolean;
  readonly bytesCutoff?: number;
  readonly encryption?: string;
}

export interface QueryInput {
  readonly id: string;
  readonly statement: Statement;
  readonly database: string;
  readonly parameters: readonly string[];
  readonly settings: WorkGroupSettings;
  readonly caller: Principal;
  readonly account: string;
  readonly region: string;
  readonly engine: SqlEngine;
  readonly cache: ObjectCache;
  /** The local cloud's scratch folder. */
  readonly scratch: string;
}

export class Query {
  readonly catalog: Catalog;
  readonly storage: Storage;
  readonly statistics: QueryExecutionStatistics = {};
  columns: readonly ColumnInfo[] = [];
  /** Rows that CREATE TABLE AS or UNLOAD wrote. */
  written: number | undefined;
  cancelled = false;
  private readonly folder: string;

  constructor(readonly input: QueryInput) {
    this.catalog = new Catalog(input.caller, input.account, input.region);
    this.storage = new Storage(input.caller, input.cache);
    this.folder = join(input.scratch, 'athena', input.id);
  }

  get id(): string {
    return this.input.id;
  }

  /** Where a result file of this name goes: `<OutputLocation>/<name>`. */
  resultPlace(name: string): S3Location {
    return resultLocation(this.input.settings.outputLocation, name);
  }

  /** A private folder of this query; removed when it ends. */
  async ownFolder(name: string): Promise<string> {
    const path = join(this.folder, name);
    await mkdir(path, { recursive: true });
    return path;
  }

  async clean(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }

  /** @throws QueryCancelled when somebody stopped the query meanwhile */
  goOn(): void {
    if (this.cancelled) throw new QueryCancelled('Query cancelled by user');
  }

  /** The database that a name means. */
  databaseOf(named: { readonly database?: string | null }): string {
    return named.database ?? this.input.database;
  }

  /** @throws QueryFailure as Hive says that a database is not there */
  async requireDatabase(name: string): Promise<void> {
    if (!(await this.catalog.database(name))) {
      throw new QueryFailure(undefined, `FAILED: SemanticException [Error 10072]: Database does not exist: ${name}`);
    }
  }
}

export function resultLocation(outputLocation: string, name: string): S3Location {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(outputLocation) ?? [];
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  return { bucket, key: `${folder}${name}` };
}
