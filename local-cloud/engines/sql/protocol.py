"""What the handlers of single expressions need of the compiler that calls them."""

from __future__ import annotations

from typing import Protocol

from . import nodes as n
from .faults import Place
from .values import Field, Scope, Touch, Val


class Compiler(Protocol):
    """The compiler of a whole query, as an expression's handler sees it."""

    parameters: list[n.Expr]
    # The table columns that must be read.
    read: set[Touch]

    def expr(self, node: n.Expr, scope: Scope) -> Val: ...

    def condition(self, node: n.Expr, scope: Scope) -> Val: ...

    def compile_query(self, query: n.Query, scope: Scope | None) -> tuple[str, list[Field]]: ...

    def one_column(self, query: n.Query, scope: Scope, at: Place) -> tuple[str, Field]: ...
