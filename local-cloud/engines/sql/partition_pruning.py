"""Partition pruning: what a condition says about partition keys alone."""

from __future__ import annotations

from dataclasses import replace

from ..text.duckdb_sql import identifier
from . import syntax_tree as n
from .errors import AthenaError
from .expression_compiler import ExpressionCompiler, walk
from .trino_types import BOOLEAN
from .typed_sql import Field, Scope

_VOLATILE = frozenset(("random", "rand", "now", "current_timestamp", "current_date", "localtimestamp"))


def partition_conditions(compiler: ExpressionCompiler, condition: n.Expr, fields: list[Field]) -> dict[int, str]:
    """By number of the scan: SQL over its partition keys p."<key>" that holds wherever the condition does."""
    found = {}
    for number in sorted({f.origin[0] for f in fields if f.origin}):
        partition_fields = [
            replace(f, sql=f"p.{identifier(f.origin[1])}") for f in fields if f.origin and f.origin[0] == number
        ]
        sql = _partition_condition(compiler, condition, Scope(tuple(partition_fields), None, "WHERE clause"))
        if sql is not None:
            found[number] = sql
    return found


def _partition_condition(compiler: ExpressionCompiler, node: n.Expr, scope: Scope) -> str | None:
    """SQL over partition keys that holds wherever the condition does; None when it says nothing about them."""
    if isinstance(node, n.Logical):
        sides = [_partition_condition(compiler, side, scope) for side in (node.left, node.right)]
        known = [side for side in sides if side is not None]
        if node.operator == "AND":
            return f"({' AND '.join(known)})" if known else None
        return f"({' OR '.join(known)})" if len(known) == 2 else None
    parts = list(walk(node))
    if not any(isinstance(part, n.ColumnRef) for part in parts):
        return None
    if any(isinstance(p, n.Query) or (isinstance(p, n.Call) and p.name in _VOLATILE) for p in parts):
        return None
    try:
        val = compiler.expr(node, scope)
    except AthenaError:
        return None
    return val.sql if val.type == BOOLEAN else None
