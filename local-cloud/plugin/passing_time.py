"""Time that passes over all that the clock starts: what is due runs in its order, and rests before the next.

EventBridge Scheduler's schedules, EventBridge's rules with a schedule, and Model Monitor's schedules, which are our
services'. Metrics grow older meanwhile. Dates of what stands stay as they are, and so does the clock of functions: a
lease is looked at, and is not over.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from . import alarm_actions, alarms, scheduler_delivery, scheduler_times, services
from .emulator import eventbridge, lambda_svc, responses, scheduler

_LOOK_SECONDS = 0.1
# A function that was called a moment ago may not run yet.
_QUIET_LOOKS = 3
_LONGEST_SECONDS = 1200.0
# How much time went by on top of the clock's.
_ahead = 0.0


class Refused(Exception):
    """A schedule whose target did not take it, or work that does not end."""


@dataclass(frozen=True)
class Due:
    """One run: when, what, and how."""

    at: float
    name: str
    run: Callable[[], None]


def due_within(now: float, seconds: float) -> list[Due]:
    """Every run that becomes due after `now` and within so many seconds, in order."""
    return sorted([*_schedules(now, now + seconds), *_rules(now, now + seconds)], key=lambda due: due.at)


def _schedules(now: float, end: float) -> Iterator[Due]:
    for (account, region, _), schedule in list(scheduler._schedules._data.items()):
        if schedule.get("State") != "ENABLED":
            continue
        at = scheduler_times.next_time(schedule, now)
        while at is not None and at <= end:
            yield Due(at, f"schedule {schedule['Name']}", _delivery(account, region, dict(schedule), at))
            at = scheduler_times.next_time(schedule, at)


def _delivery(account: str, region: str, schedule: dict[str, Any], at: float) -> Callable[[], None]:
    def run() -> None:
        with responses.request_scope(account, region):
            outcome = scheduler_delivery.run(schedule, at)
        if not outcome.delivered:
            raise Refused(f"The schedule {schedule['Name']} failed: {outcome.code}: {outcome.message}")

    return run


def _rules(now: float, end: float) -> Iterator[Due]:
    for key, rule in list(eventbridge._rules._data.items()):
        if rule.get("State") != "ENABLED" or not rule.get("ScheduleExpression"):
            continue
        at = _next(key, rule, now)
        while at is not None and at <= end:
            yield Due(at, f"rule {rule['Name']}", _event(key, rule, at))
            at = _next(key, rule, at)


def _next(key: tuple[str, str, str], rule: dict[str, Any], after: float) -> float | None:
    expression = rule["ScheduleExpression"]
    interval = eventbridge._parse_rate_seconds(expression)
    if interval is not None:
        last = float(eventbridge._rule_last_fired.get(key, rule.get("CreationTime", after)))
        return float(last + (int((after - last) // interval) + 1) * interval)
    fields = eventbridge._parse_cron_fields(expression)
    due = fields and eventbridge._cron_next_fire(fields, datetime.fromtimestamp(after, UTC))
    return float(due.timestamp()) if due else None


def _event(key: tuple[str, str, str], rule: dict[str, Any], at: float) -> Callable[[], None]:
    account, region, _ = key

    def run() -> None:
        with responses.request_scope(account, region):
            event = {
                "EventId": str(uuid.uuid4()),
                "Source": "aws.events",
                "DetailType": "Scheduled Event",
                "Detail": "{}",
                "EventBusName": rule.get("EventBusName", "default"),
                "Time": at,
                "Resources": [rule["Arn"]],
                "Account": account,
                "Region": region,
            }
            for target in eventbridge._targets._data.get(key, []):
                eventbridge._invoke_target(target, event, rule, eventbridge._pattern_event_view(event))

    return run


def rest() -> None:
    """Waits until alarms have told, functions have ended and jobs too. Raises Refused when they go on too long."""
    quiet, end = 0, time.monotonic() + _LONGEST_SECONDS
    while quiet < _QUIET_LOOKS:
        time.sleep(_LOOK_SECONDS)
        alarm_actions.settle()
        _, functions = lambda_svc.executions_in_flight()
        _, reply = services.post("/busy", {})
        busy = [*map(str, functions), *reply["busy"]]
        if busy and time.monotonic() > end:
            raise Refused(f"What a schedule set going does not end: {', '.join(busy)}")
        quiet = 0 if busy else quiet + 1


def pass_time(seconds: float) -> list[str]:
    """Lets so much time go by. What ran, in order. Raises Refused."""
    global _ahead
    start, passed = time.time() + _ahead, 0.0
    ran: list[str] = []
    _ahead += seconds
    for due in due_within(start, seconds):
        ran += _go_by(due.at - start - passed)
        passed = due.at - start
        due.run()
        ran.append(f"{scheduler_delivery.instant(due.at)} {due.name}")
        rest()
    return [*ran, *_go_by(seconds - passed)]


def _go_by(seconds: float) -> list[str]:
    """Metrics and alarms grow older, and our services run what is due with them."""
    alarms.elapse(seconds)
    _, reply = services.post("/elapse", {"seconds": seconds})
    rest()
    return list(reply.get("ran", []))
