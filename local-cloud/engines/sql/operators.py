"""Operators and conditions, refused where Athena has none for the types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from . import nodes as n
from .arithmetic import arithmetic as calculate
from .faults import lacks, mismatch
from .protocol import Compiler
from .trino_types import BOOLEAN, UNKNOWN, VARBINARY, VARCHAR, common, duck, is_numeric, is_text
from .values import Scope, Val, coerce, touches, unify


def negative(compiler: Compiler, node: n.Negative, scope: Scope) -> Val:
    val = compiler.expr(node.value, scope)
    if not is_numeric(val.type) and not val.type.base.startswith("interval"):
        raise mismatch(f"Cannot negate {val.type}", node.at)
    literal = f"-{val.literal}" if val.literal else None
    return replace(val, sql=f"(-{val.sql})", literal=literal)


def arithmetic(compiler: Compiler, node: n.Arithmetic, scope: Scope) -> Val:
    return calculate(node.operator, compiler.expr(node.left, scope), compiler.expr(node.right, scope), node.at)


def concat(compiler: Compiler, node: n.Concat, scope: Scope) -> Val:
    left, right = compiler.expr(node.left, scope), compiler.expr(node.right, scope)
    if "array" in (left.type.base, right.type.base):
        raise lacks("arrays joined with ||", node.at)
    for val in (left, right):
        if not is_text(val.type) and val.type not in (UNKNOWN, VARBINARY):
            raise mismatch(f"Cannot apply operator: {left.type} || {right.type}", node.at)
    if (left.type == VARBINARY) != (right.type == VARBINARY):
        raise mismatch(f"Cannot apply operator: {left.type} || {right.type}", node.at)
    return Val(f"({left.sql} || {right.sql})", VARBINARY if left.type == VARBINARY else VARCHAR, touches(left, right))


def compare(compiler: Compiler, node: n.Compare, scope: Scope) -> Val:
    left, right = compiler.expr(node.left, scope), compiler.expr(node.right, scope)
    message = "Cannot apply operator: {} " + node.operator + " {}"
    one, two = unify([left, right], message, node.at)
    return Val(f"({one.sql} {node.operator} {two.sql})", BOOLEAN, touches(left, right))


def logic(compiler: Compiler, node: n.Logic, scope: Scope) -> Val:
    sides = [compiler.expr(side, scope) for side in (node.left, node.right)]
    for side, val in zip((node.left, node.right), sides, strict=True):
        if val.type not in (BOOLEAN, UNKNOWN):
            raise mismatch(f"Logical expression term must evaluate to a boolean: {val.type}", side.at)
    return Val(f"({sides[0].sql} {node.operator} {sides[1].sql})", BOOLEAN, touches(*sides))


def negation(compiler: Compiler, node: n.Not, scope: Scope) -> Val:
    val = compiler.expr(node.value, scope)
    if val.type not in (BOOLEAN, UNKNOWN):
        raise mismatch(f"Value of logical NOT expression must evaluate to a boolean (actual: {val.type})", node.at)
    return Val(f"(NOT {val.sql})", BOOLEAN, val.touches)


def between(compiler: Compiler, node: n.Between, scope: Scope) -> Val:
    vals = [compiler.expr(part, scope) for part in (node.value, node.low, node.high)]
    value, low, high = unify(vals, "Cannot check if {} is BETWEEN {}", node.at)
    return Val(f"({value.sql} BETWEEN {low.sql} AND {high.sql})", BOOLEAN, touches(*vals))


def in_list(compiler: Compiler, node: n.InList, scope: Scope) -> Val:
    vals = [compiler.expr(part, scope) for part in (node.value, *node.options)]
    message = "IN value and list items must be the same type or coercible to a common type: {} and {}"
    value, *options = unify(vals, message, node.at)
    return Val(f"({value.sql} IN ({', '.join(o.sql for o in options)}))", BOOLEAN, touches(*vals))


def in_query(compiler: Compiler, node: n.InQuery, scope: Scope) -> Val:
    value = compiler.expr(node.value, scope)
    sql, column = compiler.one_column(node.query, scope, node.at)
    target = common(value.type, column.type)
    if target is None:
        message = (
            f"value and result of subquery must be of the same type for IN expression: {value.type} vs {column.type}"
        )
        raise mismatch(message, node.at)
    inner = f"(SELECT CAST(c0 AS {duck(target)}) FROM ({sql}) s)"
    return Val(f"({coerce(value, target).sql} IN {inner})", BOOLEAN, value.touches)


def like(compiler: Compiler, node: n.Like, scope: Scope) -> Val:
    parts = [node.value, node.pattern, *([node.escape] if node.escape else [])]
    vals = [compiler.expr(part, scope) for part in parts]
    for part, val in zip(parts, vals, strict=True):
        if not is_text(val.type) and val.type != UNKNOWN:
            raise mismatch(f"Like expression must evaluate to a varchar (actual: {val.type})", part.at)
    escape = f" ESCAPE {vals[2].sql}" if len(vals) == 3 else ""
    return Val(f"({vals[0].sql} LIKE {vals[1].sql}{escape})", BOOLEAN, touches(*vals))


def is_null(compiler: Compiler, node: n.IsNull, scope: Scope) -> Val:
    val = compiler.expr(node.value, scope)
    return Val(f"({val.sql} IS NULL)", BOOLEAN, val.touches)


OPERATORS: dict[type, Callable[..., Val]] = {
    n.Negative: negative,
    n.Arithmetic: arithmetic,
    n.Concat: concat,
    n.Compare: compare,
    n.Logic: logic,
    n.Not: negation,
    n.Between: between,
    n.InList: in_list,
    n.InQuery: in_query,
    n.Like: like,
    n.IsNull: is_null,
}
