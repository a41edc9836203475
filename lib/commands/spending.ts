/** What exists of a lab and costs, for people and for programs; and the sentence with which a sitting ends. */
import type { DeployedStack } from '../course/load';
import type { Lab } from '../course/model';
import type { LabRun } from '../course/run';
import { usd } from '../cost/estimate';
import { redLine } from '../cost/red-line';
import type { Line, Spending } from '../cost/spending';
import { assumedNote } from '../facts/prices';
import { leaseEnd } from '../teardown/lease';
import type { Ownership } from '../teardown/ownership';
import type { Context } from './context';
import { duration } from './ui/text';
import { table } from './ui/table';

/** `12 min`, for how long it has been so. */
const since = (line: Line, now: Date): string =>
  line.since === undefined ? '' : duration(Math.max(0, now.getTime() - line.since.getTime()) / 1000);

/** Every line with its sums. */
export function printSpending({ ui }: Context, run: LabRun, spending: Spending): void {
  const now = run.clock.now();
  const rows = spending.lines.map((line) => [
    line.what,
    since(line, now),
    usd(line.usdSoFar),
    usd(line.usdPerHour),
    usd(line.usdNextDay),
  ]);
  rows.push(['Sum', '', usd(spending.usdSoFar), usd(spending.usdPerHour), usd(spending.usdNextDay)]);
  ui.raw(
    table(
      [
        { title: 'What exists, or ran' },
        { title: 'Since', align: 'right' },
        { title: 'So far', align: 'right' },
        { title: 'An hour', align: 'right' },
        { title: '24 h more', align: 'right' },
      ],
      rows,
      ui.width,
      ui.colours.bold,
    ),
  );
  printNotKnown(ui, spending);
}

function printNotKnown(ui: Context['ui'], { notKnown }: Spending): void {
  for (const { what, because } of notKnown)
    ui.say(`${what}: not known, because ${because}`, `${ui.colours.yellow('?')} `);
}

/** The sum, and what costs at this moment: one line each. */
export function printRunning(context: Context, run: LabRun, spending: Spending): void {
  const { ui } = context;
  const now = run.clock.now();
  const local = run.target === 'local';
  const sum = `${usd(spending.usdSoFar)} so far, ${usd(spending.usdPerHour)} an hour now, ${usd(spending.usdNextDay)} in 24 h if left on${assumedNote(spending.assumed)}`;
  ui.say(
    local
      ? `${run.lab} of ${run.learner}: nothing is billed on this machine; on AWS it would be ${sum}.`
      : `${run.lab} of ${run.learner}: ${sum}; list prices.`,
  );
  for (const line of spending.lines.filter(({ usdPerHour }) => usdPerHour >= 0.001))
    ui.say(
      `${line.what}${line.since ? `, for ${since(line, now)}` : ''}: ${usd(line.usdSoFar)} so far, ${usd(line.usdPerHour)} an hour`,
      '  - ',
    );
  printIdle(context, run, spending);
  printNotKnown(ui, spending);
}

/** Endpoints that stand for nobody. */
export function printIdle({ ui, suffix }: Context, run: LabRun, { lines }: Spending): void {
  for (const { what, idleHours } of lines)
    if (idleHours !== undefined)
      ui.say(
        `Idle: nobody has asked the ${what.replace(/:.*/, '')} for ${duration(idleHours * 3600)}. It ends with ./lab down ${run.lab}${suffix}`,
        `${ui.colours.yellow('!')} `,
      );
}

/** The same, as JSON documents have it. */
export const spendingDocument = ({ lines, notKnown, ...sums }: Spending) => ({
  lines: lines.map(({ since: began, ...line }) => ({ ...line, ...(began && { since: began }) })),
  notKnown,
  ...sums,
});

/**
 * Reads what exists of a lab. A look that fails altogether knows nothing, which is not nothing.
 *
 * @param ours reads what proves that things are the run's
 */
export async function readSpending(
  context: Context,
  run: LabRun,
  standing: Pick<DeployedStack, 'createdAt'>,
  ours: () => Promise<Ownership | undefined>,
): Promise<Spending> {
  const { spendingOf } = await context.deps.spending();
  run.progress('Looking at what costs');
  try {
    const ownership = await ours();
    if (ownership) return await spendingOf(run, ownership, standing.createdAt);
    return nothingKnown('its stack ended just now');
  } catch (error) {
    return nothingKnown(`${(error as Error).name}: ${(error as Error).message}`);
  }
}

const nothingKnown = (because: string): Spending => ({
  lines: [],
  notKnown: [{ what: 'what exists of the lab', because }],
  usdSoFar: 0,
  usdPerHour: 0,
  usdNextDay: 0,
  assumed: false,
});

/** What the lab costs while nobody looks, until its lease ends. */
export function redLineOf(run: LabRun, lab: Lab, end: Date | undefined): string {
  const left = end && (end.getTime() - run.clock.now().getTime()) / 1000;
  const until =
    end === undefined || left === undefined || left <= 0
      ? './lab down'
      : `${end.toISOString().slice(0, 16)}Z, when its lease ends (in ${duration(left)})`;
  const line = redLine(lab, until, run.modes, run.region);
  return run.target === 'local'
    ? `While you sleep: nothing, on this machine. On AWS: ${line.replace(/^[^:]*: /, '')}`
    : line;
}

/** When the lease of a standing lab ends; undefined where that cannot be read. */
export async function leaseEndOf(
  context: Context,
  run: LabRun,
  standing: Pick<DeployedStack, 'createdAt'>,
): Promise<Date | undefined> {
  try {
    const ownership: Ownership | undefined = await (await context.deps.teardown()).readOwnership(run);
    return ownership && leaseEnd(standing.createdAt, ownership);
  } catch {
    return undefined;
  }
}

/** Tells at the end of a sitting, and has Ctrl-C tell it from here on. */
export function sayRedLine({ ui, interrupts }: Context, line: string): void {
  interrupts.costs(line);
  ui.say(line, `${ui.colours.red('$')} `);
}
