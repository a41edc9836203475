import type { Lab, Step, Verdict } from '../course/model';
import type { LabRun } from '../course/run';
import type { Ui } from './ui/terminal';
import { nextLine } from './ui/text';

export interface Checked {
  readonly step: Step;
  readonly verdict: Verdict;
}

/** Shows what a check said. */
export function showVerdict(ui: Ui, { step, verdict }: Checked): void {
  const mark = verdict.done ? ui.colours.green('✓') : ui.colours.red('✗');
  ui.settle();
  ui.say(`${ui.colours.bold(step.id)}: ${verdict.saw}`, `${mark} `);
  if (!verdict.done) ui.say(nextLine(verdict.next), '  ');
}

/** Runs one check. */
export async function checkStep(run: LabRun, step: Step): Promise<Checked> {
  run.progress(`Checking ${step.id}`);
  return { step, verdict: await step.check(run) };
}

/** The step to do after this one, if there is one. */
export function following(lab: Lab, step: Step): Step | undefined {
  return lab.steps[lab.steps.indexOf(step) + 1];
}
