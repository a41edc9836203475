"""Compiles operators and predicates; combinations of types that Athena lacks are errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from . import syntax_tree as n
from .arithmetic import arithmetic as calculate
from .compiler_protocol import Compiler
from .errors import type_mismatch, unsupported
from .trino_types import BOOLEAN, UNKNOWN, VARBINARY, VARCHAR, common_type, duckdb_type, is_numeric, is_text
from .typed_sql import Scope, TypedSql, coerce, reads_of, unify


def negative(compiler: Compiler, node: n.UnaryMinus, scope: Scope) -> TypedSql:
    val = compiler.expr(node.value, scope)
    if not is_numeric(val.type) and not val.type.base.startswith("interval"):
        raise type_mismatch(f"Cannot negate {val.type}", node.at)
    literal = f"-{val.literal}" if val.literal else None
    return replace(val, sql=f"(-{val.sql})", literal=literal)


def arithmetic(compiler: Compiler, node: n.Arithmetic, scope: Scope) -> TypedSql:
    return calculate(node.operator, compiler.expr(node.left, scope), compiler.expr(node.right, scope), node.at)


def concat(compiler: Compiler, node: n.Concat, scope: Scope) -> TypedSql:
    left, right = compiler.expr(node.left, scope), compiler.expr(node.right, scope)
    if "array" in (left.type.base, right.type.base):
        raise unsupported("arrays joined with ||", node.at)
    for val in (left, right):
        if not is_text(val.type) and val.type not in (UNKNOWN, VARBINARY):
            raise type_mismatch(f"Cannot apply operator: {left.type} || {right.type}", node.at)
    if (left.type == VARBINARY) != (right.type == VARBINARY):
        raise type_mismatch(f"Cannot apply operator: {left.type} || {right.type}", node.at)
    return TypedSql(
        f"({left.sql} || {right.sql})", VARBINARY if left.type == VARBINARY else VARCHAR, reads_of(left, right)
    )


def compare(compiler: Compiler, node: n.Comparison, scope: Scope) -> TypedSql:
    left, right = compiler.expr(node.left, scope), compiler.expr(node.right, scope)
    message = "Cannot apply operator: {} " + node.operator + " {}"
    one, two = unify([left, right], message, node.at)
    return TypedSql(f"({one.sql} {node.operator} {two.sql})", BOOLEAN, reads_of(left, right))


def logic(compiler: Compiler, node: n.Logical, scope: Scope) -> TypedSql:
    sides = [compiler.expr(side, scope) for side in (node.left, node.right)]
    for side, val in zip((node.left, node.right), sides, strict=True):
        if val.type not in (BOOLEAN, UNKNOWN):
            raise type_mismatch(f"Logical expression term must evaluate to a boolean: {val.type}", side.at)
    return TypedSql(f"({sides[0].sql} {node.operator} {sides[1].sql})", BOOLEAN, reads_of(*sides))


def negation(compiler: Compiler, node: n.Not, scope: Scope) -> TypedSql:
    val = compiler.expr(node.value, scope)
    if val.type not in (BOOLEAN, UNKNOWN):
        raise type_mismatch(f"Value of logical NOT expression must evaluate to a boolean (actual: {val.type})", node.at)
    return TypedSql(f"(NOT {val.sql})", BOOLEAN, val.reads)


def between(compiler: Compiler, node: n.Between, scope: Scope) -> TypedSql:
    vals = [compiler.expr(part, scope) for part in (node.value, node.low, node.high)]
    value, low, high = unify(vals, "Cannot check if {} is BETWEEN {}", node.at)
    return TypedSql(f"({value.sql} BETWEEN {low.sql} AND {high.sql})", BOOLEAN, reads_of(*vals))


def in_list(compiler: Compiler, node: n.InList, scope: Scope) -> TypedSql:
    vals = [compiler.expr(part, scope) for part in (node.value, *node.options)]
    message = "IN value and list items must be the same type or coercible to a common type: {} and {}"
    value, *options = unify(vals, message, node.at)
    return TypedSql(f"({value.sql} IN ({', '.join(o.sql for o in options)}))", BOOLEAN, reads_of(*vals))


def in_subquery(compiler: Compiler, node: n.InSubquery, scope: Scope) -> TypedSql:
    value = compiler.expr(node.value, scope)
    sql, column = compiler.one_column(node.query, scope, node.at)
    target = common_type(value.type, column.type)
    if target is None:
        message = (
            f"value and result of subquery must be of the same type for IN expression: {value.type} vs {column.type}"
        )
        raise type_mismatch(message, node.at)
    inner = f"(SELECT CAST(c0 AS {duckdb_type(target)}) FROM ({sql}) s)"
    return TypedSql(f"({coerce(value, target).sql} IN {inner})", BOOLEAN, value.reads)


def like(compiler: Compiler, node: n.Like, scope: Scope) -> TypedSql:
    parts = [node.value, node.pattern, *([node.escape] if node.escape else [])]
    vals = [compiler.expr(part, scope) for part in parts]
    for part, val in zip(parts, vals, strict=True):
        if not is_text(val.type) and val.type != UNKNOWN:
            raise type_mismatch(f"Like expression must evaluate to a varchar (actual: {val.type})", part.at)
    escape = f" ESCAPE {vals[2].sql}" if len(vals) == 3 else ""
    return TypedSql(f"({vals[0].sql} LIKE {vals[1].sql}{escape})", BOOLEAN, reads_of(*vals))


def is_null(compiler: Compiler, node: n.IsNull, scope: Scope) -> TypedSql:
    val = compiler.expr(node.value, scope)
    return TypedSql(f"({val.sql} IS NULL)", BOOLEAN, val.reads)


OPERATORS: dict[type, Callable[..., TypedSql]] = {
    n.UnaryMinus: negative,
    n.Arithmetic: arithmetic,
    n.Concat: concat,
    n.Comparison: compare,
    n.Logical: logic,
    n.Not: negation,
    n.Between: between,
    n.InList: in_list,
    n.InSubquery: in_subquery,
    n.Like: like,
    n.IsNull: is_null,
}
