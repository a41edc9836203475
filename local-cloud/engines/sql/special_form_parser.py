"""Parses special forms: CASE, CAST, INTERVAL, EXTRACT, EXISTS."""

from __future__ import annotations

from . import syntax_tree as n
from .call_parser import CallParser
from .errors import unsupported
from .lexer import STRING, Token

_UNITS = ("SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")


class SpecialFormParser(CallParser):
    def value(self) -> n.Expr:
        raise NotImplementedError

    def parenthesised_query(self) -> n.Query:
        raise NotImplementedError

    def special(self, token: Token) -> n.Expr | None:
        """The special form that begins with this keyword, if any."""
        at, word, following = token.position, token.value.upper(), self.peek()
        if word in ("TRUE", "FALSE", "NULL"):
            self.take()
            return n.Literal(at, "null" if word == "NULL" else "boolean", word)
        if word in ("DATE", "TIMESTAMP") and following.kind == STRING:
            self.take()
            return n.TypedLiteral(at, word.lower(), self.take().value)
        if word == "INTERVAL" and (following.kind == STRING or following.is_operator("+", "-")):
            return self.interval()
        if word in ("CURRENT_DATE", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "CURRENT_USER"):
            self.take()
            return n.Call(at, word.lower(), ())
        if word == "CASE":
            return self.case()
        if word in ("CAST", "TRY_CAST") and following.is_operator("("):
            self.take()
            self.take()
            value = self.expression()
            self.expect("AS")
            target = self.type_name()
            self.expect_operator(")")
            return n.Cast(at, value, target, word == "TRY_CAST")
        if word == "EXTRACT" and following.is_operator("("):
            self.take()
            self.take()
            unit = self.identifier()
            self.expect("FROM")
            value = self.expression()
            self.expect_operator(")")
            return n.Call(at, unit, (value,))
        if word == "EXISTS" and following.is_operator("("):
            self.take()
            return n.Exists(at, self.parenthesised_query())
        if word == "ARRAY" and following.is_operator("["):
            self.take()
            self.take()
            items = () if self.token.is_operator("]") else self.expressions()
            self.expect_operator("]")
            return n.ArrayLiteral(at, items)
        if word == "ROW" and following.is_operator("("):
            self.take()
            self.take()
            items = self.expressions()
            self.expect_operator(")")
            return n.RowLiteral(at, items)
        if word == "POSITION" and following.is_operator("("):
            raise unsupported("POSITION(... IN ...) (strpos works)", at)
        if word == "TRIM" and following.is_operator("("):
            self.take()
            if self.peek().is_word("BOTH", "LEADING", "TRAILING"):
                raise unsupported("TRIM(BOTH ... FROM ...) (trim, ltrim and rtrim work)", at)
            return self.call(at, "trim")
        if word == "DECIMAL" and following.kind == STRING:
            raise unsupported("DECIMAL '...'", at)
        if word == "GROUPING" and following.is_operator("("):
            raise unsupported("grouping()", at)
        return None

    def interval(self) -> n.Expr:
        at = self.take().position
        negative = self.token.is_operator("-")
        if self.token.is_operator("+", "-"):
            self.take()
        value = self.token
        if value.kind != STRING:
            raise self.syntax_error("<string>")
        self.take()
        unit = self.token
        if not unit.is_word(*_UNITS):
            raise self.syntax_error(", ".join(f"'{u}'" for u in _UNITS))
        self.take()
        if self.token.is_word("TO"):
            raise unsupported("intervals with TO", at)
        return n.Interval(at, value.value, negative, unit.value.lower())

    def case(self) -> n.Expr:
        at = self.take().position
        operand = None if self.token.is_word("WHEN") else self.expression()
        whens = []
        while self.accept("WHEN"):
            condition = self.expression()
            self.expect("THEN")
            whens.append((condition, self.expression()))
        if not whens:
            raise self.syntax_error("'WHEN'")
        default = self.expression() if self.accept("ELSE") else None
        self.expect("END")
        return n.Case(at, operand, tuple(whens), default)
