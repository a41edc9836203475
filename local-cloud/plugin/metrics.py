"""CloudWatch metrics: what AWS services publish themselves, and which of a customer's publications AWS refuses.

Whoever wants to know of new datapoints (the alarms) listens here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from . import cloudwatch_requests
from .emulator import Answer, Json, cloudwatch, replace

# Namespace, name and dimensions, as the emulator keys its store.
Key = tuple[str, str, str]
_listeners: list[Callable[[set[Key]], None]] = []
_touched: set[Key] = set()
# Functions publish from threads of their own.
_lock = threading.Lock()


def on_arrival(listener: Callable[[set[Key]], None]) -> None:
    """Calls the listener with the metrics that have new datapoints, after each publication."""
    _listeners.append(listener)


def key_of(namespace: str, name: str, dimensions: Iterable[dict[str, str]]) -> Key:
    """The key of a metric; its dimensions are given as the API gives them."""
    pairs: str = cloudwatch._dims_key(cloudwatch._dims_from_list(list(dimensions)))
    return namespace, name, pairs


def points(key: Key) -> list[dict[str, Any]]:
    """A copy of the datapoints of exactly this metric."""
    return list(cloudwatch._metrics.get(key) or [])


def _note(namespace: str, name: str, dimensions: dict[str, str]) -> None:
    with _lock:
        _touched.add((namespace, name, cloudwatch._dims_key(dimensions)))


def _arrived() -> None:
    with _lock:
        arrived = set(_touched)
        _touched.clear()
    if arrived:
        for listener in _listeners:
            listener(arrived)


def publish(data: list[dict[str, Any]]) -> int:
    """Takes datapoints that an AWS service publishes: each `{namespace, name, dimensions, value | values | statistics,
    unit, timestamp}`, the dimensions as a mapping, the time in seconds."""
    for datum in data:
        cloudwatch._store_datum(
            datum["namespace"],
            datum["name"],
            {str(name): str(value) for name, value in (datum.get("dimensions") or {}).items()},
            float(datum.get("timestamp") or time.time()),
            datum.get("unit") or "None",
            datum.get("value"),
            datum.get("values"),
            datum.get("counts"),
            datum.get("statistics"),
        )
    _arrived()
    return len(data)


def elapse(seconds: float) -> None:
    """Moves every datapoint so far into the past, as if that time had gone by since."""
    for bucket in cloudwatch._metrics._data.values():
        for point in list(bucket):
            point["Timestamp"] -= seconds


def _refusal(data: dict[str, Any]) -> str | None:
    """What AWS says to a PutMetricData that it does not take."""
    namespace = data.get("Namespace") or ""
    if not namespace:
        return "The parameter Namespace is required."
    # Of AWS's services only: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
    if namespace.upper().startswith("AWS/"):
        return f"The value {namespace} for parameter Namespace is invalid."
    for index, datum in enumerate(data.get("MetricData") or [], 1):
        where = f"MetricData.member.{index}"
        if not datum.get("MetricName"):
            return f"The parameter {where}.MetricName is required."
        if len(datum.get("Dimensions") or []) > 30:
            return f"The collection {where}.Dimensions must not have a size greater than 30."
        values = datum.get("Values")
        if datum.get("Value") is None and not values and not datum.get("StatisticValues"):
            return f"At least one of the parameters {where}.Value, {where}.Values must be specified."
        for value in [datum.get("Value"), *(values or [])]:
            if value is not None and (value != value or value in (float("inf"), float("-inf"))):
                return f"The value {value} for parameter {where}.Value is invalid."
    return None


def install() -> None:
    """Notes which metrics get datapoints, by whatever way, and tells the listeners."""
    store = cloudwatch._store_datum
    put = cloudwatch._put_metric_data
    record = cloudwatch.record_metric

    def store_datum(namespace: str, name: str, dims: dict[str, str], *rest: Any, **named: Any) -> None:
        store(namespace, name, dims, *rest, **named)
        _note(namespace, name, dims)

    def put_metric_data(params: Json, data: Json, /, is_cbor: bool, is_json: bool = False) -> Answer:
        refused = _refusal(data) if is_cbor or is_json else None
        if refused:
            return cloudwatch_requests.refusal("InvalidParameterValue", refused, is_cbor)
        return put(params, data, is_cbor, is_json)

    def record_metric(
        namespace: str, metric_name: str, value: float, unit: str = "None", dimensions: dict[str, str] | None = None
    ) -> None:
        record(namespace, metric_name, value, unit, dimensions)
        _note(namespace, metric_name, dimensions or {})
        _arrived()

    replace(cloudwatch, "_store_datum", store_datum)
    replace(cloudwatch, "_put_metric_data", put_metric_data)
    replace(cloudwatch, "record_metric", record_metric)
    # The emulator asks for this after each PutMetricData.
    replace(cloudwatch, "_evaluate_all_alarms", _arrived)
