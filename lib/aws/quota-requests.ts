/** Requests for more of a quota: the newest that there is, and new ones. */
import {
  ListRequestedServiceQuotaChangeHistoryByQuotaCommand,
  type RequestedServiceQuotaChange,
  RequestServiceQuotaIncreaseCommand,
} from '@aws-sdk/client-service-quotas';
import type { Quota } from '../course/model';
import type { Clients } from '../target/clients';
import { everyPage } from '../target/pages';

/** A request, as AWS tells of it. */
export interface QuotaRequest {
  readonly value: number;
  /** `PENDING`, `CASE_OPENED`, `APPROVED`, `DENIED`, `CASE_CLOSED`, `NOT_APPROVED`, `INVALID_REQUEST`. */
  readonly status: string;
  readonly since: Date;
  /** When its status changed last. */
  readonly updated?: Date;
  /** Of AWS Support, where one was opened. */
  readonly case?: string;
}

type Asker = Pick<Clients, 'quotas'>;

/** Whether AWS has not decided it yet; while one is open, AWS takes no other of that quota. */
export const isOpen = ({ status }: QuotaRequest): boolean => status === 'PENDING' || status === 'CASE_OPENED';

/** Requests for a quota in this Region, the newest first. */
export async function requestsFor({ quotas }: Asker, { service, code }: Quota): Promise<readonly QuotaRequest[]> {
  const found = await everyPage(async (NextToken) => {
    const page = await quotas.send(
      new ListRequestedServiceQuotaChangeHistoryByQuotaCommand({ ServiceCode: service, QuotaCode: code, NextToken }),
    );
    return { items: page.RequestedQuotas?.filter(({ Created }) => Created).map(requestOf), next: page.NextToken };
  });
  return found.sort((a, b) => b.since.getTime() - a.since.getTime());
}

/** Asks AWS for more. @throws the SDK's error, `ResourceAlreadyExistsException` while another request is open */
export async function requestIncrease(
  { quotas }: Asker,
  { service, code }: Quota,
  value: number,
): Promise<QuotaRequest | undefined> {
  const { RequestedQuota } = await quotas.send(
    new RequestServiceQuotaIncreaseCommand({ ServiceCode: service, QuotaCode: code, DesiredValue: value }),
  );
  return RequestedQuota && requestOf(RequestedQuota);
}

function requestOf(one: RequestedServiceQuotaChange): QuotaRequest {
  const { DesiredValue = NaN, Status = 'unknown', Created = new Date(NaN), LastUpdated, CaseId } = one;
  return {
    value: DesiredValue,
    status: Status,
    since: Created,
    ...(LastUpdated && { updated: LastUpdated }),
    ...(CaseId && { case: CaseId }),
  };
}
