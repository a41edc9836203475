/** The exercise of the step explore: what is right, and how to tell which mistake an answer shows. */
import { CHECK_MARK, runQuery } from '../../../lib/aws/athena';
import { dataPlan } from '../../../lib/course/data-plan';
import type { LabRun } from '../../../lib/course/run';
import type { LabResources } from '../resources';

/** One month as an independent query counts it. */
export interface MonthShare {
  readonly batch: string;
  readonly share: number;
  /** What common misreadings of the question give instead. */
  readonly misread: Readonly<Record<Misreading, number>>;
}

export type Misreading = 'cancelled counted' | 'from 15 minutes on' | 'any delay' | 'late arrivals';

const EXPLAINED: Readonly<Record<Misreading, string>> = {
  'cancelled counted':
    'That is the share of all scheduled flights. A cancelled flight did not leave late: keep the flights that have a dep_time.',
  'from 15 minutes on': 'That counts flights with a delay of exactly 15 minutes too. Late means more than 15.',
  'any delay': 'That counts every delay from one minute on. Late means more than 15 minutes.',
  'late arrivals': 'That is about arrivals. The question is about departures: dep_delay.',
};

/** How far a share may be off. */
export const TOLERANCE = 0.001;

/** Late shares by month, largest first, from the raw table. */
export async function lateShares(run: LabRun, resources: LabResources, next: string): Promise<MonthShare[]> {
  const { moreThan } = dataPlan().label;
  const sql = `${CHECK_MARK}
SELECT batch,
       CAST(count(*) AS double) AS flights,
       CAST(count(dep_time) AS double) AS departed,
       CAST(count_if(dep_time IS NOT NULL AND dep_delay > ${moreThan}) AS double) AS late,
       CAST(count_if(dep_time IS NOT NULL AND dep_delay >= ${moreThan}) AS double) AS late_or_equal,
       CAST(count_if(dep_time IS NOT NULL AND dep_delay > 0) AS double) AS delayed,
       CAST(count_if(dep_time IS NOT NULL AND arr_delay > ${moreThan}) AS double) AS arrived_late
FROM flights
GROUP BY batch`;
  const { rows } = await runQuery(run, resources, sql, { what: 'the late shares, counted by the check', next });
  const months = rows.map((row) => {
    const [flights = NaN, departed = NaN, late = NaN, orEqual = NaN, delayed = NaN, arrived = NaN] = row
      .slice(1)
      .map(Number);
    return {
      batch: row[0] ?? '',
      share: late / departed,
      misread: {
        'cancelled counted': late / flights,
        'from 15 minutes on': orEqual / departed,
        'any delay': delayed / departed,
        'late arrivals': arrived / departed,
      },
    };
  });
  return months.sort((a, b) => b.share - a.share);
}

/** What a learner's result says, as far as it can be read. */
export interface Answer {
  /** `2013-07`, when a month was found in the first row. */
  readonly batch?: string;
  readonly share?: number;
}

const NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Reads the first row of a result: a month as 2013-07, 7 or July, and a number beside it. */
export function readLateShareAnswer(columns: readonly string[], row: readonly (string | undefined)[]): Answer {
  const months = row.map((cell, i) => monthOf(cell ?? '', columns[i] ?? ''));
  const at = months.findIndex((month) => month !== undefined);
  const named = columns.findIndex(
    (name, i) => i !== at && /share|rate|ratio|frac|percent|pct|avg|late/i.test(name) && isNumber(row[i]),
  );
  const fraction = row.findIndex((cell, i) => i !== at && isNumber(cell) && !Number.isInteger(Number(cell)));
  const number = row.findIndex((cell, i) => i !== at && isNumber(cell));
  const share = [fraction, named, number].find((i) => i >= 0);
  return { batch: months[at], share: share === undefined ? undefined : Number(row[share]) };
}

const isNumber = (cell: string | undefined): boolean =>
  cell !== undefined && cell.trim() !== '' && !Number.isNaN(Number(cell));

function monthOf(cell: string, column: string): string | undefined {
  const text = cell.trim().toLowerCase();
  const batch = /^(?:batch=)?(2013-\d\d)(?:-\d\d.*)?$/.exec(text);
  if (batch) return batch[1];
  const name = NAMES.findIndex((start) => text.startsWith(start));
  if (name >= 0) return monthAt(name + 1);
  const number = Number(text);
  const plausible = /^\d{1,2}$/.test(text) && number >= 1 && number <= 12;
  return plausible && /month|batch|^m$|_col0/i.test(column) ? monthAt(number) : undefined;
}

const monthAt = (number: number): string => `2013-${String(number).padStart(2, '0')}`;

/** What is wrong with an answer, and what to think about; undefined when it is right. @param months largest share first */
export function lateShareFault(answer: Answer, months: readonly MonthShare[]): string | undefined {
  const [best] = months;
  if (best === undefined) return 'the table flights has no rows to compare with';
  if (answer.batch === undefined) {
    return 'no month can be read in its first row. Select the month (batch) and the share, and sort so that the largest share comes first.';
  }
  const mine = months.find(({ batch }) => batch === answer.batch);
  if (mine === undefined) return `its first row is about ${answer.batch}, and there are no flights of that month.`;
  const { share } = answer;
  if (share === undefined)
    return `its first row has the month ${answer.batch} and no number. Select the share as well.`;
  const near = (expected: number): boolean => Math.abs(share - expected) <= TOLERANCE;
  const told = `its first row says ${answer.batch} with ${share}`;
  if (near(mine.share)) {
    if (mine === best) return undefined;
    const smallest = months.at(-1) === mine;
    return smallest
      ? `${told}. That is the month with the smallest share: sort with DESC.`
      : `${told}. The share is right for that month, and another month has a larger one: sort by the share, DESC.`;
  }
  if (near(mine.share * 100) || Math.abs(share - mine.share * 100) <= 100 * TOLERANCE) {
    return `${told}. That is per cent. A share lies between 0 and 1: do not multiply by 100.`;
  }
  const misread = (Object.keys(EXPLAINED) as Misreading[])
    .map((name) => ({ name, off: Math.abs(share - mine.misread[name]) }))
    .sort((a, b) => a.off - b.off)[0];
  if (misread && misread.off <= TOLERANCE) return `${told}. ${EXPLAINED[misread.name]}`;
  if (Number.isInteger(share) && share > 1) {
    return `${told}. That is a number of flights. A share is that number divided by the flights of the month: avg() of 1.0 and 0.0 does it.`;
  }
  if (share === 0) {
    return `${told}. Dividing two whole numbers gives a whole number: make one of them a double, with CAST or 1.0e0.`;
  }
  if (isRounded(share, mine)) {
    return `${told}. A literal such as 1.0 is a decimal with one place, and avg() keeps that one place. Write 1.0e0, or CAST(... AS double).`;
  }
  return `${told}. Count again: flights with dep_delay > 15, divided by the flights with a dep_time, month by month.`;
}

/** Whether a figure is one of the month's, rounded to one decimal place: what avg() makes of decimal(2,1). */
function isRounded(share: number, { share: right, misread }: MonthShare): boolean {
  const places = Math.abs(share * 10 - Math.round(share * 10)) < 1e-9;
  return places && [right, ...Object.values(misread)].some((figure) => Math.abs(share - figure) <= 0.05);
}
