/** Query executions: started, going on, ended, listed. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type * as athena from '@aws-sdk/client-athena';
import type { CallContext, Cloud } from '../service';
import { SqlEngine } from './engine';
import { athenaError, QueryCancelled, QueryFailure } from './failure';
import { ObjectCache } from './objectCache';
import { Query } from './query';
import { resultName, run } from './run';
import type { Statement } from './statement';
import { s3UrlOf } from './storage';
import { invalid, workGroupSettings } from './workGroup';

const ENGINE = 'Athena engine version 3';

/** One execution as it is kept. */
export interface Execution {
  readonly query: Query;
  readonly text: string;
  status: athena.QueryExecutionStatus & { SubmissionDateTime: Date };
  /** When it began to run. */
  begun?: Date;
  readonly done: Promise<void>;
}

export class Executions {
  readonly engine: SqlEngine;
  private readonly cache: ObjectCache;
  private readonly all = new Map<string, Execution>();
  /** Ids by client token, with what was asked under it. */
  private readonly tokens = new Map<string, { readonly id: string; readonly asked: string }>();

  constructor(private readonly cloud: Cloud) {
    this.engine = new SqlEngine(cloud);
    this.cache = new ObjectCache(join(cloud.folder, 'athena-objects'));
  }

  readonly start = async (
    input: athena.StartQueryExecutionInput,
    context: CallContext,
  ): Promise<athena.StartQueryExecutionOutput> => {
    const text = requireInput(input);
    const { ClientRequestToken: token, ...rest } = input;
    const asked = JSON.stringify(rest);
    const earlier = token === undefined ? undefined : this.tokens.get(token);
    if (earlier) {
      if (earlier.asked !== asked) throw invalid('Idempotent parameters do not match');
      return { QueryExecutionId: earlier.id };
    }
    const settings = await workGroupSettings(this.cloud, input, context);
    const read = await this.read(text);
    const id = randomUUID();
    if (token !== undefined) this.tokens.set(token, { id, asked });
    const query = new Query({
      id,
      statement: read.statement,
      database: (input.QueryExecutionContext?.Database ?? 'default').toLowerCase(),
      parameters: input.ExecutionParameters ?? [],
      settings,
      caller: context.caller,
      account: context.account,
      region: context.region,
      engine: this.engine,
      cache: this.cache,
      scratch: this.cloud.folder,
    });
    let execution: Execution | undefined = undefined;
    const done = new Promise<void>((resolve) => {
      // Not before the answer is on its way: a query is first seen queued.
      setImmediate(() => void this.goThrough(execution!, read.failure).then(resolve));
    });
    execution = { query, text, status: { State: 'QUEUED', SubmissionDateTime: new Date() }, done };
    this.all.set(id, execution);
    return { QueryExecutionId: id };
  };

  readonly get = async ({
    QueryExecutionId,
  }: athena.GetQueryExecutionInput): Promise<athena.GetQueryExecutionOutput> => ({
    QueryExecution: shown(this.find(QueryExecutionId)),
  });

  readonly batchGet = async ({
    QueryExecutionIds = [],
  }: athena.BatchGetQueryExecutionInput): Promise<athena.BatchGetQueryExecutionOutput> => {
    const known = QueryExecutionIds.filter((id) => this.all.has(id));
    return {
      QueryExecutions: known.map((id) => shown(this.all.get(id)!)),
      UnprocessedQueryExecutionIds: QueryExecutionIds.filter((id) => !this.all.has(id)).map((id) => ({
        QueryExecutionId: id,
        ErrorCode: 'INVALID_QUERY_EXECUTION_ID',
        ErrorMessage: `QueryExecution ${id} was not found`,
      })),
    };
  };

  readonly stop = async ({ QueryExecutionId }: athena.StopQueryExecutionInput): Promise<object> => {
    const execution = this.find(QueryExecutionId);
    if (isOver(execution)) return {};
    await this.cancel(execution);
    return {};
  };

  readonly list = async (input: athena.ListQueryExecutionsInput): Promise<athena.ListQueryExecutionsOutput> => {
    const { MaxResults = 50, NextToken, WorkGroup = 'primary' } = input;
    const ids = [...this.all.values()]
      .filter(({ query }) => query.input.settings.workGroup === WorkGroup)
      .map(({ query }) => query.id)
      .reverse();
    const start = NextToken === undefined ? 0 : ids.indexOf(NextToken) + 1;
    const page = ids.slice(start, start + MaxResults);
    const more = start + MaxResults < ids.length;
    return { QueryExecutionIds: page, ...(more && { NextToken: page.at(-1) }) };
  };

  /** @throws ServiceError InvalidRequestException for an id that does not exist */
  find(id: string | undefined): Execution {
    const found = id === undefined ? undefined : this.all.get(id);
    if (!found) throw invalid(`QueryExecution ${id} was not found`);
    return found;
  }

  /** Executions of a workgroup; AWS keeps them with it. */
  of(workGroup: string): Execution[] {
    return [...this.all.values()].filter(({ query }) => query.input.settings.workGroup === workGroup);
  }

  forget(execution: Execution): void {
    this.all.delete(execution.query.id);
  }

  /** Queries that still go on. Those that ended are history, which AWS keeps for 45 days whatever one does. */
  going(): Execution[] {
    return [...this.all.values()].filter((execution) => !isOver(execution));
  }

  async stopAll(): Promise<void> {
    const going = this.going();
    for (const { query } of going) query.cancelled = true;
    await this.engine.stop();
    await Promise.all(going.map(({ done }) => done));
  }

  async cancel(execution: Execution): Promise<void> {
    execution.query.cancelled = true;
    this.end(execution, 'CANCELLED', 'Query cancelled by user');
    await this.engine.cancel(execution.query.id);
  }

  /** Athena refuses at once what it cannot parse; what it can parse but not run fails later. */
  private async read(text: string): Promise<{ readonly statement: Statement; readonly failure?: QueryFailure }> {
    try {
      return { statement: await this.engine.parse(text) };
    } catch (error) {
      if (!(error instanceof QueryFailure)) throw error;
      if (error.code === 'SYNTAX_ERROR') throw invalid(error.message);
      return {
        statement: { kind: 'lacking', what: 'this statement', type: 'DML', subType: 'UNKNOWN' },
        failure: error,
      };
    }
  }

  private async goThrough(execution: Execution, failure: QueryFailure | undefined): Promise<void> {
    if (isOver(execution)) return;
    const { query } = execution;
    execution.begun = new Date();
    execution.status = { ...execution.status, State: 'RUNNING' };
    const failed = await attempt(query, failure);
    await query.clean();
    if (failed === undefined) this.end(execution, 'SUCCEEDED');
    else if (failed instanceof QueryCancelled) this.end(execution, 'CANCELLED', failed.message);
    else this.end(execution, 'FAILED', failed.reason, failed);
  }

  private end(
    execution: Execution,
    State: 'SUCCEEDED' | 'FAILED' | 'CANCELLED',
    reason?: string,
    why?: QueryFailure,
  ): void {
    if (isOver(execution)) return;
    const now = new Date();
    const { SubmissionDateTime } = execution.status;
    const begun = execution.begun ?? now;
    Object.assign(execution.query.statistics, {
      EngineExecutionTimeInMillis: now.getTime() - begun.getTime(),
      TotalExecutionTimeInMillis: now.getTime() - SubmissionDateTime.getTime(),
      QueryQueueTimeInMillis: begun.getTime() - SubmissionDateTime.getTime(),
      ServicePreProcessingTimeInMillis: 0,
      ServiceProcessingTimeInMillis: 0,
      DataScannedInBytes: execution.query.statistics.DataScannedInBytes ?? 0,
      ResultReuseInformation: { ReusedPreviousResult: false },
    });
    execution.status = {
      State,
      SubmissionDateTime,
      CompletionDateTime: now,
      ...(reason !== undefined && { StateChangeReason: reason }),
      ...(why && { AthenaError: athenaError(why) }),
    };
  }
}

/** @returns why the query did not succeed, or undefined */
async function attempt(query: Query, failure: QueryFailure | undefined): Promise<QueryFailure | undefined> {
  try {
    if (failure) throw failure;
    await run(query);
    query.goOn();
    return undefined;
  } catch (error) {
    if (query.cancelled) return new QueryCancelled('Query cancelled by user');
    if (error instanceof QueryFailure) return error;
    return new QueryFailure('GENERIC_INTERNAL_ERROR', `${(error as Error).name}: ${(error as Error).message}`);
  }
}

function isOver({ status }: Execution): boolean {
  return status.State !== 'QUEUED' && status.State !== 'RUNNING';
}

function shown({ query, text, status }: Execution): athena.QueryExecution {
  const { id, statement, settings, database, parameters } = query.input;
  return {
    QueryExecutionId: id,
    Query: text,
    StatementType: statement.type,
    SubstatementType: statement.subType,
    ResultConfiguration: {
      OutputLocation: s3UrlOf(query.resultPlace(resultName(id, statement))),
      ...(settings.encryption && { EncryptionConfiguration: { EncryptionOption: settings.encryption as 'SSE_S3' } }),
    },
    ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: false } },
    QueryExecutionContext: { Database: database, Catalog: 'awsdatacatalog' },
    ...(parameters.length > 0 && { ExecutionParameters: [...parameters] }),
    Status: status,
    Statistics: query.statistics,
    WorkGroup: settings.workGroup,
    EngineVersion: { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: ENGINE },
  };
}

/** @returns the query's text. @throws ServiceError InvalidRequestException */
function requireInput(input: athena.StartQueryExecutionInput): string {
  const { QueryString: text, QueryExecutionContext: context } = input;
  if (!text?.trim()) throw invalid('queryString must not be empty.');
  const catalog = context?.Catalog;
  if (catalog !== undefined && catalog.toLowerCase() !== 'awsdatacatalog') {
    throw invalid(`The local cloud's Athena has no data catalog ${catalog}, only AwsDataCatalog.`);
  }
  return text;
}
