import { isComplete, loadRun } from '../course/load';
import type { LabRun } from '../course/run';
import { hoursBetween, usd } from '../cost/estimate';
import type { Spending } from '../cost/spending';
import { leaseEnd } from '../teardown/lease';
import { sayKeptBudget } from './budget';
import type { Context, Verb } from './context';
import { type OtherRegions, otherRegionsDocument, lookInOtherRegions, printOtherRegions } from './other-regions';
import { isGoing, nextFor } from './stack-state';
import { findDeployedLabs, newestOf, visibleTo } from './deployed-labs';
import { printRunning, readSpending, redLineOf, sayRedLine, spendingDocument } from './spending';
import { duration, plural } from './ui/text';
import { table } from './ui/table';
import { waitForStacks, describeProgress } from './wait-for-stacks';

/** `status`: what stands, since when, what is left of its lease, and what costs by what exists. One's own labs, or everyone's. */
export const status: Verb = async (context: Context, args) => {
  const { ui, deps, options } = context;
  const command = args.wait === undefined ? 'status' : 'status --wait';
  const name = context.targetName(command);
  if (name === 'local' && !(await deps.localCloudRuns())) {
    ui.say('No local cloud is running: nothing stands.');
    ui.say(`Next: ./lab up ${deps.labs[0] ?? ''}${context.suffix}`);
    ui.document({ target: name, labs: [] });
    return 0;
  }
  const target = await context.target(command);
  const all = args.wait === undefined ? await findDeployedLabs(context, command) : await waitForStacks(context, target);
  const { mine: standings, others } = visibleTo(context, all);
  const newest = newestOf(standings, options.learner);
  const elsewhere = newest && !options.everyone ? undefined : await lookInOtherRegions(context, deps.labs);
  if (standings.length === 0 && elsewhere) {
    ui.settle();
    ui.say(
      others > 0
        ? `Account ${target.account}, Region ${target.region}. No lab of the learner ${options.learner} stands here.`
        : `No lab stands here (account ${target.account}, Region ${target.region}).`,
    );
    sayOthers(context, others);
    printOtherRegions(context, elsewhere);
    ui.say(`Next: ${nextElsewhere(context, elsewhere)}`);
    ui.document({ target: name, labs: [], ...otherRegionsDocument(elsewhere) });
    return 0;
  }
  const teardown = await deps.teardown();
  const now = target.clock.now();
  const labs = [];
  const read: { run: LabRun; spending: Spending; line: string }[] = [];
  for (const one of standings) {
    const lab = await deps.loadLab(one.lab);
    const { run } = await loadRun({ lab, learner: one.learner, target, progress: (message) => ui.progress(message) });
    const ownership = await teardown.readOwnership(run);
    const end = ownership && leaseEnd(one.createdAt, ownership);
    const hours = hoursBetween(one.createdAt, now);
    const spending = await readSpending(context, run, one, async () => ownership);
    labs.push({
      lab: one.lab,
      learner: one.learner,
      status: one.status,
      since: one.createdAt,
      leaseEnds: end ?? null,
      hours,
      usdSoFar: name === 'local' ? 0 : spending.usdSoFar,
      usdPerHour: name === 'local' ? 0 : spending.usdPerHour,
      exists: spendingDocument(spending),
    });
    read.push({ run, spending, line: redLineOf(run, lab, end) });
  }
  ui.settle();
  ui.say(`${target.name}: account ${target.account}, Region ${target.region}`);
  const left = (end: Date | null): string =>
    end === null ? 'no record' : end <= now ? 'over' : duration((end.getTime() - now.getTime()) / 1000);
  ui.raw(
    table(
      [
        { title: 'Lab' },
        { title: 'Learner' },
        { title: 'Stack' },
        { title: 'Stands for' },
        { title: 'Lease left' },
        { title: 'So far (list prices)' },
      ],
      labs.map((one) => [
        one.lab,
        one.learner,
        one.status,
        duration(one.hours * 3600),
        left(one.leaseEnds),
        name === 'local' ? '$0 (local)' : usd(one.usdSoFar),
      ]),
      ui.width,
      ui.colours.bold,
    ),
  );
  for (const { run, spending, line } of read) {
    printRunning(context, run, spending);
    if (run.learner === options.learner) sayRedLine(context, line);
  }
  if (name === 'aws') await sayKeptBudget(context, target);
  sayOthers(context, others);
  for (const one of standings) {
    if (isGoing(one.status)) ui.say(await describeProgress(target, one));
  }
  if (elsewhere) {
    if (!newest) ui.say(`No lab of the learner ${options.learner} stands here.`);
    printOtherRegions(context, elsewhere);
    if (!newest) ui.say(`Next: ${nextElsewhere(context, elsewhere)}`);
  }
  if (newest) {
    const mine = labs.filter(({ learner }) => learner === options.learner);
    const down = `./lab down ${mine.length > 1 ? '--all' : newest.lab}${context.suffix}`;
    ui.say(`Next: ${nextFor(context, newest)}${isComplete(newest.status) ? `, or ${down}` : ''}`);
  }
  ui.document({
    target: name,
    account: target.account,
    region: target.region,
    labs,
    ...(elsewhere && otherRegionsDocument(elsewhere)),
  });
  return 0;
};

/** That others have labs here, too, is no secret; whose they are is for who asks. */
function sayOthers({ ui, options }: Context, others: number): void {
  if (others > 0)
    ui.say(
      `${plural(others, 'lab')} of other learners: ./lab status${options.target ? ` --target ${options.target}` : ''} --learner '*'`,
    );
}

/** Goes where the learner's lab stands, or begins one. */
function nextElsewhere(context: Context, { found }: OtherRegions): string {
  const there = found.find((one) => one.status !== undefined) ?? found[0];
  if (!there) return `./lab up ${context.deps.labs[0] ?? ''}${context.suffix}`;
  const suffix = context.suffixIn(there.region);
  return there.status === undefined ? `./lab down ${there.lab}${suffix}` : `./lab status${suffix}`;
}
