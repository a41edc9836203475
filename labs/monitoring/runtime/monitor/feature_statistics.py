"""What there is to say of each column: statistics.json, in Model Monitor's schema.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-statistics.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from distances import Numbers

#: Buckets of a distribution, all as wide; values that a sketch's level holds at most, as the analyzer has them.
BUCKETS = 10
SKETCH = 2048
#: A column of texts with more values than this is told by its most frequent ones.
MOST_VALUES = 100


@dataclass(frozen=True)
class Column:
    """One column's values: the numbers among them, the texts that are none, and how many are missing."""

    name: str
    numbers: Numbers
    texts: list[str]
    missing: int

    @property
    def present(self) -> int:
        return len(self.numbers) + len(self.texts)

    @property
    def rows(self) -> int:
        return self.present + self.missing

    @property
    def completeness(self) -> float:
        return self.present / self.rows if self.rows else 0.0

    @property
    def integral(self) -> int:
        return int((self.numbers == np.floor(self.numbers)).sum())

    @property
    def type(self) -> str:
        """Integral, Fractional, String, or Unknown without a value."""
        if self.present == 0:
            return "Unknown"
        if self.texts:
            return "String"
        return "Integral" if self.integral == len(self.numbers) else "Fractional"

    def counts(self) -> Counter[str]:
        """How often each value comes, as text."""
        return Counter([*self.texts, *(f"{number:g}" for number in self.numbers)])


def columns_of(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Column]:
    """The columns of rows of fields; an empty field is a missing value."""
    across = zip(*rows, strict=True) if rows else iter([()] * len(names))
    return [column_of(name, values) for name, values in zip(names, across, strict=True)]


def column_of(name: str, values: Sequence[str]) -> Column:
    """A number is what the model's own code takes for one: finite, and read by `float`."""
    numbers: list[float] = []
    texts: list[str] = []
    missing = 0
    for value in values:
        field = value.strip()
        if not field:
            missing += 1
            continue
        try:
            number = float(field)
        except ValueError:
            texts.append(field)
            continue
        if isfinite(number):
            numbers.append(number)
        else:
            texts.append(field)
    return Column(name, np.array(numbers, dtype=np.float64), texts, missing)


def statistics_of(columns: Sequence[Column]) -> dict[str, Any]:
    count = columns[0].rows if columns else 0
    return {"version": 0.0, "dataset": {"item_count": count}, "features": [feature_of(column) for column in columns]}


def feature_of(column: Column) -> dict[str, Any]:
    kind = column.type
    common = {"num_present": column.present, "num_missing": column.missing}
    told: dict[str, Any] = {"name": column.name, "inferred_type": kind}
    if kind == "String":
        counts = column.counts()
        buckets = [{"value": value, "count": count} for value, count in counts.most_common(MOST_VALUES)]
        told["string_statistics"] = {
            "common": common,
            "distinct_count": float(len(counts)),
            "distribution": {"categorical": {"buckets": buckets}},
        }
    elif kind != "Unknown":
        told["numerical_statistics"] = {"common": common, **numerical_of(column.numbers)}
    return told


def numerical_of(numbers: Numbers) -> dict[str, Any]:
    """The standard deviation is of the population, as Spark's in the analyzer."""
    low, high = float(numbers.min()), float(numbers.max())
    return {
        "mean": float(numbers.mean()),
        "sum": float(numbers.sum()),
        "std_dev": float(numbers.std()),
        "min": low,
        "max": high,
        "distribution": {
            "kll": {
                "buckets": buckets_of(numbers, low, high),
                "sketch": {"parameters": {"c": 0.64, "k": float(SKETCH)}, "data": sketch_of(numbers)},
            }
        },
    }


def buckets_of(numbers: Numbers, low: float, high: float) -> list[dict[str, float]]:
    if low == high:
        return [{"lower_bound": low, "upper_bound": high, "count": float(len(numbers))}]
    counts, edges = np.histogram(numbers, bins=BUCKETS, range=(low, high))
    return [
        {"lower_bound": float(edges[i]), "upper_bound": float(edges[i + 1]), "count": float(count)}
        for i, count in enumerate(counts)
    ]


def sketch_of(numbers: Numbers, size: int = SKETCH) -> list[list[float]]:
    """The numbers thinned out in a KLL sketch's form: a value of level i stands for 2 ** i of them.

    The sample is here as a whole, so the middle of each group of neighbours is taken instead of a chance one: no rank
    is further off than half a group. Up to `size` numbers it holds all.
    """
    ordered = np.sort(numbers)
    level = 0
    while len(ordered) >> level > size:
        level += 1
    weight = 1 << level
    whole = len(ordered) // weight * weight
    heavy = ordered[:whole][weight // 2 :: weight].tolist()
    if level == 0:
        return [heavy]
    return [ordered[whole:].tolist(), *([] for _ in range(level - 1)), heavy]


def sketched(feature: dict[str, Any]) -> tuple[Numbers, Numbers] | None:
    """Values and weights of a feature's sketch; of its buckets' middles where it has none; None without numbers."""
    try:
        kll = feature["numerical_statistics"]["distribution"]["kll"]
        levels = (kll.get("sketch") or {}).get("data")
        if levels:
            values = [float(value) for level in levels for value in level]
            weights = [float(1 << i) for i, level in enumerate(levels) for _ in level]
        else:
            values = [(one["lower_bound"] + one["upper_bound"]) / 2 for one in kll["buckets"]]
            weights = [float(one["count"]) for one in kll["buckets"]]
    except (KeyError, TypeError, ValueError):
        return None
    if not values or sum(weights) <= 0:
        return None
    return np.array(values), np.array(weights)


def shares(feature: dict[str, Any]) -> dict[str, float] | None:
    """How often each value of a feature of texts came; None without texts."""
    try:
        buckets = feature["string_statistics"]["distribution"]["categorical"]["buckets"]
        counts = {str(one["value"]): float(one["count"]) for one in buckets}
    except (KeyError, TypeError, ValueError):
        return None
    return counts if sum(counts.values()) > 0 else None
