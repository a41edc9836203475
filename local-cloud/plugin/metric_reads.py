"""GetMetricData and GetMetricStatistics as CloudWatch answers them: exact dimensions, and metric math.

The emulator adds up all dimensions where a request names none, and has no expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import metric_series, metrics
from .cloudwatch_requests import answer, refusal
from .emulator import Answer, Json, cloudwatch, replace
from .metric_expression import MathError
from .metric_math import Series

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
_MOST_DATAPOINTS = 100_800


def _starts(data: dict[str, Any], period: int) -> list[float]:
    """The periods that begin within the request's time range, oldest first. Raises MathError."""
    start, end = (cloudwatch._parse_ts(data.get(field)) for field in ("StartTime", "EndTime"))
    if start is None or end is None or start >= end:
        raise MathError("The parameter StartTime must be less than the parameter EndTime.")
    first = int(start // period)
    last = int(-(-end // period))
    if last - first > _MOST_DATAPOINTS:
        raise MathError(f"You have requested more than {_MOST_DATAPOINTS} datapoints: use a longer period.")
    return [index * period for index in range(first, last)]


def _period(query: dict[str, Any], queries: Sequence[dict[str, Any]]) -> int:
    own = (query.get("MetricStat") or query).get("Period")
    lengths = [int((other.get("MetricStat") or {}).get("Period") or 0) for other in queries]
    return int(own or max([*lengths, 0]) or 60)


def _get_metric_data(params: Json, data: Json, /, is_cbor: bool, is_json: bool = False) -> Answer:
    if not (is_cbor or is_json):
        return _emulated["data"](params, data, is_cbor, is_json)
    queries = list(data.get("MetricDataQueries") or [])
    results = []
    try:
        for query in queries:
            if query.get("ReturnData") is False:
                continue
            starts = _starts(data, _period(query, queries))
            statistic = (query.get("MetricStat") or {}).get("Stat")
            if statistic and not metric_series.known_statistic(statistic):
                raise MathError(f"The local cloud does not have the statistic {statistic}.")
            needed = queries if query.get("Expression") else [query]
            values = metric_series.of_queries(needed, _period(query, queries), starts)[query["Id"]]
            results.append(_result(query, starts, values, data.get("ScanBy") == "TimestampAscending"))
    except MathError as problem:
        return refusal("ValidationError", str(problem), is_cbor)
    if is_cbor:
        results = [cloudwatch._cbor_metric_data_result(result) for result in results]
    return answer({"MetricDataResults": results, "Messages": []}, is_cbor)


def _result(query: dict[str, Any], starts: Sequence[float], values: Series, ascending: bool) -> dict[str, Any]:
    found = [(start, value) for start, value in zip(starts, values, strict=True) if value is not None]
    if not ascending:
        found.reverse()
    metric = (query.get("MetricStat") or {}).get("Metric") or {}
    return {
        "Id": query["Id"],
        "Label": query.get("Label") or metric.get("MetricName") or query["Id"],
        "Timestamps": [cloudwatch._ts_iso(start) for start, _ in found],
        "Values": [value for _, value in found],
        "StatusCode": "Complete",
    }


def _get_metric_statistics(params: Json, data: Json, /, is_cbor: bool, is_json: bool = False) -> Answer:
    if not (is_cbor or is_json):
        return _emulated["statistics"](params, data, is_cbor, is_json)
    wanted, extended = list(data.get("Statistics") or []), list(data.get("ExtendedStatistics") or [])
    unknown = [name for name in (*wanted, *extended) if not metric_series.known_statistic(name)]
    if unknown:
        message = f"The local cloud does not have the statistic {unknown[0]}."
        return refusal("InvalidParameterValue", message, is_cbor)
    if not wanted and not extended:
        message = "Must specify either Statistics or ExtendedStatistics"
        return refusal("InvalidParameterCombination", message, is_cbor)
    key = metrics.key_of(data.get("Namespace", ""), data.get("MetricName", ""), data.get("Dimensions") or [])
    period, unit = int(data.get("Period") or 60), data.get("Unit")
    try:
        starts = _starts(data, period)
    except MathError as problem:
        return refusal("InvalidParameterValue", str(problem), is_cbor)
    columns = {name: metric_series.of_metric(key, name, period, starts, unit)[0] for name in (*wanted, *extended)}
    shown_unit = unit or next((point["Unit"] for point in metrics.points(key)), "None")
    datapoints = []
    for index, start in enumerate(starts):
        row = {name: column[index] for name, column in columns.items() if column[index] is not None}
        if not row:
            continue
        point: dict[str, Any] = {"Timestamp": cloudwatch._ts_iso(start), "Unit": shown_unit}
        point |= {name: row[name] for name in wanted if name in row}
        if extended:
            point["ExtendedStatistics"] = {name: row[name] for name in extended if name in row}
        datapoints.append(cloudwatch._cbor_datapoint(point) if is_cbor else point)
    return answer({"Datapoints": datapoints, "Label": data.get("MetricName", "")}, is_cbor)


_emulated: dict[str, Callable[..., Answer]] = {}


def install() -> None:
    """Answers the requests of current SDKs; the query protocol stays with the emulator."""
    _emulated.update(data=cloudwatch._get_metric_data, statistics=cloudwatch._get_metric_statistics)
    replace(cloudwatch, "_get_metric_data", _get_metric_data)
    replace(cloudwatch, "_get_metric_statistics", _get_metric_statistics)
