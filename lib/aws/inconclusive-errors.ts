/** Errors that tell nothing of the thing that was asked for: the request was refused, or its answer never came. */

/** Codes of AWS's services for requests that were not let through. @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
const CODES =
  /AccessDenied|NotAuthorized|Unauthorized|^Forbidden$|AuthorizationError|AuthFailure|OptInRequired|SubscriptionRequired|Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|Expired|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|RequestTimeTooSkewed|CredentialsProvider|SSOTokenProvider|^(Internal|Service(Unavailable|Failure))|Timeout|NetworkingError|^E(CONN|NOTFOUND|AI_AGAIN|TIMEDOUT|NETUNREACH|HOSTUNREACH|PIPE)/;

/** Athena, CloudFormation and others hand on another service's refusal in their own words. */
const WORDS =
  /is not authorized to perform|Insufficient permissions|Insufficient Lake Formation permission|Access ?Denied|Rate exceeded|Please reduce your request rate/i;

interface Failure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly why?: unknown;
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * Whether an error says nothing about the thing. A check that takes errors for an answer (a model that cannot be read, an
 * endpoint that refuses) has to pass these on: it could not look.
 */
export function isInconclusive(error: unknown): boolean {
  let at: unknown = error;
  for (let depth = 0; depth < 6 && typeof at === 'object' && at !== null; depth += 1) {
    const { name, code, message, why, cause, $metadata } = at as Failure;
    if ([name, code].some((one) => typeof one === 'string' && CODES.test(one))) return true;
    if ([message, why].some((one) => typeof one === 'string' && WORDS.test(one))) return true;
    // An answer without a body, as HEAD has, has no code: only the status tells.
    if ([401, 403, 429, 500, 502, 503, 504].includes($metadata?.httpStatusCode ?? 0)) return true;
    at = cause;
  }
  return false;
}
