/** How a query ends badly: in Athena's words, for StateChangeReason and AthenaError. */
import type { AthenaError } from '@aws-sdk/client-athena';

/** A query that fails. `code` is Athena's error name; `undefined` for Hive's own messages. */
export class QueryFailure extends Error {
  constructor(
    readonly code: string | undefined,
    message: string,
  ) {
    super(message);
    this.name = 'QueryFailure';
  }

  /** As StateChangeReason shows it. */
  get reason(): string {
    return this.code === undefined ? this.message : `${this.code}: ${this.message}`;
  }
}

/** A query that is ended, by its caller or by its workgroup's limit, rather than failing. */
export class QueryCancelled extends QueryFailure {
  constructor(message: string) {
    super(undefined, message);
  }
}

/** Of https://docs.aws.amazon.com/athena/latest/ug/error-reference.html; what is not listed is a user error, 1000. */
const TYPES: Readonly<Record<string, number>> = {
  HIVE_BAD_DATA: 1001,
  HIVE_PARTITION_SCHEMA_MISMATCH: 1004,
  SYNTAX_ERROR: 1006,
  INVALID_FUNCTION_ARGUMENT: 1106,
  INVALID_VIEW: 1107,
  TABLE_NOT_FOUND: 1110,
  NOT_SUPPORTED: 1200,
  NOT_SUPPORTED_LOCALLY: 1200,
  FUNCTION_NOT_FOUND: 1303,
};
const SYSTEM = 1;
const USER = 2;

export function athenaError(failure: QueryFailure): AthenaError {
  const internal = failure.code === 'GENERIC_INTERNAL_ERROR';
  return {
    ErrorCategory: internal ? SYSTEM : USER,
    ErrorType: internal ? 200 : (TYPES[failure.code ?? ''] ?? 1000),
    Retryable: false,
    ErrorMessage: failure.reason,
  };
}

/** A request on the caller's behalf, as IAM names it. */
export interface AttemptedRequest {
  /** The caller's ARN. */
  readonly caller: string;
  /** For example `s3:GetObject`. */
  readonly action: string;
  readonly resource: string;
}

/**
 * What a failed request means for the query. A refusal names the action and the resource, whoever refused.
 */
export function requestFailure(error: unknown, { caller, action, resource }: AttemptedRequest): QueryFailure {
  if (error instanceof QueryFailure) return error;
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  if (/AccessDenied|Forbidden|Unauthorized/.test(name) || $metadata?.httpStatusCode === 403) {
    const said = message && message !== 'Access Denied' && !message.includes(action) ? ` (${message})` : '';
    return new QueryFailure(
      'PERMISSION_DENIED',
      `User: ${caller} is not authorized to perform: ${action} on resource: ${resource}${said}`,
    );
  }
  const code = action.startsWith('glue:') ? 'HIVE_METASTORE_ERROR' : 'HIVE_FILESYSTEM_ERROR';
  return new QueryFailure(code, `${action} on ${resource} failed: ${name}: ${message}`);
}
