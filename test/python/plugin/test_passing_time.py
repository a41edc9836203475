"""Time that passes: what is due in it, by whatever starts it, in the order of its times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from plugin import passing_time, scheduler_delivery
from plugin.emulator import eventbridge, scheduler
from plugin.scheduler_delivery import Outcome

HERE = ("000000000000", "us-east-1")


def at(text: str) -> float:
    return datetime.fromisoformat(f"2026-07-01T{text}").replace(tzinfo=UTC).timestamp()


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    for store in (scheduler._schedules._data, eventbridge._rules._data, eventbridge._rule_last_fired):
        store.clear()
    yield
    for store in (scheduler._schedules._data, eventbridge._rules._data, eventbridge._rule_last_fired):
        store.clear()


def schedule(name: str, expression: str, state: str = "ENABLED") -> None:
    made: dict[str, Any] = {"Name": name, "ScheduleExpression": expression, "State": state}
    scheduler._schedules._data[(*HERE, f"default/{name}")] = {**made, "CreationDate": at("00:00:00")}


def rule(name: str, expression: str = "", state: str = "ENABLED", made: str = "00:00:00") -> None:
    arn = f"arn:aws:events:us-east-1:000000000000:rule/{name}"
    kept = {"Name": name, "Arn": arn, "ScheduleExpression": expression, "State": state, "CreationTime": at(made)}
    eventbridge._rules._data[(*HERE, f"{name}|default")] = kept


def due(now: str, minutes: float) -> list[tuple[str, str]]:
    found = passing_time.due_within(at(now), minutes * 60)
    return [(scheduler_delivery.instant(one.at)[11:19], one.name) for one in found]


def test_an_hour_of_a_lab_holds_its_analysis_and_its_lease() -> None:
    schedule("analysis", "cron(20 * * * ? *)")
    rule("lease", "rate(15 minutes)", made="07:03:10")
    assert due("07:18:30", 65) == [
        ("07:20:00", "schedule analysis"),
        ("07:33:10", "rule lease"),
        ("07:48:10", "rule lease"),
        ("08:03:10", "rule lease"),
        ("08:18:10", "rule lease"),
        ("08:20:00", "schedule analysis"),
    ]


@pytest.mark.parametrize("minute", range(60))
def test_ninety_minutes_hold_the_analysis_of_the_hour_that_they_begin_in(minute: int) -> None:
    schedule("analysis", "cron(20 * * * ? *)")
    # It looks at the whole hour before.
    assert any(at.startswith("08:20") for at, _ in due(f"07:{minute:02d}:59", 90))


def test_what_is_switched_off_or_waits_for_events_is_never_due() -> None:
    schedule("off", "rate(1 minute)", state="DISABLED")
    rule("also-off", "rate(1 minute)", state="DISABLED")
    rule("on-events")
    assert due("07:00:00", 90) == []


def test_a_rule_with_cron_and_a_schedule_that_runs_once() -> None:
    rule("nightly", "cron(30 7 * * ? *)")
    schedule("once", "at(2026-07-01T07:10:00)")
    assert due("07:00:00", 600) == [("07:10:00", "schedule once"), ("07:30:00", "rule nightly")]


def test_a_schedule_whose_target_refuses_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule("analysis", "rate(1 hour)")
    refused = Outcome(False, 1, "AccessDeniedException", "not authorized to perform: iam:PassRole")
    monkeypatch.setattr(scheduler_delivery, "run", lambda *_: refused)
    (one,) = passing_time.due_within(at("07:30:00"), 3600)
    with pytest.raises(passing_time.Refused, match=r"analysis failed: AccessDenied.*PassRole"):
        one.run()
