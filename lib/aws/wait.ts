import { LabError } from '../course/errors';
import type { LabRun } from '../course/run';
import { waitFor } from '../target/clock';

/** The state of something that has not ended. */
export class InProgress {
  constructor(readonly state: string) {}
}

/**
 * Waits for something that AWS does, asking at the target's pace and telling the learner when the state changes.
 *
 * @param options.ask the answer once it is there, until then the state it is in
 * @throws LabError when the time is over: what still goes on, and how to see it
 */
export async function waitWithProgress<T>(
  run: LabRun,
  options: {
    readonly what: string;
    readonly minutes: number;
    readonly next: string;
    ask(): Promise<T | InProgress>;
  },
): Promise<T> {
  let told: string | undefined;
  try {
    const { answer } = await waitFor<{ readonly answer: T }>(
      run.clock,
      options.what,
      async () => {
        const asked = await options.ask();
        if (!(asked instanceof InProgress)) return { answer: asked };
        if (asked.state !== told) run.progress(`${options.what}: ${asked.state}`);
        told = asked.state;
        return undefined;
      },
      { pollMs: run.clients.pollMs, timeoutMs: options.minutes * 60_000 },
    );
    return answer;
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('Waited ')) throw error;
    throw new LabError(
      `Waited ${options.minutes} minutes for ${options.what}, and its state is still ${told ?? 'unknown'}.`,
      {
        why: 'AWS is slower than usual, or it is stuck. It goes on without this command.',
        next: options.next,
        cause: error,
      },
    );
  }
}

/** On AWS these take a minute. */
const POLLS_PER_MINUTE = 12;

/**
 * Gives a change of a policy or a rule the time to propagate: a minute on AWS. Nothing tells when it has.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DisableRule.html
 */
export const waitForPropagation = (run: LabRun): Promise<void> =>
  run.clock.sleep(POLLS_PER_MINUTE * run.clients.pollMs);
