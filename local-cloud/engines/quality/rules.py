"""Evaluates rules and analyzers."""

from __future__ import annotations

import re
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

    def analyzer(self, analyzer: Json) -> Outcome:
        """The figures of an analyzer."""
        names = [parameter["value"] for parameter in analyzer["parameters"]]
        try:
            return Outcome("PASS", None, self._figures(analyzer["type"], names))
        except RuleFailure as failure:
            return Outcome("ERROR", str(failure))

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
            case "ColumnNamesMatchPattern":
                return _names_match(dataset, names[0])
            case "ColumnCorrelation":
                correlation = measures.correlation(dataset, names[0], names[1], where)
                return _figure(rule, correlation, f"Multicolumn.{','.join(names)}.ColumnCorrelation")
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
            case "DataFreshness":
                return columns.data_freshness(dataset, rule, self.now)
            case "CustomSql":
                return relations.custom_sql(dataset, rule)
            case "ReferentialIntegrity":
                return relations.referential_integrity(dataset, self.others, rule)
        raise Lacking(f"the rule type {kind}")

    def _figures(self, kind: str, names: list[str]) -> dict[str, float]:
        dataset = self.dataset
        match kind:
            case "RowCount":
                return {"Dataset.*.RowCount": measures.row_count(dataset, None)}
            case "ColumnCount":
                return {"Dataset.*.ColumnCount": len(dataset.columns)}
            case "Uniqueness":
                return {_uniqueness_metric(names): measures.uniqueness(dataset, names, None)}
            case "ColumnCorrelation":
                value = measures.correlation(dataset, names[0], names[1], None)
                return {f"Multicolumn.{','.join(names)}.ColumnCorrelation": value}
            case "ColumnLength":
                low, high = measures.lengths(dataset, names[0], None)
                return {f"Column.{names[0]}.MinimumLength": low, f"Column.{names[0]}.MaximumLength": high}
            case "ColumnValues":
                return {
                    f"Column.{names[0]}.Minimum": measures.minimum(dataset, names[0], None),
                    f"Column.{names[0]}.Maximum": measures.maximum(dataset, names[0], None),
                }
            case "AllStatistics":
                return self._all_statistics(names[0])
        if kind in _FIGURES:
            return {f"Column.{names[0]}.{kind}": _FIGURES[kind](dataset, names[0], None)}
        raise Lacking(f"the analyzer {kind}")

    def _all_statistics(self, name: str) -> dict[str, float]:
        column = self.dataset.column(name)
        kinds = ["RowCount", "Completeness", "Uniqueness"]
        if column.type == "VARCHAR":
            kinds.append("ColumnLength")
        elif column.numeric:
            kinds.append("ColumnValues")
        return {key: value for kind in kinds for key, value in self._figures(kind, [name]).items()}


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


def _names_match(dataset: Dataset, pattern: str) -> Outcome:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise RuleError(f"Invalid regex pattern '{pattern}' for ColumnNamesMatchPattern rule: {error}") from error
    names = [column.name for column in dataset.columns]
    others = [name for name in names if not compiled.search(name)]
    metrics = {"Dataset.*.ColumnNamesPatternMatchRatio": (len(names) - len(others)) / len(names)}
    if not others:
        return Outcome("PASS", None, metrics)
    return Outcome("FAIL", f"Columns that do not match the pattern: {', '.join(others)}", metrics)


def _combine(operator: str, parts: list[Outcome]) -> Outcome:
    results = {part.result for part in parts}
    passes = results == {"PASS"} if operator == "and" else "PASS" in results
    result: Result = "PASS" if passes else "FAIL" if "FAIL" in results else "ERROR"
    messages = [part.message for part in parts if part.message]
    metrics = {name: value for part in parts for name, value in part.metrics.items()}
    return Outcome(result, "\n".join(messages) or None, metrics)
