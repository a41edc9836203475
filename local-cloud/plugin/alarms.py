"""CloudWatch alarms that evaluate what is really published.

The emulator looks at a metric's name only. Here each alarm is evaluated over its own metrics (exact dimensions,
statistic or percentile, metric math), by periods, M out of N, with missing data treated as asked: at once when a
datapoint of one of its metrics arrives, and each second, so that states go back. The current, incomplete period counts
as the newest one.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from typing import Any

from . import alarm_actions, alarm_record, metric_series, metrics
from .alarm_evaluation import EXTRA_PERIODS, Point, Rule, Verdict, judge
from .alarm_shapes import stamp
from .cloudwatch_requests import answer, refusal
from .emulator import Answer, Json, cloudwatch, provisioners, replace, responses
from .metric_expression import MathError

logger = logging.getLogger("cloudwatch")

_TICK_SECONDS = 1.0
_lock = threading.RLock()


def evaluate(alarm: dict[str, Any], now: float | None = None) -> None:
    """Puts the alarm in the state that its datapoints ask for, and has the change delivered."""
    if "MetricName" not in alarm and "Metrics" not in alarm:
        return
    # A new anomaly detection model has no band for hours, so such an alarm has nothing to compare with.
    if alarm_record.has_band(alarm):
        return
    with _lock:
        # It may have been deleted or put again while this one waited.
        if cloudwatch._alarms.get(alarm["AlarmName"]) is not alarm:
            return
        moment = time.time() if now is None else now
        points = _points(alarm, moment)
        verdict = judge(_rule(alarm), points, alarm["StateValue"])
        if verdict.state != alarm["StateValue"]:
            _change(alarm, verdict, points, moment)


def _rule(alarm: dict[str, Any]) -> Rule:
    periods = int(alarm["EvaluationPeriods"])
    datapoints = int(alarm.get("DatapointsToAlarm") or periods)
    missing = alarm.get("TreatMissingData") or "missing"
    return Rule(alarm["ComparisonOperator"], float(alarm["Threshold"]), periods, datapoints, missing)


def _points(alarm: dict[str, Any], now: float) -> list[Point]:
    """The periods of the evaluation range, newest first."""
    length = alarm_record.period(alarm)
    newest = now // length * length
    starts = [newest - index * length for index in range(int(alarm["EvaluationPeriods"]) + EXTRA_PERIODS)]
    queries = alarm_record.queries(alarm)
    if not alarm.get("Metrics"):
        (query,) = queries
        (key,) = metric_series.keys(queries)
        stat = query["MetricStat"]
        values, counts = metric_series.of_metric(key, stat["Stat"], length, starts, stat.get("Unit"))
        return [Point(*of) for of in zip(starts, values, counts, strict=True)]
    # Expressions read a series from its oldest value on.
    oldest_first = starts[::-1]
    returned = next(query["Id"] for query in queries if query["ReturnData"])
    found = metric_series.of_queries(queries, length, oldest_first)[returned]
    return [Point(start, value) for start, value in zip(starts, found[::-1], strict=True)]


def _change(alarm: dict[str, Any], verdict: Verdict, points: list[Point], now: float) -> None:
    old = alarm["StateValue"]
    alarm_actions.remember(alarm)
    data: dict[str, Any] = {"version": "1.0", "queryDate": stamp(now)}
    real = [point for point in points if point.value is not None]
    if real:
        data["startDate"] = stamp(min(point.start for point in verdict.evaluated))
    if alarm.get("Unit"):
        data["unit"] = alarm["Unit"]
    if not alarm.get("Metrics"):
        data["statistic"] = alarm.get("ExtendedStatistic") or alarm["Statistic"]
    data |= {
        "period": alarm_record.period(alarm),
        "recentDatapoints": [point.value for point in real[: int(alarm["EvaluationPeriods"])]][::-1],
        "threshold": alarm["Threshold"],
        "evaluatedDatapoints": [_evaluated(point) for point in verdict.evaluated],
    }
    alarm["StateReasonData"] = json.dumps(data)
    alarm["StateValue"], alarm["StateReason"] = verdict.state, verdict.reason
    alarm["StateUpdatedTimestamp"] = alarm["StateTransitionedTimestamp"] = now
    cloudwatch._record_history(alarm["AlarmName"], old, verdict.state, verdict.reason, reason_data=data)
    alarm_actions.dispatch(alarm, old, verdict.state, verdict.reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _evaluated(point: Point) -> dict[str, Any]:
    shown: dict[str, Any] = {"timestamp": stamp(point.start)}
    if point.samples:
        shown["sampleCount"] = point.samples
    if point.value is not None:
        shown["value"] = point.value
    return shown


def _evaluate_quietly(alarm: dict[str, Any]) -> None:
    try:
        evaluate(alarm)
    except MathError as problem:
        alarm["StateReason"] = str(problem)
    except Exception:
        logger.exception("alarm %s cannot be evaluated", alarm.get("AlarmName"))


def arrived(keys: set[metrics.Key]) -> None:
    """Evaluates the alarms on metrics that have new datapoints."""
    for alarm in list(cloudwatch._alarms.values()):
        if metric_series.keys(alarm_record.queries(alarm)) & keys:
            _evaluate_quietly(alarm)


def evaluate_all() -> None:
    """Evaluates every alarm of every account and Region once."""
    for (account, region, _), alarm in list(cloudwatch._alarms._data.items()):
        with responses.request_scope(account, region):
            _evaluate_quietly(alarm)


def elapse(seconds: float) -> None:
    """Lets time go by for metrics and alarms: datapoints become so much older, and every alarm is evaluated."""
    with _lock:
        metrics.elapse(seconds)
        evaluate_all()


def _tick() -> None:
    while True:
        time.sleep(_TICK_SECONDS)
        evaluate_all()


def _put_metric_alarm(params: Json, data: Json, /, is_cbor: bool, is_json: bool = False) -> Answer:
    if not (is_cbor or is_json):
        message = "The local cloud takes PutMetricAlarm from current SDKs only, not in the query protocol."
        return cloudwatch._error("ValidationError", message, 400, use_json=False, use_cbor=False)
    name = data.get("AlarmName")
    if not name:
        return refusal("ValidationError", "The parameter AlarmName must be specified.", is_cbor)
    is_new = name not in cloudwatch._alarms
    tags = cloudwatch._alarm_request_tags(params, data, is_cbor, is_json)
    refused = cloudwatch._alarm_tags_refusal(tags, data.get("DatapointsToAlarm"), is_new, is_cbor, is_json)
    if refused:
        return refused
    try:
        alarm = alarm_record.record(name, data)
    except alarm_record.Refused as problem:
        return refusal(problem.code, str(problem), is_cbor)
    # Tags apply on create only.
    if is_new and tags:
        cloudwatch._resource_tags[alarm["AlarmArn"]] = {tag["Key"]: tag["Value"] for tag in tags}
    cloudwatch.cloudformation_put_metric_alarm(alarm)
    return answer({}, is_cbor)


def install() -> None:
    """Replaces the emulator's evaluation, and what it keeps of an alarm."""
    replace(cloudwatch, "_evaluate_alarm", _evaluate_quietly)
    replace(cloudwatch, "_put_metric_alarm", _put_metric_alarm)
    replace(provisioners, "_cw_metric_alarm_record", alarm_record.record)
    metrics.on_arrival(arrived)
    alarm_actions.install()
    threading.Thread(target=_tick, daemon=True, name="alarm-evaluation").start()
