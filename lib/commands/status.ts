import { loadRun } from '../course/load';
import { estimate, hoursBetween, usd } from '../cost/estimate';
import { leaseEnd } from '../teardown/lease';
import type { Context, Verb } from './context';
import { findStandings } from './standings';
import { duration } from './ui/text';
import { table } from './ui/table';

/** `status`: what stands, since when, what is left of its lease, and what it has cost. Every learner's labs. */
export const status: Verb = async (context: Context) => {
  const { ui, deps } = context;
  const name = context.targetName('status');
  const standings = await findStandings(context);
  if (standings.length === 0) {
    ui.settle();
    const running = name === 'aws' || (await deps.localCloudRuns());
    ui.say(running ? 'No lab stands here.' : 'No local cloud is running: nothing stands.');
    ui.say(`Next: ./lab up ${deps.labs[0] ?? ''}${context.suffix}`);
    ui.document({ target: name, labs: [] });
    return 0;
  }
  const target = await context.target('status');
  const teardown = await deps.teardown();
  const now = target.clock.now();
  const labs = [];
  for (const one of standings) {
    const lab = await deps.loadLab(one.lab);
    const { run } = await loadRun({ lab, learner: one.learner, target, progress: (message) => ui.progress(message) });
    const ownership = await teardown.readOwnership(run);
    const end = ownership && leaseEnd(one.createdAt, ownership);
    const hours = hoursBetween(one.createdAt, now);
    labs.push({
      lab: one.lab,
      learner: one.learner,
      status: one.status,
      since: one.createdAt,
      leaseEnds: end ?? null,
      hours,
      usdSoFar: name === 'local' ? 0 : estimate(lab, hours, run.modes).usdStanding,
      usdPerHour: name === 'local' ? 0 : estimate(lab, 1, run.modes).usdPerHour,
    });
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
        { title: 'So far (estimated)' },
      ],
      labs.map((one) => [
        one.lab,
        one.learner,
        one.status,
        duration(one.hours * 3600),
        left(one.leaseEnds),
        name === 'local' ? '$0 (local)' : `${usd(one.usdSoFar)} standing, and its steps`,
      ]),
      ui.width,
      ui.colours.bold,
    ),
  );
  const mine = labs
    .filter((one) => one.learner === context.options.learner)
    .sort((a, b) => b.since.getTime() - a.since.getTime());
  const [newest] = mine;
  ui.say(
    newest === undefined
      ? `No lab of the learner ${context.options.learner} stands here. Next: ./lab up ${deps.labs[0] ?? ''}${context.suffix}`
      : `Next: ./lab check ${newest.lab}${context.suffix}, or ./lab down ${mine.length > 1 ? '--all' : newest.lab}${context.suffix}`,
  );
  ui.document({ target: name, account: target.account, region: target.region, labs });
  return 0;
};
