/** The exercise of the step transform: the flights that an inner join would have lost, counted by airline. */
import { CHECK_MARK, results, runQuery } from '../../../lib/aws/athena';
import type { Exercise, Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, notDone } from '../../../lib/course/say';
import type { LabResources } from '../resources';
import { askedQueries, isTyped, LOOKED_AT, succeeded } from './learner-queries';

/**
 * Teaches: which rows a join keeps, and that nothing says so when it drops some. Has to refuse: an inner join, flights
 * without a tail number only, planes counted for flights, a year that is joined with another year, a typed number.
 */
export const unknownPlanesExercise: Exercise = {
  file: 'unknown-planes.sql',
  template: 'exercises/unknown-planes.sql',
  solution: 'solutions/unknown-planes.sql',
  ask: 'Write one query whose first row gives the airline (carrier) with the most flights whose plane is not in the table planes, and how many flights these are.',
  teaches:
    'A left join keeps every flight and shows what found no partner as NULL; an inner join drops it, and no error says so. What is dropped is not drawn at random: here it is mostly two airlines.',
  alternative:
    'WHERE NOT EXISTS (SELECT 1 FROM planes WHERE planes.tailnum = flights.tailnum) counts the same without a join. NOT IN would, too, until planes has a single NULL: then it finds nothing.',
};

/** An airline as an independent query counts it. */
export interface UnknownPlanes {
  readonly carrier: string;
  readonly flights: number;
  /** What common misreadings give instead. */
  readonly misread: Readonly<Record<Misreading, number>>;
}

type Misreading = 'no tail number' | 'planes counted' | 'year joined' | 'known';

const EXPLAINED: Readonly<Record<Misreading, string>> = {
  'no tail number':
    'That counts flights without a tail number. Most unknown planes have one: it is only not in the table planes.',
  'planes counted': 'That counts planes, each once. The question is about flights.',
  'year joined':
    'That joins the years as well. The year of planes is when the plane was made, that of flights is 2013: join by tailnum alone.',
  known:
    'Those are the flights whose plane is in the table: keep what the join found no partner for (planes.tailnum IS NULL).',
};

/** Airlines, the most flights of unknown planes first. */
export async function unknownPlanes(run: LabRun, resources: LabResources): Promise<UnknownPlanes[]> {
  const sql = `${CHECK_MARK}
SELECT f.carrier,
       count_if(p.tailnum IS NULL) AS unknown,
       count_if(coalesce(f.tailnum, '') = '') AS untold,
       count(DISTINCT CASE WHEN p.tailnum IS NULL THEN f.tailnum END) AS tails,
       count_if(p.tailnum IS NULL OR p.year IS NULL OR p.year <> f.year) AS years,
       count(p.tailnum) AS known
FROM flights f LEFT JOIN planes p ON p.tailnum = f.tailnum
GROUP BY f.carrier`;
  const { rows } = await runQuery(run, resources, sql, {
    what: 'flights of unknown planes, counted by the check',
    next: labCommand(run, 'check', 'crawl'),
  });
  return rows
    .map((row) => {
      const [flights = NaN, untold = NaN, tails = NaN, years = NaN, known = NaN] = row.slice(1).map(Number);
      const misread = { 'no tail number': untold, 'planes counted': tails, 'year joined': years, known };
      return { carrier: row[0] ?? '', flights, misread };
    })
    .sort((a, b) => b.flights - a.flights);
}

/** What is wrong with an answer's first row, and what to think about; undefined when it is right. */
export function unknownPlanesFault(
  row: readonly (string | undefined)[],
  airlines: readonly UnknownPlanes[],
): string | undefined {
  const carrier = row.find((cell) => airlines.some((one) => one.carrier === cell));
  const number = row.find((cell) => cell !== undefined && /^\d+(\.0*)?$/.test(cell.trim()));
  if (carrier === undefined) return 'no airline can be read in its first row. Select the carrier and the count';
  const told = `its first row says ${carrier} with ${number ?? 'no whole number'}`;
  if (number === undefined) return `${told}. Select how many flights these are as well`;
  const mine = airlines.find((one) => one.carrier === carrier)!;
  const value = Number(number);
  const [best] = airlines;
  if (value === mine.flights) {
    if (mine === best) return undefined;
    // Of some airlines every unknown plane is one without a tail number.
    const slip = mine.misread['no tail number'] === value ? EXPLAINED['no tail number'] : 'Sort by the count, DESC.';
    return `${told}. The count is right for that airline, and another has more. ${slip.replace(/\.$/, '')}`;
  }
  const misread = (Object.keys(EXPLAINED) as Misreading[]).find((name) => mine.misread[name] === value);
  return `${told}. ${misread ? EXPLAINED[misread].replace(/\.$/, '') : 'Count again: all flights, those beside which a LEFT JOIN with planes by tailnum finds nothing'}`;
}

/** About the newest query of the learner that names an airline and a number. */
export async function unknownPlanesVerdict(run: LabRun, resources: LabResources, saw: string): Promise<Verdict> {
  const { own } = await askedQueries(run, resources);
  const write = `Write work/${run.lab}/${unknownPlanesExercise.file}, run it in Athena, or with the step: ${labCommand(run, 'step', 'transform')}`;
  const newest = own.filter(succeeded).slice(0, LOOKED_AT);
  const aboutPlanes = newest.filter(({ Query = '' }) => /\bplanes\b/i.test(Query));
  // Nothing is counted, and billed, for nobody.
  const airlines = aboutPlanes.length > 0 ? await unknownPlanes(run, resources) : [];
  const carriers = new Set(airlines.map(({ carrier }) => carrier));
  for (const execution of aboutPlanes) {
    const { rows } = await results(run, execution.QueryExecutionId ?? '', 1);
    const [row] = rows;
    if (!row?.some((cell) => carriers.has(cell ?? ''))) continue;
    const fault = isTyped(execution) ? 'it read no data. Let the query count' : unknownPlanesFault(row, airlines);
    if (fault !== undefined)
      return notDone(
        `${saw} Your last query about planes ran, and ${fault}.`,
        `A hint: ${labCommand(run, 'hint', 'transform')}`,
      );
    const [best] = airlines;
    return done(
      `${saw} Your query found it: ${best!.flights.toLocaleString('en-US')} flights of ${best!.carrier} have a plane that planes does not know; counted independently, the same.`,
      labCommand(run, 'step', 'quality'),
    );
  }
  return notDone(`${saw} No query of yours about planes has named an airline yet.`, write);
}
