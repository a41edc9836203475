import { isComplete, type LoadedRun, type Standing } from '../course/load';
import type { Lab } from '../course/model';
import { Exit, LabError } from '../course/run';
import type { Context } from './context';

/** A lab that is deployed and whole, or the message that says what to do first. */
export async function deployed(
  context: Context,
  lab: Lab,
  command: string,
): Promise<LoadedRun & { readonly standing: Standing }> {
  const target = await context.target(command);
  const { run, standing } = await context.run(lab, target);
  if (!standing) {
    throw new LabError(
      `The lab ${lab.id} is not deployed: there is no stack ${run.stackName} in ${run.account}, ${run.region}.`,
      {
        why: 'Steps and checks need its resources.',
        next: `./lab up ${lab.id}${context.suffix}`,
        exit: Exit.WrongUse,
      },
    );
  }
  if (!isComplete(standing.status)) {
    const going = standing.status.endsWith('_IN_PROGRESS');
    throw new LabError(`The stack ${run.stackName} is ${standing.status}.`, {
      why: standing.reason ?? (going ? 'It is being changed just now.' : 'Its last deployment did not succeed.'),
      next: going
        ? `./lab status${context.suffix}`
        : `./lab up ${lab.id}${context.suffix} (or ./lab down ${lab.id}${context.suffix})`,
    });
  }
  return { run, standing };
}
