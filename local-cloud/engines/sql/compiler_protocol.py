"""What the handlers of single expressions need of the compiler that calls them."""

from __future__ import annotations

from typing import Protocol

from . import syntax_tree as n
from .errors import Position
from .typed_sql import ColumnRead, Field, Scope, TypedSql


class Compiler(Protocol):
    """The compiler of a whole query, as an expression's handler sees it."""

    parameters: list[n.Expr]
    # The table columns that must be read.
    read: set[ColumnRead]

    def expr(self, node: n.Expr, scope: Scope) -> TypedSql: ...

    def condition(self, node: n.Expr, scope: Scope) -> TypedSql: ...

    def compile_query(self, query: n.Query, scope: Scope | None) -> tuple[str, list[Field]]: ...

    def one_column(self, query: n.Query, scope: Scope, at: Position) -> tuple[str, Field]: ...
