/** Reads a rule's condition: an operator and its operands. */
import { type TokenReader, unescape } from './lexer';
import type {
  Condition,
  DateOperand,
  DurationOperand,
  DurationUnit,
  Keyword,
  NumberOperand,
  Operator,
  SizeOperand,
  StringOperand,
} from './types';
import { DqdlError } from './types';

/** Constants that the document declares before its rules: a string or a list of strings. */
export type Variables = ReadonlyMap<string, StringOperand | readonly StringOperand[]>;

type Operand =
  | { readonly type: 'number'; readonly operand: NumberOperand }
  | { readonly type: 'string'; readonly operand: StringOperand }
  | { readonly type: 'date'; readonly operand: DateOperand }
  | { readonly type: 'duration'; readonly operand: DurationOperand }
  | { readonly type: 'size'; readonly operand: SizeOperand }
  /** NULL stands for a number, a string or a date: its neighbours decide. */
  | { readonly type: 'null' };

const KEYWORDS: Readonly<Record<string, Keyword>> = {
  null: 'NULL',
  NULL: 'NULL',
  empty: 'EMPTY',
  EMPTY: 'EMPTY',
  whitespaces_only: 'WHITESPACES_ONLY',
  WHITESPACES_ONLY: 'WHITESPACES_ONLY',
};
const DURATIONS: readonly string[] = ['days', 'hours', 'minutes'];
const SIZES: readonly string[] = ['B', 'KB', 'MB', 'GB', 'TB'];
const COMPARISONS: readonly string[] = ['>', '>=', '<', '<=', '='];

/** Whether a condition starts here. */
export function atCondition(reader: TokenReader): boolean {
  return reader.at('=', '!', '>', '>=', '<', '<=', 'between', 'in', 'matches', 'not');
}

/** @throws DqdlError when what stands here is no condition */
export function readCondition(reader: TokenReader, variables: Variables): Condition {
  const negated = reader.take('not') !== undefined;
  if (reader.take('between')) {
    const low = readOperand(reader, variables);
    if (!reader.take('and', 'AND')) reader.fail("'and'");
    return build(reader, negated ? 'not between' : 'between', [low, readOperand(reader, variables)]);
  }
  if (reader.take('in')) return build(reader, negated ? 'not in' : 'in', readList(reader, variables));
  if (reader.take('matches')) {
    const text = reader.at('$')
      ? variableText(reader, variables)
      : reader.expectKind('string', 'a quoted pattern').inner;
    const operand: StringOperand = { kind: 'string', value: text };
    return { type: 'string', operator: negated ? 'not matches' : 'matches', operands: [operand] };
  }
  if (negated) reader.fail("'between', 'in' or 'matches'");
  if (reader.take('!')) {
    reader.expect('=');
    return build(reader, '!=', [readOperand(reader, variables)]);
  }
  const operator = reader.take(...COMPARISONS) ?? reader.fail('a condition');
  const condition = build(reader, operator.text as Operator, [readOperand(reader, variables)]);
  if (condition.type === 'string' && operator.text !== '=') {
    throw new DqdlError(
      `line ${operator.line}:${operator.column} a string cannot be compared with '${operator.text}': use =, !=, in or matches`,
    );
  }
  return condition;
}

function variableText(reader: TokenReader, variables: Variables): string {
  const value = readVariable(reader, variables);
  if ('kind' in value && value.kind === 'string') return value.value;
  return reader.fail('a variable that holds one string');
}

function readVariable(reader: TokenReader, variables: Variables): StringOperand | readonly StringOperand[] {
  reader.expect('$');
  const name = reader.expectKind('word', "a variable's name").text;
  const value = variables.get(name);
  if (value === undefined) throw new DqdlError(`Variable not found: ${name}`);
  return value;
}

function readList(reader: TokenReader, variables: Variables): readonly Operand[] {
  if (reader.at('$')) {
    const value = readVariable(reader, variables);
    if ('kind' in value) return reader.fail('a variable that holds a list');
    return value.map((operand) => ({ type: 'string', operand }) as const);
  }
  reader.expect('[');
  const operands = [readOperand(reader, variables)];
  while (reader.take(',')) operands.push(readOperand(reader, variables));
  reader.expect(']');
  return operands;
}

/** A string, keyword or constant; also used for declarations. */
export function readString(reader: TokenReader): StringOperand {
  const token = reader.peek();
  const keyword = token.kind === 'word' ? KEYWORDS[token.text] : undefined;
  if (keyword) {
    reader.next();
    return { kind: 'keyword', value: keyword };
  }
  if (token.kind !== 'string' && token.kind !== 'date' && token.kind !== 'time') reader.fail('a quoted string');
  return { kind: 'string', value: unescape(reader.next().inner) };
}

function readOperand(reader: TokenReader, variables: Variables): Operand {
  const token = reader.peek();
  if (token.kind === 'date' || token.kind === 'time') {
    reader.next();
    return { type: 'date', operand: { kind: token.kind, value: token.inner } };
  }
  if (token.kind === 'now') {
    reader.next();
    return { type: 'date', operand: { kind: 'now' } };
  }
  if (reader.at('(') && reader.peek(1).kind === 'now') return { type: 'date', operand: readMovedNow(reader) };
  if (token.kind === 'string') return { type: 'string', operand: readString(reader) };
  if (reader.at('$')) {
    const value = readVariable(reader, variables);
    if (!('kind' in value)) return reader.fail('a variable that holds one string');
    return { type: 'string', operand: value };
  }
  const keyword = token.kind === 'word' ? KEYWORDS[token.text] : undefined;
  if (keyword === 'NULL') {
    reader.next();
    return { type: 'null' };
  }
  if (keyword) return { type: 'string', operand: readString(reader) };
  if (token.kind === 'integer') {
    const unit = reader.peek(1);
    if (unit.kind === 'word' && DURATIONS.includes(unit.text))
      return { type: 'duration', operand: readDuration(reader) };
    if (unit.kind === 'word' && SIZES.includes(unit.text)) {
      const amount = Number(reader.next().text);
      return { type: 'size', operand: { amount, unit: reader.next().text as SizeOperand['unit'] } };
    }
  }
  return { type: 'number', operand: readSum(reader) };
}

function readMovedNow(reader: TokenReader): DateOperand {
  reader.expect('(');
  reader.next();
  const sign = reader.take('+', '-') ?? reader.fail("'+' or '-'");
  const offset = { sign: sign.text as '+' | '-', ...readDuration(reader) };
  reader.expect(')');
  return { kind: 'now', offset };
}

function readDuration(reader: TokenReader): DurationOperand {
  const amount = Number(reader.expectKind('integer', 'a whole number').text);
  const unit = reader.take(...DURATIONS) ?? reader.fail("'days', 'hours' or 'minutes'");
  return { amount, unit: unit.text as DurationUnit };
}

function readSum(reader: TokenReader): NumberOperand {
  let left = readProduct(reader);
  for (let sign = reader.take('+', '-'); sign; sign = reader.take('+', '-')) {
    left = { kind: 'arithmetic', operator: sign.text as '+' | '-', left, right: readProduct(reader) };
  }
  return left;
}

function readProduct(reader: TokenReader): NumberOperand {
  let left = readFactor(reader);
  for (let sign = reader.take('*', '/'); sign; sign = reader.take('*', '/')) {
    left = { kind: 'arithmetic', operator: sign.text as '*' | '/', left, right: readFactor(reader) };
  }
  return left;
}

function readFactor(reader: TokenReader): NumberOperand {
  if (reader.take('(')) {
    const inner = readSum(reader);
    reader.expect(')');
    return inner.kind === 'arithmetic' ? { ...inner, parenthesized: true } : inner;
  }
  const minus = reader.take('-') ? '-' : '';
  const token = reader.peek();
  if (token.kind === 'integer' || token.kind === 'decimal') {
    const text = minus + reader.next().text;
    return { kind: 'number', value: Number(text), text };
  }
  const next = reader.peek(1);
  if (minus || token.kind !== 'word' || next.kind !== 'symbol' || next.text !== '(') reader.fail('a value');
  reader.next();
  reader.expect('(');
  const parameters: NumberOperand[] = [];
  if (!reader.at(')')) {
    parameters.push(readSum(reader));
    while (reader.take(',')) parameters.push(readSum(reader));
  }
  reader.expect(')');
  return { kind: 'call', name: token.text, arguments: parameters };
}

/** All operands of a condition are of one type; NULL joins any of number, string and date. */
function build(reader: TokenReader, operator: Operator, operands: readonly Operand[]): Condition {
  const types = new Set(operands.flatMap((o) => (o.type === 'null' ? [] : [o.type])));
  const [only = 'number'] = types;
  const hasNull = operands.some((o) => o.type === 'null');
  if (types.size > 1 || (hasNull && (only === 'duration' || only === 'size'))) reader.fail('operands of one type');
  const values = operands.map((o) => {
    if (o.type !== 'null') return o.operand;
    return only === 'string' ? { kind: 'keyword', value: 'NULL' } : { kind: 'null' };
  });
  return { type: only, operator, operands: values } as Condition;
}
