import type { LabId } from '../course/model';
import { loadRun } from '../course/load';
import { Exit } from '../course/run';
import { estimate, hoursBetween, usd } from '../cost/estimate';
import type { Context, Verb } from './context';
import { type Elsewhere, elsewhereDocument, lookElsewhere, sayElsewhere } from './elsewhere';
import { messageOf } from './messages';
import { wrongUse } from './options';
import { findStandings } from './standings';
import { countOf } from '../teardown/ledger';
import { byKind, planRemoval, type Removal, takeDown } from './takedown';
import { duration, plural } from './ui/text';
import { confirmOrRefuse } from './up';

interface Receipt {
  readonly lab: LabId;
  readonly learner: string;
  readonly made: number;
  readonly removed: number;
  /** What was made is always what is removed and what is left. */
  readonly left: number;
  readonly leftovers: readonly {
    readonly kind: string;
    readonly id: string;
    /** Things behind this line; 0 where a list could not be read. */
    readonly count: number;
    readonly error: string;
    /** A command that helps, where `down` alone does not. */
    readonly next?: string;
  }[];
  readonly residue: readonly { readonly what: string; readonly why: string }[];
  readonly seconds: number;
  readonly stoodHours: number | null;
  readonly usd: number;
}

/** `down <lab>` or `down --all`: lists what it removes, asks once, removes in order, looks again, prints a receipt. */
export const down: Verb = async (context: Context, args) => {
  const { ui, options, deps, interrupts } = context;
  const all = args.all !== undefined;
  if (all === (args.lab !== undefined)) {
    throw wrongUse(
      all ? 'Both a lab and --all were given.' : 'Neither a lab nor --all was given.',
      'down removes one lab, or every lab of yours.',
      `./lab down ${args.lab ?? deps.labs[0] ?? ''}${context.suffix}, or ./lab down --all${context.suffix}`,
    );
  }
  const command = all ? 'down --all' : `down ${args.lab ?? ''}`;
  const named = args.lab === undefined ? undefined : await context.lab(args.lab);
  const local = context.targetName(command) === 'local';
  if (local && !(await deps.localCloudRuns())) {
    ui.say('No local cloud is running: nothing to remove.');
    ui.document({ receipts: [], localCloud: 'not running' });
    return Exit.Done;
  }

  const target = await context.target(command);
  const teardown = await deps.teardown();
  const removals = await plansOf(context, named ? [named.id] : deps.labs, all && local);
  ui.settle();
  if (removals.length === 0 && !(all && local)) {
    ui.say(
      `There is neither stack nor record of ${named ? named.id : 'any lab'} of ${options.learner} in ${target.account}, ${target.region}: nothing to remove there.`,
    );
    const elsewhere = await lookElsewhere(context, named ? [named.id] : deps.labs);
    sayElsewhere(context, elsewhere);
    const next = nextElsewhere(context, elsewhere);
    if (next) ui.say(`Next: ${next}`);
    ui.document({ receipts: [], ...elsewhereDocument(elsewhere) });
    return next ? Exit.CheckFailed : Exit.Done;
  }
  for (const removal of removals) announce(context, removal);
  if (all && local) ui.say('The local cloud of this machine is stopped, with everything in it.');
  if (options.explain) {
    const commands = removals.map(({ run, standing }) =>
      standing
        ? `npx cdk destroy ${run.stackName} -c learner=${run.learner}`
        : `# ${run.lab}: only its record is left; ./lab down sweeps by it`,
    );
    ui.raw(commands.join('\n'));
    ui.document({ commands });
    return Exit.Done;
  }
  await confirmOrRefuse(context, 'Remove it?', `./lab ${command}${context.suffix} --yes`);

  const deployer = await context.deployer();
  const receipts: Receipt[] = [];
  const failures: { lab: LabId; learner: string; error: unknown }[] = [];
  for (const removal of removals) {
    const { run } = removal;
    interrupts.leaves({
      remains: `The lab ${run.lab} is partly removed; what still stands goes on costing.`,
      next: `./lab ${command}${context.suffix}`,
    });
    const start = ui.streams.now();
    try {
      const result = await takeDown(context, target, deployer, removal, teardown);
      receipts.push(await receiptOf(context, removal, result, (ui.streams.now() - start) / 1000));
      if (result.failure !== undefined) throw result.failure;
    } catch (error) {
      // With --all, one lab that fails must not keep the others standing, nor a local cloud running.
      if (!all) {
        ui.settle();
        for (const receipt of receipts) showReceipt(context, receipt);
        tellNext(context, receipts, command);
        throw error;
      }
      failures.push({ lab: run.lab, learner: run.learner, error });
    }
  }
  interrupts.leaves(undefined);
  ui.settle();
  for (const receipt of receipts) showReceipt(context, receipt);
  const leftovers = receipts.flatMap((receipt) => receipt.leftovers);
  const failed = failures.map(({ lab, learner, error }) => {
    const { what, why } = messageOf(error, { command, suffix: context.suffix, options });
    ui.say(`${lab} of ${learner}: ${what} ${why}`, `${ui.colours.red('✗')} `);
    if (options.verbose) ui.note((error as Error).stack ?? '');
    return { lab, learner, error: `${what} ${why}` };
  });
  const elsewhere = all ? await lookElsewhere(context, deps.labs) : undefined;
  const there = elsewhere && nextElsewhere(context, elsewhere);
  if (elsewhere) sayElsewhere(context, elsewhere);
  const stop = all && local;
  if (stop) {
    await target.stop();
    ui.say(`${ui.colours.green('✓')} The local cloud is stopped; nothing of it is left on this machine.`);
  } else if (leftovers.length > 0 || failed.length > 0) {
    if (!tellNext(context, receipts, command)) ui.say(`Next: ./lab ${command}${context.suffix}, once more.`);
  } else if (there) ui.say(`Next: ${there}`);
  ui.document({
    receipts,
    ...(failed.length > 0 && { failed }),
    ...(stop && { localCloud: 'stopped' }),
    ...(elsewhere && elsewhereDocument(elsewhere)),
  });
  return failed.length > 0 ? Exit.Failed : leftovers.length > 0 || there ? Exit.CheckFailed : Exit.Done;
};

/** The command that removes what stands in another Region. */
function nextElsewhere(context: Context, { found }: Elsewhere): string | undefined {
  const [first] = found;
  if (!first) return undefined;
  const several = found.filter(({ region }) => region === first.region).length > 1;
  return `./lab down ${several ? '--all' : first.lab}${context.suffixIn(first.region)}`;
}

/** Tells what has to end before `down` can: sweeping once more alone would not help. @returns whether there is such a thing */
function tellNext({ ui, suffix }: Context, receipts: readonly Receipt[], command: string): boolean {
  const first = [...new Set(receipts.flatMap(({ leftovers }) => leftovers.flatMap(({ next }) => next ?? [])))];
  if (first.length === 0) return false;
  ui.say(
    `Next: end what still writes, or let nobody write any more: ${first.join('; ')}; then ./lab ${command}${suffix}`,
  );
  return true;
}

async function plansOf(context: Context, labs: readonly LabId[], everyone: boolean): Promise<Removal[]> {
  const { options, deps } = context;
  const target = await context.target('down');
  const teardown = await deps.teardown();
  const whose: { lab: LabId; learner: string }[] = labs.map((lab) => ({ lab, learner: options.learner }));
  // Stopping the local cloud ends everyone's labs: they are shown, and leave their receipts, like one's own.
  if (everyone) {
    for (const { lab, learner } of await findStandings(context)) {
      if (!whose.some((one) => one.lab === lab && one.learner === learner)) whose.push({ lab, learner });
    }
  }
  const removals: Removal[] = [];
  for (const { lab, learner } of whose) {
    const { run, standing } = await loadRun({
      lab: await deps.loadLab(lab),
      learner,
      target,
      progress: (message) => context.ui.progress(message),
    });
    const removal = await planRemoval(run, standing, teardown);
    if (removal) removals.push(removal);
  }
  return removals;
}

function announce(context: Context, { run, standing, resources, beyond, unread }: Removal): void {
  const { ui } = context;
  ui.say(`${ui.colours.bold(run.lab)} of ${run.learner} in ${run.account}, ${run.region}:`);
  ui.say(
    standing
      ? `the stack ${run.stackName} (${standing.status}) with ${plural(resources.length, 'resource')}`
      : `the stack ${run.stackName} is gone already; what it left is swept by its record`,
    '  - ',
  );
  for (const [kind, count] of byKind(beyond)) ui.say(`${kind}: ${count}`, '  - ');
  if (unread !== undefined)
    ui.say(
      `what else its steps made could not be listed (${unread}); what then cannot be removed is named at the end`,
      '  - ',
    );
}

async function receiptOf(
  context: Context,
  { run, standing }: Removal,
  { counts, left }: Awaited<ReturnType<typeof takeDown>>,
  seconds: number,
): Promise<Receipt> {
  const lab = await context.deps.loadLab(run.lab);
  const teardown = await context.deps.teardown();
  const stoodHours = standing ? hoursBetween(standing.createdAt, run.clock.now()) : null;
  return {
    lab: run.lab,
    learner: run.learner,
    ...counts,
    leftovers: left.map(({ found, error, next }) => ({
      kind: found.kind,
      id: found.id,
      count: countOf([found]),
      error,
      ...(next !== undefined && { next }),
    })),
    residue: teardown.residueOf(run.lab).map(({ what, why }) => ({ what, why })),
    seconds,
    stoodHours,
    usd: run.target === 'local' ? 0 : estimate(lab, stoodHours ?? 0, run.modes).usdStanding,
  };
}

function showReceipt({ ui, options }: Context, receipt: Receipt): void {
  const clean = receipt.leftovers.length === 0;
  ui.say(
    `${clean ? ui.colours.green('✓') : ui.colours.red('✗')} ${ui.colours.bold(`Receipt: ${receipt.lab} of ${receipt.learner}`)}`,
  );
  ui.say(
    `made ${receipt.made}, removed ${receipt.removed}, left over ${receipt.left}, in ${duration(receipt.seconds)}`,
    '  ',
  );
  const stood =
    receipt.stoodHours === null
      ? 'Its stack was gone; how long it stood is not known.'
      : `It stood for ${duration(receipt.stoodHours * 3600)}`;
  if (receipt.stoodHours === null) ui.say(stood, '  ');
  else
    ui.say(
      options.target === 'local'
        ? `${stood}, on this machine: $0.`
        : `${stood}: about ${usd(receipt.usd)} for standing (estimated), and what the steps used: ./lab cost ${receipt.lab}`,
      '  ',
    );
  for (const { kind, id, count, error } of receipt.leftovers)
    ui.say(`${count === 0 ? 'not read' : 'left'}: ${kind} ${id}${count > 1 ? ` (${count})` : ''}: ${error}`, '  ✗ ');
  if (options.target !== 'local')
    for (const { what, why } of receipt.residue) ui.say(`stays, free: ${what}. ${why}`, '  · ');
}
