import { isComplete, type LoadedRun, type DeployedStack } from '../course/load';
import type { Lab } from '../course/model';
import { Exit, LabError } from '../course/errors';
import type { Context } from './context';
import { type OtherRegions, lookInOtherRegions } from './other-regions';
import { isGoing, nextFor } from './stack-state';

/** A lab that is deployed and whole, or the message that says what to do first. */
export async function requireDeployed(
  context: Context,
  lab: Lab,
  command: string,
): Promise<LoadedRun & { readonly standing: DeployedStack }> {
  const target = await context.target(command);
  const { run, standing } = await context.run(lab, target);
  if (!standing) throw notHere(context, lab, command, run, await lookInOtherRegions(context, [lab.id]));
  if (!isComplete(standing.status)) {
    throw new LabError(`The stack ${run.stackName} is ${standing.status}.`, {
      why:
        standing.reason ??
        (isGoing(standing.status) ? 'It is being changed just now.' : 'Its last deployment did not succeed.'),
      next: nextFor(context, { lab: lab.id, stackName: run.stackName, status: standing.status }),
    });
  }
  return { run, standing };
}

function notHere(
  context: Context,
  lab: Lab,
  command: string,
  { stackName, account, region }: LoadedRun['run'],
  { found, unread }: OtherRegions,
): LabError {
  const there = found.find(({ status }) => status !== undefined);
  const what = `The lab ${lab.id} is not deployed: there is no stack ${stackName} in ${account}, ${region}`;
  if (there)
    return new LabError(`${what}; it stands in ${there.region} (${there.status}).`, {
      why: 'A command sees one Region.',
      next: `./lab ${command}${context.suffixIn(there.region)}`,
      exit: Exit.WrongUse,
    });
  const unseen = unread.map(({ region: one }) => one).join(', ');
  return new LabError(`${what}.`, {
    why: `Steps and checks need its resources.${unseen && ` Whether it stands in ${unseen} could not be seen: ${unread[0]!.why}`}`,
    next: `./lab up ${lab.id}${context.suffix}`,
    exit: Exit.WrongUse,
  });
}
