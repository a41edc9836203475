/** Metrics, as SageMaker reads them from the lines of a training's log. */
import type { MetricData, MetricDefinition } from '@aws-sdk/client-sagemaker';
import { invalid } from './errors';

/** Longer lines are not looked at: a request's own expressions run on them. */
const LINE_LIMIT = 4096;
const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;

/**
 * What the XGBoost image defines itself: `[round]<tab>train-auc:x<tab>validation-auc:y`.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost-tuning.html
 */
const XGBOOST_LINE = /\[\d+\](.*)$/;
const XGBOOST_METRIC = new RegExp(String.raw`(?:^|\s|#011)(train|validation)-([A-Za-z_][\w@.-]*):(${NUMBER})`, 'g');

/** Names that the XGBoost image reports, and a tuning job may aim at. */
export const XGBOOST_METRICS = new Set(
  [
    'accuracy',
    'auc',
    'aucpr',
    'balanced_accuracy',
    'cox-nloglik',
    'error',
    'f1',
    'f1_binary',
    'f1_macro',
    'gamma-deviance',
  ]
    .concat([
      'gamma-nloglik',
      'logloss',
      'mae',
      'map',
      'mape',
      'merror',
      'mlogloss',
      'mphe',
      'mse',
      'ndcg',
      'poisson-nloglik',
    ])
    .concat([
      'precision',
      'precision_macro',
      'precision_micro',
      'r2',
      'recall',
      'recall_macro',
      'recall_micro',
      'rmse',
      'rmsle',
      'tweedie-nloglik',
    ])
    .flatMap((metric) => [`train:${metric}`, `validation:${metric}`]),
);

/** @throws ServiceError ValidationException for an expression that cannot be used */
export function checkDefinitions(definitions: readonly MetricDefinition[]): void {
  for (const { Name, Regex } of definitions) {
    try {
      new RegExp(Regex!);
    } catch (error) {
      throw invalid(`The regular expression of the metric ${Name} is invalid: ${(error as Error).message}`);
    }
  }
}

export interface MetricReading {
  readonly name: string;
  readonly value: number;
}

/** Reads one log; remembers every value of every metric. */
export class MetricLog {
  private readonly values = new Map<string, { value: number; at: Date }[]>();
  private readonly own: readonly (readonly [string, RegExp])[];

  constructor(
    private readonly xgboost: boolean,
    definitions: readonly MetricDefinition[] = [],
  ) {
    this.own = definitions.map(({ Name, Regex }) => [Name!, new RegExp(Regex!)] as const);
  }

  /** Takes a line. @returns what it reported */
  take(line: string, at = new Date()): MetricReading[] {
    if (line.length > LINE_LIMIT) return [];
    const readings = [...(this.xgboost ? ofXgboost(line) : []), ...this.ofDefinitions(line)];
    for (const { name, value } of readings) {
      const known = this.values.get(name);
      if (known) known.push({ value, at });
      else this.values.set(name, [{ value, at }]);
    }
    return readings;
  }

  /** The values of one metric, oldest first. */
  series(name: string): number[] {
    return (this.values.get(name) ?? []).map(({ value }) => value);
  }

  /** The last value of each. */
  final(): MetricData[] {
    return [...this.values].map(([MetricName, all]) => ({
      MetricName,
      Value: all.at(-1)!.value,
      Timestamp: all.at(-1)!.at,
    }));
  }

  private ofDefinitions(line: string): MetricReading[] {
    return this.own.flatMap(([name, regex]) => {
      const value = Number(regex.exec(line)?.[1] ?? NaN);
      return Number.isFinite(value) ? [{ name, value }] : [];
    });
  }
}

function ofXgboost(line: string): MetricReading[] {
  const found = XGBOOST_LINE.exec(line);
  if (!found) return [];
  return [...found[1]!.matchAll(XGBOOST_METRIC)].map(([, set, metric, value]) => ({
    name: `${set}:${metric}`,
    value: Number(value),
  }));
}
