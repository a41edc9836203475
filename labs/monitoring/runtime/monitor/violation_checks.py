"""Holds the traffic against the constraints: constraint_violations.json, in Model Monitor's schema and words.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from capture_reader import Records
from distances import categorical, correction, numerical, stability_index
from feature_constraints import config_of
from feature_statistics import Column, shares, sketched
from sample_size import MIN_SAMPLE

Document = dict[str, Any]


@dataclass
class Comparison:
    """What the checks found. `distances` has a feature only when it could be compared."""

    violations: list[dict[str, str]] = field(default_factory=list)
    distances: dict[str, float] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    corrections: dict[str, float] = field(default_factory=dict)
    indexes: dict[str, float] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @property
    def drifted(self) -> list[str]:
        """Features that drifted, the furthest first."""
        found = {
            one["feature_name"] for one in self.violations if one["constraint_check_type"] == "baseline_drift_check"
        }
        return sorted(found, key=lambda name: (-self.distances[name], name))

    def add(self, feature: str, check: str, description: str) -> None:
        self.violations.append({"feature_name": feature, "constraint_check_type": check, "description": description})


def features_by_name(document: Document) -> dict[str, Document]:
    features = document.get("features")
    found = [one for one in features if isinstance(one, dict)] if isinstance(features, list) else []
    return {str(one.get("name", "")): one for one in found}


def compare(columns: Sequence[Column], records: Records, constraints: Document, statistics: Document) -> Comparison:
    """Raises AnalysisError when a threshold makes no sense.

    :param columns: of different records, each once
    :param records: all of them, for what can be said of each alone
    """
    comparison = Comparison()
    check_columns(records, comparison)
    features, baseline = features_by_name(constraints), features_by_name(statistics)
    apart = sorted(set(features) ^ set(baseline))
    if apart:
        comparison.missing.append(
            f"statistics.json and constraints.json do not have the same columns ({', '.join(apart[:5])}); "
            "those were not compared. Make the baseline again."
        )
    for column in columns:
        feature = features.get(column.name)
        if feature is None or column.rows == 0:
            continue
        config = config_of(constraints, feature)
        if config["evaluate_constraints"] != "Enabled":
            continue
        check_type(column, feature, config, comparison)
        # What follows compares shares with the baseline's, and chance makes anything of few records.
        if column.rows < MIN_SAMPLE:
            continue
        check_completeness(column, feature, comparison)
        check_values(column, feature, config, comparison)
        if config["distribution_constraints"]["perform_comparison"] == "Enabled" and column.name in baseline:
            check_drift(column, baseline[column.name], config["distribution_constraints"], comparison)
    return comparison


def check_columns(records: Records, comparison: Comparison) -> None:
    expected = len(records.names)
    for name, count in sorted(records.missing.items()):
        text = f"The column is missing in {count} records."
        comparison.add(name, "missing_column_check", f"There are missing columns in current dataset. {text}")
    for name, count in sorted(records.extra.items()):
        text = f"The baseline does not have it; {count} records do."
        comparison.add(name[:100], "extra_column_check", f"There are extra columns in current dataset. {text}")
    for counts, which in ((records.narrow, "missing"), (records.wide, "extra")):
        for width, count in sorted(counts.items()):
            comparison.add(
                f"{which.capitalize()} columns",
                f"{which}_column_check",
                f"There are {which} columns in current dataset. Number of columns in {count} records: {width}, "
                f"Number of columns in baseline constraints: {expected}",
            )


def check_type(column: Column, feature: Document, config: Document, comparison: Comparison) -> None:
    """An integer is a fractional number as well, and everything is a text."""
    expected = feature.get("inferred_type", "Unknown")
    fitting = {"Integral": column.integral, "Fractional": len(column.numbers)}.get(expected)
    if fitting is None or column.present == 0:
        return
    share = fitting / column.present
    allowed = 1 - config["datatype_check_threshold"]
    if share < allowed:
        comparison.add(
            column.name,
            "data_type_check",
            f"Data type match requirement is not met. Expected data type: {expected}, Expected match: {allowed:.1%}. "
            f"Observed: Only {share:.1%} of data is {expected}.",
        )


def check_completeness(column: Column, feature: Document, comparison: Comparison) -> None:
    expected = feature.get("completeness")
    if isinstance(expected, int | float) and column.completeness < expected:
        comparison.add(
            column.name,
            "completeness_check",
            f"Value: {column.completeness:.4f} does not meet the constraint requirement, at least {expected:.4f}",
        )


def check_values(column: Column, feature: Document, config: Document, comparison: Comparison) -> None:
    domains = (feature.get("string_constraints") or {}).get("domains")
    if feature.get("inferred_type") != "String" or not isinstance(domains, list) or column.present == 0:
        return
    known = {str(one) for one in domains}
    unknown = {value: count for value, count in column.counts().items() if value not in known}
    share = sum(unknown.values()) / column.present
    if share > config["domain_content_threshold"]:
        allowed = 1 - config["domain_content_threshold"]
        comparison.add(
            column.name,
            "categorical_values_check",
            f"Domain content match requirement is not met. Expected match: {allowed:.1%}. Observed: Only "
            f"{1 - share:.1%} of values are known; others: {', '.join(sorted(unknown)[:5])}",
        )


def check_drift(column: Column, baseline: Document, config: Document, comparison: Comparison) -> None:
    method = config["comparison_method"]
    numbers, texts = sketched(baseline), shares(baseline)
    if numbers is not None and len(column.numbers):
        values, weights = numbers
        distance = numerical(values, weights, column.numbers, method)
        comparison.corrections[column.name] = correction(method, float(weights.sum()), len(column.numbers))
        comparison.indexes[column.name] = stability_index(values, weights, column.numbers)
        threshold = float(config["comparison_threshold"])
    elif texts is not None and column.present:
        distance = categorical(texts, column.counts(), method)
        comparison.corrections[column.name] = correction(method, sum(texts.values()), column.present)
        threshold = float(config["categorical_comparison_threshold"])
    else:
        if numbers is None and texts is None and baseline.get("inferred_type") != "Unknown":
            comparison.missing.append(
                f"statistics.json has no distribution of {column.name}: its drift was not measured."
            )
        return
    comparison.distances[column.name] = distance
    comparison.thresholds[column.name] = threshold
    if distance > threshold:
        text = f"Baseline drift distance: {distance:.6g} exceeds threshold: {threshold:g}"
        comparison.add(column.name, "baseline_drift_check", text)


def by_check(violations: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    """Names of features by the check that they violate."""
    found: dict[str, list[str]] = {}
    for one in violations:
        found.setdefault(one["constraint_check_type"], []).append(one["feature_name"])
    return found
