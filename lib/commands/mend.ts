import { Exit } from '../course/errors';
import type { Context, Verb } from './context';
import { over, requireGoing } from './game-day';
import { requireDeployed } from './require-deployed';

/** `mend <lab>`: gives a game day up, takes its fault out, and tells what it was. */
export const mend: Verb = async (context: Context, args) => {
  const { ui, interrupts } = context;
  const lab = await context.lab(args.lab ?? '');
  const { run, standing } = await requireDeployed(context, lab, `mend ${lab.id}`);
  const going = await requireGoing(context, lab, run, standing);
  const again = `./lab mend ${lab.id}${context.suffix}`;
  interrupts.leaves({ remains: `The fault in ${lab.id} may be there still.`, next: again });
  run.progress('Taking the fault out');
  await going.fault.mend(run, going.day.memory);
  interrupts.leaves(undefined);
  ui.settle();
  ui.say(`${ui.colours.green('✓')} The fault is out of ${lab.id}.`);
  const told = over(context, run, going, false);
  ui.say(`Next: ./lab check ${lab.id}${context.suffix}`);
  ui.document({ lab: lab.id, ...told });
  return Exit.Done;
};
