"""Athena's date functions that take a unit or a pattern."""

from __future__ import annotations

import re

from ..text.duckdb_sql import literal
from .errors import AthenaError, Position, unsupported
from .function_signatures import signature_error
from .trino_types import BIGINT, DATE, TIMESTAMP, VARCHAR, Type, duckdb_type, is_integer, is_text
from .typed_sql import TypedSql, coerce, reads_of

_DATETIMES = ("date", "timestamp", "timestamp with time zone")
_DATE_UNITS = ("day", "week", "month", "quarter", "year")
_TIME_UNITS = ("millisecond", "second", "minute", "hour")
_INTERVALS = {
    "millisecond": ("to_milliseconds", 1),
    "second": ("to_seconds", 1),
    "minute": ("to_minutes", 1),
    "hour": ("to_hours", 1),
    "day": ("to_days", 1),
    "week": ("to_days", 7),
    "month": ("to_months", 1),
    "quarter": ("to_months", 3),
    "year": ("to_years", 1),
}
# MySQL's patterns, as Athena reads them, in strftime's. https://trino.io/docs/current/functions/datetime.html
_PATTERN = {
    "a": "%a", "b": "%b", "c": "%-m", "d": "%d", "e": "%-d", "f": "%f", "H": "%H", "h": "%I", "I": "%I", "i": "%M",
    "j": "%j", "k": "%-H", "l": "%-I", "M": "%B", "m": "%m", "p": "%p", "r": "%I:%M:%S %p", "S": "%S", "s": "%S",
    "T": "%H:%M:%S", "v": "%V", "W": "%A", "x": "%G", "Y": "%Y", "y": "%y", "%": "%%",
}  # fmt: skip


def _unit(name: str, args: list[TypedSql], kind: Type, at: Position) -> str:
    if args[0].literal is None:
        raise unsupported(f"{name} with a unit that is not a literal", at)
    unit = args[0].literal.lower()
    allowed = _DATE_UNITS if kind.base == "date" else _DATE_UNITS + _TIME_UNITS
    if unit not in allowed:
        if unit in _TIME_UNITS:
            raise AthenaError("INVALID_FUNCTION_ARGUMENT", f"'{unit}' is not a valid DATE field", at)
        raise AthenaError("INVALID_FUNCTION_ARGUMENT", f"'{args[0].literal}' is not a valid TIMESTAMP field", at)
    return unit


def date_trunc(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    if len(args) != 2 or not is_text(args[0].type) or args[1].type.base not in _DATETIMES:
        raise signature_error(name, args, [f"date_trunc(varchar, {kind})" for kind in _DATETIMES], at)
    kind = args[1].type
    unit = _unit(name, args, kind, at)
    return TypedSql(f"CAST(date_trunc('{unit}', {args[1].sql}) AS {duckdb_type(kind)})", kind, args[1].reads)


def date_add(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    fitting = len(args) == 3 and is_text(args[0].type) and is_integer(args[1].type) and args[2].type.base in _DATETIMES
    if not fitting:
        raise signature_error(name, args, [f"date_add(varchar, bigint, {kind})" for kind in _DATETIMES], at)
    kind = args[2].type
    function, factor = _INTERVALS[_unit(name, args, kind, at)]
    amount = f"CAST({args[1].sql} * {factor} AS INTEGER)"
    return TypedSql(f"CAST(({args[2].sql} + {function}({amount})) AS {duckdb_type(kind)})", kind, reads_of(*args))


def date_diff(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    if len(args) != 3 or not is_text(args[0].type) or any(a.type.base not in _DATETIMES for a in args[1:]):
        raise signature_error(name, args, [f"date_diff(varchar, {kind}, {kind})" for kind in _DATETIMES], at)
    kind = max((a.type for a in args[1:]), key=lambda t: _DATETIMES.index(t.base))
    unit = _unit(name, args, kind, at)
    start, end = (coerce(a, kind).sql for a in args[1:])
    # Whole units between the two, not borders crossed.
    return TypedSql(f"date_sub('{unit}', {start}, {end})", BIGINT, reads_of(*args))


def _pattern(name: str, val: TypedSql, at: Position) -> str:
    if val.literal is None:
        raise unsupported(f"{name} with a pattern that is not a literal", at)

    def translate(match: re.Match[str]) -> str:
        letter = match.group(1)
        if letter in "DUuVwX":
            raise AthenaError("INVALID_FUNCTION_ARGUMENT", f"%{letter} not supported in date format string", at)
        return _PATTERN.get(letter, letter)

    return str(literal(re.sub(r"%(.)", translate, val.literal)))


def date_parse(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    if len(args) != 2 or not all(is_text(a.type) for a in args):
        raise signature_error(name, args, ["date_parse(varchar(x), varchar(y))"], at)
    text, pattern = args[0].sql, _pattern(name, args[1], at)
    message = f"'INVALID_FUNCTION_ARGUMENT: Invalid format: \"' || {text} || '\"'"
    sql = f"CASE WHEN {text} IS NULL THEN NULL ELSE COALESCE(try_strptime({text}, {pattern}), error({message})) END"
    return TypedSql(sql, TIMESTAMP, args[0].reads)


def date_format(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    if len(args) != 2 or args[0].type.base not in _DATETIMES or not is_text(args[1].type):
        raise signature_error(name, args, ["date_format(timestamp(p), varchar(x))"], at)
    value = args[0] if args[0].type != DATE else coerce(args[0], TIMESTAMP)
    return TypedSql(f"strftime({value.sql}, {_pattern(name, args[1], at)})", VARCHAR, args[0].reads)
