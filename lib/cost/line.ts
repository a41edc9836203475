/** Lines of what a lab costs by what exists of it, and their sum. */
import { Tariff } from '../facts/prices';
import type { Look } from './look';

/** One thing that costs, or cost. USD at list price. */
export interface Line {
  readonly what: string;
  /** When it began; of what ran, the first of it. @default - not known, or nothing that lasts */
  readonly since?: Date;
  /** Until now. */
  readonly usdSoFar: number;
  /** At this moment; 0 for what has ended, and for what costs only when it is asked. */
  readonly usdPerHour: number;
  /** In the next 24 hours, if nobody ends it: a job ends by itself. */
  readonly usdNextDay: number;
  /** Whether a price in it is one of us-east-1. @default false */
  readonly assumed?: boolean;
  /** Hours for which nobody has asked an endpoint on an instance. @default - somebody has, or it is none */
  readonly idleHours?: number;
}

/** Something that could not be read, or has no price: it is not nothing. */
export interface NotKnown {
  readonly what: string;
  readonly because: string;
}

export interface Spending {
  readonly lines: readonly Line[];
  readonly notKnown: readonly NotKnown[];
  readonly usdSoFar: number;
  readonly usdPerHour: number;
  readonly usdNextDay: number;
  readonly assumed: boolean;
}

/** One sort of thing that costs. */
export interface Part {
  /** For the line that says that it could not be read. */
  readonly what: string;
  /** Kind of teardown whose labs can have some. */
  readonly kind: string;
  read(look: Look): Promise<readonly (Line | NotKnown)[]>;
}

/** Lines and their sums. */
export function sumOf(found: readonly (Line | NotKnown)[]): Spending {
  const lines = found.filter((one): one is Line => 'usdSoFar' in one);
  const notKnown = found.filter((one): one is NotKnown => 'because' in one);
  const sum = (key: 'usdSoFar' | 'usdPerHour' | 'usdNextDay'): number => lines.reduce((all, one) => all + one[key], 0);
  return {
    lines: [...lines].sort((a, b) => b.usdPerHour - a.usdPerHour || b.usdSoFar - a.usdSoFar),
    notKnown,
    usdSoFar: sum('usdSoFar'),
    usdPerHour: sum('usdPerHour'),
    usdNextDay: sum('usdNextDay'),
    assumed: lines.some(({ assumed }) => assumed === true),
  };
}

/** A line by a Region's prices, marked where one of them is assumed. */
export function priced(look: Look, make: (usd: Tariff['usd']) => Line): Line {
  const tariff = new Tariff(look.run.region);
  const line = make(tariff.usd);
  return tariff.assumed ? { ...line, assumed: true } : line;
}

/** From now on: of what has ended, or costs only when it is asked. */
export const NOTHING_MORE = { usdPerHour: 0, usdNextDay: 0 } as const;

/** From now on: of what stays until somebody ends it. */
export const lasting = (usdPerHour: number): Pick<Line, 'usdPerHour' | 'usdNextDay'> => ({
  usdPerHour,
  usdNextDay: usdPerHour * 24,
});
