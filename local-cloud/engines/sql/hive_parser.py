"""A token stream over Hive's DDL, in which both kinds of quotes make strings and backquotes make names."""

from __future__ import annotations

import re

from .errors import AthenaError
from .lexer import BACKQUOTED, DECIMAL, END, INTEGER, OPERATOR, STRING, WORD, Token, tokens
from .token_stream import TokenStream

_RESERVED_WORDS = """
    ALL ALTER AND ARRAY AS AUTHORIZATION BETWEEN BIGINT BINARY BOOLEAN BOTH BY CASE CAST CHAR COLUMN CREATE CROSS
    CUBE CURRENT DATE DECIMAL DELETE DESCRIBE DISTINCT DOUBLE DROP ELSE END EXISTS EXTERNAL EXTRACT FALSE FETCH
    FLOAT FOR FROM FULL FUNCTION GRANT GROUP HAVING IF IMPORT IN INNER INSERT INT INTEGER INTERSECT INTERVAL INTO IS
    JOIN LEFT LIKE LOCAL MAP NOT NULL NUMERIC OF ON OR ORDER OUTER OVER PARTITION PRECISION PRIMARY REVOKE RIGHT
    ROLLUP ROW ROWS SELECT SET SMALLINT START TABLE THEN TIME TIMESTAMP TO TRUE UNION UNIQUE UPDATE USER USING
    VALUES VARCHAR VIEWS WHEN WHERE WITH
"""
# https://docs.aws.amazon.com/athena/latest/ug/reserved-words.html (in DDL), those that stand where names are read
_RESERVED = frozenset(_RESERVED_WORDS.split()) - {"DATE", "TIME", "TIMESTAMP", "START", "USER"}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([0-7]{3})|(.))", re.DOTALL)
_CHARACTERS = {"t": "\t", "n": "\n", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}


class HiveParser(TokenStream):
    def __init__(self, text: str) -> None:
        super().__init__("")
        self.tokens: list[Token] = tokens(text, strings="'\"")

    def end(self) -> None:
        self.accept_operator(";")
        if self.token.kind != END:
            raise self.syntax_error("<EOF>")

    def syntax_error(self, expected: str) -> AthenaError:
        token = self.token
        return AthenaError("SYNTAX_ERROR", f"mismatched input '{token.text}'. Expecting: {expected}", token.position)

    def at_string(self) -> bool:
        return self.token.kind == STRING

    def string(self) -> str:
        if not self.at_string():
            raise self.syntax_error("<string>")
        return unescape(self.take().value)

    def name(self) -> str:
        token = self.token
        plain = token.kind == WORD and token.value.upper() not in _RESERVED
        # A view's name comes in double quotes, as queries write names.
        if plain or token.kind == BACKQUOTED or (token.kind == STRING and token.text.startswith('"')):
            return self.take().value.lower()
        raise self.syntax_error("<identifier>")

    def table_name(self) -> tuple[str | None, str]:
        parts = [self.name()]
        while self.accept_operator("."):
            parts.append(self.name())
        if len(parts) == 3 and parts[0] == "awsdatacatalog":
            parts = parts[1:]
        if len(parts) > 2:
            raise AthenaError("SYNTAX_ERROR", f"Too many parts in the name {'.'.join(parts)}", self.token.position)
        return (parts[0] if len(parts) == 2 else None), parts[-1]

    def properties(self) -> dict[str, object]:
        """``(key = value, ...)`` with strings, numbers, names and ARRAY['...'] as values."""
        found: dict[str, object] = {}
        self.expect_operator("(")
        while True:
            key = self.string() if self.at_string() else self.name()
            self.expect_operator("=")
            found[key] = self.property_value()
            if not self.accept_operator(","):
                break
        self.expect_operator(")")
        return found

    def property_value(self) -> object:
        if self.accept("ARRAY"):
            self.expect_operator("[")
            items = [self.string()]
            while self.accept_operator(","):
                items.append(self.string())
            self.expect_operator("]")
            return items
        if self.at_string():
            return self.string()
        if self.token.kind in (INTEGER, DECIMAL, WORD):
            return self.take().value
        raise self.syntax_error("<string>")

    def partition_spec(self) -> dict[str, str]:
        """``(key = 'value', ...)``; values may be numbers."""
        found: dict[str, str] = {}
        self.expect_operator("(")
        while True:
            key = self.name()
            if not self.token.is_operator("="):
                raise self.syntax_error("'='")
            self.take()
            negative = "-" if self.accept_operator("-") else ""
            if self.at_string():
                found[key] = self.string()
            elif self.token.kind in (INTEGER, DECIMAL):
                found[key] = negative + self.take().value
            else:
                raise self.syntax_error("<string>")
            if not self.accept_operator(","):
                break
        self.expect_operator(")")
        return found

    def rest(self, text: str) -> str:
        """The text from here on, padded with blanks, so that positions in it stay right."""
        return blank(text[: self.token.start]) + text[self.token.start :]

    def without_trailing(self, text: str, *words: str) -> str | None:
        """The text without these last words; None when it does not end with them."""
        found = [t for t in tokens(text) if t.kind != END and not t.is_operator(";")]
        tail = found[-len(words) :]
        if len(tail) == len(words) and all(t.is_word(w) for t, w in zip(tail, words, strict=True)):
            return text[: tail[0].start]
        return None

    def parenthesised_text(self, text: str) -> str:
        """Skips a parenthesised text and returns what is between the parentheses."""
        self.expect_operator("(")
        start, depth = self.token.start, 1
        while self.token.kind != END:
            token = self.take()
            if token.kind == OPERATOR:
                depth += {"(": 1, ")": -1}.get(token.value, 0)
            if depth == 0:
                return blank(text[:start]) + text[start : token.start]
        raise self.syntax_error("')'")


def blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def unescape(text: str) -> str:
    """Hive's escapes in strings: \\t, \\001, \\u0001."""

    def one(match: re.Match[str]) -> str:
        code, octal, character = match.groups()
        if code:
            return chr(int(code, 16))
        if octal:
            return chr(int(octal, 8))
        return _CHARACTERS.get(character, character) if character != "N" else "\\N"

    return _ESCAPE.sub(one, text)
