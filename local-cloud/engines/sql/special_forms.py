"""Compiles special forms (CASE, CAST, EXISTS), subqueries and arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from . import syntax_tree as n
from .casts import cast as convert
from .compiler_protocol import Compiler
from .errors import type_mismatch, unsupported
from .trino_types import BOOLEAN, UNKNOWN, array, is_integer
from .typed_sql import Scope, TypedSql, reads_of, unify


def case(compiler: Compiler, node: n.Case, scope: Scope) -> TypedSql:
    conditions = []
    if node.operand is None:
        conditions = [compiler.condition(when, replace(scope, clause="CASE WHEN clause")) for when, _ in node.whens]
    else:
        operand = compiler.expr(node.operand, scope)
        for when, _ in node.whens:
            vals = [operand, compiler.expr(when, scope)]
            one, two = unify(vals, "CASE operand type does not match WHEN clause operand type: {} vs {}", when.at)
            conditions.append(TypedSql(f"({one.sql} = {two.sql})", BOOLEAN, reads_of(*vals)))
    results = [compiler.expr(result, scope) for _, result in node.whens]
    if node.default is not None:
        results.append(compiler.expr(node.default, scope))
    united = unify(results, "All CASE results must be the same type or coercible to a common type: {} vs {}", node.at)
    sql = "".join(f" WHEN {c.sql} THEN {r.sql}" for c, r in zip(conditions, united, strict=False))
    default = f" ELSE {united[-1].sql}" if node.default is not None else ""
    return TypedSql(f"(CASE{sql}{default} END)", united[0].type, reads_of(*conditions, *results))


def cast(compiler: Compiler, node: n.Cast, scope: Scope) -> TypedSql:
    return convert(compiler.expr(node.value, scope), node.target, node.safe, node.at)


def exists(compiler: Compiler, node: n.Exists, scope: Scope) -> TypedSql:
    sql, columns = compiler.compile_query(node.query, scope)
    for column in columns:
        compiler.read |= column.reads
    return TypedSql(f"EXISTS ({sql})", BOOLEAN)


def scalar_subquery(compiler: Compiler, node: n.ScalarSubquery, scope: Scope) -> TypedSql:
    sql, column = compiler.one_column(node.query, scope, node.at)
    return TypedSql(f"({sql})", column.type)


def array_literal(compiler: Compiler, node: n.ArrayLiteral, scope: Scope) -> TypedSql:
    vals = [compiler.expr(item, scope) for item in node.items]
    if not vals:
        return TypedSql("[]", array(UNKNOWN))
    united = unify(vals, "All ARRAY elements must be the same type or coercible to a common type: {} vs {}", node.at)
    return TypedSql(f"[{', '.join(v.sql for v in united)}]", array(united[0].type), reads_of(*vals))


def row_literal(compiler: Compiler, node: n.RowLiteral, scope: Scope) -> TypedSql:
    raise unsupported("row values", node.at)


def subscript(compiler: Compiler, node: n.Subscript, scope: Scope) -> TypedSql:
    value, index = compiler.expr(node.value, scope), compiler.expr(node.index, scope)
    if value.type.base == "array" and is_integer(index.type):
        message = "'INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length'"
        sql = (
            f"CASE WHEN {index.sql} BETWEEN 1 AND len({value.sql}) OR {value.sql} IS NULL OR {index.sql} IS NULL "
            f"THEN {value.sql}[{index.sql}] ELSE error({message}) END"
        )
        return TypedSql(sql, value.type.parts[0], reads_of(value, index))
    raise type_mismatch(f"Cannot apply operator: {value.type}[{index.type}]", node.at)


SPECIAL_FORMS: dict[type, Callable[..., TypedSql]] = {
    n.Case: case,
    n.Cast: cast,
    n.Exists: exists,
    n.ScalarSubquery: scalar_subquery,
    n.ArrayLiteral: array_literal,
    n.RowLiteral: row_literal,
    n.Subscript: subscript,
}
