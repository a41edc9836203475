"""Anomaly detectors of CloudWatch: models that are made with an alarm on a band, or by themselves, and outlive it.

A model trains on hours of data on AWS. Here it stays in training, as a new one does, and has no band.
"""

from __future__ import annotations

from typing import Any

from . import cloudformation_types, cloudwatch_requests, metric_expression, metrics
from .cloudformation_types import Created
from .emulator import Answer, Json, RegionStore, add, cloudwatch, replace

_FIELDS = ("Namespace", "MetricName", "Dimensions", "Stat")


class Refused(ValueError):
    """The request names no metric, or one of a kind that the local cloud does not have."""


def _metric(data: dict[str, Any]) -> dict[str, Any]:
    if data.get("MetricMathAnomalyDetector"):
        raise Refused("The local cloud has anomaly detectors of single metrics only, not of metric math.")
    metric = data.get("SingleMetricAnomalyDetector") or data
    missing = [field for field in ("Namespace", "MetricName", "Stat") if not metric.get(field)]
    if missing:
        raise Refused(f"The parameter {missing[0]} must be specified.")
    return {field: metric.get(field) or [] for field in _FIELDS}


def _identity(metric: dict[str, Any]) -> tuple[str, ...]:
    return (*metrics.key_of(metric["Namespace"], metric["MetricName"], metric["Dimensions"]), str(metric["Stat"]))


def _store() -> Any:
    return cloudwatch._anomaly_detectors


def put(data: dict[str, Any]) -> None:
    """Makes the detector of a metric. Raises Refused."""
    metric = _metric(data)
    _store()[_identity(metric)] = {
        **metric,
        "SingleMetricAnomalyDetector": metric,
        "Configuration": data.get("Configuration") or {"ExcludedTimeRanges": []},
        "StateValue": "PENDING_TRAINING",
    }


def delete(data: dict[str, Any]) -> bool:
    """Removes it. @returns whether there was one. Raises Refused."""
    return _store().pop(_identity(_metric(data)), None) is not None


def of_alarm(alarm: dict[str, Any]) -> None:
    """CloudWatch makes the model with the alarm, unless there is one."""
    queries = {query["Id"]: query for query in alarm.get("Metrics") or []}
    for query in queries.values():
        if not query.get("Expression"):
            continue
        node = metric_expression.parse(query["Expression"])
        if not metric_expression.uses(node, metric_expression.BAND):
            continue
        for name in metric_expression.names(node):
            stat = (queries.get(name) or {}).get("MetricStat")
            if stat:
                metric = _metric({**stat["Metric"], "Stat": stat["Stat"]})
                if _identity(metric) not in _store():
                    put(metric)


def _put(data: Json, is_cbor: bool) -> Answer:
    try:
        put(data)
    except Refused as problem:
        return cloudwatch_requests.refusal("InvalidParameterValue", str(problem), is_cbor)
    return cloudwatch_requests.answer({}, is_cbor)


def _remove(data: Json, is_cbor: bool) -> Answer:
    try:
        gone = delete(data)
    except Refused as problem:
        return cloudwatch_requests.refusal("InvalidParameterValue", str(problem), is_cbor)
    if not gone:
        message = "The anomaly detector does not exist."
        return cloudwatch_requests.refusal("ResourceNotFoundException", message, is_cbor, 404)
    return cloudwatch_requests.answer({}, is_cbor)


def _describe(data: Json, is_cbor: bool) -> Answer:
    wanted = {field: data[field] for field in ("Namespace", "MetricName") if data.get(field)}
    dimensions = data.get("Dimensions") or []
    found = [
        detector
        for detector in _store().values()
        if all(detector[field] == value for field, value in wanted.items())
        and all(dimension in detector["Dimensions"] for dimension in dimensions)
    ]
    return cloudwatch_requests.answer({"AnomalyDetectors": found}, is_cbor)


def _create(logical_id: str, props: dict[str, Any], stack_name: str) -> Created:
    put(props)
    return f"{stack_name}-{logical_id}", {"Id": f"{stack_name}-{logical_id}"}


def _delete(physical_id: str, props: dict[str, Any]) -> None:
    delete(props)


def _update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Created:
    if _identity(_metric(old)) != _identity(_metric(new)):
        delete(old)
    put(new)
    return physical_id, {"Id": physical_id}


def install() -> None:
    """Adds the operations, the type of CloudFormation, and the model that comes with an alarm."""
    # In the emulator's module, so that it stands in the raw inventory.
    add(cloudwatch, "_anomaly_detectors", RegionStore())
    put_alarm = cloudwatch.cloudformation_put_metric_alarm

    def put_metric_alarm(alarm: dict[str, Any]) -> None:
        put_alarm(alarm)
        of_alarm(alarm)

    replace(cloudwatch, "cloudformation_put_metric_alarm", put_metric_alarm)
    cloudwatch_requests.add("PutAnomalyDetector", _put)
    cloudwatch_requests.add("DeleteAnomalyDetector", _remove)
    cloudwatch_requests.add("DescribeAnomalyDetectors", _describe)
    cloudformation_types.register({"AWS::CloudWatch::AnomalyDetector": (_create, _update, _delete)})
