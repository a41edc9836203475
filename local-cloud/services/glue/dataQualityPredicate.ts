/**
 * Conditions on partition columns, with which a run reads a part of a table:
 * `batch == '2013-01'`, `batch in ('2013-01', '2013-02') and not year < 2013`.
 *
 * @see https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-partitions.html
 */

/** One partition's values by column, as the catalog keeps them. */
export type Partition = Readonly<Record<string, string>>;
export type Predicate = (partition: Partition) => boolean;

const TOKEN = /\s*(?:(`[^`]+`|[A-Za-z_]\w*)|('(?:[^']|'')*'|"[^"]*")|(-?\d+(?:\.\d+)?)|(==|<=>|<=|>=|<>|!=|[=<>(),]))/y;
const NUMBERS = /^(?:tinyint|smallint|int|integer|bigint|float|double|decimal)/i;

interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'symbol' | 'end';
  readonly text: string;
}

function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (source.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (!match) throw new Error(`cannot be read at: ${source.slice(at).trim()}`);
    const [, name, string, number, symbol] = match;
    if (name !== undefined) tokens.push({ kind: 'name', text: name.replaceAll('`', '') });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string.slice(1, -1).replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else tokens.push({ kind: 'symbol', text: symbol as string });
    at = TOKEN.lastIndex;
  }
  return [...tokens, { kind: 'end', text: 'the end' }];
}

/**
 * @param columns the partition columns and their catalog types
 * @throws Error that says what cannot be read, or names a column that is none of the partition columns
 */
export function parsePredicate(source: string, columns: ReadonlyMap<string, string>): Predicate {
  return new PredicateParser(tokenize(source), columns, source).parse();
}

class PredicateParser {
  private position = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly columns: ReadonlyMap<string, string>,
    private readonly source: string,
  ) {}

  parse(): Predicate {
    const predicate = this.or();
    if (this.peek().kind !== 'end') this.fail('and, or, or the end');
    return predicate;
  }

  private peek(): Token {
    return this.tokens[this.position] as Token;
  }

  private take(...texts: readonly string[]): string | undefined {
    const { kind, text } = this.peek();
    const found = kind === 'string' || kind === 'end' ? undefined : texts.find((t) => t === text.toLowerCase());
    if (found !== undefined) this.position += 1;
    return found;
  }

  private expect(text: string): void {
    if (this.take(text) === undefined) this.fail(text);
  }

  private fail(wanted: string): never {
    throw new Error(`cannot be read at: ${this.peek().text} (expected ${wanted})`);
  }

  private or(): Predicate {
    let left = this.and();
    while (this.take('or')) {
      const [a, b] = [left, this.and()];
      left = (p) => a(p) || b(p);
    }
    return left;
  }

  private and(): Predicate {
    let left = this.unit();
    while (this.take('and')) {
      const [a, b] = [left, this.unit()];
      left = (p) => a(p) && b(p);
    }
    return left;
  }

  private unit(): Predicate {
    if (this.take('not')) {
      const inner = this.unit();
      return (p) => !inner(p);
    }
    if (this.take('(')) {
      const inner = this.or();
      this.expect(')');
      return inner;
    }
    return this.comparison();
  }

  private comparison(): Predicate {
    const name = this.peek();
    if (name.kind !== 'name') this.fail('a partition column');
    this.position += 1;
    const column = [...this.columns.keys()].find((key) => key.toLowerCase() === name.text.toLowerCase());
    if (column === undefined) {
      const known = [...this.columns.keys()].join(', ');
      throw new Error(`${this.source} can not be resolved against partition columns: [${known}]`);
    }
    const compare = this.comparer(column);
    const not = this.take('not') !== undefined;
    if (this.take('in')) {
      const values = this.list();
      return (p) => values.some((value) => compare(p, value) === 0) !== not;
    }
    if (this.take('between')) {
      const low = this.value();
      this.expect('and');
      const high = this.value();
      return (p) => (compare(p, low) >= 0 && compare(p, high) <= 0) !== not;
    }
    if (not) this.fail('in or between');
    const operator = this.take('==', '=', '<=>', '!=', '<>', '<', '<=', '>', '>=') ?? this.fail('a comparison');
    const value = this.value();
    return (p) => meets(operator, compare(p, value));
  }

  private comparer(column: string): (partition: Partition, value: string) => number {
    const numeric = NUMBERS.test(this.columns.get(column) as string);
    return (partition, value) => {
      const actual = partition[column] ?? '';
      if (numeric) return Number(actual) - Number(value);
      return actual < value ? -1 : actual > value ? 1 : 0;
    };
  }

  private list(): readonly string[] {
    this.expect('(');
    const values = [this.value()];
    while (this.take(',')) values.push(this.value());
    this.expect(')');
    return values;
  }

  private value(): string {
    const token = this.peek();
    if (token.kind !== 'string' && token.kind !== 'number') this.fail('a quoted text or a number');
    this.position += 1;
    return token.text;
  }
}

function meets(operator: string, difference: number): boolean {
  switch (operator) {
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
    case '!=':
    case '<>':
      return difference !== 0;
    default:
      return difference === 0;
  }
}
