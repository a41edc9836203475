/** `doctor --request-quotas`: asks AWS for more of what is too low, after asking the learner. */
import { isTooLow, requestCommand, taken } from '../aws/quotas';
import { requestIncrease } from '../aws/quota-requests';
import type { Quotas, SharedQuota } from '../doctor/quotas';
import { reasonOf } from '../aws/reason';
import { profileOption } from '../doctor/place';
import type { Target } from '../target/target';
import type { Context } from './context';
import { confirmOrRefuse } from './up';
import { plural } from './ui/text';

/** What a request came to, as JSON documents have it. */
export interface Filed {
  readonly service: string;
  readonly code: string;
  readonly name: string;
  readonly region: string;
  readonly from: number;
  readonly to: number;
  /** `filed`; `open already`: AWS has one that it did not decide yet; `failed`: AWS refused to take it. */
  readonly outcome: 'filed' | 'open already' | 'failed';
  readonly status?: string;
  readonly case?: string;
  /** Why it failed. */
  readonly why?: string;
}

/** Enough for all labs that were looked at, beside what others use. */
const wanted = ({ answer }: SharedQuota): number => answer.need.value + taken(answer);

/** The commands of AWS's own tools that do the same; none for what is asked already. */
export function requestCommands({ shared }: Quotas, target: Target): string[] {
  return shared
    .filter(({ answer }) => isTooLow(answer) && answer.requested === undefined)
    .map((one) => {
      const { need } = one.answer;
      return `${requestCommand({ ...need, value: wanted(one) }, target.region)}${profileOption(target)}`;
    });
}

/**
 * Lists the requests, asks once, and files them.
 *
 * @throws LabError (refused) on a no, and where nobody can be asked and `--yes` was not given
 */
export async function requestQuotas(
  context: Context,
  { shared }: Quotas,
  target: Target,
  again: string,
): Promise<Filed[]> {
  const { ui } = context;
  const low = shared.filter(({ answer }) => isTooLow(answer));
  ui.say();
  if (low.length === 0) {
    ui.say('No quota that could be asked is too low: there is nothing to request.');
    return [];
  }
  const base = (one: SharedQuota) => {
    const { service, code, name } = one.answer.need.quota;
    return { service, code, name, region: target.region, from: one.answer.applied ?? 0, to: wanted(one) };
  };
  const open = low.flatMap((one): Filed[] => {
    const { requested } = one.answer;
    return requested === undefined
      ? []
      : [
          {
            ...base(one),
            to: requested.value,
            outcome: 'open already',
            status: requested.status,
            ...caseOf(requested),
          },
        ];
  });
  for (const { code, name, to, status } of open)
    ui.say(
      `${code} (${name}): a request for ${to} is ${status} already; AWS takes no other until it is decided.`,
      '· ',
    );
  const fresh = low.filter(({ answer }) => answer.requested === undefined);
  if (fresh.length === 0) return open;

  ui.say(`Requests to AWS, for account ${target.account}, Region ${target.region}:`);
  for (const one of fresh.map(base))
    ui.say(`${one.code} (${one.service}: ${one.name}): from ${one.from} to ${one.to}`, '  ');
  ui.say('A request costs nothing. AWS may open a support case for it and ask what it is for.');
  await confirmOrRefuse(context, `File ${plural(fresh.length, 'request')}?`, again);
  const filed: Filed[] = [];
  // One after another: Service Quotas takes few requests at once.
  for (const one of fresh) {
    const about = base(one);
    try {
      const request = await requestIncrease(target.clients, one.answer.need.quota, about.to);
      filed.push({ ...about, outcome: 'filed', status: request?.status ?? 'unknown', ...caseOf(request) });
      const inCase = request?.case ? ` (case ${request.case})` : '';
      ui.say(
        `${about.code}: filed for ${about.to}, ${request?.status ?? 'without a status'}${inCase}.`,
        `${ui.colours.green('✓')} `,
      );
    } catch (error) {
      if ((error as Error).name === 'ResourceAlreadyExistsException') {
        filed.push({ ...about, outcome: 'open already' });
        ui.say(`${about.code}: AWS has a request that it did not decide yet.`, '· ');
        continue;
      }
      filed.push({ ...about, outcome: 'failed', why: reasonOf(error) });
      ui.say(`${about.code}: not filed (${reasonOf(error)}).`, `${ui.colours.red('✗')} `);
      ui.say(`or in the console: ${consoleOf(about)}`, '      ');
    }
  }
  return [...open, ...filed];
}

const caseOf = (request: { readonly case?: string } | undefined) => (request?.case ? { case: request.case } : {});

/** The quota's page, where a request can be filed by hand. */
const consoleOf = ({ service, code, region }: Pick<Filed, 'service' | 'code' | 'region'>): string =>
  `https://${region}.console.aws.amazon.com/servicequotas/home/services/${service}/quotas/${code}`;
