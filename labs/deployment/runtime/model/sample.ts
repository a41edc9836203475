/** The held-out flights of the source package, and how exactly they can judge a model. */
import { auc, BadRows, readRows, type Rows } from '../../../../lib/flights/rows';
import { FLIGHTS_FILE } from '../../names';
import { requireFile, type SourceFiles } from '../pipeline-action/artifact';
import { ReleaseError } from '../pipeline-action/release-error';

export interface Sample {
  /** One flight each, without its label, as an endpoint takes it. */
  readonly bodies: readonly string[];
  readonly rows: Rows;
}

/** Fewer flights would let chance decide. */
const FEWEST = 500;

/** @throws ReleaseError when the file is missing, or holds something else */
export function readSample(files: SourceFiles): Sample {
  const lines = requireFile(files, FLIGHTS_FILE)
    .toString('utf8')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  if (lines.length < FEWEST) {
    throw new ReleaseError(`${FLIGHTS_FILE} holds ${lines.length} flights; fewer than ${FEWEST} let chance decide.`);
  }
  try {
    const rows = readRows([{ name: FLIGHTS_FILE, text: lines.join('\n') }], lines[0]!.split(',').length - 1);
    return { bodies: lines.map((line) => line.slice(line.indexOf(',') + 1)), rows };
  } catch (error) {
    if (error instanceof BadRows) throw new ReleaseError(error.message);
    throw error;
  }
}

/** Area under the ROC curve. @throws ReleaseError where all flights have the same label */
export function sampleAuc({ rows }: Sample, scores: Float64Array): number {
  const measured = auc(rows.labels, scores);
  if (Number.isNaN(measured)) throw new ReleaseError(`${FLIGHTS_FILE} holds flights of one label only.`);
  return measured;
}

/**
 * Standard error of a measured AUC, after Hanley and McNeil (1982), https://doi.org/10.1148/radiology.143.1.7063747
 *
 * @param expected the AUC that is expected
 */
export function standardError(expected: number, labels: Uint8Array): number {
  const late = labels.reduce((sum, label) => sum + label, 0);
  const onTime = labels.length - late;
  const q1 = expected / (2 - expected);
  const q2 = (2 * expected ** 2) / (1 + expected);
  const spread = expected * (1 - expected) + (late - 1) * (q1 - expected ** 2) + (onTime - 1) * (q2 - expected ** 2);
  return Math.sqrt(spread / (late * onTime));
}
