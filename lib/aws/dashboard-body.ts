/**
 * What a CloudWatch dashboard shows, by its body.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export interface Widget {
  readonly type?: string;
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly properties?: { readonly metrics?: readonly unknown[] } & Readonly<Record<string, unknown>>;
}

/** @throws SyntaxError where the body is no JSON */
export const widgetsOf = (body = '{}'): readonly Widget[] => (JSON.parse(body) as { widgets?: Widget[] }).widgets ?? [];

/** A row of a metric widget. */
export interface MetricRow {
  /** Namespace, metric, and names and values of dimensions in turns; none for an expression. */
  readonly fields: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Rows are `[namespace, metric, name, value, …, {options}]`; `.` repeats the field above, `...` all before the last.
 *
 * @returns undefined where one is no row
 */
export function metricRows(metrics: readonly unknown[]): MetricRow[] | undefined {
  const rows: MetricRow[] = [];
  let above: readonly string[] = [];
  for (const row of metrics) {
    if (!Array.isArray(row)) return undefined;
    const given = row.filter((one): one is string => typeof one === 'string');
    const options = row.find((one): one is MetricRow['options'] => typeof one === 'object' && one !== null) ?? {};
    const after = given.length - 1;
    const fields =
      given[0] === '...'
        ? [...above.slice(0, above.length - after), ...given.slice(1)]
        : given.map((field, at) => (field === '.' ? (above[at] ?? '') : field));
    rows.push({ fields, options });
    if (fields.length > 0) above = fields;
  }
  return rows;
}

/** Dimensions of a row, by name. */
export function dimensionsOf({ fields }: MetricRow): Record<string, string> {
  const pairs: [string, string][] = [];
  for (let at = 2; at + 1 < fields.length; at += 2) pairs.push([fields[at]!, fields[at + 1]!]);
  return Object.fromEntries(pairs);
}
