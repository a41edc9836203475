/**
 * DQDL's rule types: what each takes, and whether the rehearsal evaluates it.
 *
 * @see https://docs.aws.amazon.com/glue/latest/dg/dqdl-rule-types.html
 */

/** What the rule's condition is held against. `none`: the rule stands without a condition. */
export type ResultType = 'none' | 'number' | 'string' | 'date' | 'duration' | 'size';

export interface RuleType {
  readonly name: string;
  /** Fewest and most parameters. */
  readonly parameters: readonly [number, number];
  readonly returns: readonly ResultType[];
  readonly where: boolean;
  readonly threshold: boolean;
  readonly section: 'rules' | 'analyzers' | 'both';
  /** Whether the local cloud evaluates it. Where not, a run that needs it fails and names it. */
  readonly evaluated: boolean;
}

const MANY = Number.POSITIVE_INFINITY;

interface Traits {
  readonly where?: boolean;
  readonly threshold?: boolean;
  readonly section?: RuleType['section'];
  readonly evaluated?: boolean;
}

function type(name: string, min: number, max: number, returns: readonly ResultType[], traits: Traits = {}): RuleType {
  // AWS accepts as an analyzer whatever has something to measure.
  const section = traits.section ?? (returns[0] === 'none' ? 'rules' : 'both');
  const { where = false, threshold = false, evaluated = true } = traits;
  return { name, parameters: [min, max], returns, where, threshold, section, evaluated };
}

const lacking = { evaluated: false };

export const RULE_TYPES: readonly RuleType[] = [
  type('RowCount', 0, 0, ['number'], { where: true }),
  type('ColumnCount', 0, 0, ['number']),
  type('ColumnExists', 1, 1, ['none']),
  type('ColumnNamesMatchPattern', 1, 1, ['none'], lacking),
  type('ColumnDataType', 1, 1, ['string'], { where: true, threshold: true, ...lacking }),
  type('ColumnLength', 1, 1, ['number'], { where: true }),
  type('ColumnValues', 1, 1, ['string', 'number', 'date'], { where: true, threshold: true }),
  type('ColumnCorrelation', 2, 2, ['number'], { where: true, ...lacking }),
  type('Completeness', 1, 1, ['number'], { where: true }),
  type('IsComplete', 1, 1, ['none'], { where: true }),
  type('Uniqueness', 1, MANY, ['number'], { where: true }),
  type('IsUnique', 1, MANY, ['none'], { where: true }),
  type('IsPrimaryKey', 1, MANY, ['none'], { where: true }),
  type('UniqueValueRatio', 1, 1, ['number'], { where: true }),
  type('DistinctValuesCount', 1, 1, ['number'], { where: true }),
  type('Entropy', 1, 1, ['number'], { where: true }),
  type('Mean', 1, 1, ['number'], { where: true }),
  type('Sum', 1, 1, ['number'], { where: true }),
  type('StandardDeviation', 1, 1, ['number'], { where: true }),
  type('Variance', 1, 1, ['number'], { where: true }),
  type('DataFreshness', 1, 1, ['duration'], { where: true, ...lacking }),
  type('CustomSql', 1, 1, ['number', 'none'], { threshold: true }),
  type('ReferentialIntegrity', 2, 2, ['number']),
  type('AllStatistics', 1, 1, ['number'], { section: 'analyzers' }),
  type('RowCountMatch', 1, 1, ['number'], lacking),
  type('DatasetMatch', 2, 3, ['number'], lacking),
  type('SchemaMatch', 1, 1, ['number'], lacking),
  type('AggregateMatch', 2, 2, ['number'], lacking),
  type('DetectAnomalies', 1, MANY, ['none'], lacking),
  type('FileFreshness', 0, 1, ['date'], { threshold: true, ...lacking }),
  type('FileMatch', 0, 2, ['string', 'none'], lacking),
  type('FileUniqueness', 0, 1, ['number'], lacking),
  type('FileSize', 0, 1, ['size', 'number'], { threshold: true, ...lacking }),
];

/** The type of that name that takes that many parameters, as AWS looks it up: by both. */
export function findRuleType(name: string, parameters: number): RuleType | undefined {
  return RULE_TYPES.find((t) => t.name === name && parameters >= t.parameters[0] && parameters <= t.parameters[1]);
}
