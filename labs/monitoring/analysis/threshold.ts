/** The exercise of the step quality: from which score on somebody is warned, where one mistake costs more than the other. */
import type { Exercise } from '../../../lib/course/model';
import { jsonFault } from '../../../lib/course/work';
import { flightsWithScores, type Replay } from '../capture/captured-requests';
import { batchLabel, JULY } from '../traffic/flights';

/**
 * Teaches: the threshold belongs to what mistakes cost and to how well scores are calibrated now, and not to the model.
 * Has to refuse: 0.5; what would be right for calibrated scores; what is best on other flights; to warn about everybody.
 */
export const thresholdExercise: Exercise = {
  file: 'threshold.json',
  template: 'exercises/threshold.json',
  solution: 'solutions/threshold.json',
  answeredAfter: true,
  ask: 'A warning about a flight that leaves in time costs 1, a late flight without a warning costs 5. From which score on is a flight of July to be warned about, so that a flight costs least on average? The step brings scores and truth first.',
  teaches:
    'Where to cut is a decision about costs, made after the training, and made anew when scores drift. For calibrated scores the cut is 1 / (1 + 5); those of July are too low, so it lies lower.',
  alternative:
    'Calibrate the scores on newer flights first (isotonic or Platt’s method) and cut at 1 / 6: one more model to keep, and the costs may change without looking at data again.',
};

/** What a mistake costs: a needless warning, a missing one. */
const NEEDLESS = 1;
const MISSED = 5;
/** How much more than the best threshold one may cost: what another thousand flights would change as well. */
const SLACK = 1.03;

/** A flight with its score and what happened to it. */
export interface JudgedFlight {
  readonly score: number;
  readonly late: 0 | 1;
}

/** The flights of a replay, as the project knows what happened to them. */
export const judgedFlights = (replay: Replay): JudgedFlight[] =>
  flightsWithScores(replay).map(({ flight, score }) => ({ score, late: flight.late }));

/** One line a flight: `score,late`. */
export const judgedCsv = (flights: readonly JudgedFlight[]): string =>
  flights.map(({ score, late }) => `${score},${late}\n`).join('');

/** What a flight costs on average, where those with at least that score are warned about. */
export function averageCost(flights: readonly JudgedFlight[], threshold: number): number {
  const costs = flights.map(({ score, late }) => (score >= threshold ? NEEDLESS * (1 - late) : MISSED * late));
  return costs.reduce<number>((sum, one) => sum + one, 0) / flights.length;
}

/** The least that a flight costs at any threshold. */
function leastCost(flights: readonly JudgedFlight[]): number {
  const [late, sorted] = [flights.filter((one) => one.late).length, [...flights].sort((a, b) => b.score - a.score)];
  let [cost, best] = [MISSED * late, MISSED * late];
  sorted.forEach((one, i) => {
    cost += one.late ? -MISSED : NEEDLESS;
    // Flights with the same score are warned about together.
    if (sorted[i + 1]?.score !== one.score) best = Math.min(best, cost);
  });
  return best / flights.length;
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= 0.01;

/**
 * What is wrong with an answer, and what to think about; undefined when it is right. Does not tell the best threshold.
 *
 * @param text the learner's file
 * @param july the flights that it is about
 * @param heldOut flights of the months that the model learnt from
 */
export function thresholdFault(
  text: string,
  july: readonly JudgedFlight[],
  heldOut: readonly JudgedFlight[],
): string | undefined {
  let threshold: unknown;
  try {
    threshold = (JSON.parse(text) as { readonly threshold?: unknown } | null)?.threshold;
  } catch (error) {
    return jsonFault(error);
  }
  if (typeof threshold !== 'number') return `threshold is ${JSON.stringify(threshold)}: write a number`;
  if (threshold < 0 || threshold > 1)
    return `threshold is ${threshold}. Scores lie between 0 and 1${threshold <= 100 && threshold > 1 ? ': do not multiply by 100' : ''}`;
  const cost = averageCost(july, threshold);
  if (cost <= leastCost(july) * SLACK) return undefined;
  const told = `from ${threshold} on, a flight of July costs ${cost.toFixed(4)} on average, and less is possible`;
  if (july.every(({ score }) => score >= threshold)) return `${told}: that warns about every flight`;
  if (july.every(({ score }) => score < threshold)) return `${told}: that warns about none`;
  if (isNear(threshold, 0.5))
    return `${told}. 0.5 is where both mistakes cost the same; here one costs five times the other`;
  if (isNear(threshold, MISSED / (NEEDLESS + MISSED)))
    return `${told}. Which mistake costs 5? Missing a late flight: warn earlier, not later`;
  if (isNear(threshold, NEEDLESS / (NEEDLESS + MISSED)))
    return `${told}. 1 / 6 is right for scores that are probabilities. Those of July are too low: of the flights with a score of 0.15 more than 15 in 100 were late`;
  if (averageCost(heldOut, threshold) <= leastCost(heldOut) * SLACK)
    return `${told}. On ${batchLabel('held-out')} it would be right: July is another world`;
  const lower = averageCost(july, threshold * 0.8) < cost;
  return `${told}: try a ${lower ? 'lower' : 'higher'} one. In ${batchLabel(JULY)}, compare what warnings more cost with what missed ones less save`;
}
