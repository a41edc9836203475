/** What a lab costs, from its declared lines. All figures are USD at list price, and estimates. */
import type { CostLine, Lab } from '../course/model';
import { allModes, inModes } from '../course/modes';
import { HOME_REGION } from '../facts/prices';

export interface Estimate {
  /** While it stands, used or not. */
  readonly usdPerHour: number;
  /** For doing every step once. */
  readonly usdPerRun: number;
  readonly hours: number;
  /** Standing for `hours`. */
  readonly usdStanding: number;
  /** Standing for `hours` with every step done once. */
  readonly usdTotal: number;
  /** Region whose prices these are. */
  readonly region: string;
  /** Whether a price in it is another Region's, because this one's is not known. */
  readonly assumed: boolean;
}

/** Modes by name; one that is not named has its default. */
type Modes = Readonly<Record<string, string>>;

/** What is paid in these modes. */
export function linesOf(
  lab: Pick<Lab, 'cost' | 'modes'>,
  modes: Modes = {},
  region: string = HOME_REGION,
): readonly CostLine[] {
  const all = allModes(lab, modes);
  return lab.cost(region).filter((line) => inModes(line, all));
}

export function estimate(
  lab: Pick<Lab, 'cost' | 'modes'>,
  hours: number,
  modes: Modes = {},
  region: string = HOME_REGION,
): Estimate {
  const lines = linesOf(lab, modes, region);
  const usdPerHour = lines.reduce((sum, line) => sum + line.usdPerHour, 0);
  const usdPerRun = lines.reduce((sum, line) => sum + line.usdPerRun, 0);
  const usdStanding = usdPerHour * hours;
  const assumed = lines.some((line) => line.assumed === true && line.usdPerHour + line.usdPerRun > 0);
  return { usdPerHour, usdPerRun, hours, usdStanding, usdTotal: usdStanding + usdPerRun, region, assumed };
}

/** Whole time between two moments, in hours with their fraction; never negative. */
export function hoursBetween(from: Date, to: Date): number {
  return Math.max(0, (to.getTime() - from.getTime()) / 3_600_000);
}

/** An amount of which is said that it is rounded: `about $0.12`, `under $0.0001`. */
export function aboutUsd(amount: number): string {
  const text = usd(amount);
  return text.startsWith('under') ? text : `about ${text}`;
}

/** `$0.42`; small amounts keep two figures, so that a cost is never shown as nothing: `$0.0013`, `under $0.0001`. */
export function usd(amount: number): string {
  if (amount === 0) return '$0';
  if (amount >= 0.1) return `$${amount.toFixed(2)}`;
  if (amount < 0.0001) return 'under $0.0001';
  const digits = 1 - Math.floor(Math.log10(amount));
  return `$${amount.toFixed(digits)}`;
}
