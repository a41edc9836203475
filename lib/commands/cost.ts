import { estimate, hoursBetween, linesOf, usd } from '../cost/estimate';
import { loadRun } from '../course/load';
import { assumedNote, HOME_REGION } from '../facts/prices';
import { LEASE_HOURS } from '../teardown/lease';
import type { Context, Verb } from './context';
import { lookInOtherRegions, printOtherRegions } from './other-regions';
import { findDeployedLabs } from './deployed-labs';
import { printIdle, printSpending, readSpending, spendingDocument } from './spending';
import { duration } from './ui/text';
import { table } from './ui/table';
import { modesOf } from './up';

/** `cost <lab>`: what it costs in these modes, line by line; with a target, by what exists of it as well. */
export const cost: Verb = async (context: Context, args) => {
  const { ui, options } = context;
  const lab = await context.lab(args.lab ?? '');
  const modes = modesOf(lab, args);
  const region = await regionOf(context, `cost ${lab.id}`);
  const lines = linesOf(lab, modes, region);
  const sum = estimate(lab, LEASE_HOURS.default, modes, region);
  const rows = lines.map((line) => [line.item, usd(line.usdPerHour), usd(line.usdPerRun), line.basis]);
  rows.push(['Sum', usd(sum.usdPerHour), usd(sum.usdPerRun), '']);
  ui.raw(
    table(
      [
        { title: 'Item' },
        { title: 'Per hour', align: 'right' },
        { title: 'Steps once', align: 'right' },
        { title: 'Basis' },
      ],
      rows,
      ui.width,
      ui.colours.bold,
    ),
  );
  ui.say();
  ui.say(
    `Left on for 24 h: ${usd(sum.usdPerHour * 24)}. For a lease of ${sum.hours} h with every step once: ${usd(sum.usdTotal)}. List prices in USD in ${region}${assumedNote(sum.assumed)}, estimated. On the local target: $0.`,
  );
  const standings = options.target
    ? (await findDeployedLabs(context, `cost ${lab.id}`)).filter(
        (one) => one.lab === lab.id && one.learner === options.learner,
      )
    : [];
  if (options.target === 'aws' && standings.length === 0) {
    const elsewhere = await lookInOtherRegions(context, [lab.id]);
    printOtherRegions(context, elsewhere);
    for (const { region } of elsewhere.found.slice(0, 1))
      ui.say(`Next: ./lab cost ${lab.id}${context.suffixIn(region)}`);
  }
  const teardown = await context.deps.teardown();
  const standing = [];
  for (const one of standings) {
    const target = await context.target(`cost ${lab.id}`);
    const { run } = await loadRun({ lab, learner: one.learner, target, progress: (message) => ui.progress(message) });
    const spending = await readSpending(context, run, one, () => teardown.readOwnership(run));
    ui.settle();
    const stood = duration(hoursBetween(one.createdAt, run.clock.now()) * 3600);
    ui.say();
    ui.say(
      options.target === 'local'
        ? `It has stood for ${stood} on this machine, where nothing is billed. On AWS, what exists now would cost${assumedNote(spending.assumed)}:`
        : `It has stood for ${stood}. By what exists now, at list prices${assumedNote(spending.assumed)}:`,
    );
    printSpending(context, run, spending);
    printIdle(context, run, spending);
    ui.say(
      'Not in it: functions, messages, requests and logs, which are cents; instances beside those of an endpoint in earlier changeovers; the free tier; tax. AWS’s bill is right, and a day late.',
    );
    standing.push({ learner: one.learner, since: one.createdAt, exists: spendingDocument(spending) });
  }
  ui.document({ lab: lab.id, lines, ...sum, ...(options.target && { standing }) });
  return 0;
};

/** Region whose prices count: that of the target, or the one that was named, or that of the examples. */
async function regionOf(context: Context, command: string): Promise<string> {
  const { options, deps } = context;
  if (options.target === 'aws') return (await context.target(command)).region;
  return options.region ?? (options.target === 'local' ? await deps.localCloudRegion() : undefined) ?? HOME_REGION;
}
