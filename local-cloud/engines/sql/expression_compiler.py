"""Compiles expressions of Athena's dialect to DuckDB SQL, with Athena's types and errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

from . import syntax_tree as n
from .aggregates import AGGREGATES
from .errors import AthenaError, Position, type_mismatch, unsupported
from .function_calls import CALLS
from .operands import OPERANDS
from .operators import OPERATORS
from .special_forms import SPECIAL_FORMS
from .trino_types import BOOLEAN, UNKNOWN, Type
from .typed_sql import ColumnRead, Field, Scope, TypedSql, coerce

_HANDLERS = OPERANDS | OPERATORS | SPECIAL_FORMS | CALLS


def walk(node: object) -> Iterator[n.Node]:
    """The node and all its descendants, without those of subqueries."""
    if isinstance(node, tuple):
        for item in node:
            yield from walk(item)
    elif isinstance(node, n.Node):
        yield node
        if not isinstance(node, n.Query):
            for field in fields(node):
                yield from walk(getattr(node, field.name))
    elif is_dataclass(node) and not isinstance(node, (type, Type)):
        for field in fields(node):
            yield from walk(getattr(node, field.name))


def is_aggregate(node: n.Node) -> bool:
    return isinstance(node, n.Call) and node.window is None and node.name in AGGREGATES


def has_aggregate(node: object) -> bool:
    return any(is_aggregate(each) for each in walk(node))


class ExpressionCompiler:
    """Has the query's parameters and records which table columns are read."""

    def __init__(self, parameters: list[n.Expr]) -> None:
        self.parameters = parameters
        self.read: set[ColumnRead] = set()

    def compile_query(self, query: n.Query, scope: Scope | None) -> tuple[str, list[Field]]:
        raise NotImplementedError

    def expr(self, node: n.Expr, scope: Scope) -> TypedSql:
        if scope.grouped is None or is_aggregate(node):
            return self.plain(node, scope)
        # Below GROUP BY an expression is a grouping expression as a whole, or its parts must be.
        if not has_aggregate(node) and not any(isinstance(each, n.Query) for each in walk(node)):
            val = self.plain(node, replace(scope, grouped=None))
            if val.sql in scope.grouped:
                return val
        return self.plain(node, scope)

    def condition(self, node: n.Expr, scope: Scope) -> TypedSql:
        val = self.expr(node, scope)
        if val.type == UNKNOWN:
            return coerce(val, BOOLEAN)
        if val.type != BOOLEAN:
            raise type_mismatch(f"{scope.clause} must evaluate to a boolean: actual type {val.type}", node.at)
        return val

    def plain(self, node: n.Expr, scope: Scope) -> TypedSql:
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise unsupported(type(node).__name__, node.at)
        return handler(self, node, scope)

    def one_column(self, query: n.Query, scope: Scope, at: Position) -> tuple[str, Field]:
        sql, columns = self.compile_query(query, scope)
        if len(columns) != 1:
            message = f"Multiple columns returned by subquery are not yet supported. Found {len(columns)}"
            raise AthenaError("NOT_SUPPORTED", message, at)
        self.read |= columns[0].reads
        return sql, columns[0]
