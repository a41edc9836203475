/** GetQueryResults: reads the result file in S3 as the caller, and answers it page by page. */
import type { GetQueryResultsInput, GetQueryResultsOutput, Row } from '@aws-sdk/client-athena';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import type { CallContext } from '../service';
import { ServiceError } from '../service';
import type { Execution, Executions } from './executions';
import { QueryFailure, requestFailure } from './failure';
import { resultName } from './run';
import { Storage, s3UrlOf } from './storage';
import { invalid } from './workGroup';

/** Results of this many queries stay parsed, for the next page. */
const KEPT = 4;

type Cells = readonly (string | undefined)[];

export class Results {
  private readonly parsed = new Map<string, { readonly etag: string; readonly rows: readonly Cells[] }>();

  constructor(private readonly executions: Executions) {}

  readonly get = async (input: GetQueryResultsInput, context: CallContext): Promise<GetQueryResultsOutput> => {
    const { QueryExecutionId, MaxResults = 1000, NextToken } = input;
    const execution = this.executions.find(QueryExecutionId);
    requireFinished(execution);
    const { query } = execution;
    const rows = await this.rows(execution, context);
    const start = position(NextToken, query.id);
    const page = rows.slice(start, start + MaxResults);
    const end = start + page.length;
    return {
      UpdateCount: query.input.statement.kind === 'ctas' ? (query.written ?? 0) : 0,
      ResultSet: { Rows: page.map(asRow), ResultSetMetadata: { ColumnInfo: [...query.columns] } },
      ...(end < rows.length && { NextToken: token(query.id, end) }),
    };
  };

  private async rows(execution: Execution, context: CallContext): Promise<readonly Cells[]> {
    const { query } = execution;
    const { statement } = query.input;
    // Their results are data, not rows.
    if (statement.kind === 'ctas' || statement.kind === 'unload') return [];
    const at = query.resultPlace(resultName(query.id, statement));
    const { caller } = context;
    try {
      // Asked for each page: who may not read the file, or after it is gone, gets no rows.
      const head = await caller.s3.send(new HeadObjectCommand({ Bucket: at.bucket, Key: at.key }));
      const etag = head.ETag ?? '';
      const known = this.parsed.get(query.id);
      if (known?.etag === etag) return known.rows;
      const text = await new Storage(caller).text(at);
      const rows =
        statement.kind === 'query'
          ? parseCsv(text)
          : text
              .split('\n')
              .slice(0, -1)
              .map((line) => [line]);
      this.parsed.set(query.id, { etag, rows });
      for (const id of [...this.parsed.keys()].slice(0, -KEPT)) this.parsed.delete(id);
      return rows;
    } catch (error) {
      const resource = `arn:aws:s3:::${at.bucket}/${at.key}`;
      const failure = requestFailure(error, { caller: caller.arn, action: 's3:GetObject', resource });
      if (failure.code === 'PERMISSION_DENIED') throw new ServiceError('AccessDeniedException', failure.message);
      if (/NotFound|NoSuchKey/.test(`${(error as Error).name}${(error as QueryFailure).message}`)) {
        throw invalid(`Could not find results: ${s3UrlOf(at)} is gone.`);
      }
      throw invalid(failure.reason);
    }
  }
}

function requireFinished({ status }: Execution): void {
  if (status.State === 'SUCCEEDED') return;
  if (status.State === 'QUEUED' || status.State === 'RUNNING') {
    throw invalid(`Query has not yet finished. Current state: ${status.State}`);
  }
  throw invalid(`Query did not finish successfully. Final query state: ${status.State}`);
}

function token(id: string, index: number): string {
  return Buffer.from(`${id}/${index}`).toString('base64url');
}

function position(given: string | undefined, id: string): number {
  if (given === undefined) return 0;
  const [ours, index] = Buffer.from(given, 'base64url').toString('utf8').split('/');
  if (ours !== id || !/^\d+$/.test(index ?? '')) throw invalid('The NextToken is not valid for this query.');
  return Number(index);
}

function asRow(cells: Cells): Row {
  return { Data: cells.map((value) => (value === undefined ? {} : { VarCharValue: value })) };
}

/**
 * Reads a result file: values in double quotes, a doubled quote for one inside, nothing at all for a null.
 * A line without anything is a row of one null.
 */
export function parseCsv(text: string): Cells[] {
  const rows: Cells[] = [];
  let row: (string | undefined)[] = [];
  let at = 0;
  while (at < text.length) {
    let value: string | undefined;
    if (text[at] === '"') {
      value = '';
      for (;;) {
        const close = text.indexOf('"', at + 1);
        if (close < 0) throw new Error(`An open quote at character ${at} of the result file`);
        value += text.slice(at + 1, close);
        at = close + 1;
        if (text[at] !== '"') break;
        value += '"';
      }
    }
    row.push(value);
    if (text[at] === ',') {
      at += 1;
      // A comma right before the line's end: one more null.
      if (text[at] === '\n' || at === text.length) row.push(undefined);
      else continue;
    }
    rows.push(row);
    row = [];
    at += 1;
  }
  return rows;
}
