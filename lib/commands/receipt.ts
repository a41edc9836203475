/** What a teardown made of a lab, for people and for programs. */
import { aboutUsd, estimate, hoursBetween } from '../cost/estimate';
import type { LabId } from '../course/names';
import { countOf } from '../teardown/ledger';
import type { Context } from './context';
import type { Removal, Removed } from './removal';
import { duration } from './ui/text';

export interface Receipt {
  readonly lab: LabId;
  readonly learner: string;
  readonly made: number;
  readonly removed: number;
  /** What was made is always what is removed and what is left. */
  readonly left: number;
  readonly leftovers: readonly {
    readonly kind: string;
    readonly id: string;
    /** Things behind this line; 0 where a list could not be read. */
    readonly count: number;
    readonly error: string;
    /** A command that helps, where `down` alone does not. */
    readonly next?: string;
  }[];
  readonly residue: readonly { readonly what: string; readonly why: string }[];
  readonly seconds: number;
  readonly stoodHours: number | null;
  readonly usd: number;
}

/** Tells what has to end before `down` can: sweeping once more alone would not help. @returns whether there is such a thing */
export function printNext({ ui, suffix }: Context, receipts: readonly Receipt[], command: string): boolean {
  const first = [...new Set(receipts.flatMap(({ leftovers }) => leftovers.flatMap(({ next }) => next ?? [])))];
  if (first.length === 0) return false;
  ui.say(`Next: do what stands below, which ends what is in the way, then ./lab ${command}${suffix}`);
  for (const one of first) ui.raw(`  ${one}`);
  return true;
}

export async function receiptOf(
  context: Context,
  { run, standing }: Removal,
  { counts, left }: Removed,
  seconds: number,
): Promise<Receipt> {
  const lab = await context.deps.loadLab(run.lab);
  const teardown = await context.deps.teardown();
  const stoodHours = standing ? hoursBetween(standing.createdAt, run.clock.now()) : null;
  return {
    lab: run.lab,
    learner: run.learner,
    ...counts,
    leftovers: left.map(({ found, error, next }) => ({
      kind: found.kind,
      id: found.id,
      count: countOf([found]),
      error,
      ...(next !== undefined && { next }),
    })),
    residue: teardown.residueOf(run.lab).map(({ what, why }) => ({ what, why })),
    seconds,
    stoodHours,
    usd: run.target === 'local' ? 0 : estimate(lab, stoodHours ?? 0, run.modes, run.region).usdStanding,
  };
}

export function printReceipt({ ui, options }: Context, receipt: Receipt): void {
  const clean = receipt.leftovers.length === 0;
  ui.say(
    `${clean ? ui.colours.green('✓') : ui.colours.red('✗')} ${ui.colours.bold(`Receipt: ${receipt.lab} of ${receipt.learner}`)}`,
  );
  ui.say(
    `made ${receipt.made}, removed ${receipt.removed}, left over ${receipt.left}, in ${duration(receipt.seconds)}`,
    '  ',
  );
  const stood =
    receipt.stoodHours === null
      ? 'Its stack was gone; how long it stood is not known.'
      : `It stood for ${duration(receipt.stoodHours * 3600)}`;
  if (receipt.stoodHours === null) ui.say(stood, '  ');
  else
    ui.say(
      options.target === 'local'
        ? `${stood}, on this machine: $0.`
        : `${stood}: ${aboutUsd(receipt.usd)} for standing (estimated), and what the steps used: ./lab cost ${receipt.lab}`,
      '  ',
    );
  for (const { kind, id, count, error } of receipt.leftovers)
    ui.say(`${count === 0 ? 'not read' : 'left'}: ${kind} ${id}${count > 1 ? ` (${count})` : ''}: ${error}`, '  ✗ ');
  if (options.target !== 'local')
    for (const { what, why } of receipt.residue) ui.say(`stays, free: ${what}. ${why}`, '  · ');
}
