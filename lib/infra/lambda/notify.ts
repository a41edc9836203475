/** What the lease tells its learner by e-mail: before the end, and at it. */
import { PublishCommand } from '@aws-sdk/client-sns';
import { DEFAULT_LEARNER } from '../../course/names';
import type { LabRun } from '../../course/run';
import { nameOf } from '../../teardown/errors';
import type { Found } from '../../teardown/kind';
import type { Leftover } from '../../teardown/sweep';
import { ENVIRONMENT } from './environment';

/** Lines of a list; an e-mail is no inventory. */
const MOST_LINES = 40;

/**
 * Publishes to the lease's topic, where there is one. A message that cannot be sent is logged: a lab must end whether or
 * not anybody is told.
 *
 * @returns whether it was published
 */
async function tell(run: LabRun, subject: string, lines: readonly string[]): Promise<boolean> {
  const topic = process.env[ENVIRONMENT.topic];
  if (!topic) return false;
  try {
    // A subject has at most 100 characters, of ASCII: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    const message = { TopicArn: topic, Subject: subject.slice(0, 100), Message: `${lines.join('\n')}\n` };
    await run.clients.sns.send(new PublishCommand(message));
    return true;
  } catch (error) {
    run.progress(`The learner could not be told: ${nameOf(error)}`);
    return false;
  }
}

/** ` --target aws --region eu-west-1 --learner ana`. */
function suffix({ target, region, learner }: LabRun): string {
  return ` --target ${target} --region ${region}${learner === DEFAULT_LEARNER ? '' : ` --learner ${learner}`}`;
}

const where = (run: LabRun): string =>
  `${run.lab} of ${run.learner} (stack ${run.stackName}, account ${run.account}, Region ${run.region})`;

/** An hour or less before the end. */
export function warn(run: LabRun, end: Date): Promise<boolean> {
  return tell(run, `mla-labs: ${run.lab} removes itself at ${minute(end)}`, [
    `The lease of ${where(run)} is over at ${minute(end)}.`,
    'The lab then removes all that its steps made, and itself. What you want to keep, copy before.',
    '',
    `To go on for four hours more: ./lab extend ${run.lab} --hours 4${suffix(run)}`,
    `To end it now: ./lab down ${run.lab}${suffix(run)}`,
  ]);
}

/** Just before the stack is deleted, and its topic with it. */
export function report(run: LabRun, removed: readonly Found[], left: readonly Leftover[]): Promise<boolean> {
  return tell(run, `mla-labs: ${run.lab} is being removed`, [
    `The lease of ${where(run)} is over. Removed: ${removed.length}. Its stack is being deleted now.`,
    ...some(removed.map(({ kind, id }) => `${kind} ${id}`)),
    '',
    ...leftLines(left),
    '',
    `To see that nothing is left: ./lab down ${run.lab}${suffix(run)}`,
  ]);
}

/** The first time that something keeps the stack from being deleted. */
export function tellStuck(run: LabRun, left: readonly Leftover[]): Promise<boolean> {
  return tell(run, `mla-labs: ${run.lab} cannot be removed yet`, [
    `The lease of ${where(run)} is over, and not everything could be removed yet. What stands goes on costing.`,
    'The lease tries again every 15 minutes, and tells you when it is done.',
    '',
    ...leftLines(left),
    '',
    `To remove it yourself: ./lab down ${run.lab}${suffix(run)}`,
  ]);
}

function leftLines(left: readonly Leftover[]): string[] {
  if (left.length === 0) return ['Nothing else is left.'];
  const help = [...new Set(left.flatMap(({ next }) => next ?? []))];
  return [
    `Left: ${left.length}`,
    ...some(left.map(({ found, error }) => `${found.kind} ${found.id}: ${error}`)),
    ...help.map((command) => `What helps first: ${command}`),
  ];
}

function some(lines: readonly string[]): string[] {
  const rest = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES).map((line) => `- ${line}`), ...(rest > 0 ? [`- and ${rest} more`] : [])];
}

/** `2026-11-28 21:15 UTC`. */
function minute(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
