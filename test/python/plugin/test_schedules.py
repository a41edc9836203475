"""Schedules: when they are due, which are refused, and what of their input is filled in."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from plugin import scheduler_delivery, scheduler_targets, scheduler_times
from plugin.emulator import iam as iam_service
from plugin.emulator import scheduler

ROLE = "arn:aws:iam::000000000000:role/r"
GROUP = "arn:aws:scheduler:us-east-1:000000000000:schedule-group/default"
TARGET = {"Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createProcessingJob", "RoleArn": ROLE, "Input": "{}"}


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def schedule(expression: str, **more: Any) -> dict[str, Any]:
    made = at("2026-07-01T00:10:00")
    return {"ScheduleExpression": expression, "CreationDate": made, **more}


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("rate(1 hour)", "2026-07-01T00:10:00", "2026-07-01T01:10:00"),
        ("rate(1 hour)", "2026-07-01T01:10:00", "2026-07-01T02:10:00"),
        ("rate(5 minutes)", "2026-07-01T09:12:00", "2026-07-01T09:15:00"),
        ("cron(0 * ? * * *)", "2026-07-01T00:10:00", "2026-07-01T01:00:00"),
        ("cron(0 * ? * * *)", "2026-07-01T01:00:00", "2026-07-01T02:00:00"),
        ("cron(30 6 ? * MON *)", "2026-07-01T00:10:00", "2026-07-06T06:30:00"),
        ("at(2026-07-02T12:00:00)", "2026-07-01T00:10:00", "2026-07-02T12:00:00"),
        ("at(2026-07-02T12:00:00)", "2026-07-02T12:00:00", None),
    ],
)
def test_when_a_schedule_is_due(expression: str, after: str, expected: str | None) -> None:
    assert scheduler_times.next_time(schedule(expression), at(after)) == (expected and at(expected))


def test_a_time_zone_moves_it() -> None:
    due = schedule("cron(0 9 ? * * *)", ScheduleExpressionTimezone="Europe/Berlin")
    assert scheduler_times.next_time(due, at("2026-07-01T00:10:00")) == at("2026-07-01T07:00:00")
    once = schedule("at(2026-01-01T12:00:00)", ScheduleExpressionTimezone="America/New_York")
    assert scheduler_times.next_time(once, 0) == at("2026-01-01T17:00:00")


def test_it_runs_between_its_dates_only() -> None:
    bounded = schedule("rate(1 hour)", StartDate=at("2026-07-03T00:30:00"), EndDate=at("2026-07-03T02:00:00"))
    assert scheduler_times.next_time(bounded, at("2026-07-01T00:10:00")) == at("2026-07-03T00:30:00")
    assert scheduler_times.next_time(bounded, at("2026-07-03T01:30:00")) is None


@pytest.fixture(autouse=True)
def role(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
    made = {"Arn": ROLE, "AssumeRolePolicyDocument": {"Statement": [trust]}}
    monkeypatch.setattr(iam_service, "_roles", {"r": made})
    return trust


def body(**change: Any) -> dict[str, Any]:
    window = {"Mode": "OFF"}
    return {"ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": window, "Target": TARGET, **change}


def test_a_schedule_of_a_universal_target_is_taken() -> None:
    assert scheduler_targets.refusal(body()) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ScheduleExpression": "rate(0 hours)"}, "Invalid Schedule Expression rate(0 hours)."),
        ({"ScheduleExpression": "every hour"}, "Invalid Schedule Expression every hour."),
        ({"ScheduleExpression": "cron(0 * * *)"}, "Invalid Schedule Expression"),
        ({"ScheduleExpression": "at(2026-13-01T00:00:00)"}, "Invalid Schedule Expression"),
        ({"ScheduleExpressionTimezone": "Mars/Olympus"}, "Mars/Olympus is not valid"),
        ({"FlexibleTimeWindow": {"Mode": "SOMETIMES"}}, "Value 'SOMETIMES' at 'flexibleTimeWindow.mode'"),
        ({"FlexibleTimeWindow": {"MaximumWindowInMinutes": 5}}, "Value '' at 'flexibleTimeWindow.mode'"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": "1441"}}, "less than or equal to 1440"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "flexibleTimeWindow.maximumWindowInMinutes"),
        (
            {"Target": {**TARGET, "Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:describeEndpoint"}},
            "describeEndpoint is not a supported api action",
        ),
        ({"Target": {**TARGET, "Input": "{"}}, "must be JSON"),
        ({"Target": {**TARGET, "Arn": "arn:aws:kinesis:us-east-1:000000000000:stream/s"}}, "no schedules with the"),
        ({"Target": {**TARGET, "RoleArn": ROLE + "2"}}, "must allow AWS EventBridge Scheduler to assume the role"),
    ],
)
def test_what_is_no_schedule_is_refused(change: dict[str, Any], message: str) -> None:
    assert message in (scheduler_targets.refusal(body(**change)) or "")


@pytest.mark.parametrize(
    ("condition", "taken"),
    [
        ({"StringEquals": {"aws:SourceAccount": "000000000000", "aws:SourceArn": GROUP}}, True),
        ({"StringEquals": {"aws:SourceAccount": "111111111111"}}, False),
        ({"StringEquals": {"aws:SourceArn": GROUP.replace("default", "other")}}, False),
    ],
)
def test_the_trust_policy_may_name_account_and_group(
    role: dict[str, Any], condition: dict[str, Any], taken: bool
) -> None:
    role["Condition"] = condition
    assert (scheduler_targets.refusal(body()) is None) == taken


def test_context_attributes_are_filled_in() -> None:
    names = {"a": "execution-id", "b": "scheduled-time", "c": "attempt-number"}
    text = json.dumps({key: f"job-<aws.scheduler.{name}>" for key, name in names.items()})
    filled = scheduler_delivery.fill(text, {"Arn": "x"}, at("2026-07-01T05:00:00"), "id-1", 2)
    assert json.loads(filled) == {"a": "job-id-1", "b": "job-2026-07-01T05:00:00Z", "c": "job-2"}


def test_each_time_is_run_once_and_a_disabled_schedule_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[str, float]] = []
    monkeypatch.setattr(scheduler_delivery, "run", lambda schedule, due: ran.append((schedule["Name"], due)))
    monkeypatch.setattr(threading, "Thread", Now)
    scheduler.reset()
    for name, state in (("on", "ENABLED"), ("off", "DISABLED")):
        scheduler._schedules[f"default/{name}"] = schedule("rate(1 hour)", Name=name, State=state, Target=TARGET)
    once = schedule("at(2026-07-01T03:00:00)", Name="once", State="ENABLED", ActionAfterCompletion="DELETE")
    scheduler._schedules["default/once"] = once
    for moment in ("00:30:00", "01:10:00", "01:10:01", "03:05:00", "03:10:00"):
        scheduler_targets.tick(at(f"2026-07-01T{moment}"))
    due = [("on", "01:10:00"), ("on", "02:10:00"), ("once", "03:00:00"), ("on", "03:10:00")]
    assert ran == [(name, at(f"2026-07-01T{time}")) for name, time in due]
    assert "default/once" not in scheduler._schedules
    scheduler.reset()


class Now:
    """A thread that runs at once."""

    def __init__(self, target: Any, args: tuple[Any, ...], daemon: bool) -> None:
        self.target, self.args = target, args

    def start(self) -> None:
        self.target(*self.args)
