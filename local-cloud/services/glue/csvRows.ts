/** Delimited text as rows of fields, quoted fields included. */

/**
 * Reads rows from the beginning of a file.
 *
 * @param complete whether the text reaches the end of the file; otherwise its last, perhaps cut, row is left out
 * @param quote the quote symbol, or undefined to take quotes as they stand
 */
export function csvRows(text: string, delimiter: string, quote: string | undefined, complete: boolean): string[][] {
  if (quote === undefined || !text.includes(quote)) return plainRows(text, delimiter, complete);
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (quoted) {
      if (char !== quote) field += char;
      else if (text[i + 1] === quote) field += text[++i]!;
      else quoted = false;
    } else if (char === quote && field.trim() === '') {
      field = '';
      quoted = true;
    } else if (char === delimiter) {
      row.push(field);
      field = '';
    } else if (char === '\n') {
      row.push(field.replace(/\r$/, ''));
      rows.push(row);
      row = [];
      field = '';
    } else field += char;
  }
  if (complete && (field !== '' || row.length > 0)) rows.push([...row, field.replace(/\r$/, '')]);
  return rows.filter(notEmpty);
}

/** Much faster, where nothing is quoted. */
function plainRows(text: string, delimiter: string, complete: boolean): string[][] {
  const lines = text.split(/\r?\n/);
  const rest = lines.pop()!;
  if (complete && rest !== '') lines.push(rest);
  return lines.map((line) => line.split(delimiter)).filter(notEmpty);
}

function notEmpty(cells: readonly string[]): boolean {
  return cells.length > 1 || cells[0] !== '';
}
