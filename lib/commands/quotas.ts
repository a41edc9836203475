/** Quotas, before anything is made: what the lab needs, what the account has, and the ways on. */
import { type QuotaAnswer, requestCommand, shortages, describeQuota, alternatives, taken } from '../aws/quotas';
import type { Lab, WayOn } from '../course/model';
import { inModes } from '../course/modes';
import { Exit, LabError } from '../course/errors';
import type { Context } from './context';

/** `--compute processing`. */
const flagsOf = ({ modes }: WayOn): string =>
  Object.entries(modes)
    .map(([mode, value]) => `--${mode} ${value}`)
    .join(' ');

/** The same command in other modes. */
function upCommand(context: Context, lab: Lab, way: WayOn): string {
  return `./lab up ${lab.id} ${flagsOf(way)}${context.suffix}`;
}

const localCommand = (lab: Lab): string => `./lab up ${lab.id} --target local`;

/** A quota as JSON documents have it. */
export const quotaDocument = ({ need, applied, unknown, usage, usageUnknown, requested }: QuotaAnswer) => ({
  service: need.quota.service,
  code: need.quota.code,
  name: need.quota.name,
  needed: need.value,
  applied: applied ?? null,
  ...(unknown !== undefined && { unknown }),
  ...(usage && usage.by.length > 0 && { inUse: usage.by }),
  ...(usageUnknown !== undefined && { inUseUnknown: usageUnknown }),
  ...(requested && { requested }),
});

/**
 * Commands that lead on, the best first.
 *
 * @param all what else has to be enough in other modes. @default `answers`
 */
export function alternativeCommands(
  context: Context,
  lab: Lab,
  answers: readonly QuotaAnswer[],
  modes: Readonly<Record<string, string>>,
  all: readonly QuotaAnswer[] = answers,
): { readonly command: string; readonly what: string }[] {
  const ways = alternatives(answers, modes, all).map((way) => ({
    command: upCommand(context, lab, way),
    what: way.what,
  }));
  ways.push(...freeing(context, answers, modes));
  return context.options.target === 'local'
    ? ways
    : [...ways, { command: localCommand(lab), what: 'everything on your machine' }];
}

/** Taking down the learner's own labs that hold what is short, where that leaves enough. */
function freeing(
  context: Context,
  answers: readonly QuotaAnswer[],
  modes: Readonly<Record<string, string>>,
): { readonly command: string; readonly what: string }[] {
  const { deps, options, suffix } = context;
  const held = shortages(answers, modes).flatMap(({ need, applied = 0, usage }) =>
    need.value <= applied ? (usage?.by ?? []) : [],
  );
  const mine = deps.labs.filter((id) => held.some(({ lab, learner }) => lab === id && learner === options.learner));
  return mine.map((id) => ({
    command: `./lab down ${id}${suffix}`,
    what: 'it holds some of that quota',
  }));
}

/** Says each quota that these modes need; where one is too low, how to ask for more and how to go on without. */
export function printQuotas(
  context: Context,
  lab: Lab,
  answers: readonly QuotaAnswer[],
  modes: Readonly<Record<string, string>>,
  region: string,
): void {
  const { ui } = context;
  const low = shortages(answers, modes);
  for (const answer of answers.filter(({ need }) => inModes(need, modes))) {
    ui.say(describeQuota(answer), low.includes(answer) ? ui.colours.yellow('! ') : '');
  }
  if (low.length > 0) printShortage(context, lab, answers, modes, region);
}

/** The request that leaves enough beside what is in use. */
const askMore = (answer: QuotaAnswer, region: string): string => requestCommand(answer.need, region, taken(answer));

/** How to ask for more, and how to go on without. */
export function printShortage(
  context: Context,
  lab: Lab,
  answers: readonly QuotaAnswer[],
  modes: Readonly<Record<string, string>>,
  region: string,
): void {
  const { ui } = context;
  const low = shortages(answers, modes);
  ui.say(`Steps of ${lab.id} that need more than the account has are refused by AWS, before they cost anything.`);
  const unasked = low.filter(({ requested }) => requested === undefined);
  if (unasked.length > 0) ui.say('Ask for more; the answer takes hours to days:');
  for (const answer of unasked) ui.raw(`  ${askMore(answer, region)}`);
  const ways = alternativeCommands(context, lab, answers, modes);
  if (ways.length > 0) ui.say('Or go on without it:');
  for (const { command, what } of ways) ui.raw(`  ${command}    (${what})`);
}

/**
 * With `--yes` nobody decides: a lab that cannot be done is not deployed.
 *
 * @throws LabError (refused) naming the first way on
 */
export function refuseShortage(
  context: Context,
  lab: Lab,
  answers: readonly QuotaAnswer[],
  modes: Readonly<Record<string, string>>,
  region: string,
): void {
  const [first] = shortages(answers, modes);
  if (!first || !context.options.yes) return;
  const { quota, value } = first.need;
  const used = taken(first);
  const [way] = alternativeCommands(context, lab, answers, modes);
  throw new LabError(
    `The quota ${quota.code} (${quota.name}) of this account is ${first.applied}${used > 0 ? `, and ${used} of it ${used === 1 ? 'is' : 'are'} in use` : ''}; the lab needs ${value}.`,
    {
      why: 'Its steps would be refused, and --yes leaves nobody to decide. Nothing was made. Without --yes you are asked.',
      next: way
        ? `${way.command}${way.command.startsWith('./lab down') ? '' : ' --yes'} (${way.what})`
        : askMore(first, region),
      exit: Exit.Refused,
    },
  );
}
