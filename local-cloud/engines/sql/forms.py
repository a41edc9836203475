"""Expressions with words of their own, and parts of values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from . import nodes as n
from .casts import cast as convert
from .faults import lacks, mismatch
from .protocol import Compiler
from .trino_types import BOOLEAN, UNKNOWN, array, is_integer
from .values import Scope, Val, touches, unify


def case(compiler: Compiler, node: n.Case, scope: Scope) -> Val:
    conditions = []
    if node.operand is None:
        conditions = [compiler.condition(when, replace(scope, clause="CASE WHEN clause")) for when, _ in node.whens]
    else:
        operand = compiler.expr(node.operand, scope)
        for when, _ in node.whens:
            vals = [operand, compiler.expr(when, scope)]
            one, two = unify(vals, "CASE operand type does not match WHEN clause operand type: {} vs {}", when.at)
            conditions.append(Val(f"({one.sql} = {two.sql})", BOOLEAN, touches(*vals)))
    results = [compiler.expr(result, scope) for _, result in node.whens]
    if node.default is not None:
        results.append(compiler.expr(node.default, scope))
    united = unify(results, "All CASE results must be the same type or coercible to a common type: {} vs {}", node.at)
    sql = "".join(f" WHEN {c.sql} THEN {r.sql}" for c, r in zip(conditions, united, strict=False))
    default = f" ELSE {united[-1].sql}" if node.default is not None else ""
    return Val(f"(CASE{sql}{default} END)", united[0].type, touches(*conditions, *results))


def cast(compiler: Compiler, node: n.Cast, scope: Scope) -> Val:
    return convert(compiler.expr(node.value, scope), node.target, node.safe, node.at)


def exists(compiler: Compiler, node: n.Exists, scope: Scope) -> Val:
    sql, columns = compiler.compile_query(node.query, scope)
    for column in columns:
        compiler.read |= column.touches
    return Val(f"EXISTS ({sql})", BOOLEAN)


def scalar_query(compiler: Compiler, node: n.ScalarQuery, scope: Scope) -> Val:
    sql, column = compiler.one_column(node.query, scope, node.at)
    return Val(f"({sql})", column.type)


def array_of(compiler: Compiler, node: n.ArrayOf, scope: Scope) -> Val:
    vals = [compiler.expr(item, scope) for item in node.items]
    if not vals:
        return Val("[]", array(UNKNOWN))
    united = unify(vals, "All ARRAY elements must be the same type or coercible to a common type: {} vs {}", node.at)
    return Val(f"[{', '.join(v.sql for v in united)}]", array(united[0].type), touches(*vals))


def row_of(compiler: Compiler, node: n.RowOf, scope: Scope) -> Val:
    raise lacks("row values", node.at)


def subscript(compiler: Compiler, node: n.Subscript, scope: Scope) -> Val:
    value, index = compiler.expr(node.value, scope), compiler.expr(node.index, scope)
    if value.type.base == "array" and is_integer(index.type):
        message = "'INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length'"
        sql = (
            f"CASE WHEN {index.sql} BETWEEN 1 AND len({value.sql}) OR {value.sql} IS NULL OR {index.sql} IS NULL "
            f"THEN {value.sql}[{index.sql}] ELSE error({message}) END"
        )
        return Val(sql, value.type.parts[0], touches(value, index))
    raise mismatch(f"Cannot apply operator: {value.type}[{index.type}]", node.at)


FORMS: dict[type, Callable[..., Val]] = {
    n.Case: case,
    n.Cast: cast,
    n.Exists: exists,
    n.ScalarQuery: scalar_query,
    n.ArrayOf: array_of,
    n.RowOf: row_of,
    n.Subscript: subscript,
}
