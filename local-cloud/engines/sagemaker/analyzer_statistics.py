"""Statistics of a data set in Model Monitor's schema.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-statistics.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

STAND_IN = "This report was made by the local cloud's stand-in for Model Monitor's analyzer, not by AWS's own."
BUCKETS = 10
# As many values as the sketch of AWS's analyzer keeps.
SKETCH = 2048
CATEGORIES = 1000


@dataclass(frozen=True)
class Column:
    """One column: texts as they came, None where nothing stood."""

    name: str
    texts: pd.Series

    @property
    def present(self) -> pd.Series:
        """The values that are there."""
        found: pd.Series = self.texts[self.texts.notna()]
        return found

    def kinds(self) -> dict[str, int]:
        """How many of the values are whole numbers, other numbers, and neither."""
        texts = self.present.str.strip()
        integral = texts.str.fullmatch(r"[-+]?\d+")
        numeric = _numbers(texts).notna()
        return {
            "Integral": int(integral.sum()),
            "Fractional": int((numeric & ~integral).sum()),
            "String": int((~numeric).sum()),
        }

    def inferred(self) -> str:
        """The type that all values fit."""
        kinds = self.kinds()
        if sum(kinds.values()) == 0:
            return "Unknown"
        if kinds["String"] > 0:
            return "String"
        return "Fractional" if kinds["Fractional"] > 0 else "Integral"

    def numbers(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The values as numbers, sorted; what is no number is left out."""
        return np.sort(_numbers(self.present.str.strip()).dropna().to_numpy(dtype=np.float64))


def _numbers(texts: pd.Series) -> pd.Series:
    # pandas reads "nan" and "inf" as numbers; Spark's CSV reader, which AWS's analyzer uses, does not as integers.
    numbers: pd.Series = pd.to_numeric(texts, errors="coerce")
    return numbers.where(np.isfinite(numbers))


def statistics(columns: list[Column], count: int) -> dict[str, Any]:
    """The content of statistics.json."""
    features = [_feature(column) for column in columns]
    return {"version": 0.0, "dataset": {"item_count": count}, "features": features, "analyzer": STAND_IN}


def _feature(column: Column) -> dict[str, Any]:
    kind = column.inferred()
    present = len(column.present)
    common = {"num_present": present, "num_missing": len(column.texts) - present}
    found: dict[str, Any] = {"name": column.name, "inferred_type": kind}
    if kind in ("Integral", "Fractional"):
        found["numerical_statistics"] = {"common": common, **_numerical(column.numbers())}
    else:
        counts = column.present.value_counts()
        buckets = [{"value": str(value), "count": int(count)} for value, count in counts.head(CATEGORIES).items()]
        found["string_statistics"] = {
            "common": common,
            "distinct_count": float(len(counts)),
            "distribution": {"categorical": {"buckets": buckets}},
        }
    return found


def _numerical(values: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, Any]:
    counts, edges = np.histogram(values, bins=BUCKETS)
    buckets = [
        {"lower_bound": float(low), "upper_bound": float(high), "count": float(count)}
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
    return {
        "mean": float(values.mean()),
        "sum": float(values.sum()),
        "std_dev": float(values.std()),
        "min": float(values[0]),
        "max": float(values[-1]),
        "distribution": {
            "kll": {
                "buckets": buckets,
                "sketch": {"parameters": {"c": 0.64, "k": float(SKETCH)}, "data": [sketch(values).tolist()]},
            }
        },
    }


def sketch(values: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """At most SKETCH of the sorted values, evenly spaced in rank."""
    if len(values) <= SKETCH:
        return values
    ranks = np.linspace(0, len(values) - 1, SKETCH).round().astype(int)
    return np.take(values, ranks)
