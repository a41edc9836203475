"""+ - * / % with Athena's result types: 7 / 2 is 3, and decimals keep the larger scale when divided.

https://trino.io/docs/current/functions/decimal.html
"""

from __future__ import annotations

from .faults import Fault, Place, lacks, mismatch
from .trino_types import Type, as_decimal, common, decimal, duck, is_exact, is_integer, is_numeric
from .values import Val, coerce, touches

_MOMENTS = ("date", "timestamp", "timestamp with time zone")


def arithmetic(operator: str, left: Val, right: Val, at: Place) -> Val:
    """@raises Fault TYPE_MISMATCH where Athena has no such operator"""
    one, two = left.type, right.type
    if one.base == "unknown" and is_numeric(two):
        left, one = coerce(left, two), two
    if two.base == "unknown" and is_numeric(one):
        right, two = coerce(right, one), one
    used = touches(left, right)
    if is_numeric(one) and is_numeric(two):
        if is_exact(one) and is_exact(two) and "decimal" in (one.base, two.base):
            return _decimals(operator, left, right, at)
        target = common(one, two)
        assert target is not None
        return Val(_plain(operator, coerce(left, target).sql, coerce(right, target).sql, target), target, used)
    if operator in "+-" and one.base in _MOMENTS and two.base.startswith("interval"):
        return _moment(operator, left, right, used, at)
    if operator == "+" and two.base in _MOMENTS and one.base.startswith("interval"):
        return _moment(operator, right, left, used, at)
    if operator == "-" and one.base in _MOMENTS and two.base in _MOMENTS:
        raise lacks("differences of dates with '-' (date_diff works)", at)
    raise mismatch(f"Cannot apply operator: {one} {operator} {two}", at)


def _plain(operator: str, left: str, right: str, type_: Type) -> str:
    if operator == "/" and is_integer(type_):
        return f"({left} // {right})"
    if operator == "%" and not is_integer(type_):
        return f"({left} % {right})"
    return f"({left} {operator} {right})"


def _decimals(operator: str, left: Val, right: Val, at: Place) -> Val:
    one, two = as_decimal(left.type), as_decimal(right.type)
    (p1, s1), (p2, s2) = one.params, two.params
    scale = max(s1, s2)
    if operator in "+-":
        target = decimal(max(p1 - s1, p2 - s2) + scale + 1, scale)
        wide = duck(target)
        sql = f"CAST(CAST({left.sql} AS {wide}) {operator} CAST({right.sql} AS {wide}) AS {wide})"
    elif operator == "*":
        if s1 + s2 > 38:
            raise Fault(
                "INVALID_FUNCTION_ARGUMENT", f"DECIMAL scale must be in range [0, precision (38)]: {s1 + s2}", at
            )
        target = decimal(p1 + p2, s1 + s2)
        sql = f"CAST({coerce(left, one).sql} * {coerce(right, two).sql} AS {duck(target)})"
    elif operator == "/":
        target = decimal(p1 + s2 + max(0, s2 - s1), scale)
        # DuckDB divides decimals as doubles; this one rounds the exact quotient half up.
        quotient = f"decimal_quotient(CAST({left.sql} AS VARCHAR), CAST({right.sql} AS VARCHAR), {scale})"
        zero = "error('DIVISION_BY_ZERO: Division by zero')"
        sql = f"CASE WHEN {right.sql} = 0 THEN {zero} ELSE CAST({quotient} AS {duck(target)}) END"
    else:
        target = decimal(min(p2 - s2, p1 - s1) + scale, scale)
        wide = duck(decimal(38, scale))
        zero = "error('DIVISION_BY_ZERO: Division by zero')"
        remainder = f"CAST(CAST({left.sql} AS {wide}) % CAST({right.sql} AS {wide}) AS {duck(target)})"
        sql = f"CASE WHEN {right.sql} = 0 THEN {zero} ELSE {remainder} END"
    return Val(sql, target, touches(left, right))


def _moment(operator: str, moment: Val, interval: Val, used: frozenset[tuple[int, str]], at: Place) -> Val:
    if moment.type.base == "date" and interval.sql.startswith(("to_second", "to_minute", "to_hour")):
        raise mismatch("Cannot add hour, minutes or seconds to a date", at)
    return Val(f"CAST(({moment.sql} {operator} {interval.sql}) AS {duck(moment.type)})", moment.type, used)
