/**
 * Filter expressions of GetPartitions: a condition over the partition columns, as in SQL's WHERE.
 *
 * https://docs.aws.amazon.com/glue/latest/webapi/API_GetPartitions.html
 */
import type { Column } from '@aws-sdk/client-glue';
import { ServiceError } from '../service';

type Row = Readonly<Record<string, string>>;
type Test = (row: Row) => boolean;

const TOKEN = /\s*(?:('(?:[^']|'')*')|(-?\d+(?:\.\d+)?)|(<=|>=|<>|!=|[=<>(),])|("[^"]+"|`[^`]+`|[A-Za-z_]\w*))/y;
const NUMERIC = /^(tinyint|smallint|int|integer|bigint|float|double|decimal.*)$/;

/**
 * Makes a test of partitions out of an expression.
 *
 * @param keys the table's partition columns
 * @throws ServiceError InvalidInputException for what is not such an expression, or names another column
 */
export function partitionTest(expression: string, keys: readonly Column[]): (values: readonly string[]) => boolean {
  const test = new Parser(expression, keys).parse();
  return (values) => test(Object.fromEntries(keys.map((key, i) => [key.Name!.toLowerCase(), values[i] ?? ''])));
}

class Parser {
  private readonly tokens: string[] = [];
  private at = 0;

  constructor(
    private readonly expression: string,
    private readonly keys: readonly Column[],
  ) {
    TOKEN.lastIndex = 0;
    const end = expression.trimEnd().length;
    while (TOKEN.lastIndex < end) {
      const from = TOKEN.lastIndex;
      const found = TOKEN.exec(expression);
      if (!found) throw this.error(`at ${JSON.stringify(expression.slice(from, from + 20))}`);
      this.tokens.push(found[0].trim());
    }
  }

  parse(): Test {
    const test = this.or();
    if (this.at < this.tokens.length) throw this.error(`at ${this.tokens[this.at]}`);
    return test;
  }

  private or(): Test {
    const parts = [this.and()];
    while (this.take('or')) parts.push(this.and());
    return (row) => parts.some((part) => part(row));
  }

  private and(): Test {
    const parts = [this.not()];
    while (this.take('and')) parts.push(this.not());
    return (row) => parts.every((part) => part(row));
  }

  private not(): Test {
    if (this.take('not')) {
      const inner = this.not();
      return (row) => !inner(row);
    }
    if (this.take('(')) {
      const inner = this.or();
      this.need(')');
      return inner;
    }
    return this.condition();
  }

  private condition(): Test {
    const name = this.next()
      .replace(/^["`]|["`]$/g, '')
      .toLowerCase();
    const key = this.keys.find((one) => one.Name!.toLowerCase() === name);
    if (!key) throw this.error(`as ${name} is not a partition column`);
    const numeric = NUMERIC.test((key.Type ?? 'string').toLowerCase());
    const compare = (row: Row, literal: string): number => {
      const value = row[name]!;
      if (numeric) return Number(value) - Number(literal);
      return value === literal ? 0 : value < literal ? -1 : 1;
    };
    if (this.take('is')) {
      const negated = this.take('not');
      this.need('null');
      return (row) => (row[name] === '__HIVE_DEFAULT_PARTITION__') !== negated;
    }
    const negated = this.take('not');
    const test = this.comparison(name, compare, negated);
    return negated ? (row) => !test(row) : test;
  }

  private comparison(name: string, compare: (row: Row, literal: string) => number, negated: boolean): Test {
    if (this.take('in')) {
      this.need('(');
      const literals = [this.literal()];
      while (this.take(',')) literals.push(this.literal());
      this.need(')');
      return (row) => literals.some((literal) => compare(row, literal) === 0);
    }
    if (this.take('between')) {
      const low = this.literal();
      this.need('and');
      const high = this.literal();
      return (row) => compare(row, low) >= 0 && compare(row, high) <= 0;
    }
    if (this.take('like')) {
      const pattern = this.literal()
        .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
        .replaceAll('%', '.*')
        .replaceAll('_', '.');
      const like = new RegExp(`^${pattern}$`, 's');
      return (row) => like.test(row[name]!);
    }
    if (negated) throw this.error('after NOT');
    const operator = this.next();
    const literal = this.literal();
    const tests: Readonly<Record<string, (difference: number) => boolean>> = {
      '=': (d) => d === 0,
      '<>': (d) => d !== 0,
      '!=': (d) => d !== 0,
      '<': (d) => d < 0,
      '<=': (d) => d <= 0,
      '>': (d) => d > 0,
      '>=': (d) => d >= 0,
    };
    const test = tests[operator];
    if (!test) throw this.error(`at ${operator}`);
    return (row) => test(compare(row, literal));
  }

  private literal(): string {
    const token = this.next();
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (/^-?\d/.test(token)) return token;
    throw this.error(`at ${token}, where a value should be`);
  }

  private take(word: string): boolean {
    if (this.tokens[this.at]?.toLowerCase() !== word) return false;
    this.at++;
    return true;
  }

  private need(word: string): void {
    if (!this.take(word)) throw this.error(`where ${word.toUpperCase()} should be`);
  }

  private next(): string {
    const token = this.tokens[this.at++];
    if (token === undefined) throw this.error('at its end');
    return token;
  }

  private error(where: string): ServiceError {
    return new ServiceError('InvalidInputException', `Unsupported expression '${this.expression}' ${where}.`);
  }
}
