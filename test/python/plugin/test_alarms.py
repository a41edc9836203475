"""Alarms over the emulator's own store of metrics: exact metrics, periods, math, actions, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from plugin import alarm_actions, alarm_record, alarms, metrics
from plugin.emulator import cloudwatch

NOW = 1_800_000_030.0  # half a minute into a minute
HERE = {"Name": "EndpointName", "Value": "e"}
DEFAULTS = {
    "Namespace": "AWS/SageMaker",
    "MetricName": "Invocation5XXErrors",
    "Dimensions": [HERE],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 0,
    "ComparisonOperator": "GreaterThanThreshold",
}


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, str]]]:
    """The changes of state that would be delivered, as (alarm, old, new)."""
    found: list[tuple[str, str, str]] = []

    def dispatch(alarm: dict[str, Any], old: str, new: str, reason: str) -> None:
        found.append((alarm["AlarmName"], old, new))

    monkeypatch.setattr(alarm_actions, "dispatch", dispatch)
    cloudwatch.reset()
    yield found
    cloudwatch.reset()


def put(**data: Any) -> dict[str, Any]:
    wanted = {**DEFAULTS, **data}
    alarm = alarm_record.record("a", {key: value for key, value in wanted.items() if value is not None})
    cloudwatch._alarms["a"] = alarm
    alarms.evaluate(alarm, NOW)
    return alarm


def publish(value: float, ago: float = 0.0, name: str = "Invocation5XXErrors", **dimensions: str) -> None:
    datum = {"namespace": "AWS/SageMaker", "name": name, "value": value, "timestamp": NOW - ago}
    metrics.publish([{**datum, "dimensions": dimensions or {"EndpointName": "e"}}])


def state(alarm: dict[str, Any], at: float = NOW) -> str:
    alarms.evaluate(alarm, at)
    return str(alarm["StateValue"])


def test_an_alarm_looks_at_its_own_dimensions_only() -> None:
    alarm = put(TreatMissingData="notBreaching")
    publish(5, EndpointName="another")
    publish(5, EndpointName="e", VariantName="AllTraffic")
    assert state(alarm) == "OK"
    publish(5)
    assert state(alarm) == "ALARM"


def test_an_alarm_without_dimensions_does_not_add_up_those_with() -> None:
    alarm = put(Dimensions=[])
    publish(5)
    assert state(alarm) == "INSUFFICIENT_DATA"


def test_the_current_period_counts_before_it_is_over() -> None:
    alarm = put()
    publish(1)
    assert state(alarm) == "ALARM"


def test_a_sum_is_of_one_period_and_not_of_all() -> None:
    alarm = put(Threshold=3, EvaluationPeriods=2, DatapointsToAlarm=2)
    publish(2, ago=60)
    publish(2)
    assert state(alarm) == "OK"
    publish(2, ago=60)
    assert state(alarm) == "OK"
    publish(2)
    assert state(alarm) == "ALARM"


def test_a_percentile_is_taken_of_the_single_values() -> None:
    alarm = put(MetricName="ModelLatency", Statistic=None, ExtendedStatistic="p90", Threshold=50)
    for value in [*[10.0] * 9, 100.0, 1000.0]:
        publish(value, name="ModelLatency")
    assert state(alarm) == "ALARM"
    assert "[100.0 " in alarm["StateReason"]


def test_an_alarm_goes_back_when_its_datapoints_are_old(told: list[tuple[str, str, str]]) -> None:
    alarm = put(TreatMissingData="notBreaching")
    publish(1)
    assert state(alarm) == "ALARM"
    assert state(alarm, NOW + 120) == "ALARM", "late datapoints are waited for: two more periods are looked at"
    assert state(alarm, NOW + 180) == "OK"
    assert told == [("a", "INSUFFICIENT_DATA", "OK"), ("a", "OK", "ALARM"), ("a", "ALARM", "OK")]


def test_without_data_an_alarm_that_treats_it_as_missing_knows_nothing() -> None:
    alarm = put()
    publish(1)
    assert state(alarm) == "ALARM"
    assert state(alarm, NOW + 600) == "INSUFFICIENT_DATA"


def test_an_ignoring_alarm_stays_as_it_was() -> None:
    alarm = put(TreatMissingData="ignore")
    publish(1)
    assert state(alarm) == "ALARM"
    assert state(alarm, NOW + 600) == "ALARM"


def test_a_share_of_errors_is_computed_by_metric_math() -> None:
    def stat(identifier: str, name: str) -> dict[str, Any]:
        metric = {"Namespace": "AWS/SageMaker", "MetricName": name, "Dimensions": [HERE]}
        return {
            "Id": identifier,
            "ReturnData": False,
            "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"},
        }

    queries = [
        {"Id": "share", "Expression": "100 * FILL(errors, 0) / calls", "ReturnData": True},
        stat("errors", "Invocation5XXErrors"),
        stat("calls", "Invocations"),
    ]
    plain: dict[str, Any] = dict.fromkeys(("Namespace", "MetricName", "Dimensions", "Statistic", "Period"))
    alarm = put(**plain, Metrics=queries, Threshold=10)
    for _ in range(20):
        publish(1, name="Invocations")
    publish(2)
    assert state(alarm) == "OK"
    publish(1)
    assert state(alarm) == "ALARM"
    assert "[15.0 " in alarm["StateReason"]


def test_reason_data_and_history_hold_the_datapoints() -> None:
    alarm = put()
    publish(3)
    state(alarm)
    data = json.loads(alarm["StateReasonData"])
    assert data["recentDatapoints"] == [3.0]
    assert data["evaluatedDatapoints"] == [
        {"timestamp": "2027-01-15T08:00:00.000+0000", "sampleCount": 1.0, "value": 3.0}
    ]
    changed = [item for item in cloudwatch._history_entries() if item["HistoryItemType"] == "StateUpdate"]
    assert changed[-1]["HistorySummary"] == "Alarm updated from INSUFFICIENT_DATA to ALARM"


def test_putting_an_alarm_again_keeps_its_state() -> None:
    publish(3)
    assert put()["StateValue"] == "ALARM"
    assert alarm_record.record("a", {**DEFAULTS, "Threshold": 100})["StateValue"] == "ALARM"
    assert put(Threshold=100)["StateValue"] == "OK"


def test_an_alarm_on_a_band_waits_for_its_model() -> None:
    metric = {"Namespace": "N", "MetricName": "m"}
    queries = [
        {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}},
        {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)"},
    ]
    plain: dict[str, Any] = dict.fromkeys(("Namespace", "MetricName", "Dimensions", "Statistic", "Period", "Threshold"))
    alarm = put(**plain, Metrics=queries, ThresholdMetricId="band", ComparisonOperator="GreaterThanUpperThreshold")
    publish(1e9, name="m")
    assert state(alarm) == "INSUFFICIENT_DATA"
    assert "still being trained" in alarm["StateReason"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Period": 45}, "Invalid period"),
        ({"Period": 3600, "EvaluationPeriods": 200}, "more than seven days"),
        ({"Period": 300, "EvaluationPeriods": 300}, "more than a day"),
        ({"DatapointsToAlarm": 2}, "DatapointsToAlarm must be less"),
        ({"TreatMissingData": "bad"}, "bad is not supported"),
        ({"ComparisonOperator": "Above"}, "comparisonOperator"),
        ({"AlarmActions": ["arn:aws:sns:us-east-1:000000000000:t"] * 6}, "alarmActions"),
        ({"Statistic": None}, "Exactly one of Statistic"),
        ({"ExtendedStatistic": "p90"}, "Exactly one of Statistic"),
        ({"Statistic": "p90"}, "at 'statistic' failed to satisfy constraint"),
        ({"Statistic": None, "ExtendedStatistic": "tm99"}, "does not have the statistic tm99"),
        ({"MetricName": None}, "MetricName must be specified"),
        ({"Threshold": None}, "Either Threshold"),
        ({"AlarmActions": ["topic"]}, "Invalid arn syntax: topic"),
        ({"AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"]}, "SNS topics and Lambda functions only"),
        ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "needs a ThresholdMetricId"),
    ],
)
def test_what_is_no_alarm_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(alarm_record.Refused, match=message):
        put(**change)


def test_a_template_may_write_numbers_as_text() -> None:
    alarm = put(Period="60", Threshold="0", EvaluationPeriods="1", ActionsEnabled="false")
    assert (alarm["Period"], alarm["Threshold"], alarm["ActionsEnabled"]) == (60, 0.0, False)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"Namespace": "AWS/SageMaker"}, "AWS/SageMaker"),
        ({"Namespace": "aws/sagemaker/Endpoints/data-metrics"}, "data-metrics"),
        ({"Namespace": ""}, "Namespace is required"),
        ({"Namespace": "N", "MetricData": [{"MetricName": "m"}]}, "MetricData.member.1.Value"),
        ({"Namespace": "N", "MetricData": [{"MetricName": "m", "Value": float("nan")}]}, "nan"),
    ],
)
def test_metrics_that_a_customer_may_not_publish_are_refused(data: dict[str, Any], message: str) -> None:
    assert message in (metrics._refusal(data) or "")


def test_time_that_is_let_go_by_makes_datapoints_older() -> None:
    alarm = put(TreatMissingData="notBreaching")
    publish(1)
    assert state(alarm) == "ALARM"
    metrics.elapse(180)
    assert state(alarm) == "OK"
