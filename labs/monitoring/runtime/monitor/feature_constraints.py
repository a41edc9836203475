"""What a column may look like: constraints.json, in Model Monitor's schema, suggested from the baseline.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html

The thresholds were set before any traffic was looked at, for a window of 1,000 flights (EXPECTED):

- Drift, `Robust`, more than 0.1. Two samples of one distribution, n of the baseline and m of the traffic, are further
  apart than d with a chance of at most 2 * exp(-2 * d * d * n * m / (n + m)). With n = 20,000 and m = 1,000 the
  correction of `Robust` is 0.058, so a feature violates at a distance of 0.158: for one feature a chance of 4e-21, for
  36 features 1e-19. Sampling alone does not cross it. Flights of one hour share their weather: were 1,000 flights worth
  only 100 independent ones, the chance would be 1.4 % for a feature of the weather. A distance of 0.1 says that at
  least a tenth of the flights moved elsewhere: the threshold asks how much, the correction takes care of chance.
  `Simple` has no correction. What fewer flights cannot tell, sample_size.py says.
- Completeness. Model Monitor suggests the share that was observed; a column that is often empty would then fail in
  every second window. Here it is so low that 1,000 flights of the baseline's process fall below it at most once in
  30,000 windows (Chernoff's bound). A column that is never empty must stay so: its share is 1.
- Types: more than a tenth of the values of another type. A single field that is no number is counted, not a violation.
- Texts: more than a tenth of the values unknown to the baseline; shares apart by more than 0.1, corrected as above.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Any

from feature_statistics import MOST_VALUES, Column
from monitor_settings import AnalysisError

#: Flights of a window that thresholds are made for, and how many windows may pass until chance alone violates one.
EXPECTED = 1000
WINDOWS = 30_000

CONFIG: dict[str, Any] = {
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


def minimum_completeness(share: float, records: int = EXPECTED, windows: int = WINDOWS) -> float:
    """The lowest share below which a sample of this size falls in at most one of so many windows.

    Chernoff's bound: a sample shows b or less with a chance of at most exp(-records * divergence(b, share)).
    """
    if share >= 1 or share <= 0:
        return share
    low, high = 0.0, share
    for _ in range(50):
        middle = (low + high) / 2
        if records * divergence(middle, share) > log(windows):
            low = middle
        else:
            high = middle
    return low


def divergence(one: float, other: float) -> float:
    """Of Kullback and Leibler, between two shares."""
    yes = one * log(one / other) if one > 0 else 0.0
    no = (1 - one) * log((1 - one) / (1 - other)) if one < 1 else 0.0
    return yes + no


def suggest_constraints(columns: Sequence[Column]) -> dict[str, Any]:
    return {"version": 0.0, "features": [constraint_of(column) for column in columns], "monitoring_config": CONFIG}


def constraint_of(column: Column) -> dict[str, Any]:
    constraint: dict[str, Any] = {
        "name": column.name,
        "inferred_type": column.type,
        "completeness": round(minimum_completeness(column.completeness), 4),
    }
    if column.type in ("Integral", "Fractional"):
        constraint["num_constraints"] = {"is_non_negative": bool(column.numbers.min() >= 0)}
    elif column.type == "String" and len(values := column.counts()) <= MOST_VALUES:
        constraint["string_constraints"] = {"domains": sorted(values)}
    return constraint


def config_of(constraints: dict[str, Any], feature: dict[str, Any]) -> dict[str, Any]:
    """The thresholds for a feature: its own (monitoringConfigOverrides) before those of all, before the defaults."""
    merged: dict[str, Any] = {**CONFIG, "distribution_constraints": dict(CONFIG["distribution_constraints"])}
    for given in (constraints.get("monitoring_config"), feature.get("monitoringConfigOverrides")):
        if not isinstance(given, dict):
            continue
        for name, value in given.items():
            if name == "distribution_constraints" and isinstance(value, dict):
                merged[name].update(value)
            elif name in merged:
                merged[name] = value
    validate_config(merged)
    return merged


def validate_config(config: dict[str, Any]) -> None:
    """Raises AnalysisError, naming a setting that makes no sense: no window is judged by it."""
    distribution = config["distribution_constraints"]
    for name, value in (*config.items(), *distribution.items()):
        if name.endswith("_threshold") and not (isinstance(value, int | float) and 0 <= value <= 1):
            raise AnalysisError(f"constraints.json has {name} {value!r}. It is a number from 0 to 1.")
    if distribution["comparison_method"] not in ("Robust", "Simple"):
        given = distribution["comparison_method"]
        raise AnalysisError(f"constraints.json has comparison_method {given!r}. It is Robust or Simple.")
    if distribution["categorical_drift_method"] != "LInfinity":
        given = distribution["categorical_drift_method"]
        raise AnalysisError(
            f"constraints.json has categorical_drift_method {given!r}. This monitor has LInfinity only."
        )
