import { aboutUsd, estimate, usd } from '../cost/estimate';
import { assumedNote, HOME_REGION } from '../facts/prices';
import type { Context, Verb } from './context';
import { nextFor } from './stack-state';
import { findDeployedLabs, newestOf, visibleTo } from './deployed-labs';
import { plural } from './ui/text';
import { table } from './ui/table';

/** `list`: the labs, their steps, times and costs; with a target also what is deployed there. */
export const list: Verb = async (context: Context) => {
  const { ui, deps, options } = context;
  const region = options.region ?? HOME_REGION;
  const labs = await Promise.all(deps.labs.map((id) => deps.loadLab(id)));
  // Without a target only the catalogue: a list must not start a local cloud, nor need credentials.
  const standings = options.target ? visibleTo(context, await findDeployedLabs(context, 'list')).mine : [];

  for (const lab of labs) {
    const cost = estimate(lab, 1, {}, region);
    const minutes = lab.steps.reduce((sum, step) => sum + step.awsMinutes, 0);
    ui.say(`${ui.colours.bold(lab.id)}: ${lab.title}`);
    ui.say(lab.summary, '  ');
    ui.say(
      `${plural(lab.steps.length, 'step')}, about ${minutes} min of waiting on AWS (estimated, not measured by us); ${usd(cost.usdPerHour)} per hour standing, ${aboutUsd(cost.usdPerRun)} for doing the steps once in ${region}${assumedNote(cost.assumed)}. On the local target it costs nothing.`,
      '  ',
    );
    ui.say();
    const rows = lab.steps.map((step) => [
      step.id,
      `${step.awsMinutes} min`,
      step.exercise ? `${step.title} (exercise)` : step.title,
    ]);
    ui.raw(
      table(
        [{ title: 'Step' }, { title: 'On AWS', align: 'right' }, { title: 'What' }],
        rows,
        ui.width,
        ui.colours.bold,
      ),
    );
    for (const one of standings.filter((standing) => standing.lab === lab.id)) {
      ui.say(`deployed for ${one.learner}: ${one.status}, since ${one.createdAt.toISOString()}`, '  ');
    }
    ui.say();
  }
  const mine = newestOf(standings, options.learner);
  ui.say(
    mine
      ? `Next: ${nextFor(context, mine)}`
      : options.target
        ? `Next: ./lab up ${labs[0]?.id ?? ''}${context.suffix}`
        : `Next: ./lab rehearse ${labs[0]?.id ?? ''} (on this machine, at no cost), or ./lab up ${labs[0]?.id ?? ''} --target local`,
  );
  ui.document({
    labs: labs.map((lab) => ({
      id: lab.id,
      title: lab.title,
      summary: lab.summary,
      steps: lab.steps.map(({ id, title, awsMinutes, exercise }) => ({
        id,
        title,
        awsMinutes,
        exercise: exercise?.file ?? null,
      })),
      usdPerHour: estimate(lab, 1, {}, region).usdPerHour,
      usdPerRun: estimate(lab, 1, {}, region).usdPerRun,
      deployed: standings
        .filter((standing) => standing.lab === lab.id)
        .map(({ learner, status, createdAt }) => ({ learner, status, since: createdAt })),
    })),
  });
  return 0;
};
