/**
 * Recognises CSV and infers its columns as Glue's classifiers do, their oddities included.
 *
 * Built in: https://docs.aws.amazon.com/glue/latest/dg/add-classifier.html#classifier-built-in-csv
 * Custom: https://docs.aws.amazon.com/glue/latest/dg/custom-classifier.html#custom-classifier-csv
 */
import type { Column, CsvClassifier } from '@aws-sdk/client-glue';
import { type Cell, csvRows } from './csvRows';

export type ColumnType = 'bigint' | 'double' | 'string';

/** What a classifier says about one file. */
export interface CsvSchema {
  readonly classification: 'csv';
  readonly columns: readonly Column[];
  readonly delimiter: string;
  readonly hasHeader: boolean;
  readonly quoted: boolean;
  readonly serde: 'LazySimpleSerDe' | 'OpenCSVSerDe';
  readonly quoteSymbol?: string;
  /** Mean length of the sampled lines in bytes. */
  readonly averageRecordSize: number;
}

/** The beginning of a file. */
export interface CsvSample {
  readonly text: string;
  /** Whether that is the whole file. */
  readonly complete: boolean;
}

const DELIMITERS = [',', '|', '\t', ';', '\u0001'];
const LONGEST_HEADING = 150;
/** Glue's own pattern of a column name. */
const COLUMN_NAME = /^[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\u{10FFFF}\t]*$/u;

/** Glue's built-in classifier. @returns undefined when it does not take the file for CSV */
export function builtInCsv(sample: CsvSample): CsvSchema | undefined {
  for (const delimiter of DELIMITERS) {
    const rows = csvRows(sample.text, delimiter, '"', sample.complete);
    const width = rows[0]?.length ?? 0;
    if (width < 2 || rows.length < 2 || !mostlyOfWidth(rows, width)) continue;
    return schema(sample, rows, {
      delimiter,
      quote: '"',
      hasHeader: looksLikeHeader(rows),
      trim: true,
      openCsv: false,
    });
  }
  return undefined;
}

/**
 * A classifier that the customer made.
 *
 * @returns undefined when it does not match, and the next classifier has its turn
 * @throws Error for custom data types, which the local cloud does not have
 */
export function customCsv(classifier: CsvClassifier, sample: CsvSample): CsvSchema | undefined {
  if (classifier.CustomDatatypeConfigured) {
    throw new Error(`The local cloud has no custom data types in CSV classifiers (${classifier.Name}).`);
  }
  const delimiter = classifier.Delimiter ?? ',';
  const quote = classifier.QuoteSymbol || undefined;
  const rows = csvRows(sample.text, delimiter, quote ?? '"', sample.complete);
  const width = rows[0]?.length ?? 0;
  if (width === 0 || !mostlyOfWidth(rows, width)) return undefined;
  if (width === 1 && !classifier.AllowSingleColumn) return undefined;
  const names = classifier.Header?.length ? classifier.Header : undefined;
  if (names && names.length !== width) return undefined;
  const heading = classifier.ContainsHeader ?? 'UNKNOWN';
  const hasHeader =
    heading === 'PRESENT' || (heading === 'UNKNOWN' && (names ? same(names, rows[0]!) : looksLikeHeader(rows)));
  return schema(sample, rows, {
    delimiter,
    quote,
    hasHeader,
    names,
    trim: classifier.DisableValueTrimming === false,
    openCsv: classifier.Serde === 'OpenCSVSerDe' || (quote !== undefined && classifier.Serde !== 'LazySimpleSerDe'),
  });
}

interface Reading {
  readonly delimiter: string;
  readonly quote?: string;
  readonly hasHeader: boolean;
  readonly names?: readonly string[];
  readonly trim: boolean;
  readonly openCsv: boolean;
}

function schema(sample: CsvSample, rows: readonly Cell[][], how: Reading): CsvSchema {
  const data = how.hasHeader ? rows.slice(1) : rows;
  const width = rows[0]!.length;
  const headings = how.names ?? (how.hasHeader ? rows[0]! : []);
  const columns = Array.from({ length: width }, (_, i) => ({
    // The catalog's names are lower case; a heading that says nothing gets Glue's own name.
    Name: headings[i]?.trim().toLowerCase() || `col${i}`,
    Type: typeOf(
      data.map((row) => row[i]),
      how.trim,
    ),
  }));
  const lines = sample.text.split('\n').length;
  return {
    classification: 'csv',
    columns,
    delimiter: how.delimiter,
    hasHeader: how.hasHeader,
    quoted: isQuoted(sample.text, how.delimiter, how.quote ?? '"'),
    serde: how.openCsv ? 'OpenCSVSerDe' : 'LazySimpleSerDe',
    ...(how.quote && how.openCsv && { quoteSymbol: how.quote }),
    averageRecordSize: Math.max(1, Math.round(Buffer.byteLength(sample.text) / Math.max(1, lines))),
  };
}

/** Empty fields say nothing; dates and times stay strings in a CSV. */
export function typeOf(values: readonly Cell[], trim: boolean): ColumnType {
  let type: ColumnType | undefined;
  for (const raw of values) {
    const value = trim ? raw?.trim() : raw;
    if (value === undefined || value === '') continue;
    const one = typeOfValue(value);
    if (one === 'string') return 'string';
    if (one === 'double' || type === undefined) type = one;
  }
  return type ?? 'string';
}

function typeOfValue(value: string): ColumnType {
  if (/^[+-]?\d+$/.test(value)) {
    if (value.length < 18) return 'bigint';
    const number = BigInt(value);
    return number >= -(2n ** 63n) && number < 2n ** 63n ? 'bigint' : 'double';
  }
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value) ? 'double' : 'string';
}

/**
 * Glue's rules for a heading: each column is a string (the last may be empty), short, a possible name; and the rows
 * below differ from it, for which one of their columns must not be a string. All-string files hence have no heading.
 */
function looksLikeHeader(rows: readonly Cell[][]): boolean {
  const [first, ...data] = rows;
  if (!first || data.length === 0) return false;
  const last = first.length - 1;
  const possible = first.every((cell = '', i) => {
    if (cell.trim() === '') return i === last;
    return typeOf([cell], true) === 'string' && (i === last || cell.length < LONGEST_HEADING) && COLUMN_NAME.test(cell);
  });
  return (
    possible &&
    first.some(
      (_, i) =>
        typeOf(
          data.map((row) => row[i]),
          true,
        ) !== 'string',
    )
  );
}

function mostlyOfWidth(rows: readonly Cell[][], width: number): boolean {
  return rows.filter((row) => row.length === width).length >= rows.length * 0.7;
}

function same(a: readonly string[], b: readonly Cell[]): boolean {
  return a.length === b.length && a.every((value, i) => value.trim().toLowerCase() === b[i]?.trim().toLowerCase());
}

function isQuoted(text: string, delimiter: string, quote: string): boolean {
  const head = text.slice(0, 100_000);
  return head.startsWith(quote) || head.includes(delimiter + quote) || head.includes(`\n${quote}`);
}

/** The type that holds the values of both. */
export function commonType(a: string, b: string): string {
  if (a === b) return a;
  const numbers = new Set(['bigint', 'int', 'double', 'float']);
  return numbers.has(a) && numbers.has(b) ? 'double' : 'string';
}
