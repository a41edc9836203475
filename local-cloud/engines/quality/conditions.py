"""Evaluates conditions of rules on measured numbers, and reads operands.

`between` excludes its ends (https://docs.aws.amazon.com/glue/latest/dg/dqdl.html, Expressions).
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from .outcome import RuleFailure, UnsupportedLocally

Json = dict[str, Any]


def number(operand: Json) -> float:
    """The number of an operand.

    Raises UnsupportedLocally for a dynamic rule's function: AWS has those in Glue ETL only, not on the Data Catalog.
    """
    kind = operand["kind"]
    if kind == "number":
        return float(operand["value"])
    if kind == "arithmetic":
        left, right = number(operand["left"]), number(operand["right"])
        if operand["operator"] == "+":
            return left + right
        if operand["operator"] == "-":
            return left - right
        if operand["operator"] == "*":
            return left * right
        return left / right if right else math.nan
    if kind == "call":
        raise UnsupportedLocally(
            f"the dynamic rule function {operand['name']}() (AWS has dynamic rules in Glue ETL only)"
        )
    raise RuleFailure("NULL cannot be compared with this rule's value.")


def meets(condition: Json, value: float) -> bool:
    """Whether a measured value meets a numeric condition."""
    operator: str = condition["operator"]
    operands = [number(operand) for operand in condition["operands"]]
    if operator in ("in", "not in"):
        return (value in operands) is (operator == "in")
    first, last = operands[0], operands[-1]
    if operator == "between":
        return first < value < last
    if operator == "not between":
        return value <= first or value >= last
    if operator == ">":
        return value > first
    if operator == ">=":
        return value >= first
    if operator == "<":
        return value < first
    if operator == "<=":
        return value <= first
    if operator == "=":
        return value == first
    return value != first


def resolve_date(operand: Json, now: datetime) -> datetime:
    """The date and time of a date operand, in UTC; `now()` counts in whole minutes, as on AWS."""
    kind = operand["kind"]
    if kind == "date":
        return datetime.fromisoformat(operand["value"])
    if kind == "time":
        raise UnsupportedLocally(f'a time of day ("{operand["value"]}") as an operand')
    minute = now.replace(second=0, microsecond=0)
    offset = operand.get("offset")
    if not offset:
        return minute
    step = timedelta(hours=hours(offset))
    return minute - step if offset["sign"] == "-" else minute + step


def hours(duration: Json) -> float:
    """A duration in hours; minutes to four decimals, as on AWS."""
    amount = float(duration["amount"])
    if duration["unit"] == "days":
        return amount * 24
    return amount if duration["unit"] == "hours" else round(amount / 60, 4)
