"""Cuts SQL text into tokens with their positions, for both of Athena's grammars: Trino's queries and Hive's DDL."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import AthenaError, Position

WORD, QUOTED, BACKQUOTED, STRING, BINARY = "word", "quoted", "backquoted", "string", "binary"
INTEGER, DECIMAL, DOUBLE, OPERATOR, END = "integer", "decimal", "double", "operator", "end"


@dataclass(frozen=True)
class Token:
    kind: str
    # As written, quotes included; for messages.
    text: str
    # Without quotes; words keep their case.
    value: str
    start: int
    end: int
    position: Position

    def is_word(self, *words: str) -> bool:
        return self.kind == WORD and self.value.upper() in words

    def is_operator(self, *operators: str) -> bool:
        return self.kind == OPERATOR and self.value in operators


_SPACE = re.compile(r"(?:\s+|--[^\n]*|/\*.*?\*/)+", re.DOTALL)
_PATTERNS = (
    (BINARY, re.compile(r"[xX]'(?:[^']|'')*'")),
    (WORD, re.compile(r"[A-Za-z_][A-Za-z0-9_]*")),
    (DOUBLE, re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)[eE][+-]?\d+")),
    (DECIMAL, re.compile(r"\d+\.\d*|\.\d+")),
    (INTEGER, re.compile(r"\d+(?![A-Za-z_])")),
    (STRING, re.compile(r"'(?:[^']|'')*'")),
    (QUOTED, re.compile(r'"(?:[^"]|"")*"')),
    (BACKQUOTED, re.compile(r"`(?:[^`]|``)*`")),
    (OPERATOR, re.compile(r"<>|!=|<=|>=|\|\||->|=>|[-+*/%<>=().,;\[\]?:{}]")),
)


def tokens(text: str, strings: str = "'") -> list[Token]:
    """All tokens of the text, with an END token last.

    ``strings`` lists the quotes around strings: Hive's DDL also takes double quotes.
    @raises AthenaError SYNTAX_ERROR at a character that starts no token
    """
    found: list[Token] = []
    lines = [0, *(match.end() for match in re.finditer("\n", text))]
    line = offset = 0
    while True:
        if space := _SPACE.match(text, offset):
            offset = space.end()
        while line + 1 < len(lines) and lines[line + 1] <= offset:
            line += 1
        position = Position(line + 1, offset - lines[line] + 1)
        if offset >= len(text):
            found.append(Token(END, "<EOF>", "", offset, offset, position))
            return found
        found_here = ((kind, pattern.match(text, offset)) for kind, pattern in _PATTERNS)
        kind, match = next(((k, m) for k, m in found_here if m), ("", None))
        if match is None:
            raise AthenaError("SYNTAX_ERROR", f"mismatched input '{text[offset]}'", position)
        written = match.group(0)
        if kind == QUOTED and '"' in strings:
            kind = STRING
        value = written
        if kind in (STRING, QUOTED, BACKQUOTED):
            quote = written[0]
            value = written[1:-1].replace(quote * 2, quote)
        found.append(Token(kind, written, value, offset, match.end(), position))
        offset = match.end()
