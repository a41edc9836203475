"""Calls of functions: scalar, aggregate, over windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from . import nodes as n
from .aggregates import AGGREGATES, WINDOW_FUNCTIONS
from .faults import Fault
from .function_names import refuse
from .functions import FUNCTIONS
from .protocol import Compiler
from .values import Scope, Touch, Val, direction, touches


def call(compiler: Compiler, node: n.Call, scope: Scope) -> Val:
    if node.name in AGGREGATES or node.name in WINDOW_FUNCTIONS:
        return _aggregate(compiler, node, scope)
    function = FUNCTIONS.get(node.name)
    if function is None:
        raise refuse(node.name, node.at)
    if node.star or node.distinct or node.order or node.condition or node.window:
        raise Fault("FUNCTION_NOT_AGGREGATE", f"'{node.name}' is not an aggregate function", node.at)
    return function(node.name, [compiler.expr(arg, scope) for arg in node.args], node.at)


def _aggregate(compiler: Compiler, node: n.Call, scope: Scope) -> Val:
    _require_allowed(node, scope)
    windowed = node.window is not None
    inner = scope if windowed else scope.ungrouped()
    args = [compiler.expr(arg, inner) for arg in node.args]
    keys = _sort_sql(compiler, node.order, inner)
    condition = None
    if node.condition is not None:
        condition = compiler.condition(node.condition, replace(inner, clause="FILTER clause"))
    over, over_touches = _window(compiler, node, scope)

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
    used = touches(*args).union(over_touches, *(t for _, t in keys), condition.touches if condition else ())
    return replace(val, touches=used, literal=None)


def _require_allowed(node: n.Call, scope: Scope) -> None:
    if node.window is not None:
        if not scope.windows:
            message = (
                f"{scope.clause} cannot contain aggregations, window functions or grouping operations: [{node.name}]"
            )
            code = "NESTED_WINDOW" if scope.clause == "a window" else "EXPRESSION_NOT_SCALAR"
            raise Fault(code, message, node.at)
        return
    if node.name in WINDOW_FUNCTIONS and node.name not in AGGREGATES:
        raise Fault("MISSING_OVER", f"Window function {node.name} requires an OVER clause", node.at)
    if not scope.aggregates:
        if scope.clause == "an aggregation":
            message = f"Cannot nest aggregations inside aggregation: [{node.name}]"
            raise Fault("NESTED_AGGREGATION", message, node.at)
        message = f"{scope.clause} cannot contain aggregations, window functions or grouping operations: [{node.name}]"
        raise Fault("EXPRESSION_NOT_SCALAR", message, node.at)


def _window(compiler: Compiler, node: n.Call, scope: Scope) -> tuple[str, frozenset[Touch]]:
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
    return f" OVER ({' '.join(parts)})", touches(*partition).union(*(t for _, t in keys))


def _frame(compiler: Compiler, frame: n.Frame, scope: Scope) -> str:
    def bound(side: tuple[str, n.Expr | None]) -> str:
        words, amount = side
        return f"{compiler.expr(amount, scope).sql} {words}" if amount is not None else words

    if frame.end is None:
        return f"{frame.unit} {bound(frame.start)}"
    return f"{frame.unit} BETWEEN {bound(frame.start)} AND {bound(frame.end)}"


def _sort_sql(compiler: Compiler, keys: tuple[n.SortKey, ...], scope: Scope) -> list[tuple[str, frozenset[Touch]]]:
    """Athena puts nulls last in either direction, unless told otherwise."""
    found = []
    for key in keys:
        val = compiler.expr(key.value, scope)
        found.append((f"{val.sql}{direction(key)}", val.touches))
    return found


CALLS: dict[type, Callable[..., Val]] = {n.Call: call}
