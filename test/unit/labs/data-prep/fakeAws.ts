/** A small AWS in memory: what the steps of data-prep read and write, with answers that a test sets. */
import { createHash } from 'node:crypto';
import type { QueryExecution } from '@aws-sdk/client-athena';
import type { Crawler, CsvClassifier, JobRun, Table } from '@aws-sdk/client-glue';
import {
  dataManifest,
  dataPlan,
  preparedColumns,
  RAW_TABLES,
  readDataFile,
  type RawTable,
} from '../../../../lib/course/data-plan';
import type { LabRun } from '../../../../lib/course/run';
import {
  CHANGE_POLICY,
  CLASSIFIER,
  CRAWLER_CONFIGURATION,
  crawlerTargets,
} from '../../../../labs/data-prep/catalog/crawler';
import { flightsColumns, namedQuery, QUESTION_NAMES, type QueryName } from '../../../../labs/data-prep/queries';

export const BUCKET = 'mla-labs-bucket';
export const DATABASE = 'mla_labs_data_prep_me';
export const PLACE = { bucket: BUCKET, database: DATABASE };
const LAZY = 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe';

type Input = Record<string, unknown> & { Key?: string; Prefix?: string; Name?: string; TableName?: string };
type Rows = (string | undefined)[][];

/** A rule's result as Glue gives it. */
export interface RuleGiven {
  readonly rule: string;
  readonly result: 'PASS' | 'FAIL' | 'ERROR';
  readonly message?: string;
}

interface Evaluated {
  readonly id: string;
  readonly table: string;
  readonly ruleset: string;
  readonly rules: readonly RuleGiven[];
  readonly at: Date;
  readonly status: string;
  /** Partitions that were evaluated. */
  readonly predicate?: string;
}

/** The raw data unpacked once: every test ingests it, and none may write into it. */
let unpacked: ReadonlyMap<string, Buffer> | undefined;
function rawData(): ReadonlyMap<string, Buffer> {
  unpacked ??= new Map(dataManifest().files.map((file) => [file.key, readDataFile(file)]));
  return unpacked;
}

/** Checksums by content: the same files are listed in every test. */
const checksums = new WeakMap<Buffer, string>();
function md5Of(body: Buffer): string {
  const known = checksums.get(body) ?? md5(body);
  checksums.set(body, known);
  return known;
}

export class FakeAws {
  readonly objects = new Map<string, { body: Buffer; at: Date }>();
  readonly tables = new Map<string, Table>();
  readonly partitions = new Map<string, string[]>();
  readonly executions: (QueryExecution & { rows: Rows; columns: string[] })[] = [];
  readonly evaluations: Evaluated[] = [];
  readonly rulesets = new Map<string, { text: string; database: string; tags?: Record<string, string> }>();
  readonly crawls: string[] = [];
  readonly said: string[] = [];
  readonly operations: string[] = [];
  jobRuns: JobRun[] = [];
  crawler: Crawler = labCrawler();
  classifier?: CsvClassifier = { Name: 'mla-labs-data-prep-me', ...CLASSIFIER };
  /** Rows that Athena answers with, for a query that nobody has run yet. */
  answer: (sql: string) => Rows | Error = () => [];
  /** What a started job does. */
  runJob: () => JobRun = () => ({ JobRunState: 'SUCCEEDED' });
  now = new Date('2026-11-02T10:00:00Z');

  get run(): LabRun {
    const client = { send: (command: object) => this.send(command) };
    return {
      lab: 'data-prep',
      learner: 'me',
      target: 'local',
      account: '000000000000',
      region: 'eu-central-1',
      stackName: 'MlaLabs-DataPrep',
      outputs: {
        DataBucket: BUCKET,
        Database: DATABASE,
        Crawler: 'mla-labs-data-prep-me',
        TransformJob: 'mla-labs-data-prep-me--transform',
        WorkGroup: 'mla-labs-data-prep-me',
        Ruleset: 'mla-labs-data-prep-me--prepared',
        QualityRole: 'arn:aws:iam::000000000000:role/quality',
        LogPrefix: '/mla-labs/data-prep/me',
      },
      modes: {},
      clients: { s3: client, glue: client, athena: client, pollMs: 1 } as unknown as LabRun['clients'],
      clock: { now: () => this.now, sleep: async (ms) => void (this.now = new Date(this.now.getTime() + ms)) },
      workDir: this.workDir,
      progress: (message) => void this.said.push(message),
    };
  }
  workDir?: string;

  put(key: string, body: Buffer | string, at = this.now): void {
    this.objects.set(key, { body: Buffer.from(body), at });
  }

  /** The raw data as ingested. */
  ingested(): this {
    for (const [key, body] of rawData()) this.objects.set(key, { body, at: this.now });
    return this;
  }

  /** The catalog as crawled. */
  crawled(): this {
    for (const name of RAW_TABLES) this.tables.set(name, rawTable(name));
    this.partitions.set('flights', [...dataPlan().batches]);
    this.later();
    this.crawler = { ...this.crawler, LastCrawl: { Status: 'SUCCEEDED', StartTime: this.now } };
    return this;
  }

  /** The table prepared, its files and its job run. */
  transformed(): this {
    this.later();
    this.jobRuns.unshift({ Id: 'jr_1', JobRunState: 'SUCCEEDED', StartedOn: this.now });
    this.later();
    const columns = preparedColumns().map(({ name }) => name);
    for (const batch of dataPlan().batches)
      this.put(`prepared/flights/batch=${batch}/part-0.parquet`, parquet(columns));
    this.tables.set('prepared', {
      Name: 'prepared',
      PartitionKeys: [{ Name: 'batch', Type: 'string' }],
      StorageDescriptor: {
        Location: `s3://${BUCKET}/prepared/flights/`,
        Columns: preparedColumns().map(({ name, type }) => ({ Name: name, Type: type })),
      },
    });
    this.partitions.set('prepared', [...dataPlan().batches]);
    return this;
  }

  /** A query that somebody ran. */
  ran(sql: string, columns: string[], rows: Rows, given: Partial<QueryExecution> & { scanned?: number } = {}): void {
    this.later();
    this.executions.push({
      QueryExecutionId: `q-${this.executions.length}`,
      Query: sql,
      Status: { State: 'SUCCEEDED', SubmissionDateTime: this.now },
      Statistics: { DataScannedInBytes: given.scanned ?? 1_000_000 },
      columns,
      rows,
      ...given,
    });
  }

  ranSaved(...names: readonly QueryName[]): this {
    for (const name of names) this.ran(namedQuery(name, PLACE).sql, ['a'], [['1']]);
    return this;
  }

  ranQuestions(): this {
    return this.ranSaved(...QUESTION_NAMES);
  }

  evaluated(
    table: string,
    ruleset: string,
    rules: readonly RuleGiven[],
    status = 'SUCCEEDED',
    predicate?: string,
  ): void {
    this.later();
    const id = `dqrun-${this.evaluations.length}`;
    this.evaluations.push({ id, table, ruleset, rules, at: this.now, status, predicate });
  }

  later(): void {
    this.now = new Date(this.now.getTime() + 5000);
  }

  private async send(command: object): Promise<unknown> {
    const operation = command.constructor.name.replace(/Command$/, '');
    this.operations.push(operation);
    const handler = (this as unknown as Record<string, ((input: Input) => unknown) | undefined>)[`on${operation}`];
    if (handler === undefined) throw new Error(`The fake has no ${operation}.`);
    return handler.call(this, (command as { input: Input }).input);
  }

  protected onListObjectsV2({ Prefix = '' }: Input): unknown {
    const found = [...this.objects].filter(([key]) => key.startsWith(Prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      Contents: found.map(([Key, { body, at }]) => ({
        Key,
        Size: body.length,
        ETag: `"${md5Of(body)}"`,
        LastModified: at,
      })),
    };
  }
  protected onGetObject({ Key = '' }: Input): unknown {
    const body = this.objects.get(Key)?.body;
    if (body === undefined) throw missing('NoSuchKey');
    return { Body: { transformToByteArray: async () => body } };
  }
  protected onPutObject({ Key = '', Body }: Input): unknown {
    this.put(Key, Body as Buffer);
    return {};
  }
  protected onDeleteObjects(input: Input): unknown {
    for (const { Key } of (input.Delete as { Objects: { Key: string }[] }).Objects) this.objects.delete(Key);
    return {};
  }

  protected onGetTable({ Name = '' }: Input): unknown {
    const table = this.tables.get(Name);
    if (table === undefined) throw missing('EntityNotFoundException');
    return { Table: table };
  }
  protected onGetTables(): unknown {
    return { TableList: [...this.tables.values()] };
  }
  protected onGetClassifier(): unknown {
    if (this.classifier === undefined) throw missing('EntityNotFoundException');
    return { Classifier: { CsvClassifier: this.classifier } };
  }
  protected onGetPartitions({ TableName = '' }: Input): unknown {
    if (!this.tables.has(TableName)) throw missing('EntityNotFoundException');
    return { Partitions: (this.partitions.get(TableName) ?? []).map((value) => ({ Values: [value] })) };
  }
  protected onGetCrawler(): unknown {
    return { Crawler: this.crawler };
  }
  protected onStartCrawler({ Name = '' }: Input): unknown {
    this.crawls.push(Name);
    this.crawled();
    return {};
  }
  protected onGetJobRuns(): unknown {
    return { JobRuns: this.jobRuns };
  }
  protected onStartJobRun(): unknown {
    if (this.jobRuns.some(({ JobRunState }) => JobRunState === 'RUNNING'))
      throw missing('ConcurrentRunsExceededException');
    this.later();
    this.jobRuns.unshift({ Id: `jr_${this.jobRuns.length}`, StartedOn: this.now, ...this.runJob() });
    return { JobRunId: this.jobRuns[0]?.Id };
  }
  protected onGetJobRun(input: Input): unknown {
    return { JobRun: this.jobRuns.find(({ Id }) => Id === input.RunId) };
  }

  protected onStartQueryExecution(input: Input): unknown {
    const sql = String(input.QueryString);
    const rows = this.answer(sql);
    const failed = rows instanceof Error;
    const columns = failed ? [] : (rows[0] ?? []).map((_cell, i) => `_col${i}`);
    this.ran(sql, columns, failed ? [] : rows, {
      ...(failed && { Status: { State: 'FAILED', StateChangeReason: rows.message, SubmissionDateTime: this.now } }),
    });
    const statement = /^\s*(?:--[^\n]*\n\s*)*(create external table if not exists|drop table if exists) (\w+)/i.exec(
      sql,
    );
    if (statement?.[2]) this.onDdl(String(statement[1]), statement[2]);
    return { QueryExecutionId: this.executions.at(-1)?.QueryExecutionId };
  }
  private onDdl(verb: string, table: string): void {
    if (/^drop/i.test(verb)) this.tables.delete(table);
    else this.tables.set(table, { Name: table, StorageDescriptor: { Location: `s3://${BUCKET}/${table}/` } });
    this.partitions.set(table, table === 'incoming_flights' ? [dataPlan().badBatch.name] : [...dataPlan().batches]);
  }
  protected onGetQueryExecution(input: Input): unknown {
    return { QueryExecution: this.execution(String(input.QueryExecutionId)) };
  }
  protected onGetQueryResults(input: Input): unknown {
    const { columns = [], rows = [] } = this.execution(String(input.QueryExecutionId)) ?? {};
    return {
      ResultSet: {
        ResultSetMetadata: { ColumnInfo: columns.map((Name) => ({ Name })) },
        Rows: [columns, ...rows].map((row) => ({ Data: row.map((VarCharValue) => ({ VarCharValue })) })),
      },
    };
  }
  protected onListQueryExecutions(): unknown {
    return { QueryExecutionIds: this.executions.map(({ QueryExecutionId }) => QueryExecutionId).reverse() };
  }
  protected onBatchGetQueryExecution(input: Input): unknown {
    return { QueryExecutions: (input.QueryExecutionIds as string[]).map((id) => this.execution(id)) };
  }
  private execution(id: string): (typeof this.executions)[number] | undefined {
    return this.executions.find(({ QueryExecutionId }) => QueryExecutionId === id);
  }

  /** Two to a page; a filter finds only what has the very same data source, predicate included. */
  protected onListDataQualityRulesetEvaluationRuns(input: Input): unknown {
    const runs = this.evaluations.map(({ id, table, predicate, at, status }) => ({
      RunId: id,
      StartedOn: at,
      Status: status,
      DataSource: {
        GlueTable: {
          DatabaseName: PLACE.database,
          TableName: table,
          ...(predicate && { AdditionalOptions: { pushDownPredicate: predicate } }),
        },
      },
    }));
    const { DataSource: only } = (input.Filter ?? {}) as { DataSource?: object };
    const found = runs.filter((run) => only === undefined || JSON.stringify(run.DataSource) === JSON.stringify(only));
    const from = Number(input.NextToken ?? 0);
    return {
      Runs: found.slice(from, from + 2),
      ...(from + 2 < found.length && { NextToken: String(from + 2) }),
    };
  }
  protected onGetDataQualityRulesetEvaluationRun(input: Input): unknown {
    const found = this.evaluations.find(({ id }) => id === input.RunId);
    if (found === undefined) throw missing('EntityNotFoundException');
    const { id, ruleset, at, status } = found;
    return { RunId: id, RulesetNames: [ruleset], Status: status, StartedOn: at, ResultIds: [`result-${id}`] };
  }
  protected onGetDataQualityResult(input: Input): unknown {
    const found = this.evaluations.find(({ id }) => `result-${id}` === input.ResultId);
    return {
      RuleResults: found?.rules.map(({ rule, result, message }, i) => ({
        Name: `Rule_${i + 1}`,
        Description: rule,
        Result: result,
        EvaluationMessage: message,
      })),
    };
  }
  protected onStartDataQualityRulesetEvaluationRun(input: Input): unknown {
    const { TableName } = (input.DataSource as { GlueTable: { TableName: string } }).GlueTable;
    const [ruleset = ''] = input.RulesetNames as string[];
    this.evaluated(TableName, ruleset, [{ rule: 'RowCount > 0', result: 'PASS' }]);
    return { RunId: this.evaluations.at(-1)?.id };
  }
  protected onGetDataQualityRuleset({ Name = '' }: Input): unknown {
    const found = this.rulesets.get(Name);
    if (found === undefined) throw missing('EntityNotFoundException');
    return { Name, Ruleset: found.text, TargetTable: { DatabaseName: found.database, TableName: 'flights' } };
  }
  protected onCreateDataQualityRuleset(input: Input): unknown {
    this.rulesets.set(String(input.Name), {
      text: String(input.Ruleset),
      database: (input.TargetTable as { DatabaseName: string }).DatabaseName,
      tags: input.Tags as Record<string, string>,
    });
    return {};
  }
  protected onUpdateDataQualityRuleset(input: Input): unknown {
    const found = this.rulesets.get(String(input.Name));
    if (found) found.text = String(input.Ruleset);
    return {};
  }
}

const md5 = (body: Buffer): string => createHash('md5').update(body).digest('hex');
const missing = (name: string): Error => Object.assign(new Error(`${name}: not there`), { name });

/** The crawler as the stack makes it. */
function labCrawler(): Crawler {
  return {
    Name: 'mla-labs-data-prep-me',
    State: 'READY',
    DatabaseName: DATABASE,
    Classifiers: ['mla-labs-data-prep-me'],
    Targets: { S3Targets: crawlerTargets(BUCKET).map((Path) => ({ Path })) },
    RecrawlPolicy: { RecrawlBehavior: 'CRAWL_EVERYTHING' },
    SchemaChangePolicy: CHANGE_POLICY,
    Configuration: CRAWLER_CONFIGURATION,
  };
}

/** A table as the crawler makes it. */
export function rawTable(name: RawTable): Table {
  const whole = new Set(['year', 'month', 'day', 'hour', 'engines', 'seats', 'speed', 'alt', 'tz']);
  const text = /^(origin|time_hour|tailnum|type|manufacturer|model|engine|carrier|name|faa|dst|tzone)$/;
  const columns =
    name === 'flights'
      ? flightsColumns()
      : dataManifest().columns[name].map((column) => ({
          name: column,
          type: text.test(column) ? 'string' : whole.has(column) ? 'bigint' : 'double',
        }));
  return {
    Name: name,
    Parameters: { 'skip.header.line.count': '1', classification: 'csv', compressionType: 'none', delimiter: ',' },
    PartitionKeys: name === 'flights' ? [{ Name: 'batch', Type: 'string' }] : [],
    StorageDescriptor: {
      Location: `s3://${BUCKET}/raw/${name}/`,
      SerdeInfo: { SerializationLibrary: LAZY },
      Columns: columns.map((column) => ({ Name: column.name, Type: column.type })),
    },
  };
}

/** The end of a Parquet file that Spark wrote, with these columns. */
export function parquet(columns: readonly string[]): Buffer {
  const fields = columns.map((name) => ({ name, type: 'string', nullable: true, metadata: {} }));
  const footer = Buffer.from(JSON.stringify({ type: 'struct', fields }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([Buffer.from('PAR1rows'), footer, length, Buffer.from('PAR1')]);
}
