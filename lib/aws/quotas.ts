/** What an account's quotas are, asked from Service Quotas; and what a lab can do where one is too low. */
import { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import type { Lab, QuotaNeed, WayOn } from '../course/model';
import { inModes } from '../course/modes';
import type { Clients } from '../target/clients';
import { isOpen, requestsFor, type QuotaRequest } from './quota-requests';
import { reasonOf } from './reason';
import { type Usage, usageOf } from './usage';

/** A quota that a lab needs, and the account's. */
export interface QuotaAnswer {
  readonly need: QuotaNeed;
  /** The account's value; undefined when it could not be learnt. */
  readonly applied?: number;
  /** Why it could not be learnt. */
  readonly unknown?: string;
  /** What is in use now, where somebody asked. */
  readonly usage?: Usage;
  /** Why that could not be learnt. */
  readonly usageUnknown?: string;
  /** A request for more that is not decided yet. */
  readonly requested?: QuotaRequest;
}

/** How much of it is in use. */
export const inUse = ({ usage }: QuotaAnswer): number => (usage?.by ?? []).reduce((sum, { count }) => sum + count, 0);

/** How much of it stays taken. Running jobs take nothing away: they end, and a lab's own come later. */
export const taken = (answer: QuotaAnswer): number => (answer.usage?.lasts ? inUse(answer) : 0);

/** What is left for a lab. */
const free = (answer: QuotaAnswer): number => (answer.applied ?? 0) - taken(answer);

/** A value that AWS named and that is not enough, less what is in use; what is not known is not too low. */
export const isTooLow = (answer: QuotaAnswer): boolean =>
  answer.applied !== undefined && free(answer) < answer.need.value;

/** Asks what is in use of the quotas that these modes need. A lab that stands already uses some itself: ask before it does. */
export async function withUsage(
  clients: Pick<Clients, 'sagemaker'>,
  answers: readonly QuotaAnswer[],
  modes: Readonly<Record<string, string>>,
): Promise<readonly QuotaAnswer[]> {
  return Promise.all(
    answers.map(async (answer) => {
      if (answer.applied === undefined || !inModes(answer.need, modes)) return answer;
      try {
        return { ...answer, usage: await usageOf(clients, answer.need.quota) };
      } catch (error) {
        return { ...answer, usageUnknown: reasonOf(error) };
      }
    }),
  );
}

/** Asks for each quota of the lab, those of other modes included: they say which ways on there are. */
export async function fetchQuotas(
  clients: Pick<Clients, 'quotas'>,
  lab: Pick<Lab, 'quotas'>,
): Promise<readonly QuotaAnswer[]> {
  return Promise.all((lab.quotas ?? []).map((need) => askQuota(clients, need)));
}

async function askQuota(clients: Pick<Clients, 'quotas'>, need: QuotaNeed): Promise<QuotaAnswer> {
  const which = { ServiceCode: need.quota.service, QuotaCode: need.quota.code };
  try {
    const applied = await valueOf(clients, which);
    if (applied === undefined) return { need, unknown: 'Service Quotas names no value' };
    return { need, applied, ...(applied < need.value && { requested: await openRequest(clients, need) }) };
  } catch (error) {
    return { need, unknown: whyUnknown(error as Error) };
  }
}

type Which = { readonly ServiceCode: string; readonly QuotaCode: string };

/** The applied value; where AWS keeps none, the default is what holds. */
async function valueOf({ quotas }: Pick<Clients, 'quotas'>, which: Which): Promise<number | undefined> {
  try {
    return (await quotas.send(new GetServiceQuotaCommand(which))).Quota?.Value;
  } catch (error) {
    if ((error as Error).name !== 'NoSuchResourceException') throw error;
    return (await quotas.send(new GetAWSDefaultServiceQuotaCommand(which))).Quota?.Value;
  }
}

/** The newest request that is still open. To know it is a help, no more: a refusal is no failure. */
async function openRequest(clients: Pick<Clients, 'quotas'>, { quota }: QuotaNeed): Promise<QuotaRequest | undefined> {
  return (await requestsFor(clients, quota).catch(() => [])).find(isOpen);
}

function whyUnknown(error: Error): string {
  const { name } = error;
  if (/AccessDenied|NotAuthorized/.test(name)) return 'you may not ask (servicequotas:GetServiceQuota)';
  if (name === 'NoSuchResourceException') return 'Service Quotas knows no such quota in this Region';
  return `Service Quotas did not answer (${reasonOf(error)})`;
}

/** Quotas that are too low for the lab in these modes. */
export function shortages(
  answers: readonly QuotaAnswer[],
  modes: Readonly<Record<string, string>>,
): readonly QuotaAnswer[] {
  return answers.filter((answer) => inModes(answer.need, modes) && isTooLow(answer));
}

/** The ways on that the lab names and that meet no shortage themselves, of any quota in `all`. */
export function alternatives(
  answers: readonly QuotaAnswer[],
  modes: Readonly<Record<string, string>>,
  all: readonly QuotaAnswer[] = answers,
): readonly WayOn[] {
  const ways = shortages(answers, modes).flatMap(({ need }) => need.ways ?? []);
  const open = ways.filter((way) => shortages(all, { ...modes, ...way.modes }).length === 0);
  return open.filter((way, at) => open.findIndex((one) => sameModes(one, way)) === at);
}

const sameModes = (a: WayOn, b: WayOn): boolean => JSON.stringify(a.modes) === JSON.stringify(b.modes);

/** What asks AWS for more. */
export function requestCommand({ quota, value }: Pick<QuotaNeed, 'quota' | 'value'>, region: string, used = 0): string {
  return `aws service-quotas request-service-quota-increase --service-code ${quota.service} --quota-code ${quota.code} --desired-value ${value + used} --region ${region}`;
}

/** `Quota L-611FA074 (ml.m5.large for training job usage): 2 for …; this account has 0: too low.` */
export function describeQuota(answer: QuotaAnswer): string {
  const { need, applied, unknown, requested } = answer;
  const { quota, value, use } = need;
  const begins = `Quota ${quota.code} (${quota.name}): ${value} for ${use};`;
  if (applied === undefined)
    return `${begins} what this account has is not known, as ${unknown}. New accounts were seen with ${quota.fresh}.`;
  const has = `${begins} this account has ${applied}${tellUsage(answer)}`;
  if (!isTooLow(answer)) return `${has}.`;
  const asked = requested
    ? ` Your request for ${requested.value} of ${requested.since.toISOString().slice(0, 10)} is ${requested.status}.`
    : '';
  return `${has}: too low.${asked}`;
}

/** `, of which 2 are in use: endpoint a (1), endpoint b (1)`. */
function tellUsage(answer: QuotaAnswer): string {
  const { usage, usageUnknown } = answer;
  if (usageUnknown !== undefined) return `; what of it is in use now could not be looked at (${usageUnknown})`;
  const used = inUse(answer);
  if (usage === undefined || used === 0) return '';
  const most = 4;
  const named = usage.by.slice(0, most).map(({ what, count, lab, learner }) => {
    const whose = lab ? ` of lab ${lab}${learner ? ` of ${learner}` : ''}` : '';
    return `${what}${whose} (${count})`;
  });
  const rest = usage.by.length > most ? `, and ${usage.by.length - most} more` : '';
  return `, of which ${used} ${used === 1 ? 'is' : 'are'} in use now by ${named.join(', ')}${rest}${usage.lasts ? '' : ', which will end'}`;
}
