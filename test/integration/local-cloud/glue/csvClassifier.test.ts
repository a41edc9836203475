import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { builtInCsv, customCsv, typeOf, commonType } from '../../../../local-cloud/services/glue/csvClassifier';
import { openCsvFields } from '../../../../local-cloud/services/glue/csvRows';

interface Vector {
  readonly name: string;
  readonly line: string;
  readonly separator?: string;
  readonly quote?: string;
  readonly escape?: string;
  readonly fields: readonly (string | null)[];
}

/** What the engine's reader of tables must find, too. */
const { lines: VECTORS } = JSON.parse(readFileSync(resolve('test/python/text/open_csv_vectors.json'), 'utf8')) as {
  lines: Vector[];
};

const whole = (text: string) => ({ text, complete: true });
const AIRLINES = 'carrier,name\n9E,Endeavor Air Inc.\nAA,American Airlines Inc.\n';
const PLAIN = { Name: 'csv', ContainsHeader: 'PRESENT' as const, Delimiter: ',' };

describe('the built-in CSV classifier', () => {
  test('takes the first row for a heading when it is all text and a column below is not', () => {
    const schema = builtInCsv(whole('year,temp,origin\n2013,39.02,EWR\n2013,,JFK\n'))!;
    expect(schema.hasHeader).toBe(true);
    expect(schema.columns).toEqual([
      { Name: 'year', Type: 'bigint' },
      { Name: 'temp', Type: 'double' },
      { Name: 'origin', Type: 'string' },
    ]);
  });

  test('sees no heading in a file of strings only, and calls the columns col0, col1', () => {
    const schema = builtInCsv(whole(AIRLINES))!;
    expect(schema.hasHeader).toBe(false);
    expect(schema.columns.map((column) => column.Name)).toEqual(['col0', 'col1']);
  });

  test('sees no heading in a row with a number, or with a very long text', () => {
    expect(builtInCsv(whole('a,1\nb,2\n'))!.hasHeader).toBe(false);
    expect(builtInCsv(whole(`${'a'.repeat(150)},b\nx,2\n`))!.hasHeader).toBe(false);
  });

  test('lets the last heading be empty, for a delimiter at the end of each line', () => {
    expect(builtInCsv(whole('a,b,\n1,2,\n'))!.hasHeader).toBe(true);
    expect(builtInCsv(whole('a,,b\n1,2,3\n'))!.hasHeader).toBe(false);
  });

  test.each([',', '|', '\t', ';', '\u0001'])('finds the delimiter %j by itself', (delimiter) => {
    expect(builtInCsv(whole(`a${delimiter}b\n1${delimiter}2\n`))!.delimiter).toBe(delimiter);
  });

  test('does not take one column, or one row, for CSV', () => {
    expect(builtInCsv(whole('a\n1\n2\n'))).toBeUndefined();
    expect(builtInCsv(whole('a,b\n'))).toBeUndefined();
  });

  test('leaves out the last row of a text that was cut', () => {
    const cut = { text: 'a,b\n1,2\n3,not a nu', complete: false };
    expect(builtInCsv(cut)!.columns[1]).toEqual({ Name: 'b', Type: 'bigint' });
  });
});

describe('a custom CSV classifier', () => {
  test('that says the heading is present has one even where all is text', () => {
    const schema = customCsv(PLAIN, whole(AIRLINES))!;
    expect(schema.columns.map((column) => column.Name)).toEqual(['carrier', 'name']);
    expect(schema.serde).toBe('LazySimpleSerDe');
  });

  test('that says it is absent has none, and takes its own names', () => {
    const schema = customCsv({ ...PLAIN, ContainsHeader: 'ABSENT', Header: ['A', 'B'] }, whole('x,1\ny,2\n'))!;
    expect([schema.hasHeader, schema.columns]).toEqual([
      false,
      [
        { Name: 'a', Type: 'string' },
        { Name: 'b', Type: 'bigint' },
      ],
    ]);
  });

  test('does not match a file of another delimiter, unless one column is allowed', () => {
    const semicolons = whole('a;b\n1;2\n');
    expect(customCsv(PLAIN, semicolons)).toBeUndefined();
    expect(customCsv({ ...PLAIN, AllowSingleColumn: true }, semicolons)!.columns).toHaveLength(1);
  });

  test('with a quote symbol writes OpenCSVSerDe, unless it names another', () => {
    const quoted = whole('a,b\n"x, y",2\n');
    expect(customCsv({ ...PLAIN, QuoteSymbol: '"' }, quoted)).toMatchObject({ serde: 'OpenCSVSerDe', quoted: true });
    const lazy = { ...PLAIN, QuoteSymbol: '"', Serde: 'LazySimpleSerDe' as const };
    expect(customCsv(lazy, quoted)!.serde).toBe('LazySimpleSerDe');
  });

  test('trims values only when asked to', () => {
    const spaces = whole('a,b\n 1 ,x\n');
    expect(customCsv(PLAIN, spaces)!.columns[0]!.Type).toBe('string');
    expect(customCsv({ ...PLAIN, DisableValueTrimming: false }, spaces)!.columns[0]!.Type).toBe('bigint');
  });
});

describe('a quoted file', () => {
  const QUOTED = { ...PLAIN, QuoteSymbol: '"' };

  test('is sampled as its table is read: a row ends at the line, and an open quote says nothing of its column', () => {
    const broken = whole('id,note\n1,"two\nlines"\n2,"x"\n3,"say ""hi"""\n4,"open\n5,y\n');
    const schema = customCsv(QUOTED, broken)!;
    expect(schema.columns).toEqual([
      { Name: 'id', Type: 'bigint' },
      { Name: 'note', Type: 'string' },
    ]);
    expect(customCsv(QUOTED, whole('id,note\n1,"open\n2,"7"\n'))!.columns).toEqual([
      { Name: 'id', Type: 'bigint' },
      { Name: 'note', Type: 'bigint' },
    ]);
  });

  test('does not match when too many of its lines are no rows', () => {
    expect(customCsv(QUOTED, whole('id,note\n1,"two\nlines"\n2,"two\nlines"\n'))).toBeUndefined();
  });

  test.each(['\n', '\r\n', '\r'])('may end its lines with %j', (end) => {
    expect(builtInCsv(whole(['id,note', '1,"a, b"', '', '2,c', ''].join(end)))!.columns).toEqual([
      { Name: 'id', Type: 'bigint' },
      { Name: 'note', Type: 'string' },
    ]);
  });

  test.each(VECTORS)('$name', ({ line, fields, separator = ',', quote = '"', escape = '\\' }) => {
    const found = openCsvFields(line, separator, quote, escape === '"' ? '\\' : escape);
    expect(found).toEqual(fields.map((field) => field ?? undefined));
  });
});

describe('types', () => {
  test.each([
    [['1', '', '-2'], 'bigint'],
    [['1', '2.5'], 'double'],
    [['1e3', '7'], 'double'],
    [['9223372036854775808'], 'double'],
    [['1', 'NA'], 'string'],
    [['2013-01-01'], 'string'],
    [['2013-01-01T05:00:00Z'], 'string'],
    [['', ''], 'string'],
  ])('of %j is %s', (values, type) => {
    expect(typeOf(values, true)).toBe(type);
  });

  test('of two files agree on what holds both', () => {
    expect([commonType('bigint', 'double'), commonType('bigint', 'string'), commonType('bigint', 'bigint')]).toEqual([
      'double',
      'string',
      'bigint',
    ]);
  });
});
