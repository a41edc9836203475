"""The syntax tree of a query: only what Athena's grammar has, so that nothing else can slip through to DuckDB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import dataclass_transform

from .errors import Position
from .trino_types import Type


@dataclass_transform(frozen_default=True)
@dataclass(frozen=True)
class Node:
    """A node, with its position in the query text. Every subclass is a frozen dataclass."""

    at: Position

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True)(cls)


class Expr(Node):
    pass


class Literal(Expr):
    # integer, decimal, double, string, boolean or null
    kind: str
    value: str


class TypedLiteral(Expr):
    # date or timestamp
    kind: str
    value: str


class Interval(Expr):
    value: str
    negative: bool
    unit: str


class Parameter(Expr):
    index: int


class ColumnRef(Expr):
    # As written, lower case: Athena's names have no case, quoted or not.
    parts: tuple[str, ...]


class SortKey(Node):
    value: Expr
    descending: bool
    nulls_first: bool


@dataclass(frozen=True)
class Frame:
    unit: str
    start: tuple[str, Expr | None]
    end: tuple[str, Expr | None] | None


class Window(Node):
    partition: tuple[Expr, ...]
    order: tuple[SortKey, ...]
    frame: Frame | None


class Call(Expr):
    name: str
    args: tuple[Expr, ...]
    star: bool = False
    distinct: bool = False
    order: tuple[SortKey, ...] = ()
    condition: Expr | None = None
    window: Window | None = None
    ignore_nulls: bool = False


class UnaryMinus(Expr):
    value: Expr


class Arithmetic(Expr):
    operator: str
    left: Expr
    right: Expr


class Concat(Expr):
    left: Expr
    right: Expr


class Comparison(Expr):
    operator: str
    left: Expr
    right: Expr


class Logical(Expr):
    # AND or OR
    operator: str
    left: Expr
    right: Expr


class Not(Expr):
    value: Expr


class Between(Expr):
    value: Expr
    low: Expr
    high: Expr


class InList(Expr):
    value: Expr
    options: tuple[Expr, ...]


class InSubquery(Expr):
    value: Expr
    query: Query


class Like(Expr):
    value: Expr
    pattern: Expr
    escape: Expr | None


class IsNull(Expr):
    value: Expr


class Case(Expr):
    operand: Expr | None
    whens: tuple[tuple[Expr, Expr], ...]
    default: Expr | None


class Cast(Expr):
    value: Expr
    target: Type
    safe: bool


class Exists(Expr):
    query: Query


class ScalarSubquery(Expr):
    query: Query


class ArrayLiteral(Expr):
    items: tuple[Expr, ...]


class RowLiteral(Expr):
    items: tuple[Expr, ...]


class Subscript(Expr):
    value: Expr
    index: Expr


class Relation(Node):
    pass


class TableRef(Relation):
    parts: tuple[str, ...]


class SubqueryRef(Relation):
    query: Query


class Unnest(Relation):
    values: tuple[Expr, ...]
    ordinality: bool


class AliasedRelation(Relation):
    relation: Relation
    alias: str
    columns: tuple[str, ...]


class Join(Relation):
    # CROSS, INNER, LEFT, RIGHT or FULL
    kind: str
    left: Relation
    right: Relation
    on: Expr | None
    using: tuple[str, ...]


class SelectItem(Node):
    value: Expr
    alias: str | None


class SelectStar(Node):
    prefix: tuple[str, ...]


class QueryBody(Node):
    pass


class Select(QueryBody):
    distinct: bool
    items: tuple[SelectItem | SelectStar, ...]
    source: Relation | None
    where: Expr | None
    group: tuple[Expr, ...]
    having: Expr | None


class SetOperation(QueryBody):
    # UNION, INTERSECT or EXCEPT
    operator: str
    all: bool
    left: QueryBody
    right: QueryBody


class Values(QueryBody):
    rows: tuple[tuple[Expr, ...], ...]


class Cte(Node):
    name: str
    columns: tuple[str, ...]
    query: Query


class Query(QueryBody):
    ctes: tuple[Cte, ...]
    body: QueryBody
    order: tuple[SortKey, ...]
    offset: Expr | None
    limit: Expr | None
