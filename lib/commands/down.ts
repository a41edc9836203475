import type { LabId } from '../course/names';
import { Exit, LabError } from '../course/errors';
import { loadRun } from '../course/load';
import type { Context, Verb } from './context';
import { type OtherRegions, otherRegionsDocument, lookInOtherRegions, printOtherRegions } from './other-regions';
import { messageOf } from './messages';
import { wrongUse } from './options';
import { type Receipt, receiptOf, printReceipt, printNext } from './receipt';
import { sayKeptBudget } from './budget';
import { announceLearners, confirmEveryone, everyonesLabs } from './everyone';
import { dryRun } from './dry-run';
import { byKind, planRemoval, type Removal, removeLab } from './removal';
import { plural } from './ui/text';
import { confirmOrRefuse } from './up';

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
  const everyone = options.everyone === true;
  const removals = await plansOf(context, named ? [named.id] : deps.labs, all && (local || everyone));
  ui.settle();
  if (removals.length === 0 && !(all && local)) {
    ui.say(
      `There is neither stack nor record of ${named ? named.id : 'any lab'} of ${everyone ? 'anybody' : options.learner} in ${target.account}, ${target.region}: nothing to remove there.`,
    );
    const elsewhere = await lookInOtherRegions(context, named ? [named.id] : deps.labs);
    printOtherRegions(context, elsewhere);
    const next = nextElsewhere(context, elsewhere);
    if (next) ui.say(`Next: ${next}`);
    ui.document({ receipts: [], ...otherRegionsDocument(elsewhere) });
    return next ? Exit.CheckFailed : Exit.Done;
  }
  if (args.dryRun !== undefined) {
    ui.document(await dryRun(context, removals));
    return Exit.Done;
  }
  if (everyone) announceLearners(context, removals);
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
  if (everyone && options.yes)
    await confirmEveryone(context, target, removals.length, args.account, `./lab ${command}${context.suffix}`);
  await confirmOrRefuse(
    context,
    everyone ? `Remove the labs of every learner in ${target.account}, ${target.region}?` : 'Remove it?',
    `./lab ${command}${context.suffix} --yes${everyone ? ` --account ${target.account}` : ''}`,
  );
  if (everyone && !options.yes)
    await confirmEveryone(context, target, removals.length, args.account, `./lab ${command}${context.suffix}`);

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
      const result = await removeLab(context, target, deployer, removal, teardown);
      receipts.push(await receiptOf(context, removal, result, (ui.streams.now() - start) / 1000));
      if (result.failure !== undefined) throw result.failure;
    } catch (error) {
      // With --all, one lab that fails must not keep the others standing, nor a local cloud running.
      if (!all) {
        ui.settle();
        for (const receipt of receipts) printReceipt(context, receipt);
        printNext(context, receipts, command);
        throw error;
      }
      failures.push({ lab: run.lab, learner: run.learner, error });
    }
  }
  interrupts.leaves(undefined);
  ui.settle();
  for (const receipt of receipts) printReceipt(context, receipt);
  const leftovers = receipts.flatMap((receipt) => receipt.leftovers);
  const failed = failures.map(({ lab, learner, error }) => {
    const { what, why } = messageOf(error, { command, suffix: context.suffix, options });
    ui.say(`${lab} of ${learner}: ${what} ${why}`, `${ui.colours.red('✗')} `);
    if (options.verbose) ui.note((error as Error).stack ?? '');
    return { lab, learner, error: `${what} ${why}` };
  });
  const elsewhere = all ? await lookInOtherRegions(context, deps.labs) : undefined;
  const there = elsewhere && nextElsewhere(context, elsewhere);
  if (elsewhere) printOtherRegions(context, elsewhere);
  if (!local) await sayKeptBudget(context, target);
  const stop = all && local;
  if (stop) {
    await target.stop();
    ui.say(`${ui.colours.green('✓')} The local cloud is stopped; nothing of it is left on this machine.`);
  } else if (leftovers.length > 0 || failed.length > 0) {
    if (!printNext(context, receipts, command)) ui.say(`Next: ./lab ${command}${context.suffix}, once more.`);
  } else if (there) ui.say(`Next: ${there}`);
  ui.document({
    receipts,
    ...(failed.length > 0 && { failed }),
    ...(stop && { localCloud: 'stopped' }),
    ...(elsewhere && otherRegionsDocument(elsewhere)),
  });
  return failed.length > 0 ? Exit.Failed : leftovers.length > 0 || there ? Exit.CheckFailed : Exit.Done;
};

/** The command that removes what stands in another Region. */
function nextElsewhere(context: Context, { found }: OtherRegions): string | undefined {
  const [first] = found;
  if (!first) return undefined;
  // Everyone's labs go with --all alone.
  const several = context.options.everyone || found.filter(({ region }) => region === first.region).length > 1;
  return `./lab down ${several ? '--all' : first.lab}${context.suffixIn(first.region)}`;
}

async function plansOf(context: Context, labs: readonly LabId[], everyone: boolean): Promise<Removal[]> {
  const { options, deps } = context;
  const target = await context.target('down');
  const teardown = await deps.teardown();
  const whose: { lab: LabId; learner: string }[] = labs.map((lab) => ({ lab, learner: options.learner }));
  // Stopping the local cloud ends everyone's labs: they are shown, and leave their receipts, like one's own.
  if (everyone) {
    for (const { lab, learner } of await everyonesLabs(target)) {
      if (!whose.some((one) => one.lab === lab && one.learner === learner)) whose.push({ lab, learner });
    }
  }
  const removals: Removal[] = [];
  for (const { lab, learner } of whose) {
    try {
      const { run, standing } = await loadRun({
        lab: await deps.loadLab(lab),
        learner,
        target,
        progress: (message) => context.ui.progress(message),
      });
      const removal = await planRemoval(run, standing, teardown);
      if (removal) removals.push(removal);
    } catch (error) {
      // A stack that only has the name of somebody's lab keeps nobody else's standing.
      if (learner === options.learner || !(error instanceof LabError)) throw error;
      context.ui.note(`${lab} of ${learner} is left alone: ${error.message}`);
    }
  }
  return removals;
}

function announce(context: Context, { run, standing, resources, beyond, unread, broken, ownership }: Removal): void {
  const { ui } = context;
  ui.say(`${ui.colours.bold(run.lab)} of ${run.learner} in ${run.account}, ${run.region}:`);
  ui.say(
    standing
      ? `the stack ${run.stackName} (${standing.status}) with ${plural(resources.length, 'resource')}`
      : `the stack ${run.stackName} is gone already; what it left is swept by its record`,
    '  - ',
  );
  for (const [kind, count] of byKind(beyond)) ui.say(`${kind}: ${count}`, '  - ');
  for (const { name, lacks } of broken)
    ui.say(
      `somebody deleted ${lacks === 'role' ? `the role of the function ${name}` : `the function ${name}`}, which the stack calls when it is deleted: down sweeps in its place, and the stack is deleted without that call`,
      '  - ',
    );
  if (ownership.newer)
    ui.say(
      `it was made by a newer version of this project: what only that one knows of, its stack removes itself, or it is named at the end. Safest is the newer one: git pull, then ./lab down ${run.lab}${context.suffix}`,
      '  - ',
    );
  if (unread !== undefined)
    ui.say(
      `what else its steps made could not be listed (${unread}); what then cannot be removed is named at the end`,
      '  - ',
    );
}
