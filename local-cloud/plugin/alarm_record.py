"""What an alarm is made of: a request of PutMetricAlarm or a template's properties, checked and put in order."""

from __future__ import annotations

import time
from typing import Any

from . import constraints, metric_expression, metric_series
from .alarm_evaluation import BAND_COMPARISONS
from .emulator import cloudwatch, core_arn, responses
from .metric_expression import MathError

_TEXTS = ("AlarmDescription", "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Unit", "ThresholdMetricId")
_NUMBERS = {"Period": int, "EvaluationPeriods": int, "DatapointsToAlarm": int, "Threshold": float}
_ACTIONS = ("OKActions", "AlarmActions", "InsufficientDataActions")
_MISSING = ("missing", "ignore", "breaching", "notBreaching")
_STATE = ("StateValue", "StateReason", "StateReasonData", "StateUpdatedTimestamp", "StateTransitionedTimestamp")
_DAY, _WEEK = 86_400, 604_800

TRAINING = (
    "Insufficient Data: the anomaly detection model of this metric is still being trained; "
    "a new one has no band for up to 3 hours."
)


class Refused(ValueError):
    """The request is not a valid alarm; `code` is the API's."""

    code = "ValidationError"


def record(name: str, props: dict[str, Any]) -> dict[str, Any]:
    """The alarm as it is stored and described. An alarm of that name keeps its state. Raises Refused."""
    alarm: dict[str, Any] = {
        "AlarmName": name,
        "AlarmArn": f"arn:aws:cloudwatch:{responses.get_region()}:{responses.get_account_id()}:alarm:{name}",
    }
    alarm.update({field: str(props[field]) for field in _TEXTS if props.get(field)})
    for field, kind in _NUMBERS.items():
        if props.get(field) is not None:
            alarm[field] = kind(float(props[field]))
    alarm["ComparisonOperator"] = props.get("ComparisonOperator") or ""
    alarm["TreatMissingData"] = props.get("TreatMissingData") or "missing"
    alarm["ActionsEnabled"] = str(props.get("ActionsEnabled", True)).lower() not in ("false", "0", "no")
    alarm.update({field: [str(arn) for arn in props.get(field) or []] for field in _ACTIONS})
    alarm["Dimensions"] = list(props.get("Dimensions") or [])
    if props.get("Metrics"):
        alarm["Metrics"] = [_query(query) for query in props["Metrics"]]
    _check(alarm)
    now = time.time()
    alarm["AlarmConfigurationUpdatedTimestamp"] = now
    alarm.update(
        {
            "StateValue": "INSUFFICIENT_DATA",
            "StateReason": "Unchecked: Initial alarm creation",
            "StateUpdatedTimestamp": now,
            "StateTransitionedTimestamp": now,
        }
    )
    before = cloudwatch._alarms.get(name)
    if before:
        alarm.update({field: before[field] for field in _STATE if field in before})
    elif has_band(alarm):
        alarm["StateReason"] = TRAINING
    return alarm


def has_band(alarm: dict[str, Any]) -> bool:
    """Whether the alarm compares with the band of an anomaly detection model."""
    return bool(alarm.get("ThresholdMetricId"))


def queries(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """What the alarm watches, as metric queries; the one with ReturnData is compared with the threshold."""
    if alarm.get("Metrics"):
        return list(alarm["Metrics"])
    metric = {key: alarm[key] for key in ("Namespace", "MetricName", "Dimensions")}
    stat = {"Metric": metric, "Period": alarm["Period"], "Stat": alarm.get("ExtendedStatistic") or alarm["Statistic"]}
    if alarm.get("Unit"):
        stat["Unit"] = alarm["Unit"]
    return [{"Id": "m1", "MetricStat": stat, "ReturnData": True}]


def period(alarm: dict[str, Any]) -> int:
    """The length of the alarm's periods in seconds."""
    if "Period" in alarm:
        return int(alarm["Period"])
    lengths = [int((query.get("MetricStat") or query).get("Period") or 0) for query in alarm["Metrics"]]
    return max([*lengths, 0]) or 60


def _query(query: dict[str, Any]) -> dict[str, Any]:
    """A metric query with numbers as numbers: templates may write them as text."""
    made = dict(query)
    made["ReturnData"] = str(query.get("ReturnData", True)).lower() != "false"
    if made.get("Period") is not None:
        made["Period"] = int(made["Period"])
    stat = made.get("MetricStat")
    if stat:
        made["MetricStat"] = {**stat, "Period": int(stat.get("Period") or 0)}
    return made


def _check(alarm: dict[str, Any]) -> None:
    if broken := constraints.violation("cloudwatch", "PutMetricAlarm", alarm):
        raise Refused(broken)
    if alarm["TreatMissingData"] not in _MISSING:
        raise Refused(f"The value {alarm['TreatMissingData']} is not supported for TreatMissingData parameter.")
    if alarm.get("EvaluationPeriods", 0) < 1:
        raise Refused("The parameter EvaluationPeriods must be greater than or equal to 1.")
    if alarm.get("DatapointsToAlarm", 1) > alarm["EvaluationPeriods"]:
        raise Refused("DatapointsToAlarm must be less than or equal to EvaluationPeriods.")
    if alarm.get("Metrics"):
        _check_queries(alarm)
    else:
        _check_metric(alarm)
    if not has_band(alarm):
        if alarm["ComparisonOperator"] in BAND_COMPARISONS:
            raise Refused(f"{alarm['ComparisonOperator']} needs a ThresholdMetricId: it compares with a band.")
        if "Threshold" not in alarm:
            raise Refused("Either Threshold or ThresholdMetricId must be specified.")
    length = period(alarm)
    if length not in (10, 20, 30) and length % 60:
        raise Refused(f"Invalid period specified: {length}. A period is 10, 20, 30 or a multiple of 60 seconds.")
    span, most = length * alarm["EvaluationPeriods"], _WEEK if length >= 3600 else _DAY
    if span > most:
        words = "seven days" if most == _WEEK else "a day"
        raise Refused(
            f"Metrics cannot be checked across more than {words} (EvaluationPeriods * Period must be <= {most})."
        )
    for arn in (arn for field in _ACTIONS for arn in alarm[field]):
        _check_action(arn)


def _check_metric(alarm: dict[str, Any]) -> None:
    for field in ("MetricName", "Namespace", "Period"):
        if not alarm.get(field):
            raise Refused(f"The parameter {field} must be specified, or else Metrics.")
    statistics = [alarm[field] for field in ("Statistic", "ExtendedStatistic") if alarm.get(field)]
    if len(statistics) != 1:
        raise Refused("Exactly one of Statistic and ExtendedStatistic must be specified.")
    _check_statistic(statistics[0])


def _check_statistic(name: str) -> None:
    if not metric_series.known_statistic(name):
        raise Refused(
            f"The local cloud does not have the statistic {name}; it has the five basic ones and percentiles."
        )


def _check_queries(alarm: dict[str, Any]) -> None:
    if alarm.get("MetricName") or alarm.get("Namespace") or alarm.get("Period"):
        raise Refused("MetricName, Namespace and Period must not be specified together with Metrics.")
    known = {query.get("Id") for query in alarm["Metrics"]}
    band = False
    for query in alarm["Metrics"]:
        stat, expression = query.get("MetricStat"), query.get("Expression")
        if bool(stat) == bool(expression):
            raise Refused(f"The metric query {query.get('Id')} must have either MetricStat or Expression.")
        if stat:
            _check_statistic(str(stat.get("Stat")))
            continue
        try:
            node = metric_expression.parse(str(expression))
        except MathError as problem:
            raise Refused(str(problem)) from problem
        unknown = metric_expression.names(node) - known
        if unknown:
            raise Refused(f"The expression {expression} names {', '.join(sorted(unknown))}, and no query has that id.")
        band = band or metric_expression.uses(node, metric_expression.BAND)
    returned = [query["Id"] for query in alarm["Metrics"] if query["ReturnData"]]
    if has_band(alarm):
        if alarm["ThresholdMetricId"] not in known or not band:
            raise Refused(f"ThresholdMetricId {alarm['ThresholdMetricId']} is not the id of an ANOMALY_DETECTION_BAND.")
    elif len(returned) != 1:
        raise Refused("Exactly one element of the metrics list should return data.")


def _check_action(arn: str) -> None:
    try:
        service = core_arn.parse_arn(arn).service
    except core_arn.ArnParseError as problem:
        raise Refused(f"Invalid arn syntax: {arn}") from problem
    if service not in ("sns", "lambda"):
        raise Refused(f"The local cloud has alarm actions of SNS topics and Lambda functions only, not {arn}.")
