import { widthOf, wrap } from './text';

export interface Column {
  readonly title: string;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
}

/**
 * A table in columns; where it does not fit, a list with one block a row.
 *
 * @param paint puts colour on titles; it must not change the width
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  paint: (title: string) => string = (title) => title,
): string {
  const widths = columns.map((column, i) =>
    Math.max(widthOf(column.title), ...rows.map((row) => widthOf(row[i] ?? ''))),
  );
  const gap = 2;
  // The last column may wrap within what is left; anything narrower than this reads badly, so the table becomes a list.
  const fixed = widths.slice(0, -1).reduce((sum, w) => sum + w + gap, 0);
  const last = widths[widths.length - 1] ?? 0;
  const room = width - fixed;
  if (room < Math.min(last, 24)) return list(columns, rows, width, paint);

  const cell = (text: string, i: number): string => {
    const pad = ' '.repeat(Math.max(0, (widths[i] ?? 0) - widthOf(text)));
    return columns[i]?.align === 'right' ? pad + text : text + pad;
  };
  const line = (cells: readonly string[]): string => {
    const start = cells
      .slice(0, -1)
      .map((text, i) => cell(text, i) + ' '.repeat(gap))
      .join('');
    const end = cells[cells.length - 1] ?? '';
    return (
      last > room ? wrap(end, width, { first: start, rest: ' '.repeat(fixed) }) : start + cell(end, cells.length - 1)
    ).trimEnd();
  };
  const titles = line(columns.map((column) => column.title));
  return [paint(titles), ...rows.map((row) => line(columns.map((_column, i) => row[i] ?? '')))].join('\n');
}

function list(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  paint: (title: string) => string,
): string {
  return rows
    .map((row) =>
      row
        .map((text, i) =>
          i === 0
            ? wrap(paint(text), width)
            : text === ''
              ? undefined
              : wrap(text, width, { first: `  ${columns[i]?.title ?? ''}: `, rest: '    ' }),
        )
        .filter((line) => line !== undefined)
        .join('\n'),
    )
    .join('\n');
}
