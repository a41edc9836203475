"""What the datapoints of an alarm mean: its state and the reason, in CloudWatch's words. Nothing here has effects.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

# CloudWatch looks a little further back than the alarm needs, for datapoints that came late.
EXTRA_PERIODS = 2

_COMPARISONS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": ("greater than or equal to", lambda value, limit: value >= limit),
    "GreaterThanThreshold": ("greater than", lambda value, limit: value > limit),
    "LessThanThreshold": ("less than", lambda value, limit: value < limit),
    "LessThanOrEqualToThreshold": ("less than or equal to", lambda value, limit: value <= limit),
}
# Against a band and not against one number.
BAND_COMPARISONS = {
    "GreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
}


@dataclass(frozen=True)
class Point:
    """One period: its start, and its value or None where no datapoint came."""

    start: float
    value: float | None
    samples: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """The state that the datapoints ask for, the reason, and the datapoints that decided, newest first."""

    state: str
    reason: str
    evaluated: tuple[Point, ...]


@dataclass(frozen=True)
class Rule:
    """When an alarm goes off: M of N datapoints beyond the threshold."""

    comparison: str
    threshold: float
    periods: int
    datapoints: int
    missing: str

    def breaches(self, value: float) -> bool:
        """Whether a datapoint is beyond the threshold."""
        return _COMPARISONS[self.comparison][1](value, self.threshold)


def judge(rule: Rule, points: list[Point], state: str) -> Verdict:
    """The verdict over the evaluation range (newest first, `periods + EXTRA_PERIODS` long), from the present state."""
    real = [point for point in points if point.value is not None]
    if not real:
        return _without_data(rule, points, state)
    used = real[: rule.periods]
    breaching = sum(rule.breaches(point.value) for point in used if point.value is not None)
    filled = max(rule.periods - len(used), 0)
    if (rule.missing == "breaching" and breaching + filled >= rule.datapoints) or breaching >= rule.datapoints:
        verdict = "ALARM"
    elif filled and rule.missing in ("missing", "ignore") and breaching == len(used):
        # Too few datapoints to decide, and none of them is good. Old enough, they alarm all the same.
        oldest = max(points.index(point) for point in used)
        early = rule.missing == "missing" and oldest + 1 >= rule.datapoints
        verdict = "ALARM" if early else state
    else:
        verdict = "OK"
    return Verdict(verdict, _reason(rule, used, breaching, filled, state, verdict), tuple(used))


def _without_data(rule: Rule, points: list[Point], state: str) -> Verdict:
    count = len(points)
    were = "datapoint was" if count == 1 else "datapoints were"
    if rule.missing == "missing":
        return Verdict("INSUFFICIENT_DATA", f"Insufficient Data: {count} {were} unknown.", tuple(points))
    if rule.missing == "ignore":
        return Verdict(state, "", ())
    kind, found = ("Breaching", "ALARM") if rule.missing == "breaching" else ("NonBreaching", "OK")
    some = tuple(points[: rule.periods])
    periods = "1 period" if len(some) == 1 else f"{len(some)} periods"
    treated = "missing datapoint was" if len(some) == 1 else "missing datapoints were"
    reason = (
        f"Threshold Crossed: no datapoints were received for {periods} and {len(some)} {treated} treated as [{kind}]."
    )
    return Verdict(found, reason, some)


def _reason(rule: Rule, used: list[Point], breaching: int, filled: int, old: str, new: str) -> str:
    alarm = new == "ALARM"
    told = [p for p in used if p.value is not None and rule.breaches(p.value) == alarm] or used
    listed = ", ".join(f"{p.value} ({datetime.fromtimestamp(p.start, UTC):%d/%m/%y %H:%M:%S})" for p in told)
    verb = "was" if len(told) == 1 else "were"
    words = _COMPARISONS[rule.comparison][0]
    # To alarm it takes M datapoints beyond the threshold; to leave it, so many good ones that M can no longer be.
    need = rule.datapoints if alarm else rule.periods - rule.datapoints + 1
    minimum = f"(minimum {need} {'datapoint' if need == 1 else 'datapoints'} for {old} -> {new} transition)"
    total = len(used) + filled
    counted = f"{len(told)} out of the last {total} datapoints"
    kind = "Breaching" if rule.missing == "breaching" else "NonBreaching"
    also = ""
    if filled and rule.missing in ("breaching", "notBreaching"):
        plural = "missing datapoint was" if filled == 1 else "missing datapoints were"
        also = f" and {filled} {plural} treated as [{kind}]"
    return (
        f"Threshold Crossed: {counted} [{listed}] {verb} {'' if alarm else 'not '}{words} "
        f"the threshold ({rule.threshold}){also} {minimum}."
    )
