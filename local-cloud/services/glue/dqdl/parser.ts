/**
 * Parses DQDL.
 *
 * A document has optional `Metadata`, `DataSources`, constants and `DefaultLabels`, then `Rules`, `Analyzers` or both.
 */
import { atCondition, readCondition, readString, type Variables } from './conditions';
import { tokenize, TokenReader, unescape } from './lexer';
import { findRuleType, type ResultType, type RuleType } from './ruleTypes';
import type { Analyzer, Condition, LeafRule, Parameter, Rule, Ruleset, StringOperand } from './types';
import { DqdlError } from './types';

/** Words that end a rule's parameters, so that they never name a column unless quoted. */
const RESERVED = new Set(
  'between in not matches where with labels and AND or OR of OF null NULL empty EMPTY whitespaces_only WHITESPACES_ONLY days hours minutes B KB MB GB TB'.split(
    ' ',
  ),
);
const SECTIONS = new Set(['Rules', 'Analyzers', 'Metadata', 'DataSources', 'DefaultLabels']);

/**
 * @returns what the text says; names of columns are not checked against any table
 * @throws DqdlError with a message as AWS words it, starting with `Parsing Error`
 */
export function parseDqdl(source: string): Ruleset {
  try {
    return new Parser(new TokenReader(tokenize(source))).document();
  } catch (error) {
    if (error instanceof DqdlError) throw new DqdlError(`Parsing Error: ${error.message}`);
    throw error;
  }
}

class Parser {
  private readonly variables = new Map<string, StringOperand | readonly StringOperand[]>();
  private defaultLabels: Readonly<Record<string, string>> = {};

  constructor(private readonly reader: TokenReader) {}

  document(): Ruleset {
    const { reader } = this;
    if (reader.take('Metadata')) this.dictionary('Metadata', ['Version']);
    if (reader.take('DataSources')) this.dictionary('DataSources', ['Primary', 'AdditionalDataSources']);
    while (reader.peek().kind === 'word' && !SECTIONS.has(reader.peek().text)) this.variable();
    if (reader.take('DefaultLabels')) this.defaultLabels = this.labels();
    const rules: Rule[] = [];
    const analyzers: Analyzer[] = [];
    const hasRules = reader.take('Rules') !== undefined;
    if (hasRules) this.list(() => rules.push(this.or()));
    const hasAnalyzers = reader.take('Analyzers') !== undefined;
    if (hasAnalyzers) this.list(() => analyzers.push(this.analyzer()));
    if (!hasRules && !hasAnalyzers) reader.fail("'Rules' or 'Analyzers'");
    if (reader.peek().kind !== 'end') reader.fail('the end of the document');
    if (rules.length === 0 && analyzers.length === 0) throw new DqdlError('No rules or analyzers provided.');
    return { rules, analyzers };
  }

  /** `= [ item, item ]`, or `= [ ]`. */
  private list(item: () => void): void {
    const { reader } = this;
    reader.expect('=');
    reader.expect('[');
    if (reader.take(']')) return;
    do item();
    while (reader.take(','));
    reader.expect(']');
  }

  private dictionary(section: string, keys: readonly string[]): void {
    const { reader } = this;
    reader.expect('=');
    reader.expect('{');
    do {
      const key = unescape(reader.expectKind('string', 'a quoted key').inner);
      if (!keys.includes(key)) throw new DqdlError(`Unsupported key provided in ${section} section`);
      reader.expect(':');
      if (reader.take('[')) {
        do reader.expectKind('string', 'a quoted value');
        while (reader.take(','));
        reader.expect(']');
      } else reader.expectKind('string', 'a quoted value');
    } while (reader.take(','));
    reader.expect('}');
  }

  private variable(): void {
    const { reader } = this;
    const name = reader.next().text;
    if (/^[._]/.test(name)) throw new DqdlError(`Variable name '${name}' cannot start with '.' or '_'`);
    if (this.variables.has(name)) throw new DqdlError(`Variable '${name}' is already defined`);
    reader.expect('=');
    if (!reader.take('[')) {
      this.variables.set(name, readString(reader));
      return;
    }
    const values: StringOperand[] = [];
    do values.push(readString(reader));
    while (reader.take(','));
    reader.expect(']');
    this.variables.set(name, values);
  }

  private labels(): Readonly<Record<string, string>> {
    const labels: Record<string, string> = {};
    this.list(() => {
      const name = unescape(this.reader.expectKind('string', "a label's name").inner);
      this.reader.expect('=');
      labels[name] = unescape(this.reader.expectKind('string', "a label's value").inner);
    });
    return labels;
  }

  private or(): Rule {
    return this.chain('or', () => this.chain('and', () => this.unit()));
  }

  private chain(operator: 'and' | 'or', part: () => Rule): Rule {
    let rule = part();
    while (this.reader.take(operator, operator.toUpperCase())) {
      rule = { kind: 'composite', operator, rules: [rule, part()], labels: this.defaultLabels };
    }
    return rule;
  }

  private unit(): Rule {
    if (!this.reader.take('(')) return this.rule();
    const rule = this.or();
    this.reader.expect(')');
    return this.reader.take('labels') ? { ...rule, labels: { ...this.defaultLabels, ...this.labels() } } : rule;
  }

  private parameters(): readonly Parameter[] {
    const { reader } = this;
    const parameters: Parameter[] = [];
    for (;;) {
      const connector = reader.at('of', 'OF', 'and', 'AND') && this.startsParameter(1) ? reader.next().text : undefined;
      if (!this.startsParameter(0)) return parameters;
      parameters.push({ ...this.parameter(), ...(connector && { connector }) });
    }
  }

  private startsParameter(ahead: number): boolean {
    const { kind, text } = this.reader.peek(ahead);
    return kind === 'string' || (kind === 'word' && !RESERVED.has(text)) || (kind === 'symbol' && text === '$');
  }

  private parameter(): Parameter {
    const { reader } = this;
    if (!reader.take('$')) {
      const token = reader.next();
      return { value: token.inner, quoted: token.kind === 'string' };
    }
    const name = reader.expectKind('word', "a variable's name").text;
    const value = this.variables.get(name);
    if (value === undefined) throw new DqdlError(`Variable not found: ${name}`);
    if (!('kind' in value) || value.kind !== 'string') throw new DqdlError(`Variable '${name}' is not a string`);
    return { value: value.value, quoted: true };
  }

  private analyzer(): Analyzer {
    const name = this.reader.expectKind('word', "an analyzer's type").text;
    const parameters = this.parameters();
    const type = findRuleType(name, parameters.length);
    if (!type) throw new DqdlError(`Analyzer Type: ${name} is not valid`);
    if (type.section === 'rules') throw new DqdlError(`Analyzer Type: ${name} is not supported`);
    return { type: name, parameters };
  }

  private rule(): LeafRule {
    const { reader } = this;
    const name = reader.expectKind('word', "a rule's type").text;
    const parameters = this.parameters();
    const type = findRuleType(name, parameters.length);
    if (!type) throw new DqdlError(`Rule Type: ${name} is not valid`);
    if (type.section === 'analyzers') throw new DqdlError(`Analyzer Type: ${name} is not supported in rules section`);
    const condition = atCondition(reader) ? readCondition(reader, this.variables) : undefined;
    const where = this.where(type);
    const labels = reader.take('labels') ? this.labels() : {};
    const { threshold, tags } = this.tags(type);
    checkCondition(type, condition);
    return {
      kind: 'rule',
      type: name,
      parameters,
      ...(condition && { condition }),
      ...(where && { where }),
      ...(threshold && { threshold }),
      tags,
      labels: { ...this.defaultLabels, ...labels },
    };
  }

  private where(type: RuleType): string | undefined {
    if (!this.reader.take('where')) return undefined;
    const clause = this.reader.expectKind('string', 'a quoted filter').inner;
    if (!type.where) throw new DqdlError(`Where clause is not supported for rule type: ${type.name}`);
    if (clause === '') throw new DqdlError(`Empty where condition provided for rule type: ${type.name}`);
    return unescape(clause);
  }

  private tags(type: RuleType): Pick<LeafRule, 'threshold' | 'tags'> {
    const tags: Record<string, string> = {};
    let threshold: LeafRule['threshold'];
    while (this.reader.take('with')) {
      const name = this.reader.expectKind('word', "'threshold' or a tag").text;
      const condition = readCondition(this.reader, this.variables as Variables);
      if (condition.type === 'number' && name.toLowerCase() === 'threshold') {
        if (!type.threshold) throw new DqdlError(`Threshold condition not supported for rule type: ${type.name}`);
        if (threshold) throw new DqdlError('Only one threshold condition at a time is supported.');
        threshold = condition;
        continue;
      }
      const [operand] = condition.operands;
      if (condition.operator !== '=' || operand === undefined || !('kind' in operand)) {
        throw new DqdlError('Tags only support the equality operator.');
      }
      if (operand.kind === 'string') tags[name] = operand.value;
      else if (operand.kind === 'number') tags[name] = operand.text;
      else throw new DqdlError(`Invalid tag provided for rule type: ${type.name}`);
    }
    return { tags, ...(threshold && { threshold }) };
  }
}

function checkCondition(type: RuleType, condition: Condition | undefined): void {
  const given: ResultType = condition?.type ?? 'none';
  if (type.returns.includes(given)) return;
  const kind = type.returns[0] === 'none' ? 'boolean' : type.returns[0];
  throw new DqdlError(`Unexpected condition for rule of type ${type.name} with ${kind} return type`);
}
