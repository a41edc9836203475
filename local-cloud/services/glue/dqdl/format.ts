/** Writes rules in the one form that AWS shows in results, however the author spaced them. */
import type { Condition, DateOperand, LeafRule, NumberOperand, Parameter, Rule } from './types';

/** The rule as a result's `Description` and `EvaluatedRule` have it. */
export function formatRule(rule: Rule): string {
  if (rule.kind === 'rule') return formatLeaf(rule);
  // A chain of one operator is written flat: (a) and (b) and (c).
  const parts = uses(rule, rule.operator) ? flatten(rule) : rule.rules;
  return parts.map((part) => `(${formatRule(part)})`).join(` ${rule.operator} `);
}

function uses(rule: Rule, operator: 'and' | 'or'): boolean {
  return rule.kind === 'rule' || (rule.operator === operator && rule.rules.every((part) => uses(part, operator)));
}

function flatten(rule: Rule): readonly Rule[] {
  return rule.kind === 'rule' ? [rule] : rule.rules.flatMap(flatten);
}

function formatLeaf(rule: LeafRule): string {
  const parts = [rule.type, ...rule.parameters.map(formatParameter)];
  if (rule.condition) parts.push(formatCondition(rule.condition));
  if (rule.where) parts.push(`where "${rule.where}"`);
  if (rule.threshold) parts.push(`with threshold ${formatCondition(rule.threshold)}`);
  for (const [name, value] of Object.entries(rule.tags)) parts.push(`with ${name} = "${value}"`);
  const labels = Object.entries(rule.labels).map(([name, value]) => `"${name}"="${value}"`);
  if (labels.length > 0) parts.push(`labels=[${labels.join(', ')}]`);
  return parts.join(' ');
}

function formatParameter({ value, quoted, connector }: Parameter): string {
  return `${connector ? `${connector} ` : ''}${quoted ? `"${value}"` : value}`;
}

export function formatCondition(condition: Condition): string {
  const operands = formatOperands(condition);
  switch (condition.operator) {
    case 'between':
    case 'not between':
      return `${condition.operator} ${operands[0]} and ${operands[1]}`;
    case 'in':
    case 'not in':
      return `${condition.operator} [${operands.join(',')}]`;
    default:
      return `${condition.operator} ${operands[0]}`;
  }
}

function formatOperands(condition: Condition): readonly string[] {
  switch (condition.type) {
    case 'number':
      return condition.operands.map(formatNumber);
    case 'string':
      return condition.operands.map((o) => (o.kind === 'keyword' ? o.value : `"${o.value}"`));
    case 'date':
      return condition.operands.map(formatDate);
    default:
      return condition.operands.map(({ amount, unit }) => `${amount} ${unit}`);
  }
}

function formatNumber(operand: NumberOperand): string {
  switch (operand.kind) {
    case 'number':
      return operand.text;
    case 'null':
      return 'NULL';
    case 'call':
      return `${operand.name}(${operand.arguments.map(formatNumber).join(', ')})`;
    case 'arithmetic': {
      const text = `${formatNumber(operand.left)} ${operand.operator} ${formatNumber(operand.right)}`;
      return operand.parenthesized ? `(${text})` : text;
    }
  }
}

function formatDate(operand: DateOperand): string {
  switch (operand.kind) {
    case 'null':
      return 'NULL';
    case 'now':
      return operand.offset
        ? `(now() ${operand.offset.sign} ${operand.offset.amount} ${operand.offset.unit})`
        : 'now()';
    default:
      return `"${operand.value}"`;
  }
}
