"""Evaluates rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from . import column_rules, measures, sql_rules
from .conditions import Json, meets
from .dataset import Dataset
from .outcome import NothingToMeasure, Outcome, Result, RuleError, RuleFailure, UnsupportedLocally, unmet_message

Measure = Callable[[Dataset, str, str | None], float | int]

# Rules that hold one figure of one column against a condition.
_COLUMN_METRICS: dict[str, Measure] = {
    "Completeness": measures.completeness,
    "UniqueValueRatio": measures.unique_value_ratio,
    "DistinctValuesCount": measures.distinct_values,
    "Entropy": measures.entropy,
    "Mean": measures.mean,
    "Sum": measures.total,
    "StandardDeviation": measures.deviation,
    "Variance": measures.variance,
}


class Evaluator:
    """Evaluates on one table, with others beside it for rules that compare."""

    def __init__(self, dataset: Dataset, others: Mapping[str, Dataset], now: datetime) -> None:
        self.dataset = dataset
        self.others = others
        self.now = now

    def rule(self, rule: Json) -> Outcome:
        """The outcome of a rule, single or composite."""
        if rule["kind"] == "composite":
            return _combine(rule["operator"], [self.rule(part) for part in rule["rules"]])
        try:
            return self._leaf(rule)
        except NothingToMeasure:
            return Outcome("PASS")
        except RuleFailure as failure:
            return Outcome("FAIL", str(failure))
        except RuleError as error:
            return Outcome("ERROR", str(error))

    def _leaf(self, rule: Json) -> Outcome:
        kind, where, dataset = rule["type"], rule.get("where"), self.dataset
        names = [parameter["value"] for parameter in rule["parameters"]]
        if kind in _COLUMN_METRICS:
            value = _COLUMN_METRICS[kind](dataset, names[0], where)
            return _single_metric(rule, value, f"Column.{dataset.column(names[0]).name}.{kind}")
        match kind:
            case "RowCount":
                return _single_metric(rule, measures.row_count(dataset, where), "Dataset.*.RowCount")
            case "ColumnCount":
                return _single_metric(rule, len(dataset.columns), "Dataset.*.ColumnCount")
            case "ColumnExists":
                return Outcome("PASS") if dataset.find(names[0]) else Outcome("FAIL", unmet_message(0.0))
            case "IsComplete":
                return _all_ones({f"Column.{names[0]}.Completeness": measures.completeness(dataset, names[0], where)})
            case "Uniqueness":
                return _single_metric(rule, measures.uniqueness(dataset, names, where), _uniqueness_metric(names))
            case "IsUnique":
                return _all_ones({_uniqueness_metric(names): measures.uniqueness(dataset, names, where)})
            case "IsPrimaryKey":
                key = {_uniqueness_metric(names): measures.uniqueness(dataset, names, where)}
                complete = {f"Column.{n}.Completeness": measures.completeness(dataset, n, where) for n in names}
                return _all_ones(key | complete)
            case "ColumnValues":
                return column_rules.column_values(dataset, rule, self.now)
            case "ColumnLength":
                return column_rules.column_length(dataset, rule)
            case "CustomSql":
                return sql_rules.custom_sql(dataset, rule)
            case "ReferentialIntegrity":
                return sql_rules.referential_integrity(dataset, self.others, rule)
        raise UnsupportedLocally(f"the rule type {kind}")


def _uniqueness_metric(names: list[str]) -> str:
    return f"{'Column' if len(names) == 1 else 'Multicolumn'}.{','.join(names)}.Uniqueness"


def _single_metric(rule: Json, value: float | int, metric: str) -> Outcome:
    metrics = {metric: float(value)}
    if meets(rule["condition"], value):
        return Outcome("PASS", None, metrics)
    return Outcome("FAIL", unmet_message(value), metrics)


def _all_ones(metrics: dict[str, float]) -> Outcome:
    """Passes when every share is 1."""
    messages = [unmet_message(value) for value in metrics.values() if value != 1.0]
    return Outcome("FAIL" if messages else "PASS", "\n".join(messages) or None, metrics)


def _combine(operator: str, parts: list[Outcome]) -> Outcome:
    results = {part.result for part in parts}
    passes = results == {"PASS"} if operator == "and" else "PASS" in results
    result: Result = "PASS" if passes else "FAIL" if "FAIL" in results else "ERROR"
    messages = [part.message for part in parts if part.message]
    metrics = {name: value for part in parts for name, value in part.metrics.items()}
    return Outcome(result, "\n".join(messages) or None, metrics)
