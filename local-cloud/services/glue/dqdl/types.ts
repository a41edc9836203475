/**
 * The shape of a parsed DQDL document.
 *
 * @see https://docs.aws.amazon.com/glue/latest/dg/dqdl.html
 * @see https://github.com/awslabs/dqdl - AWS's own grammar; ours accepts the same language
 */

export type Operator =
  '=' | '!=' | '>' | '>=' | '<' | '<=' | 'between' | 'not between' | 'in' | 'not in' | 'matches' | 'not matches';

export type NumberOperand =
  | { readonly kind: 'number'; readonly value: number; readonly text: string }
  | { readonly kind: 'null' }
  | {
      readonly kind: 'arithmetic';
      readonly operator: '+' | '-' | '*' | '/';
      readonly left: NumberOperand;
      readonly right: NumberOperand;
      readonly parenthesized?: boolean;
    }
  /** A dynamic rule's function over earlier runs, for example `avg(last(10))`. */
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly NumberOperand[] };

export type Keyword = 'NULL' | 'EMPTY' | 'WHITESPACES_ONLY';

export type StringOperand =
  { readonly kind: 'string'; readonly value: string } | { readonly kind: 'keyword'; readonly value: Keyword };

export type DurationUnit = 'days' | 'hours' | 'minutes';

export type DateOperand =
  /** `yyyy-MM-dd`, at midnight UTC. */
  | { readonly kind: 'date'; readonly value: string }
  /** `HH:mm` or `h:mm AM`. */
  | { readonly kind: 'time'; readonly value: string }
  /** `now()`, moved by an offset. */
  | { readonly kind: 'now'; readonly offset?: { readonly sign: '+' | '-' } & DurationOperand }
  | { readonly kind: 'null' };

export interface DurationOperand {
  readonly amount: number;
  readonly unit: DurationUnit;
}

export interface SizeOperand {
  readonly amount: number;
  readonly unit: 'B' | 'KB' | 'MB' | 'GB' | 'TB';
}

export type Condition =
  | { readonly type: 'number'; readonly operator: Operator; readonly operands: readonly NumberOperand[] }
  | { readonly type: 'string'; readonly operator: Operator; readonly operands: readonly StringOperand[] }
  | { readonly type: 'date'; readonly operator: Operator; readonly operands: readonly DateOperand[] }
  | { readonly type: 'duration'; readonly operator: Operator; readonly operands: readonly DurationOperand[] }
  | { readonly type: 'size'; readonly operator: Operator; readonly operands: readonly SizeOperand[] };

export interface Parameter {
  readonly value: string;
  readonly quoted: boolean;
  /** `of` or `and`, where the document has one before the parameter. */
  readonly connector?: string;
}

export interface LeafRule {
  readonly kind: 'rule';
  readonly type: string;
  readonly parameters: readonly Parameter[];
  readonly condition?: Condition;
  /** Spark SQL. */
  readonly where?: string;
  readonly threshold?: Extract<Condition, { type: 'number' }>;
  /** What stands behind `with`, other than the threshold: `format = "yyyy-MM-dd"`. */
  readonly tags: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export interface CompositeRule {
  readonly kind: 'composite';
  readonly operator: 'and' | 'or';
  readonly rules: readonly Rule[];
  readonly labels: Readonly<Record<string, string>>;
}

export type Rule = LeafRule | CompositeRule;

export interface Analyzer {
  readonly type: string;
  readonly parameters: readonly Parameter[];
}

export interface Ruleset {
  readonly rules: readonly Rule[];
  readonly analyzers: readonly Analyzer[];
}

/** The text is not DQDL, or uses a rule type wrongly. The message says where. */
export class DqdlError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DqdlError';
  }
}

/** Every leaf of a rule, in order. */
export function leafRules(rule: Rule): readonly LeafRule[] {
  return rule.kind === 'rule' ? [rule] : rule.rules.flatMap(leafRules);
}
