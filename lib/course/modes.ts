/** A lab's modes, and what holds in some of them only. */
import type { Lab } from './model';

/** Every mode of the lab with its value: as given, or its default. */
export function allModes(
  lab: Pick<Lab, 'modes'>,
  given: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return Object.fromEntries(lab.modes.map((mode) => [mode.name, given[mode.name] ?? mode.default]));
}

/** `ModeCompute` for `--compute`: the output that tells a mode to those who find the stack later. */
export function modeOutput(mode: string): string {
  return `Mode${mode.charAt(0).toUpperCase()}${mode.slice(1)}`;
}

/** Whether what a lab declares, a quota or a cost, holds in these modes. */
export function inModes(
  { when = {} }: { readonly when?: Readonly<Record<string, readonly string[]>> },
  modes: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(when).every(([mode, values]) => values.includes(modes[mode] ?? ''));
}
