/** Prepared flights as the check reads them: all numbers of a slice, column by column where they are. */

/** Rows of a slice. */
export interface Rows {
  readonly rows: number;
  readonly columns: number;
  /** rows x columns, one row after the other; NaN where a value is missing. */
  readonly features: Float64Array;
  readonly labels: Uint8Array;
}

/** Rows that do not fit; the message says which. */
export class BadRows extends Error {}

/**
 * Reads CSV without header, the label first.
 *
 * @param texts the files of a slice
 * @param columns number of features
 * @throws BadRows naming the file and line of the first row that does not fit
 */
export function readRows(texts: readonly { readonly name: string; readonly text: string }[], columns: number): Rows {
  const lines = texts.map(({ name, text }) => ({ name, lines: text.split('\n') }));
  const most = lines.reduce((sum, one) => sum + one.lines.length, 0);
  const features = new Float64Array(most * columns);
  const labels = new Uint8Array(most);
  let rows = 0;
  for (const { name, lines: all } of lines) {
    for (let number = 0; number < all.length; number += 1) {
      const line = all[number]!.trimEnd();
      if (line === '') continue;
      const fields = line.split(',');
      if (fields.length !== columns + 1) {
        throw new BadRows(`${name}, line ${number + 1}, has ${fields.length} columns instead of ${columns + 1}`);
      }
      if (fields[0] !== '0' && fields[0] !== '1' && fields[0] !== '0.0' && fields[0] !== '1.0') {
        throw new BadRows(
          `${name}, line ${number + 1}, begins with ${JSON.stringify(fields[0])}, which is no label (0 or 1)`,
        );
      }
      labels[rows] = Number(fields[0]);
      for (let column = 0; column < columns; column += 1) {
        const field = fields[column + 1]!;
        const value = field === '' ? Number.NaN : Number(field);
        if (field !== '' && !Number.isFinite(value)) {
          throw new BadRows(
            `${name}, line ${number + 1}, column ${column + 2}: ${JSON.stringify(field.slice(0, 40))} is no number`,
          );
        }
        features[rows * columns + column] = value;
      }
      rows += 1;
    }
  }
  return { rows, columns, features: features.subarray(0, rows * columns), labels: labels.subarray(0, rows) };
}

/** Area under the ROC curve; ties count half. NaN when there is one class only. */
export function auc(labels: Uint8Array, scores: Float64Array): number {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  let late = 0;
  let ranks = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end += 1;
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i += 1) {
      if (labels[order[i]!] === 1) {
        late += 1;
        ranks += rank;
      }
    }
    start = end;
  }
  return (ranks - (late * (late + 1)) / 2) / (late * (labels.length - late));
}
