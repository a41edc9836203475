"""Metric queries (a statistic of one metric a period, or metric math over others) as series of values."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from . import metric_expression, metric_math, metrics
from .emulator import cloudwatch
from .metric_expression import MathError
from .metric_math import Series

STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_PERCENTILE = re.compile(r"p(100|\d{1,2}(\.\d{1,10})?)")


def known_statistic(name: str) -> bool:
    """Whether the local cloud computes this statistic."""
    return name in STATISTICS or _PERCENTILE.fullmatch(name) is not None


def of_metric(
    key: metrics.Key, statistic: str, period: int, starts: Sequence[float], unit: str | None = None
) -> tuple[Series, list[float]]:
    """Values and sample counts of the periods that start then; None where there is no datapoint."""
    buckets: dict[int, list[dict[str, Any]]] = {int(start // period): [] for start in starts}
    for point in metrics.points(key):
        found = buckets.get(int(point["Timestamp"] // period))
        if found is not None and (unit is None or point["Unit"] == unit):
            found.append(point)
    values: Series = []
    counts: list[float] = []
    for start in starts:
        points = buckets[int(start // period)]
        statistics = cloudwatch._calc_stats(points)
        values.append(cloudwatch._stat_value(statistics, statistic, points) if statistics else None)
        counts.append(statistics.get("SampleCount", 0.0))
    return values, counts


def keys(queries: Sequence[dict[str, Any]]) -> set[metrics.Key]:
    """The metrics that queries read."""
    found = set()
    for query in queries:
        metric = (query.get("MetricStat") or {}).get("Metric")
        if metric:
            found.add(metrics.key_of(metric.get("Namespace", ""), metric["MetricName"], metric.get("Dimensions") or []))
    return found


def of_queries(queries: Sequence[dict[str, Any]], period: int, starts: Sequence[float]) -> dict[str, Series]:
    """The series of every query by its id. Raises MathError."""
    ready: dict[str, Series] = {}
    for query in queries:
        stat = query.get("MetricStat")
        if stat:
            metric = stat["Metric"]
            key = metrics.key_of(metric.get("Namespace", ""), metric["MetricName"], metric.get("Dimensions") or [])
            ready[query["Id"]], _ = of_metric(key, stat["Stat"], int(stat["Period"]), starts, stat.get("Unit"))
    measured = dict(ready)
    waiting = {
        query["Id"]: metric_expression.parse(query["Expression"]) for query in queries if query.get("Expression")
    }
    while waiting:
        done = [name for name, node in waiting.items() if not (metric_expression.names(node) & set(waiting))]
        if not done:
            raise MathError(f"The expressions {', '.join(sorted(waiting))} refer to each other.")
        for name in done:
            value = metric_math.evaluate(waiting.pop(name), ready, measured, len(starts))
            if isinstance(value, float):
                value = [None if math.isnan(value) else value] * len(starts)
            if value and isinstance(value[0], list):
                raise MathError(f"The expression {name} gives several time series; a single one is needed.")
            ready[name] = value  # type: ignore[assignment]
    return ready
