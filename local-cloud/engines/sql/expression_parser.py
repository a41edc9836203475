"""Parses expressions of Athena's query grammar: operators by precedence, names, literals.

https://trino.io/docs/current/functions/list.html
"""

from __future__ import annotations

from . import syntax_tree as n
from .errors import Position, unsupported
from .lexer import BINARY, DECIMAL, DOUBLE, INTEGER, OPERATOR, QUOTED, STRING, WORD
from .special_form_parser import SpecialFormParser

_COMPARISONS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


class ExpressionParser(SpecialFormParser):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        # Question marks so far.
        self.parameters = 0

    def try_query(self) -> n.Query | None:
        raise NotImplementedError

    def expression(self) -> n.Expr:
        left = self.conjunction()
        while self.token.is_word("OR"):
            at = self.take().position
            left = n.Logical(at, "OR", left, self.conjunction())
        return left

    def conjunction(self) -> n.Expr:
        left = self.negation()
        while self.token.is_word("AND"):
            at = self.take().position
            left = n.Logical(at, "AND", left, self.negation())
        return left

    def negation(self) -> n.Expr:
        if self.token.is_word("NOT"):
            at = self.take().position
            return n.Not(at, self.negation())
        return self.predicate()

    def predicate(self) -> n.Expr:
        left = self.value()
        at = self.token.position
        if self.token.kind == OPERATOR and self.token.value in _COMPARISONS:
            operator = _COMPARISONS[self.take().value]
            if self.token.is_word("ALL", "ANY", "SOME") and self.peek().is_operator("("):
                raise unsupported(f"comparisons with {self.token.text.upper()} (SELECT ...)", at)
            return n.Comparison(at, operator, left, self.value())
        if self.accept("IS"):
            negated = self.accept("NOT")
            if self.at_words("DISTINCT", "FROM"):
                raise unsupported("IS DISTINCT FROM", at)
            if not self.accept("NULL"):
                raise self.syntax_error("'DISTINCT', 'NULL'")
            null = n.IsNull(at, left)
            return n.Not(at, null) if negated else null
        negated = self.token.is_word("NOT") and self.peek().is_word("BETWEEN", "IN", "LIKE") and self.accept("NOT")
        if self.accept("BETWEEN"):
            low = self.value()
            self.expect("AND")
            result: n.Expr = n.Between(at, left, low, self.value())
        elif self.accept("IN"):
            result = self.membership(at, left)
        elif self.accept("LIKE"):
            pattern = self.value()
            result = n.Like(at, left, pattern, self.value() if self.accept("ESCAPE") else None)
        else:
            return left
        return n.Not(at, result) if negated else result

    def membership(self, at: Position, left: n.Expr) -> n.Expr:
        if self.starts_query(1):
            return n.InSubquery(at, left, self.parenthesised_query())
        self.expect_operator("(")
        options = self.expressions()
        self.expect_operator(")")
        return n.InList(at, left, options)

    def value(self) -> n.Expr:
        left = self.sum()
        while self.token.is_operator("||"):
            at = self.take().position
            left = n.Concat(at, left, self.sum())
        return left

    def sum(self) -> n.Expr:
        left = self.product()
        while self.token.is_operator("+", "-"):
            token = self.take()
            left = n.Arithmetic(token.position, token.value, left, self.product())
        return left

    def product(self) -> n.Expr:
        left = self.unary()
        while self.token.is_operator("*", "/", "%"):
            token = self.take()
            left = n.Arithmetic(token.position, token.value, left, self.unary())
        return left

    def unary(self) -> n.Expr:
        if self.token.is_operator("-", "+"):
            token = self.take()
            value = self.unary()
            return n.UnaryMinus(token.position, value) if token.value == "-" else value
        value = self.primary()
        while True:
            at = self.token.position
            if self.accept_operator("["):
                value = n.Subscript(at, value, self.value())
                self.expect_operator("]")
            elif self.token.is_operator(".") and not isinstance(value, n.ColumnRef):
                raise unsupported("fields of row values", at)
            elif self.at_words("AT", "TIME", "ZONE"):
                raise unsupported("AT TIME ZONE", at)
            else:
                return value

    def expressions(self) -> tuple[n.Expr, ...]:
        found = [self.expression()]
        while self.accept_operator(","):
            found.append(self.expression())
        return tuple(found)

    def primary(self) -> n.Expr:
        token = self.token
        at = token.position
        if token.kind == BINARY:
            raise unsupported("binary literals", at)
        if token.kind in (INTEGER, DECIMAL, DOUBLE, STRING):
            self.take()
            return n.Literal(at, token.kind, token.value)
        if self.accept_operator("?"):
            self.parameters += 1
            return n.Parameter(at, self.parameters - 1)
        if token.is_operator("("):
            return self.parenthesised()
        if token.kind == WORD:
            special = self.special(token)
            if special is not None:
                return special
        if token.kind in (WORD, QUOTED):
            return self.name_or_call()
        raise self.syntax_error("<expression>")

    def parenthesised(self) -> n.Expr:
        at = self.token.position
        if self.starts_query(1) and (query := self.try_query()):
            return n.ScalarSubquery(at, query)
        self.expect_operator("(")
        if self.accept_operator(")"):
            raise unsupported("functions written as (x) -> ...", at)
        items = self.expressions()
        self.expect_operator(")")
        if self.token.is_operator("->"):
            raise unsupported("functions written as (x) -> ...", at)
        return items[0] if len(items) == 1 else n.RowLiteral(at, items)

    def name_or_call(self) -> n.Expr:
        at = self.token.position
        first = self.token
        name = self.identifier("<expression>")
        if self.token.is_operator("("):
            return self.call(at, name)
        if self.token.is_operator("->"):
            raise unsupported(f"functions written as {first.text} -> ...", at)
        parts = [name]
        while self.token.is_operator(".") and self.peek().kind in (WORD, QUOTED):
            self.take()
            parts.append(self.identifier())
        return n.ColumnRef(at, tuple(parts))

    def starts_query(self, ahead: int) -> bool:
        """Whether a parenthesis here opens a query."""
        if not self.token.is_operator("("):
            return False
        depth = ahead
        while self.peek(depth).is_operator("("):
            depth += 1
        return self.peek(depth).is_word("SELECT", "WITH", "VALUES", "TABLE")
