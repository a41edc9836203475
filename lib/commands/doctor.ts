import { shortages } from '../aws/quotas';
import type { Lab } from '../course/model';
import { Exit } from '../course/errors';
import type { LabQuotas } from '../doctor/account';
import type { Finding } from '../doctor/finding';
import type { Target } from '../target/target';
import type { Context, Verb } from './context';
import { quotaDocument, printShortage, alternativeCommands } from './quotas';
import { nextLine, plural } from './ui/text';

const TITLES: Readonly<Record<Finding['about'], string>> = {
  machine: 'This machine',
  account: 'The account',
  service: 'Services',
  quota: 'Quotas',
};

/**
 * `doctor [lab]`: whether this machine and, with a target, the account have what the labs need. It asks and makes nothing.
 * Exit code 1 when something stands in the way of a lab in the modes that were named, or its default ones.
 */
export const doctor: Verb = async (context: Context, args) => {
  if (args.policy !== undefined) return (await import('./policy')).printPolicy(context, args.policy);
  const { ui, deps, options } = context;
  const named = args.lab === undefined ? undefined : await context.lab(args.lab);
  const labs = named ? [named] : await Promise.all(deps.labs.map((id) => deps.loadLab(id)));
  const [{ lookAtMachine }, account] = await Promise.all([import('../doctor/machine'), import('../doctor/account')]);

  ui.progress('Looking at this machine');
  const findings = await lookAtMachine(await deps.machine());
  const target = await openWhatIsThere(context);
  let quotas: readonly LabQuotas[] = [];
  if (target) {
    ui.progress(`Asking the account ${target.account}`);
    const deployer = await context.deployer();
    const [seen, answers] = await Promise.all([
      account.lookAtAccount(target, labs, () => deployer.isBootstrapped(target)),
      account.quotasOf(target, labs, chosenModes(labs, args)),
    ]);
    quotas = answers;
    findings.push(...seen, ...account.lookAtQuotas(answers));
  }
  ui.settle();
  sayFindings(context, findings);
  const lacking = quotas.filter(({ answers, modes }) => shortages(answers, modes).length > 0);
  if (target)
    for (const { lab, answers, modes } of lacking) {
      ui.say();
      printShortage(context, lab, answers, modes, target.region);
    }
  const bad = findings.filter(({ state }) => state === 'bad');
  const ok = bad.length === 0;
  ui.say();
  if (ok) ui.say(`${ui.colours.green('✓')} Nothing that was looked at stands in the way.`);
  else
    ui.say(
      `${ui.colours.red('✗')} ${plural(bad.length, 'thing')} ${bad.length === 1 ? 'stands' : 'stand'} in the way; see above.`,
    );
  if (!target) {
    ui.say(
      options.target === 'local'
        ? 'No local cloud is running, so there is no account to ask.'
        : 'No account was asked. Days before you begin in your own: ./lab doctor --target aws',
    );
  }
  const first = (named ?? labs[0])?.id ?? '';
  ui.say(
    ok ? `Next: ./lab up ${first}${options.target ? context.suffix : ' --target local'}` : nextOf(context, bad, quotas),
  );
  ui.document({
    target: options.target ?? null,
    ...(target && { account: target.account, region: target.region }),
    ok,
    findings,
    labs: quotas.map(({ lab, modes, answers }) => ({
      lab: lab.id,
      modes,
      quotas: answers.map(quotaDocument),
      waysOn: alternativeCommands(context, lab, answers, modes).map(({ command }) => command),
    })),
  });
  return ok ? Exit.Done : Exit.CheckFailed;
};

/** The account, or the local cloud if one runs: a look starts none. */
async function openWhatIsThere(context: Context): Promise<Target | undefined> {
  const { options, deps } = context;
  if (options.target === undefined || (options.target === 'local' && !(await deps.localCloudRuns()))) return undefined;
  return context.target('doctor');
}

function chosenModes(labs: readonly Lab[], args: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = new Set(labs.flatMap(({ modes }) => modes.map(({ name }) => name)));
  return Object.fromEntries(
    Object.entries(args).filter((pair): pair is [string, string] => names.has(pair[0]) && pair[1] !== undefined),
  );
}

function sayFindings({ ui }: Context, findings: readonly Finding[]): void {
  const signs = {
    ok: ui.colours.green('✓'),
    note: '·',
    unknown: ui.colours.yellow('?'),
    bad: ui.colours.red('✗'),
  } as const;
  for (const about of Object.keys(TITLES) as Finding['about'][]) {
    const some = findings.filter((finding) => finding.about === about);
    if (some.length > 0) ui.say(ui.colours.bold(TITLES[about]));
    for (const { state, saw, next } of some) {
      ui.say(saw, `  ${signs[state]} `);
      if (next) ui.say(next, '      ');
    }
  }
}

/** The one command to go on with. */
function nextOf(context: Context, bad: readonly Finding[], quotas: readonly LabQuotas[]): string {
  const other = bad.find(({ next }) => next !== undefined);
  if (other?.next !== undefined) return nextLine(other.next);
  const lacking = quotas.find(({ answers, modes }) => shortages(answers, modes).length > 0);
  const [way] = lacking ? alternativeCommands(context, lacking.lab, lacking.answers, lacking.modes) : [];
  return `Next: ask for the quota, and look again: ./lab doctor${context.suffix}${way ? `; or ${way.command}` : ''}`;
}
