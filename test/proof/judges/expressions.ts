/** Expressions drawn at random, by a seed, over the functions and operators that the compiler of Athena's SQL knows. */

/** mulberry32: the same numbers for the same seed, on every machine. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const VALUES: Readonly<Record<string, readonly string[]>> = {
  integer: ['0', '1', '-7', '42', '2147483647', 'CAST(NULL AS integer)'],
  small: ['1', '2', '3', '-2'],
  bigint: ['CAST(5 AS bigint)', 'CAST(-3 AS bigint)', '9000000000', 'CAST(NULL AS bigint)'],
  double: ['0e0', '-0.5e0', '2.5e0', '1.5e10', '1e-5', '-123.456e0', 'CAST(NULL AS double)'],
  unit: ['0e0', '0.25e0', '1e0', '-0.5e0'],
  decimal: ['1.5', '-0.25', '123.456', '0.005', '-7.50', '12345678901234.5678'],
  varchar: ["''", "'abc'", "' Flight 12 '", "'a-b-c'", "'äöü'", "'N14228'", "'x''y'", 'CAST(NULL AS varchar)'],
  short: ["'a'", "'-'", "'xy'", "' '"],
  pattern: ["'[0-9]+'", "'a|b'", "'^.'", "'(b)(c)?'"],
  boolean: ['true', 'false', 'CAST(NULL AS boolean)'],
  date: ["date '2013-01-31'", "date '2012-02-29'", "date '2013-12-30'", "date '1969-07-20'"],
  timestamp: [
    "timestamp '2013-02-03 04:05:06.789'",
    "timestamp '2012-12-31 23:59:59.999'",
    "timestamp '1969-07-20 20:17:40.000'",
  ],
  unitDate: ["'day'", "'week'", "'month'", "'quarter'", "'year'"],
  unitTime: ["'second'", "'minute'", "'hour'", "'day'", "'month'"],
  array: ['array[1, 2, 3]', 'array[3, NULL, 1]', 'array[5]'],
  words: ["array['a', 'b', NULL]", "array['x']"],
};
const NUMBER = ['integer', 'bigint', 'double', 'decimal'] as const;
const each = (kinds: readonly string[], shape: string): string[] =>
  kinds.map((kind) => shape.replaceAll('{N}', `{${kind}}`));

/** `{kind}` stands for a value of that kind. */
const SHAPES: readonly string[] = [
  ...['+', '-', '*', '/', '%'].flatMap((operator) =>
    NUMBER.flatMap((left) => NUMBER.map((right) => `{${left}} ${operator} {${right}}`)),
  ),
  ...['abs', 'sign', 'round', 'ceil', 'floor', 'truncate'].flatMap((name) => each(NUMBER, `${name}({N})`)),
  ...each(NUMBER, 'round({N}, {small})'),
  ...['sqrt', 'cbrt', 'exp', 'ln', 'log2', 'log10', 'sin', 'cos', 'tan', 'atan', 'degrees', 'radians'].map(
    (name) => `round(${name}({double}), 9)`,
  ),
  ...['asin', 'acos'].map((name) => `round(${name}({unit}), 9)`),
  'round(power({unit}, {small}), 9)',
  'round(atan2({double}, {unit}), 9)',
  'mod({integer}, {small})',
  'is_nan({double})',
  ...each(NUMBER, 'greatest({N}, {N})'),
  ...each([...NUMBER, 'varchar', 'date'], 'least({N}, {N}, {N})'),
  ...each([...NUMBER, 'varchar', 'date', 'timestamp'], 'coalesce({N}, {N})'),
  ...each([...NUMBER, 'varchar'], 'nullif({N}, {N})'),
  'if({boolean}, {integer}, {double})',
  'try({integer} / {integer})',
  ...['lower', 'upper', 'length', 'trim', 'ltrim', 'rtrim', 'reverse'].map((name) => `${name}({varchar})`),
  'ltrim({varchar}, {short})',
  'rtrim({varchar}, {short})',
  'substr({varchar}, {small})',
  'substr({varchar}, {integer}, {small})',
  'replace({varchar}, {short}, {short})',
  'replace({varchar}, {short})',
  'strpos({varchar}, {short})',
  'split({varchar}, {short})',
  'split_part({varchar}, {short}, {small})',
  'lpad({varchar}, {small}, {short})',
  'rpad({varchar}, {small}, {short})',
  'concat({varchar}, {short})',
  'concat_ws({short}, {varchar}, {varchar})',
  '{varchar} || {varchar}',
  'regexp_like({varchar}, {pattern})',
  'regexp_count({varchar}, {pattern})',
  'regexp_extract({varchar}, {pattern})',
  'regexp_extract_all({varchar}, {pattern})',
  "regexp_replace({varchar}, {pattern}, '<$0>')",
  'crc32(to_utf8({varchar}))',
  'to_hex(md5(to_utf8({varchar})))',
  'to_hex(sha256(to_utf8({varchar})))',
  ...[
    'year',
    'quarter',
    'month',
    'day',
    'day_of_week',
    'day_of_year',
    'week',
    'year_of_week',
    'last_day_of_month',
  ].flatMap((name) => each(['date', 'timestamp'], `${name}({N})`)),
  ...['hour', 'minute', 'second', 'millisecond'].map((name) => `${name}({timestamp})`),
  'date_trunc({unitDate}, {date})',
  'date_trunc({unitTime}, {timestamp})',
  'date_add({unitDate}, {small}, {date})',
  'date_add({unitTime}, {small}, {timestamp})',
  'date_diff({unitDate}, {date}, {date})',
  'date_diff({unitTime}, {timestamp}, {timestamp})',
  "date_format({timestamp}, '%Y-%m-%d %H:%i:%s %f %a %b %j %y')",
  "date_parse('2013-02-03 04:05', '%Y-%m-%d %H:%i')",
  'to_unixtime({timestamp})',
  'date({timestamp})',
  '{date} + interval {short_number} month',
  '{timestamp} - interval {short_number} hour',
  ...['integer', 'bigint', 'decimal', 'varchar', 'boolean'].flatMap((to) => each(NUMBER, `CAST({N} AS ${to})`)),
  ...['integer', 'double', 'decimal(10,2)', 'date', 'boolean'].map((to) => `TRY_CAST({varchar} AS ${to})`),
  'CAST({double} AS decimal(20,3))',
  'CAST({decimal} AS double)',
  'CAST({date} AS timestamp)',
  'CAST({timestamp} AS varchar)',
  ...each([...NUMBER, 'varchar', 'date'], '{N} < {N}'),
  ...each([...NUMBER, 'varchar'], '{N} BETWEEN {N} AND {N}'),
  ...each([...NUMBER, 'varchar'], '{N} IN ({N}, {N})'),
  "{varchar} LIKE '%a%'",
  '{boolean} AND {boolean}',
  '{boolean} OR NOT {boolean}',
  '{varchar} IS NULL',
  'cardinality({array})',
  '{array}[{small}]',
  'array_join({words}, {short})',
  'sequence({small}, 4)',
  'typeof({decimal} + {integer})',
  ...['sum', 'avg', 'min', 'max', 'count', 'stddev', 'var_pop', 'approx_distinct'].flatMap((name) =>
    each(
      NUMBER,
      `(SELECT ${['stddev', 'var_pop'].includes(name) ? `round(${name}(x), 6)` : `${name}(x)`} FROM (VALUES {N}, {N}, {N}) t (x))`,
    ),
  ),
  '(SELECT listagg(x, {short}) WITHIN GROUP (ORDER BY x) FROM (VALUES {varchar}, {varchar}) t (x))',
  '(SELECT max_by(x, y) FROM (VALUES ({varchar}, 1), ({varchar}, 2)) t (x, y))',
  '(SELECT array_agg(x ORDER BY x DESC) FROM (VALUES {integer}, {integer}) t (x))',
  '(SELECT count(DISTINCT x) FILTER (WHERE x > 0) FROM (VALUES {integer}, {integer}) t (x))',
];

/** @param each how many of each shape */
export function expressions(seed: number, each: number): string[] {
  const random = numbers(seed);
  const pick = (kind: string): string => {
    if (kind === 'short_number') return `'${1 + Math.floor(random() * 20)}'`;
    const values = VALUES[kind]!;
    return values[Math.floor(random() * values.length)]!;
  };
  const made = SHAPES.flatMap((shape) =>
    Array.from({ length: each }, () => shape.replaceAll(/\{(\w+)\}/g, (_, kind: string) => pick(kind))),
  );
  return [...new Set(made)];
}
