"""Constraints that a data set suggests, and what in another one violates them, in Model Monitor's schema.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from analyzer_statistics import STAND_IN, Column

MONITORING = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 0.1,
    "domain_content_threshold": 0.1,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,
        "comparison_method": "Robust",
        "categorical_comparison_threshold": 0.1,
        "categorical_drift_method": "LInfinity",
    },
}
# Of the two-sample Kolmogorov-Smirnov test, as the library under AWS's analyzer has it:
# https://github.com/awslabs/deequ/blob/master/src/main/scala/com/amazon/deequ/analyzers/Distance.scala
_KS_CORRECTION = 1.8


def suggest_constraints(columns: list[Column]) -> dict[str, Any]:
    """The content of constraints.json for a baseline."""
    features = []
    for column in columns:
        kind = column.inferred()
        feature: dict[str, Any] = {"name": column.name, "inferred_type": kind, "completeness": completeness(column)}
        if kind in ("Integral", "Fractional"):
            feature["num_constraints"] = {"is_non_negative": bool(column.numbers()[0] >= 0)}
        features.append(feature)
    return {"version": 0.0, "features": features, "monitoring_config": MONITORING, "analyzer": STAND_IN}


def completeness(column: Column) -> float:
    """The share of values that are there."""
    return len(column.present) / len(column.texts) if len(column.texts) else 0.0


class ConstraintCheck:
    """One data set against a baseline."""

    def __init__(self, constraints: dict[str, Any], statistics: dict[str, Any] | None) -> None:
        self.features = {feature["name"]: feature for feature in constraints.get("features", [])}
        self.config = {**MONITORING, **constraints.get("monitoring_config", {})}
        self.statistics = {feature["name"]: feature for feature in (statistics or {}).get("features", [])}
        self.violations: list[dict[str, str]] = []
        self.distances: dict[str, float] = {}

    def run(self, columns: list[Column]) -> None:
        """Fills violations and distances."""
        if self.config["evaluate_constraints"] != "Enabled":
            return
        self._columns(len(columns))
        for column in columns:
            feature = self.features.get(column.name)
            if feature is None:
                continue
            own = {**self.config, **feature.get("monitoring_config_overrides", {})}
            self._type(column, feature, own)
            self._completeness(column, feature)
            self._domain(column, feature, own)
            distributions = {**MONITORING["distribution_constraints"], **own.get("distribution_constraints", {})}  # type: ignore[dict-item]
            if distributions["perform_comparison"] == "Enabled":
                self._drift(column, distributions)

    def _add(self, name: str, kind: str, description: str) -> None:
        self.violations.append({"feature_name": name, "constraint_check_type": kind, "description": description})

    def _columns(self, count: int) -> None:
        expected = len(self.features)
        counts = f"Number of columns in current dataset: {count}, Number of columns in baseline constraints: {expected}"
        if count < expected:
            self._add(
                "Missing columns", "missing_column_check", f"There are missing columns in current dataset. {counts}"
            )
        elif count > expected:
            self._add("Extra columns", "extra_column_check", f"There are extra columns in current dataset. {counts}")

    def _type(self, column: Column, feature: dict[str, Any], config: dict[str, Any]) -> None:
        kind, kinds = feature["inferred_type"], column.kinds()
        total = sum(kinds.values())
        if total == 0 or kind not in ("Integral", "Fractional"):
            return
        fitting = kinds["Integral"] + (kinds["Fractional"] if kind == "Fractional" else 0)
        share = fitting / total
        threshold = 1.0 - float(config["datatype_check_threshold"])
        if share < threshold:
            self._add(
                column.name,
                "data_type_check",
                f"Data type match requirement is not met. Expected data type: {kind}, Expected match: {threshold:.1%}. "
                f"Observed: Only {share:.2%} of data is {kind}.",
            )

    def _completeness(self, column: Column, feature: dict[str, Any]) -> None:
        expected, observed = float(feature.get("completeness", 0.0)), completeness(column)
        if observed < expected and not math.isclose(observed, expected):
            self._add(
                column.name,
                "completeness_check",
                f"Observed completeness of {observed:.4f} is less than the baseline's {expected:.4f}.",
            )

    def _domain(self, column: Column, feature: dict[str, Any], config: dict[str, Any]) -> None:
        domains = (feature.get("string_constraints") or {}).get("domains")
        if not domains or column.present.empty:
            return
        unknown = float((~column.present.isin(domains)).mean())
        if unknown > float(config["domain_content_threshold"]):
            self._add(
                column.name,
                "categorical_values_check",
                f"{unknown:.2%} of the values are not in the baseline's domain, more than the threshold "
                f"{float(config['domain_content_threshold']):.2%}.",
            )

    def _drift(self, column: Column, config: dict[str, Any]) -> None:
        baseline = self.statistics.get(column.name)
        if baseline is None or column.present.empty:
            return
        if "numerical_statistics" in baseline:
            distance = _numerical(baseline["numerical_statistics"], column, config["comparison_method"] == "Robust")
            threshold = float(config["comparison_threshold"])
        else:
            distance = _categorical(baseline["string_statistics"], column)
            threshold = float(config["categorical_comparison_threshold"])
        if distance is None:
            return
        self.distances[column.name] = distance
        if distance > threshold:
            self._add(
                column.name,
                "baseline_drift_check",
                f"Baseline drift distance: {distance} exceeds threshold: {threshold}",
            )


def _numerical(baseline: dict[str, Any], column: Column, robust: bool) -> float | None:
    """The largest difference of the two distributions; the robust one leaves out what chance alone explains."""
    data = baseline["distribution"]["kll"].get("sketch", {}).get("data") or [[]]
    before = np.sort(np.concatenate([np.asarray(level, dtype=np.float64) for level in data]))
    after = column.numbers()
    if not len(before) or not len(after):
        return None
    at = np.concatenate([before, after])
    differences = np.abs(
        np.searchsorted(before, at, side="right") / len(before) - np.searchsorted(after, at, side="right") / len(after)
    )
    distance = float(differences.max())
    if not robust:
        return distance
    n, m = float(baseline["common"]["num_present"]), float(len(after))
    return max(0.0, distance - _KS_CORRECTION * math.sqrt((n + m) / (n * m)))


def _categorical(baseline: dict[str, Any], column: Column) -> float | None:
    buckets = baseline["distribution"]["categorical"]["buckets"]
    total = float(sum(bucket["count"] for bucket in buckets))
    if not total:
        return None
    before: dict[str, float] = {str(bucket["value"]): bucket["count"] / total for bucket in buckets}
    after = column.present.value_counts(normalize=True)
    values = {*before, *map(str, after.index)}
    return max(abs(before.get(value, 0.0) - float(after.get(value, 0.0))) for value in values)
