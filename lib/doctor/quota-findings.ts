/** What is said of quotas, and of requests for more. */
import { describeQuota, isTooLow } from '../aws/quotas';
import { isOpen, type QuotaRequest } from '../aws/quota-requests';
import { staysTaken } from '../aws/usage';
import { day, type Finding } from './finding';
import type { Place } from './place';
import { type Fit, isEnoughAlone, type SharedQuota } from './quotas';

const WHY = 'A step that needs more than the account has is refused by AWS, before it costs anything.';

/** @param ways commands that go on without more of it, the best first */
export function quotaFinding(shared: SharedQuota, place: Place, ways: readonly string[]): Finding {
  const { answer, own } = shared;
  const { quota } = answer.need;
  const about = { about: 'quota', id: `quota:${quota.code}`, why: WHY } as const;
  const held = own.map(({ what, count }) => `${what} (${count})`).join(', ');
  const saw = `${describeQuota(answer)}${held ? ` Your own ${held} counts as part of what its lab needs.` : ''}`;
  if (answer.applied === undefined)
    return {
      ...about,
      state: 'unknown',
      saw,
      next: `aws service-quotas get-service-quota --service-code ${quota.service} --quota-code ${quota.code} --region ${place.target.region}`,
    };
  if (!isTooLow(answer)) {
    // Enough, if nobody else has taken of it what stays taken.
    return answer.usageUnknown !== undefined && staysTaken(quota)
      ? { ...about, state: 'unknown', saw, next: `aws sagemaker list-endpoints --region ${place.target.region}` }
      : { ...about, state: 'ok', saw };
  }
  const ask = answer.requested
    ? `wait for the answer to your request, and look again: ./lab doctor${place.suffix}`
    : `./lab doctor --request-quotas${place.suffix} (asks AWS for more; the answer takes hours to days)`;
  const next = [ask, ...ways].join('; or ');
  return isEnoughAlone(shared)
    ? { ...about, state: 'note', saw: `${saw} For each of them alone it is enough.`, next }
    : { ...about, state: 'bad', saw, next };
}

/** Said where not all labs can stand at once, though each of some can. */
export function fitFinding({ together, notBeside, lacking }: Fit, { suffix }: Place): Finding[] {
  if (notBeside.length === 0) return [];
  const list = (labs: readonly string[]): string => labs.join(', ').replace(/, ([^,]*)$/, ' and $1');
  const parts = [
    `${list(together)} ${together.length === 1 ? 'fits' : 'fit'}`,
    ...notBeside.map(({ lab, takeDown }) => `${lab} does not fit beside ${list(takeDown)}`),
    ...(lacking.length > 0 ? [`${list(lacking)} ${lacking.length === 1 ? 'lacks' : 'lack'} a quota even alone`] : []),
  ];
  return [
    {
      about: 'quota',
      id: 'fit',
      state: 'note',
      why: 'What a lab holds of a quota, it holds until it is taken down; the labs can also be done one after another.',
      saw: `With these quotas ${parts.join('; ')}.`,
      next: `${notBeside
        .map(
          ({ lab, takeDown }) =>
            `${takeDown.map((id) => `./lab down ${id}${suffix}`).join(' and ')} before ./lab up ${lab}${suffix}`,
        )
        .join('; ')}, or do both on your machine: --target local`,
    },
  ];
}

/** What became of the newest request. */
export function requestFindings({ answer, request }: SharedQuota, place: Place): Finding[] {
  if (!request) return [];
  const { quota } = answer.need;
  const { value, status, since, updated } = request;
  const changed = updated && day(updated) !== day(since) ? `, since ${day(updated)}` : '';
  const about = {
    about: 'quota',
    id: `request:${quota.code}`,
    why: 'AWS answers within hours to days, sometimes by asking back in a support case; nothing is sent here.',
    saw: `Request of ${day(since)} for ${value} of ${quota.code} (${quota.name}) in ${place.target.region}: ${status}${changed}.`,
  } as const;
  const enough = !isTooLow(answer);
  if (status === 'APPROVED' && (enough || (answer.applied ?? 0) >= value)) return [{ ...about, state: 'ok' }];
  return [{ ...about, state: 'note', next: adviceOn(request, place.suffix, enough) }];
}

function adviceOn(request: QuotaRequest, suffix: string, enough: boolean): string {
  const again = `./lab doctor${suffix}`;
  const inCase = request.case
    ? `https://support.console.aws.amazon.com/support/home#/case/?displayId=${encodeURIComponent(request.case)}`
    : 'https://support.console.aws.amazon.com/support/home#/case/history';
  if (request.status === 'PENDING') return `wait, then look again: ${again}`;
  if (isOpen(request)) return `answer what AWS asks there: ${inCase}, then look again: ${again}`;
  if (enough) return `nothing: what the account has is enough`;
  if (request.status === 'APPROVED') return `it can take some minutes until it holds; look again: ${again}`;
  if (request.status === 'CASE_CLOSED')
    return `read what AWS answered there: ${inCase}; to ask once more: ./lab doctor --request-quotas${suffix}`;
  return `read why there: ${inCase}, and answer with what it is for (a course, some instances for hours); to ask once more: ./lab doctor --request-quotas${suffix}; or use a mode that needs none of it, or --target local`;
}
