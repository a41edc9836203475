"""Compiles operands: literals, parameters, column references."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..text.duckdb_sql import literal as sql_literal
from . import syntax_tree as n
from .casts import cast
from .compiler_protocol import Compiler
from .errors import AthenaError
from .trino_types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DAY_TO_SECOND,
    DOUBLE,
    INTEGER,
    TIMESTAMP,
    UNKNOWN,
    VARCHAR,
    YEAR_TO_MONTH,
    decimal,
    duckdb_type,
    varchar,
)
from .typed_sql import Field, Scope, TypedSql

_LITERAL_TYPES = {"date": DATE, "timestamp": TIMESTAMP}


def literal(compiler: Compiler, node: n.Literal, scope: Scope) -> TypedSql:
    kind, value = node.kind, node.value
    if kind == "null":
        return TypedSql("NULL", UNKNOWN)
    if kind == "boolean":
        return TypedSql(value, BOOLEAN)
    if kind == "string":
        return TypedSql(sql_literal(value), varchar(len(value)), literal=value)
    if kind == "integer":
        number = int(value)
        if number > 2**63 - 1:
            raise AthenaError("SYNTAX_ERROR", f"Invalid numeric literal: {value}", node.at)
        type_ = INTEGER if number <= 2**31 - 1 else BIGINT
        return TypedSql(f"CAST({number} AS {duckdb_type(type_)})", type_, literal=value)
    if kind == "decimal":
        return decimal_literal(value)
    return TypedSql(f"CAST({sql_literal(value)} AS DOUBLE)", DOUBLE, literal=value)


def typed_literal(compiler: Compiler, node: n.TypedLiteral, scope: Scope) -> TypedSql:
    source = TypedSql(sql_literal(node.value), VARCHAR)
    target = _LITERAL_TYPES[node.kind]
    return replace(cast(source, target, False, node.at), literal=node.value)


def interval(compiler: Compiler, node: n.Interval, scope: Scope) -> TypedSql:
    text = node.value.strip()
    if not text.lstrip("-").isdigit():
        raise AthenaError("INVALID_LITERAL", f"Invalid INTERVAL {node.unit.upper()} value: {node.value}", node.at)
    amount = int(text) * (-1 if node.negative else 1)
    unit, factor = ("day", 7) if node.unit == "week" else (node.unit, 1)
    unit, factor = ("month", 3) if unit == "quarter" else (unit, factor)
    type_ = YEAR_TO_MONTH if unit in ("year", "month") else DAY_TO_SECOND
    return TypedSql(f"to_{unit}s({amount * factor})", type_)


def parameter(compiler: Compiler, node: n.Parameter, scope: Scope) -> TypedSql:
    if node.index >= len(compiler.parameters):
        raise AthenaError("INVALID_PARAMETER_USAGE", "Incorrect number of parameters", node.at)
    return compiler.expr(compiler.parameters[node.index], scope)


def name(compiler: Compiler, node: n.ColumnRef, scope: Scope) -> TypedSql:
    if len(node.parts) == 1:
        for alias, val in scope.aliases:
            if alias == node.parts[0]:
                return val
    level: Scope | None = scope
    while level is not None:
        found = _matches(level.fields, node.parts)
        if len(found) > 1:
            raise AthenaError("AMBIGUOUS_NAME", f"Column '{'.'.join(node.parts)}' is ambiguous", node.at)
        if found:
            _require_grouped(found[0], node, level, scope)
            return TypedSql(found[0].sql, found[0].type, found[0].reads)
        level = level.parent
    shown = ".".join(node.parts)
    message = f"Column '{shown}' cannot be resolved or requester is not authorized to access requested resources"
    raise AthenaError("COLUMN_NOT_FOUND", message, node.at)


def _require_grouped(field: Field, node: n.ColumnRef, level: Scope, scope: Scope) -> None:
    if level is scope and scope.grouped is not None and field.sql not in scope.grouped:
        shown = ".".join(node.parts)
        message = f"'{shown}' must be an aggregate expression or appear in GROUP BY clause"
        raise AthenaError("EXPRESSION_NOT_AGGREGATE", message, node.at)


def _matches(fields_: tuple[Field, ...], parts: tuple[str, ...]) -> list[Field]:
    *qualifier, name = parts
    return [f for f in fields_ if f.name == name and (not qualifier or tuple(qualifier) in f.qualifiers)]


def decimal_literal(text: str) -> TypedSql:
    sign = "-" if text.startswith("-") else ""
    whole, _, fraction = text.lstrip("+-").partition(".")
    whole = whole.lstrip("0")
    type_ = decimal(max(len(whole) + len(fraction), 1), len(fraction))
    number = f"{sign}{whole or '0'}.{fraction or '0'}"
    return TypedSql(f"CAST({sql_literal(number)} AS {duckdb_type(type_)})", type_, literal=number)


OPERANDS: dict[type, Callable[..., TypedSql]] = {
    n.Literal: literal,
    n.TypedLiteral: typed_literal,
    n.Interval: interval,
    n.Parameter: parameter,
    n.ColumnRef: name,
}
