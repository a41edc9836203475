"""The tree that a query becomes: only what Athena's grammar has, so that nothing else can slip through to DuckDB."""

from __future__ import annotations

from dataclasses import dataclass

from .faults import Place
from .trino_types import Type


@dataclass(frozen=True)
class Node:
    at: Place


@dataclass(frozen=True)
class Expr(Node):
    pass


@dataclass(frozen=True)
class Literal(Expr):
    # integer, decimal, double, string, boolean or null
    kind: str
    value: str


@dataclass(frozen=True)
class TypedLiteral(Expr):
    # date or timestamp
    kind: str
    value: str


@dataclass(frozen=True)
class Interval(Expr):
    value: str
    negative: bool
    unit: str


@dataclass(frozen=True)
class Parameter(Expr):
    index: int


@dataclass(frozen=True)
class Name(Expr):
    # As written, lower case: Athena's names have no case, quoted or not.
    parts: tuple[str, ...]


@dataclass(frozen=True)
class SortKey(Node):
    value: Expr
    descending: bool
    nulls_first: bool


@dataclass(frozen=True)
class Frame:
    unit: str
    start: tuple[str, Expr | None]
    end: tuple[str, Expr | None] | None


@dataclass(frozen=True)
class Window(Node):
    partition: tuple[Expr, ...]
    order: tuple[SortKey, ...]
    frame: Frame | None


@dataclass(frozen=True)
class Call(Expr):
    name: str
    args: tuple[Expr, ...]
    star: bool = False
    distinct: bool = False
    order: tuple[SortKey, ...] = ()
    condition: Expr | None = None
    window: Window | None = None
    ignore_nulls: bool = False


@dataclass(frozen=True)
class Negative(Expr):
    value: Expr


@dataclass(frozen=True)
class Arithmetic(Expr):
    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Concat(Expr):
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Compare(Expr):
    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Logic(Expr):
    # AND or OR
    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Not(Expr):
    value: Expr


@dataclass(frozen=True)
class Between(Expr):
    value: Expr
    low: Expr
    high: Expr


@dataclass(frozen=True)
class InList(Expr):
    value: Expr
    options: tuple[Expr, ...]


@dataclass(frozen=True)
class InQuery(Expr):
    value: Expr
    query: Query


@dataclass(frozen=True)
class Like(Expr):
    value: Expr
    pattern: Expr
    escape: Expr | None


@dataclass(frozen=True)
class IsNull(Expr):
    value: Expr


@dataclass(frozen=True)
class Case(Expr):
    operand: Expr | None
    whens: tuple[tuple[Expr, Expr], ...]
    default: Expr | None


@dataclass(frozen=True)
class Cast(Expr):
    value: Expr
    target: Type
    safe: bool


@dataclass(frozen=True)
class Exists(Expr):
    query: Query


@dataclass(frozen=True)
class ScalarQuery(Expr):
    query: Query


@dataclass(frozen=True)
class ArrayOf(Expr):
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class RowOf(Expr):
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class Subscript(Expr):
    value: Expr
    index: Expr


@dataclass(frozen=True)
class Relation(Node):
    pass


@dataclass(frozen=True)
class TableRef(Relation):
    parts: tuple[str, ...]


@dataclass(frozen=True)
class SubqueryRef(Relation):
    query: Query


@dataclass(frozen=True)
class Unnest(Relation):
    values: tuple[Expr, ...]
    ordinality: bool


@dataclass(frozen=True)
class Aliased(Relation):
    relation: Relation
    alias: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Join(Relation):
    # CROSS, INNER, LEFT, RIGHT or FULL
    kind: str
    left: Relation
    right: Relation
    on: Expr | None
    using: tuple[str, ...]


@dataclass(frozen=True)
class SelectItem(Node):
    value: Expr
    alias: str | None


@dataclass(frozen=True)
class SelectStar(Node):
    prefix: tuple[str, ...]


@dataclass(frozen=True)
class Body(Node):
    pass


@dataclass(frozen=True)
class Select(Body):
    distinct: bool
    items: tuple[SelectItem | SelectStar, ...]
    source: Relation | None
    where: Expr | None
    group: tuple[Expr, ...]
    having: Expr | None


@dataclass(frozen=True)
class SetOperation(Body):
    # UNION, INTERSECT or EXCEPT
    operator: str
    all: bool
    left: Body
    right: Body


@dataclass(frozen=True)
class Values(Body):
    rows: tuple[tuple[Expr, ...], ...]


@dataclass(frozen=True)
class Cte(Node):
    name: str
    columns: tuple[str, ...]
    query: Query


@dataclass(frozen=True)
class Query(Body):
    ctes: tuple[Cte, ...]
    body: Body
    order: tuple[SortKey, ...]
    offset: Expr | None
    limit: Expr | None
