"""Parses type names as they stand after AS in CAST."""

from __future__ import annotations

from .errors import AthenaError, unsupported
from .lexer import INTEGER, QUOTED, WORD
from .token_stream import TokenStream
from .trino_types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    REAL,
    SMALLINT,
    TIMESTAMP,
    TIMESTAMP_TZ,
    TINYINT,
    VARBINARY,
    VARCHAR,
    Type,
    decimal,
    varchar,
)
from .trino_types import INTEGER as INTEGER_TYPE

_SIMPLE_TYPES = {
    "BOOLEAN": BOOLEAN,
    "TINYINT": TINYINT,
    "SMALLINT": SMALLINT,
    "INT": INTEGER_TYPE,
    "INTEGER": INTEGER_TYPE,
    "BIGINT": BIGINT,
    "REAL": REAL,
    "VARBINARY": VARBINARY,
    "DATE": DATE,
}

_UNSUPPORTED_TYPES = ("CHAR", "JSON", "TIME", "IPADDRESS", "UUID", "HYPERLOGLOG", "TDIGEST", "QDIGEST", "MAP", "ROW")


class TypeParser(TokenStream):
    def type_name(self) -> Type:
        token = self.token
        at, word = token.position, token.value.upper()
        if token.kind not in (WORD, QUOTED):
            raise self.syntax_error("<type>")
        self.take()
        if word in _SIMPLE_TYPES:
            return _SIMPLE_TYPES[word]
        if word == "DOUBLE":
            self.accept("PRECISION")
            return DOUBLE
        if word in ("DECIMAL", "VARCHAR"):
            params = self.type_params()
            if word == "VARCHAR":
                return varchar(params[0]) if params else VARCHAR
            precision, scale = (*params, 0)[:2] if params else (38, 0)
            if not 1 <= precision <= 38 or scale > precision:
                raise AthenaError("TYPE_NOT_FOUND", f"Invalid type decimal({precision}, {scale})", at)
            return decimal(precision, scale)
        if word == "TIMESTAMP":
            self.type_params()
            if self.accept("WITH", "TIME", "ZONE"):
                return TIMESTAMP_TZ
            self.accept("WITHOUT", "TIME", "ZONE")
            return TIMESTAMP
        if word == "ARRAY" and self.token.is_operator("(", "<"):
            closing = ")" if self.take().value == "(" else ">"
            element = self.type_name()
            self.expect_operator(closing)
            return Type("array", (), (element,))
        if word in _UNSUPPORTED_TYPES:
            raise unsupported(f"the type {word.lower()} in a query", at)
        raise AthenaError("TYPE_NOT_FOUND", f"Unknown type: {token.value}", at)

    def type_params(self) -> list[int]:
        params: list[int] = []
        if self.accept_operator("("):
            while self.token.kind == INTEGER:
                params.append(int(self.take().value))
                if not self.accept_operator(","):
                    break
            self.expect_operator(")")
        return params
