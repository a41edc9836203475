/**
 * Whether a running training is worse than its predecessors were at the same point.
 *
 * The rule: its value is worse than the median of the running averages that earlier trainings had up to the same point.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-early-stopping.html
 */

/** A median of fewer says little. */
const LEAST_FINISHED = 2;
/** The first values say little about the last. */
const WARM_UP = 10;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** @param finished objective values of each finished training, oldest first; those that ended earlier count as a whole */
export function isWorse(
  running: readonly number[],
  finished: readonly (readonly number[])[],
  maximize: boolean,
): boolean {
  const steps = running.length;
  const known = finished.filter((series) => series.length > 0);
  if (steps < WARM_UP || known.length < LEAST_FINISHED) return false;
  const averages = known.map((series) => {
    const upTo = series.slice(0, steps);
    return upTo.reduce((sum, value) => sum + value, 0) / upTo.length;
  });
  const now = running.at(-1)!;
  return maximize ? now < median(averages) : now > median(averages);
}
