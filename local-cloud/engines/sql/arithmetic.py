"""The operators + - * / % with Athena's result types: 7 / 2 is 3, and division keeps the larger scale of decimals.

https://trino.io/docs/current/functions/decimal.html
"""

from __future__ import annotations

from .errors import AthenaError, Position, type_mismatch, unsupported
from .trino_types import Type, as_decimal, common_type, decimal, duckdb_type, is_exact, is_integer, is_numeric
from .typed_sql import ColumnRead, TypedSql, coerce, reads_of

_DATETIMES = ("date", "timestamp", "timestamp with time zone")


def arithmetic(operator: str, left: TypedSql, right: TypedSql, at: Position) -> TypedSql:
    """@raises AthenaError TYPE_MISMATCH where Athena has no such operator"""
    one, two = left.type, right.type
    if one.base == "unknown" and is_numeric(two):
        left, one = coerce(left, two), two
    if two.base == "unknown" and is_numeric(one):
        right, two = coerce(right, one), one
    used = reads_of(left, right)
    if is_numeric(one) and is_numeric(two):
        if is_exact(one) and is_exact(two) and "decimal" in (one.base, two.base):
            return _decimals(operator, left, right, at)
        target = common_type(one, two)
        assert target is not None
        return TypedSql(_plain(operator, coerce(left, target).sql, coerce(right, target).sql, target), target, used)
    if operator in "+-" and one.base in _DATETIMES and two.base.startswith("interval"):
        return _datetime_arithmetic(operator, left, right, used, at)
    if operator == "+" and two.base in _DATETIMES and one.base.startswith("interval"):
        return _datetime_arithmetic(operator, right, left, used, at)
    if operator == "-" and one.base in _DATETIMES and two.base in _DATETIMES:
        raise unsupported("differences of dates with '-' (date_diff works)", at)
    raise type_mismatch(f"Cannot apply operator: {one} {operator} {two}", at)


def _plain(operator: str, left: str, right: str, type_: Type) -> str:
    if operator == "/" and is_integer(type_):
        return f"({left} // {right})"
    if operator == "%" and not is_integer(type_):
        return f"({left} % {right})"
    return f"({left} {operator} {right})"


def _decimals(operator: str, left: TypedSql, right: TypedSql, at: Position) -> TypedSql:
    one, two = as_decimal(left.type), as_decimal(right.type)
    (p1, s1), (p2, s2) = one.params, two.params
    scale = max(s1, s2)
    if operator in "+-":
        target = decimal(max(p1 - s1, p2 - s2) + scale + 1, scale)
        wide = duckdb_type(target)
        sql = f"CAST(CAST({left.sql} AS {wide}) {operator} CAST({right.sql} AS {wide}) AS {wide})"
    elif operator == "*":
        if s1 + s2 > 38:
            raise AthenaError(
                "INVALID_FUNCTION_ARGUMENT", f"DECIMAL scale must be in range [0, precision (38)]: {s1 + s2}", at
            )
        target = decimal(p1 + p2, s1 + s2)
        # As wide as can be: DuckDB multiplies narrow decimals as 64-bit numbers, though their product may have more.
        factors = " * ".join(f"CAST({x.sql} AS DECIMAL(38,{s}))" for x, s in ((left, s1), (right, s2)))
        sql = f"CAST({factors} AS {duckdb_type(target)})"
    elif operator == "/":
        target = decimal(p1 + s2 + max(0, s2 - s1), scale)
        # DuckDB divides decimals as doubles; this one rounds the exact quotient half up.
        quotient = f"decimal_quotient(CAST({left.sql} AS VARCHAR), CAST({right.sql} AS VARCHAR), {scale})"
        zero = "error('DIVISION_BY_ZERO: Division by zero')"
        sql = f"CASE WHEN {right.sql} = 0 THEN {zero} ELSE CAST({quotient} AS {duckdb_type(target)}) END"
    else:
        target = decimal(min(p2 - s2, p1 - s1) + scale, scale)
        wide = duckdb_type(decimal(38, scale))
        zero = "error('DIVISION_BY_ZERO: Division by zero')"
        remainder = f"CAST(CAST({left.sql} AS {wide}) % CAST({right.sql} AS {wide}) AS {duckdb_type(target)})"
        sql = f"CASE WHEN {right.sql} = 0 THEN {zero} ELSE {remainder} END"
    return TypedSql(sql, target, reads_of(left, right))


def _datetime_arithmetic(
    operator: str, moment: TypedSql, interval: TypedSql, used: frozenset[ColumnRead], at: Position
) -> TypedSql:
    if moment.type.base == "date" and interval.sql.startswith(("to_second", "to_minute", "to_hour")):
        raise type_mismatch("Cannot add hour, minutes or seconds to a date", at)
    return TypedSql(f"CAST(({moment.sql} {operator} {interval.sql}) AS {duckdb_type(moment.type)})", moment.type, used)
