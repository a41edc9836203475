"""Parses function calls, with their DISTINCT, ORDER BY, FILTER and OVER."""

from __future__ import annotations

from . import syntax_tree as n
from .errors import Position, unsupported
from .type_parser import TypeParser


class CallParser(TypeParser):
    def expression(self) -> n.Expr:
        raise NotImplementedError

    def expressions(self) -> tuple[n.Expr, ...]:
        raise NotImplementedError

    def call(self, at: Position, name: str) -> n.Expr:
        self.expect_operator("(")
        args: tuple[n.Expr, ...] = ()
        star = distinct = False
        order: tuple[n.SortKey, ...] = ()
        if self.accept_operator("*"):
            star = True
        elif not self.token.is_operator(")"):
            distinct = self.accept("DISTINCT")
            if not distinct:
                self.accept("ALL")
            args = self.expressions()
            if self.accept("ORDER", "BY"):
                order = self.sort_keys()
        if args and self.token.is_word("FROM") and name in ("trim", "substring", "substr"):
            raise unsupported(f"{name.upper()}(... FROM ...) ({name} with commas works)", at)
        self.expect_operator(")")
        if self.accept("WITHIN", "GROUP"):
            self.expect_operator("(")
            self.expect("ORDER", "BY")
            order = self.sort_keys()
            self.expect_operator(")")
        condition = None
        if self.token.is_word("FILTER") and self.peek().is_operator("("):
            self.take()
            self.take()
            self.expect("WHERE")
            condition = self.expression()
            self.expect_operator(")")
        ignore_nulls = self.accept("IGNORE", "NULLS")
        if not ignore_nulls:
            self.accept("RESPECT", "NULLS")
        window = self.window() if self.accept("OVER") else None
        return n.Call(at, name, args, star, distinct, order, condition, window, ignore_nulls)

    def sort_keys(self) -> tuple[n.SortKey, ...]:
        keys = []
        while True:
            at = self.token.position
            value = self.expression()
            descending = self.accept("DESC")
            if not descending:
                self.accept("ASC")
            nulls_first = False
            if self.accept("NULLS"):
                nulls_first = self.accept("FIRST")
                if not nulls_first:
                    self.expect("LAST")
            keys.append(n.SortKey(at, value, descending, nulls_first))
            if not self.accept_operator(","):
                return tuple(keys)

    def window(self) -> n.Window:
        at = self.token.position
        if not self.token.is_operator("("):
            raise unsupported("windows with a name", at)
        self.take()
        partition: tuple[n.Expr, ...] = ()
        if self.accept("PARTITION", "BY"):
            partition = self.expressions()
        order = self.sort_keys() if self.accept("ORDER", "BY") else ()
        frame = None
        if self.token.is_word("GROUPS"):
            raise unsupported("window frames in GROUPS", self.token.position)
        if self.token.is_word("ROWS", "RANGE"):
            unit = self.take().value.upper()
            if self.accept("BETWEEN"):
                start = self.frame_bound()
                self.expect("AND")
                frame = n.Frame(unit, start, self.frame_bound())
            else:
                frame = n.Frame(unit, self.frame_bound(), None)
        self.expect_operator(")")
        return n.Window(at, partition, order, frame)

    def frame_bound(self) -> tuple[str, n.Expr | None]:
        for words in (("UNBOUNDED", "PRECEDING"), ("UNBOUNDED", "FOLLOWING"), ("CURRENT", "ROW")):
            if self.accept(*words):
                return " ".join(words), None
        value = self.expression()
        if self.accept("PRECEDING"):
            return "PRECEDING", value
        self.expect("FOLLOWING")
        return "FOLLOWING", value
