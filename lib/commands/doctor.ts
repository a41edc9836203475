import { inUse, shortages } from '../aws/quotas';
import type { Lab } from '../course/model';
import { Exit } from '../course/errors';
import type { Finding } from '../doctor/finding';
import type { Place } from '../doctor/place';
import type { Quotas } from '../doctor/quotas';
import { isOnByDefault } from '../facts/regions';
import type { Target } from '../target/target';
import type { Context, Verb } from './context';
import { lookAtLeftovers } from './doctor-leftovers';
import { nextOf, sayFindings, saySum } from './doctor-report';
import { alternativeCommands, quotaDocument } from './quotas';
import { type Filed, requestCommands, requestQuotas } from './request-quotas';

/**
 * `doctor [lab]`: whether this machine and, with a target, the account have what the labs need. It asks and makes
 * nothing, but for requests for quotas with `--request-quotas`, which it asks about first. Exit code 1 when something
 * stands in the way of a lab in the modes that were named, or its default ones.
 */
export const doctor: Verb = async (context: Context, args) => {
  if (args.policy !== undefined) return (await import('./policy')).printPolicy(context, args.policy);
  const { ui, deps, options } = context;
  const requesting = args.requestQuotas !== undefined;
  const command = ['doctor', args.lab, requesting && '--request-quotas'].filter(Boolean).join(' ');
  if (requesting) context.targetName(command);
  const named = args.lab === undefined ? undefined : await context.lab(args.lab);
  const labs = named ? [named] : await Promise.all(deps.labs.map((id) => deps.loadLab(id)));
  if (options.explain && !requesting) return explain(context, labs);
  const { lookAtMachine } = await import('../doctor/machine');

  ui.progress('Looking at this machine');
  const findings = await lookAtMachine(await deps.machine());
  const target = await openWhatIsThere(context, findings, command, requesting);
  let quotas: Quotas = { labs: [], shared: [] };
  if (target) {
    const seen = await lookAtTarget(context, target, labs, chosenModes(labs, args));
    quotas = seen.quotas;
    findings.push(...seen.findings);
  }
  ui.settle();
  if (target && requesting && options.explain) {
    const commands = requestCommands(quotas, target);
    ui.raw(commands.join('\n'));
    ui.document({ commands });
    return Exit.Done;
  }
  sayFindings(context, findings);
  saySum(context, findings);
  if (target && !requesting) sayRequests(context, requestCommands(quotas, target));
  const filed =
    target && requesting
      ? await requestQuotas(context, quotas, target, `./lab ${command}${context.suffix} --yes`)
      : undefined;
  const ok = findings.every(({ state }) => state !== 'bad');
  if (!target && ok) {
    ui.say(
      options.target === 'local'
        ? 'No local cloud is running, so there is no account to ask.'
        : 'No account was asked. Days before you begin in your own: ./lab doctor --target aws',
    );
  }
  const first = (named ?? labs[0])?.id ?? '';
  const ready = `./lab up ${first}${options.target ? context.suffix : ' --target local'}`;
  ui.say(filed?.length ? `Next: look again later: ./lab doctor${context.suffix}` : nextOf(findings, ready));
  ui.document(documentOf(context, target, findings, quotas, filed));
  if (filed?.some(({ outcome }) => outcome === 'failed')) return Exit.Failed;
  return ok ? Exit.Done : Exit.CheckFailed;
};

/** The account and its Region, quotas, and what is there from before. */
async function lookAtTarget(
  context: Context,
  target: Target,
  labs: readonly Lab[],
  chosen: Readonly<Record<string, string>>,
): Promise<{ quotas: Quotas; findings: Finding[] }> {
  context.ui.progress(`Asking the account ${target.account}`);
  const [account, doctorQuotas, said, concurrency] = await Promise.all([
    import('../doctor/account'),
    import('../doctor/quotas'),
    import('../doctor/quota-findings'),
    import('../doctor/concurrency'),
  ]);
  const place = placeOf(context, target);
  const [seen, quotas, functions, leftovers] = await Promise.all([
    account.lookAtAccount(place, labs, chosen),
    doctorQuotas.askQuotas(place, labs, chosen),
    concurrency.lookAtConcurrency(place),
    lookAtLeftovers(context, target),
  ]);
  const findings = [
    ...seen,
    ...quotas.shared.map((one) =>
      said.quotaFinding(one, place, waysAround(context, quotas, one.answer.need.quota.code)),
    ),
    ...said.fitFinding(doctorQuotas.fitOf(quotas), place),
    ...quotas.shared.flatMap((one) => said.requestFindings(one, place)),
    functions,
    ...leftovers,
  ];
  return { quotas, findings };
}

const placeOf = ({ options, suffix }: Context, target: Target): Place => ({ target, learner: options.learner, suffix });

/** Commands that go on without more of a quota, in the labs that lack it. */
function waysAround(context: Context, { labs }: Quotas, code: string): string[] {
  const ways = labs.flatMap(({ lab, answers, modes }) => {
    const own = answers.filter(({ need }) => need.quota.code === code);
    return shortages(own, modes).length === 0 ? [] : alternativeCommands(context, lab, own, modes, answers);
  });
  return [...new Set(ways.map(({ command, what }) => `${command} (${what})`))];
}

/** The account, or the local cloud if one runs: a look starts none. */
async function openWhatIsThere(
  context: Context,
  findings: Finding[],
  command: string,
  needed: boolean,
): Promise<Target | undefined> {
  const { options, deps } = context;
  if (options.target === undefined) return undefined;
  if (options.target === 'local' && !needed && !(await deps.localCloudRuns())) return undefined;
  try {
    return await context.target(command);
  } catch (error) {
    const finding = await regionThatRefuses(context, error as Error);
    if (!finding) throw error;
    findings.push(finding);
    return undefined;
  }
}

/** In a Region that is switched off, AWS refuses good credentials: another Region tells which of the two it is. */
async function regionThatRefuses(context: Context, error: Error): Promise<Finding | undefined> {
  const { region, target, profile } = context.options;
  const refused = /^(InvalidClientTokenId|UnrecognizedClientException|AuthFailure|OptInRequired)$/.test(error.name);
  if (target !== 'aws' || region === undefined || isOnByDefault(region) || !refused) return undefined;
  const { lookAtRegionEnabled } = await import('../doctor/region');
  const there = await context.deps
    .openTarget('aws', { profile, region: 'us-east-1', progress: (message) => context.ui.progress(message) })
    .catch(() => undefined);
  if (!there) return undefined;
  try {
    const finding = await lookAtRegionEnabled(placeOf(context, { ...there, region }));
    return finding.state === 'bad' ? finding : undefined;
  } finally {
    await there.close();
  }
}

function sayRequests({ ui }: Context, commands: readonly string[]): void {
  if (commands.length === 0) return;
  ui.say('Ask for more yourself, or with --request-quotas; the answer takes hours to days:');
  for (const command of commands) ui.raw(`  ${command}`);
}

async function explain(context: Context, labs: readonly Lab[]): Promise<number> {
  const { ui, options, suffix } = context;
  const { explainLooks } = await import('../doctor/explain');
  const commands = explainLooks(labs, options);
  if (options.target === 'local') ui.note(`These talk to the local cloud after: eval "$(./lab env${suffix})"`);
  ui.raw(commands.join('\n'));
  ui.document({ commands });
  return Exit.Done;
}

function chosenModes(labs: readonly Lab[], args: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = new Set(labs.flatMap(({ modes }) => modes.map(({ name }) => name)));
  return Object.fromEntries(
    Object.entries(args).filter((pair): pair is [string, string] => names.has(pair[0]) && pair[1] !== undefined),
  );
}

function documentOf(
  context: Context,
  target: Target | undefined,
  findings: readonly Finding[],
  { labs, shared }: Quotas,
  filed: readonly Filed[] | undefined,
): object {
  return {
    target: context.options.target ?? null,
    ...(target && { account: target.account, region: target.region }),
    ok: findings.every(({ state }) => state !== 'bad'),
    findings,
    labs: labs.map(({ lab, modes, answers }) => ({
      lab: lab.id,
      modes,
      quotas: answers.map(quotaDocument),
      waysOn: alternativeCommands(context, lab, answers, modes).map(({ command }) => command),
    })),
    together: shared.map(({ answer, by, own, request }) => ({
      ...quotaDocument(answer),
      by,
      inUseByOthers: inUse(answer),
      heldByOwnLabs: own.reduce((sum, { count }) => sum + count, 0),
      ...(request && { request }),
    })),
    ...(filed && { requests: filed }),
  };
}
