"""Evaluates rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from . import columns, measures, relations
from .conditions import Json, holds
from .dataset import Dataset
from .outcome import Lacking, NothingToMeasure, Outcome, Result, RuleError, RuleFailure, unmet

Measure = Callable[[Dataset, str, str | None], float | int]

# Rules that hold one figure of one column against a condition.
_FIGURES: dict[str, Measure] = {
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
        """What a rule, alone or composite, comes to."""
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
        if kind in _FIGURES:
            value = _FIGURES[kind](dataset, names[0], where)
            return _figure(rule, value, f"Column.{dataset.column(names[0]).name}.{kind}")
        match kind:
            case "RowCount":
                return _figure(rule, measures.row_count(dataset, where), "Dataset.*.RowCount")
            case "ColumnCount":
                return _figure(rule, len(dataset.columns), "Dataset.*.ColumnCount")
            case "ColumnExists":
                return Outcome("PASS") if dataset.find(names[0]) else Outcome("FAIL", unmet(0.0))
            case "IsComplete":
                return _whole({f"Column.{names[0]}.Completeness": measures.completeness(dataset, names[0], where)})
            case "Uniqueness":
                return _figure(rule, measures.uniqueness(dataset, names, where), _uniqueness_metric(names))
            case "IsUnique":
                return _whole({_uniqueness_metric(names): measures.uniqueness(dataset, names, where)})
            case "IsPrimaryKey":
                key = {_uniqueness_metric(names): measures.uniqueness(dataset, names, where)}
                complete = {f"Column.{n}.Completeness": measures.completeness(dataset, n, where) for n in names}
                return _whole(key | complete)
            case "ColumnValues":
                return columns.column_values(dataset, rule, self.now)
            case "ColumnLength":
                return columns.column_length(dataset, rule)
            case "ColumnDataType":
                return columns.column_data_type(dataset, rule)
            case "CustomSql":
                return relations.custom_sql(dataset, rule)
            case "ReferentialIntegrity":
                return relations.referential_integrity(dataset, self.others, rule)
        raise Lacking(f"the rule type {kind}")


def _uniqueness_metric(names: list[str]) -> str:
    return f"{'Column' if len(names) == 1 else 'Multicolumn'}.{','.join(names)}.Uniqueness"


def _figure(rule: Json, value: float | int, metric: str) -> Outcome:
    metrics = {metric: float(value)}
    if holds(rule["condition"], value):
        return Outcome("PASS", None, metrics)
    return Outcome("FAIL", unmet(value), metrics)


def _whole(metrics: dict[str, float]) -> Outcome:
    """Passes when every share is 1."""
    messages = [unmet(value) for value in metrics.values() if value != 1.0]
    return Outcome("FAIL" if messages else "PASS", "\n".join(messages) or None, metrics)


def _combine(operator: str, parts: list[Outcome]) -> Outcome:
    results = {part.result for part in parts}
    passes = results == {"PASS"} if operator == "and" else "PASS" in results
    result: Result = "PASS" if passes else "FAIL" if "FAIL" in results else "ERROR"
    messages = [part.message for part in parts if part.message]
    metrics = {name: value for part in parts for name, value in part.metrics.items()}
    return Outcome(result, "\n".join(messages) or None, metrics)
