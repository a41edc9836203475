"""The tokens of a statement, and the primitives of a recursive-descent parser: accept, expect, syntax errors."""

from __future__ import annotations

from .errors import AthenaError
from .lexer import BACKQUOTED, END, QUOTED, WORD, Token, tokens

_RESERVED_WORDS = """
    ALTER AND AS BETWEEN BY CASE CAST CONSTRAINT CREATE CROSS CUBE CURRENT_CATALOG CURRENT_DATE CURRENT_PATH
    CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEALLOCATE DELETE DESCRIBE DISTINCT DROP ELSE END
    ESCAPE EXCEPT EXECUTE EXISTS EXTRACT FALSE FIRST FOR FROM FULL GROUP GROUPING HAVING IN INNER INSERT INTERSECT
    INTO IS JOIN LAST LEFT LIKE LOCALTIME LOCALTIMESTAMP NATURAL NORMALIZE NOT NULL ON OR ORDER OUTER PREPARE
    RECURSIVE RIGHT ROLLUP SELECT SKIP TABLE THEN TRIM TRUE UESCAPE UNION UNNEST USING VALUES WHEN WHERE WITH
"""

# https://docs.aws.amazon.com/athena/latest/ug/reserved-words.html (in SQL SELECT statements)
RESERVED = frozenset(_RESERVED_WORDS.split()) - {"FIRST", "LAST"}


class TokenStream:
    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.index = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def peek(self, ahead: int = 1) -> Token:
        return self.tokens[min(self.index + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.token
        if token.kind != END:
            self.index += 1
        return token

    def at_words(self, *words: str) -> bool:
        return all(self.peek(i).is_word(word) for i, word in enumerate(words))

    def accept(self, *words: str) -> bool:
        if self.at_words(*words):
            self.index += len(words)
            return True
        return False

    def accept_operator(self, operator: str) -> bool:
        if self.token.is_operator(operator):
            self.index += 1
            return True
        return False

    def expect(self, *words: str) -> None:
        for word in words:
            if not self.accept(word):
                raise self.syntax_error(f"'{word}'")

    def expect_operator(self, operator: str) -> None:
        if not self.accept_operator(operator):
            raise self.syntax_error(f"'{operator}'")

    def syntax_error(self, expected: str) -> AthenaError:
        token = self.token
        if token.kind == BACKQUOTED:
            message = "backquoted identifiers are not supported; use double quotes to quote identifiers"
            return AthenaError("SYNTAX_ERROR", message, token.position)
        return AthenaError("SYNTAX_ERROR", f"mismatched input '{token.text}'. Expecting: {expected}", token.position)

    def identifier(self, expected: str = "<identifier>") -> str:
        token = self.token
        if token.kind == QUOTED or (token.kind == WORD and token.value.upper() not in RESERVED):
            self.index += 1
            return token.value.lower()
        raise self.syntax_error(expected)
