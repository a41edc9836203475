/** The account's quotas against what the labs need, alone and side by side, less what others use. */
import { fetchQuotas, isTooLow, type QuotaAnswer, shortages, withUsage } from '../aws/quotas';
import { isOpen, requestsFor, type QuotaRequest } from '../aws/quota-requests';
import { staysTaken, type QuotaUser } from '../aws/usage';
import type { LabId } from '../course/names';
import type { Lab, QuotaNeed } from '../course/model';
import { allModes, inModes } from '../course/modes';
import type { Place } from './place';

/** A lab with the modes that it is looked at in, and the account's quotas for it alone, beside what others use. */
export interface LabQuotas {
  readonly lab: Lab;
  readonly modes: Readonly<Record<string, string>>;
  readonly answers: readonly QuotaAnswer[];
}

/** A quota, and what all labs that are looked at need of it together. */
export interface SharedQuota {
  /** The need is that of all together; what is in use is others'. */
  readonly answer: QuotaAnswer;
  /** What each lab needs, in the order of the story. */
  readonly by: readonly { readonly lab: LabId; readonly value: number }[];
  /** What standing labs of the learner, among those looked at, hold of it: part of their own need. */
  readonly own: readonly QuotaUser[];
  /** The newest request for more, whatever became of it. */
  readonly request?: QuotaRequest;
}

export interface Quotas {
  readonly labs: readonly LabQuotas[];
  readonly shared: readonly SharedQuota[];
}

/** Asks each quota once, whichever labs need it. */
export async function askQuotas(
  { target, learner }: Place,
  labs: readonly Lab[],
  chosen: Readonly<Record<string, string>>,
): Promise<Quotas> {
  const inTheirModes = labs.map((lab) => ({ lab, modes: allModes(lab, chosen) }));
  const asked = new Map<string, { answer: QuotaAnswer; own: readonly QuotaUser[]; request?: QuotaRequest }>();
  const needs = new Map(labs.flatMap(({ quotas = [] }) => quotas).map((need) => [need.quota.code, need]));
  await Promise.all(
    [...needs.values()].map(async (need) => {
      const needed = inTheirModes.some(({ lab, modes }) =>
        needsOf(lab, modes).some(({ quota }) => quota === need.quota),
      );
      // Of no use as a need: only the account's values are asked for.
      const fetched = await fetchQuotas(target.clients, { quotas: [{ ...need, when: undefined, value: 0 }] });
      const [[answer], requests] = await Promise.all([
        needed ? withUsage(target.clients, fetched, {}) : fetched,
        // To know it is a help, no more.
        needed ? requestsFor(target.clients, need.quota).catch(() => []) : [],
      ]);
      const isOwn = (user: QuotaUser): boolean => user.learner === learner && labs.some(({ id }) => id === user.lab);
      const { usage } = answer!;
      const [request] = requests;
      const requested = requests.find(isOpen);
      asked.set(need.quota.code, {
        answer: {
          ...answer!,
          ...(usage && { usage: { ...usage, by: usage.by.filter((user) => !isOwn(user)) } }),
          ...(requested && { requested }),
        },
        own: usage?.lasts ? usage.by.filter(isOwn) : [],
        ...(request && { request }),
      });
    }),
  );
  const answerTo = (need: QuotaNeed): QuotaAnswer => ({ ...asked.get(need.quota.code)!.answer, need });
  const shared = [...needs.keys()].flatMap((code): SharedQuota[] => {
    const by = inTheirModes.flatMap(({ lab, modes }) =>
      needsOf(lab, modes)
        .filter(({ quota }) => quota.code === code)
        .map((need) => ({ lab: lab.id, need })),
    );
    if (by.length === 0) return [];
    const { answer, ...rest } = asked.get(code)!;
    return [
      {
        ...rest,
        answer: { ...answer, need: together(by) },
        by: by.map(({ lab, need }) => ({ lab, value: need.value })),
      },
    ];
  });
  return {
    labs: inTheirModes.map((one) => ({ ...one, answers: (one.lab.quotas ?? []).map(answerTo) })),
    shared,
  };
}

const needsOf = ({ quotas = [] }: Lab, modes: Readonly<Record<string, string>>): readonly QuotaNeed[] =>
  quotas.filter((need) => inModes(need, modes));

/** What stays taken adds up; of jobs, which end, the largest need counts. */
function together(by: readonly { readonly lab: LabId; readonly need: QuotaNeed }[]): QuotaNeed {
  const [first] = by as [{ lab: LabId; need: QuotaNeed }];
  const { quota } = first.need;
  if (by.length === 1) return { quota, value: first.need.value, use: `${first.lab}: ${first.need.use}` };
  const named = by.map(({ lab, need }) => `${lab} (${need.value})`).join(' and ');
  const values = by.map(({ need }) => need.value);
  return staysTaken(quota)
    ? { quota, value: values.reduce((a, b) => a + b, 0), use: `${named}, which can stand side by side` }
    : { quota, value: Math.max(...values), use: `${named}, whose jobs end, so that the larger need counts` };
}

/** Whether a quota that is too low for all labs together is enough for each of them alone. */
export function isEnoughAlone({ answer, by }: SharedQuota): boolean {
  return by.every(({ value }) => !isTooLow({ ...answer, need: { ...answer.need, value } }));
}

/** Which labs can stand side by side, taken in the order of the story. */
export interface Fit {
  readonly together: readonly LabId[];
  /** Labs that fit alone, with those of `together` that would have to go down first. */
  readonly notBeside: readonly { readonly lab: LabId; readonly takeDown: readonly LabId[] }[];
  /** Labs that need more than the account has, even alone. */
  readonly lacking: readonly LabId[];
}

export function fitOf({ labs, shared }: Quotas): Fit {
  const fits: LabId[] = [];
  const notBeside: { lab: LabId; takeDown: LabId[] }[] = [];
  const lacking: LabId[] = [];
  for (const { lab, answers, modes } of labs) {
    if (shortages(answers, modes).length > 0) {
      lacking.push(lab.id);
      continue;
    }
    const sharers = shared.flatMap(({ answer, by }) => {
      if (!staysTaken(answer.need.quota) || !by.some((one) => one.lab === lab.id)) return [];
      const beside = by.filter((one) => one.lab === lab.id || fits.includes(one.lab));
      const value = beside.reduce((sum, one) => sum + one.value, 0);
      return isTooLow({ ...answer, need: { ...answer.need, value } }) ? beside.map((one) => one.lab) : [];
    });
    if (sharers.length === 0) fits.push(lab.id);
    else notBeside.push({ lab: lab.id, takeDown: [...new Set(sharers)].filter((id) => id !== lab.id) });
  }
  return { together: fits, notBeside, lacking };
}
