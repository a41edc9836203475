/**
 * CloudWatch's metric math, as far as alarms need it on figures that do not change: one value in place of each series.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */

/** undefined: there is no datapoint. */
type Value = number | undefined;

/** What is beyond this calculator. */
export class CannotCalculate extends Error {}

const TOKEN = /\s*(\d+\.?\d*(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|<=|>=|==|!=|&&|\|\||[-+*/^()[\],<>])/y;

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

const OVER: Readonly<Record<string, (values: readonly number[]) => number>> = {
  MAX: (values) => Math.max(...values),
  MIN: (values) => Math.min(...values),
  SUM: (values) => values.reduce((a, b) => a + b, 0),
  AVG: (values) => values.reduce((a, b) => a + b, 0) / values.length,
};
const OF_ONE: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};

/**
 * @param valueOf the value of another metric or expression, by its id
 * @throws CannotCalculate naming what it does not know
 */
export function calculate(expression: string, valueOf: (id: string) => Value): Value {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; expression.slice(at).trim() !== ''; at = TOKEN.lastIndex) {
    const found = TOKEN.exec(expression);
    if (found === null)
      throw new CannotCalculate(`${JSON.stringify(expression.slice(at).trim().slice(0, 20))} is not known`);
    tokens.push(found[1]!);
  }
  return new Calculation(tokens, valueOf).whole();
}

class Calculation {
  private at = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly valueOf: (id: string) => Value,
  ) {}

  whole(): Value {
    const value = this.either();
    if (this.at < this.tokens.length) throw new CannotCalculate(`${this.tokens[this.at]} is not known there`);
    return value;
  }

  private take(...wanted: string[]): string | undefined {
    const token = this.tokens[this.at];
    if (token === undefined || !wanted.includes(token.toUpperCase())) return undefined;
    this.at += 1;
    return token;
  }

  private need(token: string): void {
    if (this.take(token) === undefined) throw new CannotCalculate(`${token} is missing`);
  }

  private both(a: Value, b: Value, make: (a: number, b: number) => number): Value {
    return a === undefined || b === undefined ? undefined : make(a, b);
  }

  private either(): Value {
    let value = this.each();
    while (this.take('OR', '||')) value = this.both(value, this.each(), (a, b) => Number(a !== 0 || b !== 0));
    return value;
  }

  private each(): Value {
    let value = this.compared();
    while (this.take('AND', '&&')) value = this.both(value, this.compared(), (a, b) => Number(a !== 0 && b !== 0));
    return value;
  }

  private compared(): Value {
    const value = this.sum();
    const sign = this.take(...Object.keys(COMPARISONS));
    return sign === undefined ? value : this.both(value, this.sum(), (a, b) => Number(COMPARISONS[sign]!(a, b)));
  }

  private sum(): Value {
    let value = this.product();
    for (let sign = this.take('+', '-'); sign; sign = this.take('+', '-')) {
      const factor = sign === '+' ? 1 : -1;
      value = this.both(value, this.product(), (a, b) => a + factor * b);
    }
    return value;
  }

  private product(): Value {
    let value = this.power();
    for (let sign = this.take('*', '/'); sign; sign = this.take('*', '/')) {
      const divides = sign === '/';
      value = this.both(value, this.power(), (a, b) => (divides ? a / b : a * b));
    }
    // A division by zero gives no datapoint.
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  }

  private power(): Value {
    const value = this.atom();
    return this.take('^') ? this.both(value, this.power(), (a, b) => a ** b) : value;
  }

  private atom(): Value {
    if (this.take('-')) return this.both(0, this.power(), (a, b) => a - b);
    if (this.take('(')) {
      const value = this.either();
      this.need(')');
      return value;
    }
    const token = this.tokens[this.at++];
    if (token === undefined) throw new CannotCalculate('it ends too early');
    if (/^\d/.test(token)) return Number(token);
    return this.take('(') ? this.call(token.toUpperCase()) : this.valueOf(token);
  }

  private call(name: string): Value {
    if (name === 'FILL') {
      const value = this.either();
      this.need(',');
      // Before the first datapoint there is none to repeat.
      const filling = this.take('REPEAT', 'LINEAR') ? undefined : this.either();
      this.need(')');
      return value ?? filling;
    }
    const values: Value[] = [];
    do {
      const listed = this.take('[') !== undefined;
      do values.push(this.either());
      while (listed && this.take(','));
      if (listed) this.need(']');
    } while (this.take(','));
    this.need(')');
    if (name === 'IF' && values.length >= 2)
      return values[0] === undefined ? undefined : values[0] === 0 ? values[2] : values[1];
    const [only] = values;
    const single = OF_ONE[name];
    if (single && values.length === 1) return only === undefined ? undefined : single(only);
    const over = OVER[name];
    if (!over) throw new CannotCalculate(`the function ${name} is not known`);
    const there = values.filter((value) => value !== undefined);
    return there.length === 0 ? undefined : over(there);
  }
}
