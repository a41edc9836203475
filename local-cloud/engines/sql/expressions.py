"""Expressions of Athena's dialect to DuckDB SQL, with Athena's types and its refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace

from . import nodes as n
from .aggregates import AGGREGATES, WINDOW_FUNCTIONS
from .arithmetic import arithmetic
from .casts import cast
from .faults import Fault, Place, lacks, mismatch
from .function_names import refuse
from .functions import FUNCTIONS
from .trino_types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DAY_TO_SECOND,
    DOUBLE,
    INTEGER,
    TIMESTAMP,
    TIMESTAMP_TZ,
    UNKNOWN,
    VARBINARY,
    VARCHAR,
    YEAR_TO_MONTH,
    Type,
    array,
    common,
    decimal,
    duck,
    is_exact,
    is_integer,
    is_numeric,
    is_text,
    varchar,
)
from .values import Field, Scope, Touch, Val, coerce, identifier, quote, touches, unify

_LITERAL_TYPES = {"date": DATE, "timestamp": TIMESTAMP}


def walk(node: object) -> Iterator[n.Node]:
    """The node and all below it, without going into queries."""
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
    """Knows the query's parameters and marks which table columns are read."""

    def __init__(self, parameters: list[n.Expr]) -> None:
        self.parameters = parameters
        self.read: set[Touch] = set()

    def compile_query(self, query: n.Query, scope: Scope) -> tuple[str, list[Field]]:
        raise NotImplementedError

    # --- entry points ---------------------------------------------------------------------------------------------

    def expr(self, node: n.Expr, scope: Scope) -> Val:
        if scope.grouped is None or is_aggregate(node):
            return self.plain(node, scope)
        # Below GROUP BY an expression is a grouping expression as a whole, or its parts must be.
        if not has_aggregate(node) and not any(isinstance(each, n.Query) for each in walk(node)):
            val = self.plain(node, replace(scope, grouped=None))
            if val.sql in scope.grouped:
                return val
        return self.plain(node, scope)

    def condition(self, node: n.Expr, scope: Scope) -> Val:
        val = self.expr(node, scope)
        if val.type == UNKNOWN:
            return coerce(val, BOOLEAN)
        if val.type != BOOLEAN:
            raise mismatch(f"{scope.clause} must evaluate to a boolean: actual type {val.type}", node.at)
        return val

    def plain(self, node: n.Expr, scope: Scope) -> Val:
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise lacks(type(node).__name__, node.at)
        return handler(self, node, scope)

    # --- leaves ---------------------------------------------------------------------------------------------------

    def literal(self, node: n.Literal, scope: Scope) -> Val:
        kind, value = node.kind, node.value
        if kind == "null":
            return Val("NULL", UNKNOWN)
        if kind == "boolean":
            return Val(value, BOOLEAN)
        if kind == "string":
            return Val(quote(value), varchar(len(value)), literal=value)
        if kind == "binary":
            if len(value) % 2 or not all(c in "0123456789abcdefABCDEF" for c in value):
                raise Fault("SYNTAX_ERROR", "binary literal must contain an even number of hexadecimal digits", node.at)
            return Val(f"unhex({quote(value)})", VARBINARY)
        if kind == "integer":
            number = int(value)
            if number > 2**63 - 1:
                raise Fault("SYNTAX_ERROR", f"Invalid numeric literal: {value}", node.at)
            type_ = INTEGER if number <= 2**31 - 1 else BIGINT
            return Val(f"CAST({number} AS {duck(type_)})", type_, literal=value)
        if kind == "decimal":
            return decimal_literal(value)
        return Val(f"CAST({quote(value)} AS DOUBLE)", DOUBLE, literal=value)

    def typed_literal(self, node: n.TypedLiteral, scope: Scope) -> Val:
        if node.kind == "decimal":
            return decimal_literal(node.value)
        source = Val(quote(node.value), VARCHAR)
        target = _LITERAL_TYPES[node.kind]
        return replace(cast(source, target, False, node.at), literal=node.value)

    def interval(self, node: n.Interval, scope: Scope) -> Val:
        text = node.value.strip()
        if not text.lstrip("-").isdigit():
            raise Fault("INVALID_LITERAL", f"Invalid INTERVAL {node.unit.upper()} value: {node.value}", node.at)
        amount = int(text) * (-1 if node.negative else 1)
        unit, factor = ("day", 7) if node.unit == "week" else (node.unit, 1)
        unit, factor = ("month", 3) if unit == "quarter" else (unit, factor)
        type_ = YEAR_TO_MONTH if unit in ("year", "month") else DAY_TO_SECOND
        return Val(f"to_{unit}s({amount * factor})", type_)

    def parameter(self, node: n.Parameter, scope: Scope) -> Val:
        if node.index >= len(self.parameters):
            raise Fault("INVALID_PARAMETER_USAGE", "Incorrect number of parameters", node.at)
        return self.expr(self.parameters[node.index], scope)

    def name(self, node: n.Name, scope: Scope) -> Val:
        if len(node.parts) == 1:
            for alias, val in scope.aliases:
                if alias == node.parts[0]:
                    return val
        level: Scope | None = scope
        while level is not None:
            for size in range(len(node.parts), 0, -1):
                found = _matches(level.fields, node.parts[:size])
                if len(found) > 1:
                    raise Fault("AMBIGUOUS_NAME", f"Column '{'.'.join(node.parts)}' is ambiguous", node.at)
                if found:
                    self.require_grouped(found[0], node, level, scope)
                    val = Val(found[0].sql, found[0].type, found[0].touches)
                    for part in node.parts[size:]:
                        val = member(val, part, node.at)
                    return val
            level = level.parent
        shown = ".".join(node.parts)
        message = f"Column '{shown}' cannot be resolved or requester is not authorized to access requested resources"
        raise Fault("COLUMN_NOT_FOUND", message, node.at)

    def require_grouped(self, field: Field, node: n.Name, level: Scope, scope: Scope) -> None:
        if level is scope and scope.grouped is not None and field.sql not in scope.grouped:
            shown = ".".join(node.parts)
            message = f"'{shown}' must be an aggregate expression or appear in GROUP BY clause"
            raise Fault("EXPRESSION_NOT_AGGREGATE", message, node.at)

    # --- operators ------------------------------------------------------------------------------------------------

    def negative(self, node: n.Negative, scope: Scope) -> Val:
        val = self.expr(node.value, scope)
        if not is_numeric(val.type) and not val.type.base.startswith("interval"):
            raise mismatch(f"Cannot negate {val.type}", node.at)
        literal = f"-{val.literal}" if val.literal else None
        return replace(val, sql=f"(-{val.sql})", literal=literal)

    def arithmetic(self, node: n.Arithmetic, scope: Scope) -> Val:
        return arithmetic(node.operator, self.expr(node.left, scope), self.expr(node.right, scope), node.at)

    def concat(self, node: n.Concat, scope: Scope) -> Val:
        left, right = self.expr(node.left, scope), self.expr(node.right, scope)
        if left.type.base == "array" or right.type.base == "array":
            vals = unify([left, right], "Cannot apply operator: {} || {}", node.at)
            return Val(f"list_concat({vals[0].sql}, {vals[1].sql})", vals[0].type, touches(left, right))
        for val in (left, right):
            if not is_text(val.type) and val.type not in (UNKNOWN, VARBINARY):
                raise mismatch(f"Cannot apply operator: {left.type} || {right.type}", node.at)
        if (left.type == VARBINARY) != (right.type == VARBINARY):
            raise mismatch(f"Cannot apply operator: {left.type} || {right.type}", node.at)
        return Val(f"({left.sql} || {right.sql})", VARBINARY if left.type == VARBINARY else VARCHAR, touches(left, right))

    def compare(self, node: n.Compare, scope: Scope) -> Val:
        left, right = self.expr(node.left, scope), self.expr(node.right, scope)
        message = "Cannot apply operator: {} " + node.operator + " {}"
        one, two = unify([left, right], message, node.at)
        return Val(f"({one.sql} {node.operator} {two.sql})", BOOLEAN, touches(left, right))

    def compare_all(self, node: n.CompareAll, scope: Scope) -> Val:
        left = self.expr(node.left, scope)
        sql, column = self.one_column(node.query, scope, node.at)
        target = common(left.type, column.type)
        if target is None:
            raise mismatch(f"Cannot apply operator: {left.type} {node.operator} {column.type}", node.at)
        inner = f"(SELECT CAST(c0 AS {duck(target)}) FROM ({sql}) s)"
        return Val(f"({coerce(left, target).sql} {node.operator} {node.quantifier} {inner})", BOOLEAN, left.touches)

    def logic(self, node: n.Logic, scope: Scope) -> Val:
        sides = [self.expr(side, scope) for side in (node.left, node.right)]
        for side, val in zip((node.left, node.right), sides, strict=True):
            if val.type not in (BOOLEAN, UNKNOWN):
                raise mismatch(f"Logical expression term must evaluate to a boolean: {val.type}", side.at)
        return Val(f"({sides[0].sql} {node.operator} {sides[1].sql})", BOOLEAN, touches(*sides))

    def negation(self, node: n.Not, scope: Scope) -> Val:
        val = self.expr(node.value, scope)
        if val.type not in (BOOLEAN, UNKNOWN):
            raise mismatch(f"Value of logical NOT expression must evaluate to a boolean (actual: {val.type})", node.at)
        return Val(f"(NOT {val.sql})", BOOLEAN, val.touches)

    def between(self, node: n.Between, scope: Scope) -> Val:
        vals = [self.expr(part, scope) for part in (node.value, node.low, node.high)]
        value, low, high = unify(vals, "Cannot check if {} is BETWEEN {}", node.at)
        return Val(f"({value.sql} BETWEEN {low.sql} AND {high.sql})", BOOLEAN, touches(*vals))

    def in_list(self, node: n.InList, scope: Scope) -> Val:
        vals = [self.expr(part, scope) for part in (node.value, *node.options)]
        message = "IN value and list items must be the same type or coercible to a common type: {} and {}"
        value, *options = unify(vals, message, node.at)
        return Val(f"({value.sql} IN ({', '.join(o.sql for o in options)}))", BOOLEAN, touches(*vals))

    def in_query(self, node: n.InQuery, scope: Scope) -> Val:
        value = self.expr(node.value, scope)
        sql, column = self.one_column(node.query, scope, node.at)
        target = common(value.type, column.type)
        if target is None:
            message = f"value and result of subquery must be of the same type for IN expression: {value.type} vs {column.type}"
            raise mismatch(message, node.at)
        inner = f"(SELECT CAST(c0 AS {duck(target)}) FROM ({sql}) s)"
        return Val(f"({coerce(value, target).sql} IN {inner})", BOOLEAN, value.touches)

    def like(self, node: n.Like, scope: Scope) -> Val:
        parts = [node.value, node.pattern, *([node.escape] if node.escape else [])]
        vals = [self.expr(part, scope) for part in parts]
        for part, val in zip(parts, vals, strict=True):
            if not is_text(val.type) and val.type != UNKNOWN:
                raise mismatch(f"Like expression must evaluate to a varchar (actual: {val.type})", part.at)
        escape = f" ESCAPE {vals[2].sql}" if len(vals) == 3 else ""
        return Val(f"({vals[0].sql} LIKE {vals[1].sql}{escape})", BOOLEAN, touches(*vals))

    def is_null(self, node: n.IsNull, scope: Scope) -> Val:
        val = self.expr(node.value, scope)
        return Val(f"({val.sql} IS NULL)", BOOLEAN, val.touches)

    def distinct_from(self, node: n.DistinctFrom, scope: Scope) -> Val:
        vals = [self.expr(node.left, scope), self.expr(node.right, scope)]
        one, two = unify(vals, "Cannot apply operator: {} IS DISTINCT FROM {}", node.at)
        return Val(f"({one.sql} IS DISTINCT FROM {two.sql})", BOOLEAN, touches(*vals))

    # --- forms ----------------------------------------------------------------------------------------------------

    def case(self, node: n.Case, scope: Scope) -> Val:
        conditions = []
        if node.operand is None:
            conditions = [self.condition(when, replace(scope, clause="CASE WHEN clause")) for when, _ in node.whens]
        else:
            operand = self.expr(node.operand, scope)
            for when, _ in node.whens:
                vals = [operand, self.expr(when, scope)]
                one, two = unify(vals, "CASE operand type does not match WHEN clause operand type: {} vs {}", when.at)
                conditions.append(Val(f"({one.sql} = {two.sql})", BOOLEAN, touches(*vals)))
        results = [self.expr(result, scope) for _, result in node.whens]
        if node.default is not None:
            results.append(self.expr(node.default, scope))
        united = unify(results, "All CASE results must be the same type or coercible to a common type: {} vs {}", node.at)
        sql = "".join(f" WHEN {c.sql} THEN {r.sql}" for c, r in zip(conditions, united, strict=False))
        default = f" ELSE {united[-1].sql}" if node.default is not None else ""
        return Val(f"(CASE{sql}{default} END)", united[0].type, touches(*conditions, *results))

    def cast(self, node: n.Cast, scope: Scope) -> Val:
        return cast(self.expr(node.value, scope), node.target, node.safe, node.at)

    def exists(self, node: n.Exists, scope: Scope) -> Val:
        sql, columns = self.compile_query(node.query, scope)
        for column in columns:
            self.read |= column.touches
        return Val(f"EXISTS ({sql})", BOOLEAN)

    def scalar_query(self, node: n.ScalarQuery, scope: Scope) -> Val:
        sql, column = self.one_column(node.query, scope, node.at)
        return Val(f"({sql})", column.type)

    def one_column(self, query: n.Query, scope: Scope, at: Place) -> tuple[str, Field]:
        sql, columns = self.compile_query(query, scope)
        if len(columns) != 1:
            message = f"Multiple columns returned by subquery are not yet supported. Found {len(columns)}"
            raise Fault("NOT_SUPPORTED", message, at)
        self.read |= columns[0].touches
        return sql, columns[0]

    def array_of(self, node: n.ArrayOf, scope: Scope) -> Val:
        vals = [self.expr(item, scope) for item in node.items]
        if not vals:
            return Val("[]", array(UNKNOWN))
        united = unify(vals, "All ARRAY elements must be the same type or coercible to a common type: {} vs {}", node.at)
        return Val(f"[{', '.join(v.sql for v in united)}]", array(united[0].type), touches(*vals))

    def row_of(self, node: n.RowOf, scope: Scope) -> Val:
        raise lacks("row values", node.at)

    def subscript(self, node: n.Subscript, scope: Scope) -> Val:
        value, index = self.expr(node.value, scope), self.expr(node.index, scope)
        if value.type.base == "array" and is_integer(index.type):
            message = "'INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length'"
            sql = (
                f"CASE WHEN {index.sql} BETWEEN 1 AND len({value.sql}) OR {value.sql} IS NULL OR {index.sql} IS NULL "
                f"THEN {value.sql}[{index.sql}] ELSE error({message}) END"
            )
            return Val(sql, value.type.parts[0], touches(value, index))
        raise mismatch(f"Cannot apply operator: {value.type}[{index.type}]", node.at)

    def field(self, node: n.Field, scope: Scope) -> Val:
        return member(self.expr(node.value, scope), node.name, node.at)

    def at_time_zone(self, node: n.AtTimeZone, scope: Scope) -> Val:
        value, zone = self.expr(node.value, scope), self.expr(node.zone, scope)
        if (zone.literal or "").upper() != "UTC":
            raise lacks("AT TIME ZONE with another zone than UTC", node.at)
        if value.type.base not in ("timestamp", "timestamp with time zone"):
            message = f"Type of value must be a time or timestamp with or without time zone (actual {value.type})"
            raise mismatch(message, node.at)
        return coerce(value, TIMESTAMP_TZ)

    # --- calls ----------------------------------------------------------------------------------------------------

    def call(self, node: n.Call, scope: Scope) -> Val:
        if node.name in AGGREGATES or node.name in WINDOW_FUNCTIONS:
            return self.aggregate(node, scope)
        function = FUNCTIONS.get(node.name)
        if function is None:
            raise refuse(node.name, node.at)
        if node.star or node.distinct or node.order or node.condition or node.window:
            raise Fault("FUNCTION_NOT_AGGREGATE", f"'{node.name}' is not an aggregate function", node.at)
        return function(node.name, [self.expr(arg, scope) for arg in node.args], node.at)

    def aggregate(self, node: n.Call, scope: Scope) -> Val:
        self.require_allowed(node, scope)
        windowed = node.window is not None
        inner = scope if windowed else scope.ungrouped()
        args = [self.expr(arg, inner) for arg in node.args]
        keys = self.sort_sql(node.order, inner)
        condition = None
        if node.condition is not None:
            condition = self.condition(node.condition, replace(inner, clause="FILTER clause"))
        over, over_touches = self.window(node, scope)

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

    def require_allowed(self, node: n.Call, scope: Scope) -> None:
        if node.window is not None:
            if not scope.windows:
                message = f"{scope.clause} cannot contain aggregations, window functions or grouping operations: [{node.name}]"
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

    def window(self, node: n.Call, scope: Scope) -> tuple[str, frozenset[Touch]]:
        window = node.window
        if window is None:
            return "", frozenset()
        if isinstance(window, str):
            named = dict(scope.named_windows)
            if window not in named:
                raise Fault("INVALID_WINDOW_REFERENCE", f"Cannot resolve WINDOW name {window}", node.at)
            window = named[window]
        inner = replace(scope, windows=False, clause="a window", aliases=())
        partition = [self.expr(part, inner) for part in window.partition]
        keys = self.sort_sql(window.order, inner)
        parts = []
        if partition:
            parts.append("PARTITION BY " + ", ".join(p.sql for p in partition))
        if keys:
            parts.append("ORDER BY " + ", ".join(sql for sql, _ in keys))
        if window.frame:
            parts.append(self.frame(window.frame, inner))
        return f" OVER ({' '.join(parts)})", touches(*partition).union(*(t for _, t in keys))

    def frame(self, frame: n.Frame, scope: Scope) -> str:
        def bound(side: tuple[str, n.Expr | None]) -> str:
            words, amount = side
            return f"{self.expr(amount, scope).sql} {words}" if amount is not None else words

        if frame.end is None:
            return f"{frame.unit} {bound(frame.start)}"
        return f"{frame.unit} BETWEEN {bound(frame.start)} AND {bound(frame.end)}"

    def sort_sql(self, keys: tuple[n.SortKey, ...], scope: Scope) -> list[tuple[str, frozenset[Touch]]]:
        """Athena puts nulls last in either direction, unless told otherwise."""
        found = []
        for key in keys:
            val = self.expr(key.value, scope)
            found.append((f"{val.sql}{direction(key)}", val.touches))
        return found


def direction(key: n.SortKey) -> str:
    return f" {'DESC' if key.descending else 'ASC'} NULLS {'FIRST' if key.nulls_first else 'LAST'}"


def decimal_literal(text: str) -> Val:
    sign = "-" if text.startswith("-") else ""
    whole, _, fraction = text.lstrip("+-").partition(".")
    whole = whole.lstrip("0")
    type_ = decimal(max(len(whole) + len(fraction), 1), len(fraction))
    number = f"{sign}{whole or '0'}.{fraction or '0'}"
    return Val(f"CAST({quote(number)} AS {duck(type_)})", type_, literal=number)


def member(val: Val, name: str, at: Place) -> Val:
    """A field of a row value."""
    if val.type.base != "row" or name not in val.type.names:
        if val.type.base == "row":
            raise Fault("COLUMN_NOT_FOUND", f"Column '{name}' cannot be resolved", at)
        raise mismatch(f"Expression is not of type ROW (actual: {val.type})", at)
    part = val.type.parts[val.type.names.index(name)]
    return Val(f"({val.sql}).{identifier(name)}", part, val.touches)


def _matches(fields_: tuple[Field, ...], parts: tuple[str, ...]) -> list[Field]:
    *qualifier, name = parts
    return [f for f in fields_ if f.name == name and (not qualifier or tuple(qualifier) in f.qualifiers)]


_HANDLERS: dict[type, Callable[..., Val]] = {
    n.Literal: ExpressionCompiler.literal,
    n.TypedLiteral: ExpressionCompiler.typed_literal,
    n.Interval: ExpressionCompiler.interval,
    n.Parameter: ExpressionCompiler.parameter,
    n.Name: ExpressionCompiler.name,
    n.Negative: ExpressionCompiler.negative,
    n.Arithmetic: ExpressionCompiler.arithmetic,
    n.Concat: ExpressionCompiler.concat,
    n.Compare: ExpressionCompiler.compare,
    n.CompareAll: ExpressionCompiler.compare_all,
    n.Logic: ExpressionCompiler.logic,
    n.Not: ExpressionCompiler.negation,
    n.Between: ExpressionCompiler.between,
    n.InList: ExpressionCompiler.in_list,
    n.InQuery: ExpressionCompiler.in_query,
    n.Like: ExpressionCompiler.like,
    n.IsNull: ExpressionCompiler.is_null,
    n.DistinctFrom: ExpressionCompiler.distinct_from,
    n.Case: ExpressionCompiler.case,
    n.Cast: ExpressionCompiler.cast,
    n.Exists: ExpressionCompiler.exists,
    n.ScalarQuery: ExpressionCompiler.scalar_query,
    n.ArrayOf: ExpressionCompiler.array_of,
    n.RowOf: ExpressionCompiler.row_of,
    n.Subscript: ExpressionCompiler.subscript,
    n.Field: ExpressionCompiler.field,
    n.AtTimeZone: ExpressionCompiler.at_time_zone,
    n.Call: ExpressionCompiler.call,
}

__all__ = ["ExpressionCompiler", "direction", "has_aggregate", "is_exact", "walk"]
