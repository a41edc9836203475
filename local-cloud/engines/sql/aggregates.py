"""Athena's aggregate and window functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from . import syntax_tree as n
from .errors import AthenaError, unsupported
from .function_signatures import signature_error
from .trino_types import (
    BIGINT,
    BOOLEAN,
    DOUBLE,
    VARCHAR,
    Type,
    array,
    decimal,
    duckdb_type,
    is_integer,
    is_numeric,
    is_text,
)
from .typed_sql import TypedSql, coerce


class Emit(Protocol):
    """Writes the DuckDB call with the DISTINCT, ORDER BY, FILTER and OVER of the Athena call."""

    def __call__(self, function: str, *parts: str, distinct: bool = ..., order: bool = ...) -> str: ...


Aggregate = Callable[[n.Call, list[TypedSql], Emit], TypedSql]


def _require(call: n.Call, args: list[TypedSql], good: bool, *expected: str) -> None:
    if call.star or not good:
        raise signature_error(call.name, args, list(expected), call.at)


def _count(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
    if call.star or not args:
        return TypedSql(emit("count", "*"), BIGINT)
    _require(call, args, len(args) == 1, "count()", "count(T)")
    return TypedSql(emit("count", args[0].sql), BIGINT)


def _count_if(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
    _require(call, args, len(args) == 1 and args[0].type in (BOOLEAN, Type("unknown")), "count_if(boolean)")
    return TypedSql(emit("count", f"CASE WHEN {args[0].sql} THEN 1 END", distinct=False), BIGINT)


def _sum(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
    expected = ("sum(bigint)", "sum(decimal(p,s))", "sum(double)", "sum(real)")
    _require(call, args, len(args) == 1 and is_numeric(args[0].type), *expected)
    kind = args[0].type
    target = BIGINT if is_integer(kind) else decimal(38, kind.params[1]) if kind.base == "decimal" else kind
    return TypedSql(f"CAST({emit('sum', args[0].sql)} AS {duckdb_type(target)})", target)


def _avg(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
    _require(call, args, len(args) == 1 and is_numeric(args[0].type), "avg(bigint)", "avg(decimal(p,s))", "avg(double)")
    kind = args[0].type if args[0].type.base in ("decimal", "real") else DOUBLE
    if kind.base == "decimal":
        # DuckDB averages decimals as doubles.
        scale = kind.params[1]
        total = f"CAST(CAST({emit('sum', args[0].sql)} AS DECIMAL(38,{scale})) AS VARCHAR)"
        quotient = f"decimal_quotient({total}, CAST({emit('count', args[0].sql)} AS VARCHAR), {scale})"
        return TypedSql(f"CAST({quotient} AS {duckdb_type(kind)})", kind)
    return TypedSql(f"CAST({emit('avg', args[0].sql)} AS {duckdb_type(kind)})", kind)


def _extreme(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
    if len(args) == 2:
        raise unsupported(f"{call.name}(x, n)", call.at)
    _require(call, args, len(args) == 1, f"{call.name}(E)")
    return TypedSql(emit(call.name, args[0].sql), args[0].type)


def _extreme_by(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
    if len(args) == 3:
        raise unsupported(f"{call.name}(x, y, n)", call.at)
    _require(call, args, len(args) == 2, f"{call.name}(V, K)")
    # Wrapped, as DuckDB passes over rows whose first argument is null and Athena does not.
    return TypedSql(f"({emit(call.name, f'struct_pack(v := {args[0].sql})', args[1].sql)}).v", args[0].type)


def _arbitrary(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
    _require(call, args, len(args) == 1, f"{call.name}(T)")
    return TypedSql(emit("any_value", args[0].sql), args[0].type)


def _approx_distinct(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
    _require(call, args, len(args) in (1, 2), "approx_distinct(T)", "approx_distinct(T, double)")
    return TypedSql(emit("count", args[0].sql, distinct=True), BIGINT)


def _approx_percentile(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
    """The exact percentile, an element of the data: within any error that Athena's estimate may have."""
    expected = ("approx_percentile(bigint, double)", "approx_percentile(double, double)")
    if len(args) > 2:
        raise unsupported("approx_percentile with weights", call.at)
    _require(call, args, len(args) == 2 and is_numeric(args[0].type), *expected)
    value, percentile = args
    kind = value.type if value.type.base in ("double", "real") else BIGINT if is_integer(value.type) else DOUBLE
    many = percentile.type.base == "array"
    _require(call, args, is_numeric(percentile.type.parts[0] if many else percentile.type), *expected)
    if not many and percentile.literal is not None and not 0 <= float(percentile.literal) <= 1:
        raise AthenaError("INVALID_FUNCTION_ARGUMENT", "Percentile must be between 0 and 1", call.at)
    at = coerce(percentile, array(DOUBLE) if many else DOUBLE).sql
    sql = emit("quantile_disc", coerce(value, kind).sql, at, distinct=False)
    return TypedSql(sql, array(kind) if many else kind)


def _doubles(function: str, count: int) -> Aggregate:
    def apply(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
        good = len(args) == count and all(is_numeric(a.type) for a in args)
        _require(call, args, good, f"{call.name}({', '.join(['double'] * count)})")
        return TypedSql(emit(function, *(coerce(a, DOUBLE).sql for a in args)), DOUBLE)

    return apply


def _booleans(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
    _require(call, args, len(args) == 1 and args[0].type == BOOLEAN, f"{call.name}(boolean)")
    return TypedSql(emit("bool_or" if call.name == "bool_or" else "bool_and", args[0].sql), BOOLEAN)


def _array_agg(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
    _require(call, args, len(args) == 1, "array_agg(T)")
    return TypedSql(emit("array_agg", args[0].sql), array(args[0].type))


def _listagg(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
    _require(call, args, len(args) in (1, 2) and all(is_text(a.type) for a in args), "listagg(varchar, varchar)")
    return TypedSql(emit("string_agg", args[0].sql, args[1].sql if len(args) == 2 else "''"), VARCHAR)


AGGREGATES: dict[str, Aggregate] = {
    "count": _count,
    "count_if": _count_if,
    "sum": _sum,
    "avg": _avg,
    "min": _extreme,
    "max": _extreme,
    "min_by": _extreme_by,
    "max_by": _extreme_by,
    "arbitrary": _arbitrary,
    "any_value": _arbitrary,
    "approx_distinct": _approx_distinct,
    "approx_percentile": _approx_percentile,
    "stddev": _doubles("stddev_samp", 1),
    "stddev_samp": _doubles("stddev_samp", 1),
    "stddev_pop": _doubles("stddev_pop", 1),
    "variance": _doubles("var_samp", 1),
    "var_samp": _doubles("var_samp", 1),
    "var_pop": _doubles("var_pop", 1),
    "corr": _doubles("corr", 2),
    "bool_and": _booleans,
    "bool_or": _booleans,
    "every": _booleans,
    "array_agg": _array_agg,
    "listagg": _listagg,
}


def _ranking(kind: Type) -> Aggregate:
    def apply(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
        _require(call, args, not args, f"{call.name}()")
        return TypedSql(emit(call.name), kind)

    return apply


def _ntile(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
    _require(call, args, len(args) == 1 and is_integer(args[0].type), "ntile(bigint)")
    return TypedSql(emit("ntile", args[0].sql), BIGINT)


def _offset(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
    good = 1 <= len(args) <= 3 and (len(args) < 2 or is_integer(args[1].type))
    _require(call, args, good, f"{call.name}(T)", f"{call.name}(T, bigint)", f"{call.name}(T, bigint, T)")
    parts = [args[0].sql, *(a.sql for a in args[1:2]), *(coerce(a, args[0].type).sql for a in args[2:])]
    return TypedSql(emit(call.name, *parts), args[0].type)


def _nth(call: n.Call, args: list[TypedSql], emit: Emit) -> TypedSql:
    count = 2 if call.name == "nth_value" else 1
    _require(call, args, len(args) == count, f"{call.name}(T{', bigint' * (count - 1)})")
    return TypedSql(emit(call.name, *(a.sql for a in args)), args[0].type)


WINDOW_FUNCTIONS: dict[str, Aggregate] = {
    "row_number": _ranking(BIGINT),
    "rank": _ranking(BIGINT),
    "dense_rank": _ranking(BIGINT),
    "percent_rank": _ranking(DOUBLE),
    "cume_dist": _ranking(DOUBLE),
    "ntile": _ntile,
    "lag": _offset,
    "lead": _offset,
    "first_value": _nth,
    "last_value": _nth,
    "nth_value": _nth,
}
