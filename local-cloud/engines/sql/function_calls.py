"""Compiles function calls: scalar, aggregate, window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from . import syntax_tree as n
from .aggregates import AGGREGATES, WINDOW_FUNCTIONS
from .compiler_protocol import Compiler
from .errors import AthenaError
from .functions import FUNCTIONS
from .typed_sql import ColumnRead, Scope, TypedSql, reads_of, sort_direction
from .unsupported_functions import unknown_function


def call(compiler: Compiler, node: n.Call, scope: Scope) -> TypedSql:
    if node.name in AGGREGATES or node.name in WINDOW_FUNCTIONS:
        return _aggregate(compiler, node, scope)
    function = FUNCTIONS.get(node.name)
    if function is None:
        raise unknown_function(node.name, node.at)
    if node.star or node.distinct or node.order or node.condition or node.window:
        raise AthenaError("FUNCTION_NOT_AGGREGATE", f"'{node.name}' is not an aggregate function", node.at)
    return function(node.name, [compiler.expr(arg, scope) for arg in node.args], node.at)


def _aggregate(compiler: Compiler, node: n.Call, scope: Scope) -> TypedSql:
    _require_allowed(node, scope)
    windowed = node.window is not None
    inner = scope if windowed else scope.ungrouped()
    args = [compiler.expr(arg, inner) for arg in node.args]
    keys = _sort_sql(compiler, node.order, inner)
    condition = None
    if node.condition is not None:
        condition = compiler.condition(node.condition, replace(inner, clause="FILTER clause"))
    over, over_reads = _window(compiler, node, scope)

    def emit(function: str, *parts: str, distinct: bool = node.distinct, order: bool = True) -> str:
        body = ("DISTINCT " if distinct else "") + ", ".join(parts)
        if keys and order:
            body += " ORDER BY " + ", ".join(sql for sql, _ in keys)
        if node.ignore_nulls:
            body += " IGNORE NULLS"
        filtered = f" FILTER (WHERE {condition.sql})" if condition else ""
        return f"{function}({body}){filtered}{over}"

    handler = AGGREGATES.get(node.name) or WINDOW_FUNCTIONS[node.name]
    val = handler(node, args, emit)
    used = reads_of(*args).union(over_reads, *(t for _, t in keys), condition.reads if condition else ())
    return replace(val, reads=used, literal=None)


def _require_allowed(node: n.Call, scope: Scope) -> None:
    if node.window is not None:
        if not scope.windows:
            message = (
                f"{scope.clause} cannot contain aggregations, window functions or grouping operations: [{node.name}]"
            )
            code = "NESTED_WINDOW" if scope.clause == "a window" else "EXPRESSION_NOT_SCALAR"
            raise AthenaError(code, message, node.at)
        return
    if node.name in WINDOW_FUNCTIONS and node.name not in AGGREGATES:
        raise AthenaError("MISSING_OVER", f"Window function {node.name} requires an OVER clause", node.at)
    if not scope.aggregates:
        if scope.clause == "an aggregation":
            message = f"Cannot nest aggregations inside aggregation: [{node.name}]"
            raise AthenaError("NESTED_AGGREGATION", message, node.at)
        message = f"{scope.clause} cannot contain aggregations, window functions or grouping operations: [{node.name}]"
        raise AthenaError("EXPRESSION_NOT_SCALAR", message, node.at)


def _window(compiler: Compiler, node: n.Call, scope: Scope) -> tuple[str, frozenset[ColumnRead]]:
    window = node.window
    if window is None:
        return "", frozenset()
    inner = replace(scope, windows=False, clause="a window", aliases=())
    partition = [compiler.expr(part, inner) for part in window.partition]
    keys = _sort_sql(compiler, window.order, inner)
    parts = []
    if partition:
        parts.append("PARTITION BY " + ", ".join(p.sql for p in partition))
    if keys:
        parts.append("ORDER BY " + ", ".join(sql for sql, _ in keys))
    if window.frame:
        parts.append(_frame(compiler, window.frame, inner))
    return f" OVER ({' '.join(parts)})", reads_of(*partition).union(*(t for _, t in keys))


def _frame(compiler: Compiler, frame: n.Frame, scope: Scope) -> str:
    def bound(side: tuple[str, n.Expr | None]) -> str:
        words, amount = side
        return f"{compiler.expr(amount, scope).sql} {words}" if amount is not None else words

    if frame.end is None:
        return f"{frame.unit} {bound(frame.start)}"
    return f"{frame.unit} BETWEEN {bound(frame.start)} AND {bound(frame.end)}"


def _sort_sql(compiler: Compiler, keys: tuple[n.SortKey, ...], scope: Scope) -> list[tuple[str, frozenset[ColumnRead]]]:
    """Athena sorts nulls last in either direction by default."""
    found = []
    for key in keys:
        val = compiler.expr(key.value, scope)
        found.append((f"{val.sql}{sort_direction(key)}", val.reads))
    return found


CALLS: dict[type, Callable[..., TypedSql]] = {n.Call: call}
