"""When schedules of EventBridge Scheduler are due: rate, cron and at, in the schedule's time zone.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .emulator import eventbridge, scheduler

_RATE = re.compile(r"rate\((\d+)\s+(minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")


class NotASchedule(ValueError):
    """The expression or the time zone is not valid."""


def zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name. Raises NotASchedule."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise NotASchedule(f"Provided ScheduleExpressionTimezone {name} is not valid.") from problem


def check(expression: str, timezone: str) -> None:
    """Raises NotASchedule for what CreateSchedule refuses."""
    zone(timezone)
    rate = _RATE.fullmatch(expression)
    at = _AT.fullmatch(expression)
    if (rate and int(rate.group(1)) > 0) or (at and _moment(at.group(1), timezone) is not None):
        return
    if not expression.startswith("cron(") or eventbridge._parse_cron_fields(expression) is None:
        raise NotASchedule(f"Invalid Schedule Expression {expression}.")


def _moment(text: str, timezone: str) -> float | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone(timezone)).timestamp()
    except ValueError:
        return None


def is_once(expression: str) -> bool:
    """Whether the schedule runs a single time."""
    return expression.startswith("at(")


def next_time(schedule: dict[str, Any], after: float) -> float | None:
    """The first time after `after` at which the schedule is due; None when there is none any more."""
    start, end = (scheduler._to_epoch(schedule.get(field)) for field in ("StartDate", "EndDate"))
    expression = schedule["ScheduleExpression"]
    timezone = schedule.get("ScheduleExpressionTimezone") or "UTC"
    at, rate = _AT.fullmatch(expression), _RATE.fullmatch(expression)
    found: float | None
    if at:
        # StartDate and EndDate are of no meaning for a single time.
        moment = _moment(at.group(1), timezone)
        return moment if moment is not None and moment > after else None
    since = after if start is None else max(after, start - 1e-6)
    if rate:
        step = int(rate.group(1)) * _SECONDS[rate.group(2)]
        # Counted from the start date, or else from the schedule's making: the first run is then one interval later.
        first = start if start is not None else schedule["CreationDate"] + step
        found = first if first > since else first + (int((since - first) // step) + 1) * step
    else:
        fields = eventbridge._parse_cron_fields(expression)
        local = datetime.fromtimestamp(since, UTC).astimezone(zone(timezone))
        due = eventbridge._cron_next_fire(fields, local)
        found = None if due is None else due.timestamp()
    return None if found is None or (end is not None and found > end) else found
