"""An alarm as events, topics and functions see it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from . import alarm_record
from .emulator import responses

# Which of an alarm's lists of actions a state calls for.
ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


def stamp(epoch: float) -> str:
    """A time as CloudWatch writes it in events and messages."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"


def state(alarm: dict[str, Any]) -> dict[str, Any]:
    """The alarm's present state, as events show it."""
    found = {
        "value": alarm["StateValue"],
        "reason": alarm["StateReason"],
        "reasonData": alarm.get("StateReasonData"),
        "timestamp": stamp(alarm["StateUpdatedTimestamp"]),
    }
    return {key: value for key, value in found.items() if value is not None}


def configuration(alarm: dict[str, Any]) -> dict[str, Any]:
    """What the alarm watches, as events show it."""
    described = {"description": alarm["AlarmDescription"]} if alarm.get("AlarmDescription") else {}
    if "AlarmRule" in alarm:
        return {**described, "alarmRule": alarm["AlarmRule"]}
    metrics = []
    for query in alarm_record.queries(alarm):
        shown: dict[str, Any] = {"id": query["Id"]}
        stat = query.get("MetricStat")
        if stat:
            metric = stat["Metric"]
            dimensions = {d["Name"]: d["Value"] for d in metric.get("Dimensions") or []}
            shown["metricStat"] = {
                "metric": {
                    "namespace": metric.get("Namespace"),
                    "name": metric["MetricName"],
                    "dimensions": dimensions,
                },
                "period": stat["Period"],
                "stat": stat["Stat"],
            }
        else:
            shown["expression"] = query["Expression"]
        if query.get("Label"):
            shown["label"] = query["Label"]
        metrics.append({**shown, "returnData": query["ReturnData"]})
    return {**described, "metrics": metrics}


def message(alarm: dict[str, Any], previous: dict[str, Any]) -> dict[str, Any]:
    """The message to a topic."""
    found = {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription"),
        "AWSAccountId": responses.get_account_id(),
        "AlarmConfigurationUpdatedTimestamp": stamp(alarm["AlarmConfigurationUpdatedTimestamp"]),
        "NewStateValue": alarm["StateValue"],
        "NewStateReason": alarm["StateReason"],
        "StateChangeTime": stamp(alarm["StateUpdatedTimestamp"]),
        "Region": responses.get_region(),
        "AlarmArn": alarm["AlarmArn"],
        "OldStateValue": previous["value"],
        **{field: alarm[field] for field in ACTIONS.values() if field in alarm},
    }
    if "AlarmRule" in alarm:
        return {**found, "AlarmRule": alarm["AlarmRule"]}
    trigger = {
        "Period": alarm_record.period(alarm),
        "EvaluationPeriods": alarm["EvaluationPeriods"],
        "DatapointsToAlarm": alarm.get("DatapointsToAlarm"),
        "ComparisonOperator": alarm["ComparisonOperator"],
        "Threshold": alarm.get("Threshold"),
        "TreatMissingData": alarm["TreatMissingData"],
        "EvaluateLowSampleCountPercentile": "",
    }
    if alarm.get("Metrics"):
        trigger["Metrics"] = alarm["Metrics"]
    else:
        percentile = alarm.get("ExtendedStatistic")
        trigger |= {
            "MetricName": alarm["MetricName"],
            "Namespace": alarm["Namespace"],
            "StatisticType": "ExtendedStatistic" if percentile else "Statistic",
            **({"ExtendedStatistic": percentile} if percentile else {"Statistic": alarm["Statistic"].upper()}),
            "Unit": alarm.get("Unit"),
            "Dimensions": [{"value": d["Value"], "name": d["Name"]} for d in alarm["Dimensions"]],
        }
    return {**found, "Trigger": {key: value for key, value in trigger.items() if value is not None}}
