/**
 * Delimited text as rows of fields, read as the tables of it are read afterwards (engines/text): a row ends at the line,
 * whatever quotes say. test/python/text/open_csv_vectors.json holds this reader and that one to the same answers.
 */

/** A field, undefined where its quote stays open. */
export type Cell = string | undefined;

const ESCAPE = '\\';

/**
 * Reads rows from the beginning of a file, without its empty lines.
 *
 * @param complete whether the text reaches the end of the file; otherwise its last, perhaps cut, row is left out
 * @param quote the quote symbol, or undefined to take quotes as they stand
 */
export function csvRows(text: string, delimiter: string, quote: string | undefined, complete: boolean): Cell[][] {
  const lines = text.split(/\r\n|\n|\r/);
  const rest = lines.pop()!;
  if (complete) lines.push(rest);
  return lines
    .filter((line) => line !== '')
    .map((line) => (quote === undefined ? line.split(delimiter) : openCsvFields(line, delimiter, quote)));
}

/**
 * The fields that OpenCSVSerde finds in a line, bug for bug.
 *
 * https://github.com/trinodb/trino/blob/master/lib/trino-hive-formats/src/main/java/io/trino/hive/formats/line/csv/CsvDeserializer.java
 */
export function openCsvFields(line: string, separator: string, quote: string, escape = ESCAPE): Cell[] {
  if (!line.includes(quote) && !line.includes(escape)) return line.split(separator);
  const fields: Cell[] = [];
  let field = '';
  let inQuotes = false;
  let inField = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    const next = line[i + 1];
    if (char === escape) {
      if ((inQuotes || inField) && (next === quote || next === escape)) {
        field += next;
        i++;
      }
    } else if (char === quote) {
      if ((inQuotes || inField) && next === quote) {
        field += quote;
        i++;
      } else {
        const inside = i > 2 && line[i - 1] !== separator && next !== undefined && next !== separator;
        // A quote inside a field is text; blanks before a field's first quote are not.
        if (inside) field = /^[^\S\x85\xa0\u2007\u202f\ufeff]+$/.test(field) ? '' : field + quote;
        inQuotes = !inQuotes;
      }
      inField = !inField;
    } else if (char === separator && !inQuotes) {
      fields.push(field);
      field = '';
      inField = false;
    } else {
      field += char;
      inField = true;
    }
  }
  fields.push(inQuotes ? undefined : field);
  return fields;
}
