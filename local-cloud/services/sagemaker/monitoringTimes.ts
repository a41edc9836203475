/** When monitoring schedules run, and which hours of capture a run looks at. */
import { invalid } from './errors';

const HOUR = 3_600_000;

/**
 * Hourly, daily, or every few hours from a given one: other cron expressions are refused by SageMaker.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-schedule-expression.html
 */
const CRON = /^cron\(0 (\*|\d{1,2}(?:\/\d{1,2})?) \? \* \* \*\)$/;
const OFFSET = /^([-+])?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

export interface AnalysisWindow {
  readonly start: Date;
  readonly end: Date;
}

/** Milliseconds of a duration relative to the scheduled time, such as -PT1H. @throws ServiceError ValidationException */
export function offset(text: string, member: string): number {
  const found = OFFSET.exec(text);
  if (!found || text.endsWith('T') || text.endsWith('P')) {
    throw invalid(`The ${member} ${text} is not an ISO 8601 duration such as -PT1H.`);
  }
  const [days, hours, minutes, seconds] = found.slice(2).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  const total = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  return found[1] === '-' ? -total : total;
}

/** @throws ServiceError ValidationException for an expression that SageMaker does not take */
export function checkExpression(expression: string): void {
  if (expression === 'NOW' || hoursOf(expression)) return;
  throw invalid(
    `The schedule expression ${expression} is not valid: it must be NOW, cron(0 * ? * * *) for hourly, ` +
      'cron(0 [00-23] ? * * *) for daily, or cron(0 [00-23]/[01-24] ? * * *) for every few hours.',
  );
}

/** The hours of a day at which a cron expression is due, and how many hours a run looks back. */
function hoursOf(expression: string): { readonly at: readonly number[]; readonly every: number } | undefined {
  const field = CRON.exec(expression)?.[1];
  if (field === undefined) return undefined;
  if (field === '*') return { at: Array.from({ length: 24 }, (_, hour) => hour), every: 1 };
  const [first, step = 24] = field.split('/').map(Number) as [number, number?];
  if (first > 23 || step < 1 || step > 24) return undefined;
  const at: number[] = [];
  for (let hour = first; hour < 24; hour += step) at.push(hour);
  return { at, every: step };
}

/** The first time after `after` at which a cron expression is due. */
export function nextRun(expression: string, after: Date): Date {
  const { at } = hoursOf(expression)!;
  for (let hour = Math.floor(after.getTime() / HOUR) + 1; ; hour += 1) {
    const candidate = new Date(hour * HOUR);
    if (at.includes(candidate.getUTCHours())) return candidate;
  }
}

/** What a run looks at: of NOW what was asked for, otherwise the hours since the run before. */
export function windowOf(
  expression: string,
  scheduled: Date,
  start: string | undefined,
  end: string | undefined,
): AnalysisWindow {
  if (expression !== 'NOW') {
    const { every } = hoursOf(expression)!;
    return { start: new Date(scheduled.getTime() - every * HOUR), end: scheduled };
  }
  const at = (text: string | undefined, member: string): Date =>
    new Date(scheduled.getTime() + offset(text ?? '', member));
  return { start: at(start, 'DataAnalysisStartTime'), end: at(end, 'DataAnalysisEndTime') };
}

/** The folders of capture (yyyy/mm/dd/hh) that a window touches. */
export function hourFolders({ start, end }: AnalysisWindow): string[] {
  const folders: string[] = [];
  for (let at = Math.floor(start.getTime() / HOUR) * HOUR; at < end.getTime(); at += HOUR) {
    folders.push(new Date(at).toISOString().slice(0, 13).replace(/[-T]/g, '/'));
  }
  return folders;
}
