/** Figures in a reason: whether they are of what was measured. */
import { list } from '../../../lib/course/say';
import type { MeasuredVersion } from '../flawed-models/release';

/** How far a figure may be from what was measured. The guide names it: two decimals are enough. */
export const FIGURE_TOLERANCE = 0.01;

/** All that one can have measured of two versions: AUCs, calibration errors, and by how much they differ. */
export function measuredFigures(one: MeasuredVersion, other: MeasuredVersion): readonly number[] {
  const sorts = [one, other].map(({ version, auc }) => {
    const { testAuc, testCalibrationError } = version.CustomerMetadataProperties ?? {};
    // On the smoke test's flights, as run here; on the test slice, as registered.
    return [auc ?? NaN, Number(testAuc ?? NaN), Number(testCalibrationError ?? NaN)];
  }) as [number[], number[]];
  const differences = sorts[0].map((value, sort) => Math.abs(value - sorts[1][sort]!));
  return [...sorts.flat(), ...differences].filter(Number.isFinite);
}

/** Shares in a text: `0.73`, `.73`, `0,73` and `73 %`. Whole numbers are of other things: trees, versions, minutes. */
export function sharesIn(text: string): { readonly said: string; readonly value: number }[] {
  return [...text.matchAll(/(?<![\w.,])(\d*[.,]\d+|\d+(?=\s*%))(\s*%)?(?![\w]|[.,]\d)/g)]
    .map(([said, digits, percent]) => ({
      said,
      value: Number(digits!.replace(',', '.')) / (percent === undefined ? 1 : 100),
    }))
    .filter(({ value }) => value < 1);
}

/** What is wrong with the figures of a reason; undefined when each was measured. Does not tell what was. */
export function figureFault(reason: string, measured: readonly number[]): string | undefined {
  const shares = sharesIn(reason);
  const about = 'an AUC or a calibration error of one of both versions, or by how much these differ';
  if (shares.length === 0) return `the reason names no figure that was measured: ${about}`;
  // What is exactly as far away as is allowed, in decimals, is a little further in binary.
  const wrong = shares.filter(({ value }) => !measured.some((one) => Math.abs(one - value) <= FIGURE_TOLERANCE + 1e-9));
  return wrong.length === 0
    ? undefined
    : `the reason says ${list(wrong.map(({ said }) => said))}, which is not within ${FIGURE_TOLERANCE} of anything that was measured: ${about}`;
}
