import type { Lab, Step, Verdict } from '../course/model';
import type { LabRun } from '../course/run';
import type { Ui } from './ui/terminal';

export interface Checked {
  readonly step: Step;
  readonly verdict: Verdict;
}

/** Shows what a check said. */
export function showVerdict(ui: Ui, { step, verdict }: Checked, suffix: string): void {
  const mark = verdict.done ? ui.colours.green('✓') : ui.colours.red('✗');
  ui.settle();
  ui.say(`${ui.colours.bold(step.id)}: ${verdict.saw}`, `${mark} `);
  if (!verdict.done) ui.say(`Next: ${withPlace(verdict.next, suffix)}`, '  ');
}

/** Commands that a lab names do not know where they run: add it. */
export function withPlace(text: string, suffix: string): string {
  const missing = suffix.replace(/^ /, '');
  return missing === '' ? text : text.replace(/\.\/lab (step|check|hint|up|down|guide|status)((?: [a-z][a-z-]*)*)(?! *[-\w])/g, (_all, verb: string, names: string) => `./lab ${verb}${names}${suffix}`);
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
