import { fetchQuotas, shortages, withUsage } from '../aws/quotas';
import { isComplete, type LoadedRun } from '../course/load';
import { allModes } from '../course/modes';
import type { Lab } from '../course/model';
import { Exit, LabError } from '../course/errors';
import { aboutUsd, estimate, usd } from '../cost/estimate';
import { assumedNote } from '../facts/prices';
import { quoted } from '../course/shell';
import type { Assembly, Deployer, Template } from '../target/deployer';
import type { Target } from '../target/target';
import { LEASE_HOURS } from '../teardown/lease';
import type { Context, Verb } from './context';
import { isAnew, isGoing, nextFor } from './stack-state';
import { readEmail, readHours } from './options';
import { quotaDocument, refuseShortage, printQuotas } from './quotas';
import { leaseEndOf, redLineOf, sayRedLine } from './spending';
import { duration, plural } from './ui/text';

/** The stack's parameter for the lease. */
const LEASE_PARAMETER = 'LeaseHours';
/** The stack's parameter for whom the lease tells. */
const EMAIL_PARAMETER = 'LeaseEmail';

/** `IAM 8, S3 1 ...`: resources of a template by service, most first. */
export function countsOf(template: Template): [service: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { Type } of Object.values(template.Resources ?? {})) {
    const service = Type.startsWith('AWS::') ? (Type.split('::')[1] ?? Type) : 'custom';
    if (Type !== 'AWS::CDK::Metadata') counts.set(service, (counts.get(service) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}

/** What an existing stack means for a deployment. */
export type Plan = 'create' | 'update' | 'replace';

/** @throws LabError for states in which a deployment cannot begin, with the command that ends them */
export function planFor(context: Context, lab: Lab, { run, standing }: LoadedRun): Plan {
  if (!standing || standing.status === 'REVIEW_IN_PROGRESS') return 'create';
  const { status } = standing;
  if (isComplete(status)) return 'update';
  // Nothing of such a stack is of use, and CloudFormation lets nobody update it.
  if (isAnew(status)) return 'replace';
  const next = nextFor(context, { lab: lab.id, stackName: run.stackName, status });
  const going = isGoing(status);
  throw new LabError(`The stack ${run.stackName} is ${status}.`, {
    why: going ? 'It is being changed just now.' : (standing.reason ?? 'CloudFormation gave no reason.'),
    next: going || next.startsWith('./lab down') ? `${next}, then up again` : next,
  });
}

/** Deploys a synthesized lab; for `up` and `rehearse` alike. */
export async function standUp(
  context: Context,
  given: {
    readonly target: Target;
    readonly deployer: Deployer;
    readonly assembly: Assembly;
    readonly plan: Plan;
    readonly bootstrap: boolean;
    readonly hours?: number;
    /** Whom the lease tells; empty for nobody. @default - nobody, or whom it told before */
    readonly email?: string;
  },
): Promise<Record<string, string>> {
  const { target, deployer, assembly, plan, hours, email } = given;
  const report = (stage: string, detail?: string): void => context.ui.progress(stage, detail);
  if (given.bootstrap) await deployer.bootstrap(target, report);
  if (plan === 'replace') await deployer.remove(target, assembly.stackName, report);
  const takesHours = assembly.template.Parameters?.[LEASE_PARAMETER] !== undefined;
  context.ui.progress('Deploying');
  return deployer.deploy(
    target,
    assembly,
    {
      ...(takesHours && hours !== undefined && { [LEASE_PARAMETER]: String(hours) }),
      ...(email !== undefined && { [EMAIL_PARAMETER]: email }),
    },
    report,
  );
}

/** A lab's modes that were chosen on the command line. */
export function modesOf(lab: Lab, args: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const chosen = lab.modes.map((mode) => [mode.name, args[mode.name]] as const);
  return Object.fromEntries(chosen.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}

/** Whom the lease tells: an empty text for nobody. */
function leaseEmail(given: string): string {
  if (given === 'none') return '';
  return readEmail(given, 'The lease tells one address; none takes it back.', '--email you@example.com');
}

/** `up <lab>`: shows what it makes and costs, asks once, deploys. */
export const up: Verb = async (context: Context, args) => {
  const { ui, options, interrupts } = context;
  const lab = await context.lab(args.lab ?? '');
  const command = `up ${lab.id}`;
  const targetName = context.targetName(command);
  const withYes = `./lab ${command}${context.suffix} --yes`;
  const given = args.hours === undefined ? undefined : readHours(args.hours);
  const email = args.email === undefined ? undefined : leaseEmail(args.email);
  const chosen = modesOf(lab, args);
  // A local cloud is not started for a question that nobody can answer.
  if (targetName === 'local' && !options.explain) refuseWithoutAnswer(context, withYes);
  const deployer = await context.deployer();
  interrupts.leaves({ remains: 'Nothing was deployed.', next: `./lab ${command}${context.suffix}` });

  // Synthesis needs no target: it goes on while a local cloud starts.
  ui.progress('Synthesizing');
  const early =
    Object.keys(chosen).length === lab.modes.length
      ? deployer.synthesize({ lab: lab.id, learner: options.learner, modes: chosen })
      : undefined;
  early?.catch(() => undefined);
  const target = await context.target(command, true);
  if (!options.explain) deployer.prepare(target);
  const loaded = await context.run(lab, target);
  const { run } = loaded;
  const plan = planFor(context, lab, loaded);
  // An update keeps the modes that stand, unless told otherwise.
  const modes = plan === 'update' ? { ...run.modes, ...chosen } : chosen;
  const wanted = allModes(lab, modes);
  const [assembly, bootstrapped, quotas] = await Promise.all([
    early ?? deployer.synthesize({ lab: lab.id, learner: options.learner, modes }),
    deployer.isBootstrapped(target),
    // A lab that stands uses some itself, and is there to be used.
    fetchQuotas(target.clients, lab).then((answers) =>
      plan === 'create' ? withUsage(target.clients, answers, wanted) : answers,
    ),
  ]);
  try {
    ui.settle();
    const hours = given ?? LEASE_HOURS.default;
    const cost = estimate(lab, hours, modes, run.region);
    const local = targetName === 'local';
    ui.say(`${ui.colours.bold(lab.id)}: ${lab.title}`);
    ui.say(
      `Target: ${local ? 'local, this machine' : 'aws'}; account ${run.account}, Region ${run.region}, learner ${run.learner}`,
    );
    const counts = countsOf(assembly.template);
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    const act = { create: 'makes', update: 'updates', replace: 'makes anew' }[plan];
    ui.say(
      `It ${act} the stack ${run.stackName} with ${plural(total, 'resource')}: ${counts.map(([service, count]) => `${service} ${count}`).join(', ')}.`,
    );
    if (plan === 'replace')
      ui.say(
        `The stack is ${loaded.standing?.status} from a failed deployment${loaded.standing?.reason ? ` (${loaded.standing.reason})` : ''}: it is deleted first.`,
      );
    if (!bootstrapped)
      ui.say(
        `${local ? 'The local cloud' : `Region ${run.region} of this account`} lacks the CDK's own set-up: the stack CDKToolkit (a bucket and roles, free but for stored assets, shared by all CDK apps, stays after down) is made first.`,
      );
    ui.say(
      local
        ? `Cost: none here. On AWS ${usd(cost.usdPerHour)} per hour standing, ${aboutUsd(cost.usdTotal)} for ${hours} h with every step done once${assumedNote(cost.assumed)}.`
        : `Cost (list prices, estimated): ${usd(cost.usdPerHour)} per hour standing, ${usd(cost.usdStanding)} for ${hours} h, and ${aboutUsd(cost.usdPerRun)} for doing every step once${assumedNote(cost.assumed)}. Lines: ./lab cost ${lab.id}`,
    );
    ui.say(
      plan === 'update' && given === undefined
        ? 'Its lease stays as it is.'
        : `Lease: after ${hours} h it removes itself; ./lab extend ${lab.id} --hours N.`,
    );
    if (email)
      ui.say(
        `E-mail: an hour before the end, and at it, ${email} is told by a topic of the stack. AWS first asks that address to confirm; without the click in that e-mail nothing is sent.`,
      );
    else if (email === '') ui.say('E-mail: nobody is told any more.');
    for (const need of lab.needs) if (!local) ui.say(need, 'Needs: ');
    printQuotas(context, lab, quotas, wanted, run.region);
    // What stands already is there to be used: an update that keeps its modes makes nothing worse.
    const isNew = plan !== 'update' || lab.modes.some(({ name }) => run.modes[name] !== wanted[name]);
    const low = isNew && shortages(quotas, wanted).length > 0;

    if (options.explain) {
      const context_ = [['learner', run.learner], ...Object.entries(modes)]
        .map(([key, value]) => `-c ${key}=${value}`)
        .join(' ');
      const commands = [
        ...(bootstrapped ? [] : [`npx cdk bootstrap aws://${run.account}/${run.region}`]),
        `npx cdk deploy ${run.stackName} ${context_} --parameters ${LEASE_PARAMETER}=${hours}${email === undefined ? '' : ` --parameters ${quoted(`${EMAIL_PARAMETER}=${email}`)}`}`,
      ];
      ui.raw(commands.join('\n'));
      ui.document({ lab: lab.id, commands });
      return Exit.Done;
    }
    if (low) refuseShortage(context, lab, quotas, wanted, run.region);
    const question = plan === 'update' ? 'Update it' : 'Deploy it';
    await confirmOrRefuse(context, `${question}${low ? ' all the same' : ''}?`, withYes);

    const line = redLineOf(run, lab, await standsUntil(context, loaded, plan, given));
    interrupts.costs(line);
    interrupts.leaves({
      remains: `The deployment of ${run.stackName} goes on in ${local ? 'the local cloud' : 'AWS'} as far as it was started; what stands costs as shown.`,
      next: `./lab status --wait${context.suffix}, then ./lab ${command}${context.suffix} to go on or ./lab down ${lab.id}${context.suffix}`,
    });
    const start = ui.streams.now();
    const outputs = await standUp(context, {
      target,
      deployer,
      assembly,
      plan,
      bootstrap: !bootstrapped,
      hours: plan === 'update' ? given : hours,
      email,
    });
    const seconds = (ui.streams.now() - start) / 1000;
    interrupts.leaves(undefined);
    ui.settle();
    ui.say(`${ui.colours.green('✓')} ${run.stackName} stands, in ${duration(seconds)}.`);
    for (const [key, value] of Object.entries(outputs)) ui.raw(`  ${key}: ${value}`);
    sayRedLine(context, line);
    const first = lab.steps[0];
    ui.say(
      first
        ? `Next: ./lab guide ${lab.id} ${first.id}${context.suffix}`
        : `Next: ./lab down ${lab.id}${context.suffix}`,
    );
    ui.document({
      lab: lab.id,
      learner: run.learner,
      target: targetName,
      account: run.account,
      region: run.region,
      stack: run.stackName,
      hours,
      cost,
      quotas: quotas.map(quotaDocument),
      outputs,
      seconds,
    });
    return Exit.Done;
  } finally {
    assembly.dispose();
  }
};

/** When the lease of a lab that is deployed now will end: an update leaves it as it is, unless hours are given. */
async function standsUntil(
  context: Context,
  { run, standing }: LoadedRun,
  plan: Plan,
  given: number | undefined,
): Promise<Date | undefined> {
  const stays = plan === 'update' ? standing : undefined;
  if (stays && given === undefined) return leaseEndOf(context, run, stays);
  const from = stays?.createdAt ?? run.clock.now();
  return new Date(from.getTime() + (given ?? LEASE_HOURS.default) * 3_600_000);
}

/** @throws LabError (refused) where nobody can be asked and `--yes` was not given */
function refuseWithoutAnswer({ ui, options }: Context, withYes: string): void {
  if (options.yes || ui.interactive) return;
  throw new LabError('Nobody can be asked here, and --yes was not given.', {
    why: `This needs a yes: it makes or removes things ${options.target === 'local' ? 'in the local cloud' : 'in an account'}.`,
    next: withYes,
    exit: Exit.Refused,
  });
}

/** Asks once; `--yes` answers. @throws LabError (refused) on a no, and where nobody can be asked */
export async function confirmOrRefuse(context: Context, question: string, withYes: string): Promise<void> {
  refuseWithoutAnswer(context, withYes);
  if (context.options.yes || (await context.ui.confirm(question))) return;
  throw new LabError('Not confirmed: nothing was changed.', {
    why: 'The answer was not yes.',
    next: withYes.replace(/ --yes$/, ''),
    exit: Exit.Refused,
  });
}
