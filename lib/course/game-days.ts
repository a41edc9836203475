/** The game day that goes on in a lab, and those that are over: kept in the work folder. */
import type { Memory } from './fault';
import type { LabRun } from './run';
import { isTime, readNotes, readNotesOf, writeNotes } from './work-notes';

const GOING = '.game-day.json';
const OVER = '.game-days.json';

/** A game day that goes on. */
export interface GameDay {
  /** Id of its fault. */
  readonly fault: string;
  readonly seed: number;
  /** ARN of the stack that it was put into: in one that was made later, it is over. */
  readonly stack: string;
  /** When it began, as ISO time, by the cloud's clock. */
  readonly at: string;
  readonly memory: Memory;
  /** What was told; none while the fault is being put in, or where that was interrupted. */
  readonly symptom?: string;
  /** How many hints were shown. */
  readonly hints: number;
}

/** A game day that is over. */
export interface PastGameDay {
  readonly fault: string;
  readonly title: string;
  /** When it began, as ISO time. */
  readonly at: string;
  /** From the symptom until a check saw it mended, or `mend` was asked for. */
  readonly seconds: number;
  /** Whether the learner mended it. */
  readonly mended: boolean;
}

type Place = Pick<LabRun, 'target' | 'learner' | 'account' | 'region'>;

/** Whose it is, and where: an account has labs in many Regions. */
const keyOf = ({ target, learner, account, region }: Place): string => `${target} ${learner} ${account} ${region}`;

const isText = (value: unknown): value is string => typeof value === 'string';
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function isGameDay(value: unknown): value is GameDay {
  const day = (value ?? {}) as Partial<Record<keyof GameDay, unknown>>;
  const { memory } = day;
  return (
    [day.fault, day.stack, day.symptom ?? ''].every(isText) &&
    isTime(day.at) &&
    isCount(day.seed) &&
    isCount(day.hints) &&
    typeof memory === 'object' &&
    memory !== null &&
    Object.values(memory).every(isText)
  );
}

function isPast(value: unknown): value is PastGameDay {
  const day = (value ?? {}) as Partial<Record<keyof PastGameDay, unknown>>;
  return (
    isText(day.fault) &&
    isText(day.title) &&
    isTime(day.at) &&
    typeof day.seconds === 'number' &&
    day.seconds >= 0 &&
    typeof day.mended === 'boolean'
  );
}

/**
 * The game day that goes on in a stack. One of a stack that is gone since is over, as its fault went with the stack, and
 * is forgotten.
 *
 * @param stack ARN of the lab's stack as it stands
 */
export function gameDayOf(workDir: string, place: Place, stack: string): GameDay | undefined {
  const day = readNotes(workDir, GOING, isGameDay)[keyOf(place)];
  if (day === undefined || day.stack === stack) return day;
  keepGameDay(workDir, place, undefined);
  return undefined;
}

/** Keeps a game day, in place of an earlier one; undefined forgets it. */
export function keepGameDay(workDir: string, place: Place, day: GameDay | undefined): void {
  const { [keyOf(place)]: _earlier, ...others } = readNotes(workDir, GOING, isGameDay);
  writeNotes(workDir, GOING, { ...others, ...(day && { [keyOf(place)]: day }) });
}

/** Ends a game day. @returns what is kept of it */
export function endGameDay(
  workDir: string,
  place: Place,
  day: GameDay,
  end: { readonly title: string; readonly mended: boolean; readonly now: Date },
): PastGameDay {
  const { fault, at } = day;
  const seconds = Math.max(0, (end.now.getTime() - Date.parse(at)) / 1000);
  const past: PastGameDay = { fault, title: end.title, at, seconds, mended: end.mended };
  // Kept before the other is forgotten: an interruption in between costs nothing.
  writeNotes(workDir, OVER, { ...readNotes(workDir, OVER, isPast), [`${keyOf(place)} ${at}`]: past });
  keepGameDay(workDir, place, undefined);
  return past;
}

/** Game days of a learner on a target that are over, in the order in which they began. */
export function pastGameDays(
  workDir: string,
  { target, learner }: { readonly target: string; readonly learner: string },
): readonly PastGameDay[] {
  const days = Object.values(readNotesOf(workDir, OVER, isPast, `${target} ${learner} `));
  return days.sort((a, b) => (a.at < b.at ? -1 : 1));
}
