import { Exit, LabError } from '../course/errors';
import { extended, leaseEnd } from '../teardown/lease';
import type { Context, Verb } from './context';
import { readHours, wrongUse } from './options';
import { requireDeployed } from './require-deployed';

/** `extend <lab> --hours N`: lets the lab live longer. */
export const extend: Verb = async (context: Context, args) => {
  const { ui, options } = context;
  const lab = await context.lab(args.lab ?? '');
  if (args.hours === undefined) {
    throw wrongUse(
      'It is not said by how many hours.',
      'A lease is extended by 1 to 168 whole hours.',
      `./lab extend ${lab.id} --hours 4${context.suffix}`,
    );
  }
  const hours = readHours(args.hours);
  const { run, standing } = await requireDeployed(context, lab, `extend ${lab.id} --hours ${hours}`);
  const teardown = await context.deps.teardown();
  const ownership = await teardown.readOwnership(run);
  if (!ownership)
    throw new LabError(`The stack ${run.stackName} ended just now.`, {
      why: 'There is neither stack nor record.',
      next: `./lab status${context.suffix}`,
    });
  let longer;
  try {
    longer = extended(ownership, standing.createdAt, hours, run.clock.now());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new LabError(error.message, {
      why: 'A forgotten lab must end by itself.',
      next: `./lab down ${lab.id}${context.suffix}, and up again when you go on`,
      exit: Exit.Refused,
    });
  }
  const until = leaseEnd(standing.createdAt, longer).toISOString();
  if (options.explain) {
    ui.say(
      `It would write extendedUntil ${until} to the SSM parameter ${run.outputs.RecordParameter ?? ''} (aws ssm put-parameter --overwrite), which the lease reads every 15 minutes.`,
    );
    ui.document({ lab: lab.id, until, written: false });
    return Exit.Done;
  }
  await teardown.writeRecord(run, longer);
  ui.settle();
  ui.say(`${ui.colours.green('✓')} The lease of ${lab.id} now ends at ${until}.`);
  ui.say(`Next: ./lab check ${lab.id}${context.suffix}`);
  ui.document({ lab: lab.id, until, written: true });
  return Exit.Done;
};
