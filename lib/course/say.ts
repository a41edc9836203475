/** Words that steps and checks share. */
import type { Verdict } from './model';
import { DEFAULT_LEARNER } from './names';
import type { LabRun } from './run';

/** A command of this project for this run: `./lab step data-prep crawl --target local`. */
export function labCommand(run: LabRun, verb: string, ...rest: readonly string[]): string {
  const learner = run.learner === DEFAULT_LEARNER ? [] : ['--learner', run.learner];
  return ['./lab', verb, run.lab, ...rest, '--target', run.target, ...learner].join(' ');
}

export function done(saw: string, next: string): Verdict {
  return { done: true, saw, next };
}

export function notDone(saw: string, next: string): Verdict {
  return { done: false, saw, next };
}

/** `a, b and c`; beyond `most` the rest is counted: `a, b and 3 more`. */
export function list(items: readonly string[], most = 4): string {
  const shown = items.length > most ? [...items.slice(0, most), `${items.length - most} more`] : [...items];
  const last = shown.pop();
  return shown.length === 0 ? (last ?? 'none') : `${shown.join(', ')} and ${last}`;
}

/** `1 file`, `2 files`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
}
