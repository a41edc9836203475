"""Types as Athena's engine (Trino) has them, and their names in Hive's catalog, in DuckDB and in Athena's API.

https://trino.io/docs/current/language/types.html, https://docs.aws.amazon.com/athena/latest/ug/data-types.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import AthenaError, unsupported


@dataclass(frozen=True)
class Type:
    """``params`` holds lengths, precision and scale; ``parts`` the type of an array's elements."""

    base: str
    params: tuple[int, ...] = ()
    parts: tuple[Type, ...] = ()

    def __str__(self) -> str:
        inner = [*map(str, self.params), *map(str, self.parts)]
        if self.base == "timestamp with time zone":
            return f"timestamp({inner[0]}) with time zone"
        return f"{self.base}({', '.join(inner)})" if inner else self.base


BOOLEAN = Type("boolean")
TINYINT = Type("tinyint")
SMALLINT = Type("smallint")
INTEGER = Type("integer")
BIGINT = Type("bigint")
REAL = Type("real")
DOUBLE = Type("double")
VARCHAR = Type("varchar")
VARBINARY = Type("varbinary")
DATE = Type("date")
TIMESTAMP = Type("timestamp", (3,))
TIMESTAMP_TZ = Type("timestamp with time zone", (3,))
DAY_TO_SECOND = Type("interval day to second")
YEAR_TO_MONTH = Type("interval year to month")
UNKNOWN = Type("unknown")

INTEGERS = ("tinyint", "smallint", "integer", "bigint")
_DIGITS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}
_WIDTH = ("tinyint", "smallint", "integer", "bigint", "decimal", "real", "double")
_TIMES = ("date", "timestamp", "timestamp with time zone")
_DUCK = {
    "integer": "INTEGER",
    "real": "FLOAT",
    "varbinary": "BLOB",
    "timestamp with time zone": "TIMESTAMPTZ",
    "interval day to second": "INTERVAL",
    "interval year to month": "INTERVAL",
    "unknown": "VARCHAR",
}
_HIVE = {"integer": "int", "real": "float", "varchar": "string", "varbinary": "binary", "timestamp": "timestamp"}


def decimal(precision: int, scale: int) -> Type:
    return Type("decimal", (min(precision, 38), scale))


def varchar(length: int) -> Type:
    return Type("varchar", (length,))


def array(element: Type) -> Type:
    return Type("array", (), (element,))


def is_integer(kind: Type) -> bool:
    return kind.base in INTEGERS


def is_exact(kind: Type) -> bool:
    return is_integer(kind) or kind.base == "decimal"


def is_numeric(kind: Type) -> bool:
    return kind.base in _WIDTH


def is_text(kind: Type) -> bool:
    return kind.base in ("varchar", "char")


def as_decimal(kind: Type) -> Type:
    """The decimal type of an exact number in arithmetic."""
    return kind if kind.base == "decimal" else decimal(_DIGITS[kind.base], 0)


def common_type(left: Type, right: Type) -> Type | None:
    """The type to which both are coerced; None where Athena has none."""
    if left == right or right == UNKNOWN:
        return left
    if left == UNKNOWN:
        return right
    if is_text(left) and is_text(right):
        lengths = left.params + right.params
        return varchar(max(lengths)) if len(lengths) == 2 else VARCHAR
    if is_exact(left) and is_exact(right) and "decimal" in (left.base, right.base):
        one, two = as_decimal(left).params, as_decimal(right).params
        scale = max(one[1], two[1])
        return decimal(max(one[0] - one[1], two[0] - two[1]) + scale, scale)
    for ladder in (_WIDTH, _TIMES):
        if left.base in ladder and right.base in ladder:
            return left if ladder.index(left.base) >= ladder.index(right.base) else right
    if left.base == right.base == "array":
        element = common_type(left.parts[0], right.parts[0])
        return array(element) if element else None
    return None


def duckdb_type(kind: Type) -> str:
    """The type's name in DuckDB."""
    if kind.base == "decimal":
        return f"DECIMAL({kind.params[0]},{kind.params[1]})"
    if kind.base == "array":
        return f"{duckdb_type(kind.parts[0])}[]"
    return _DUCK.get(kind.base, kind.base.upper())


def to_hive(kind: Type) -> str:
    """The type's name in the catalog. @raises AthenaError for a type that no table can have"""
    if kind.base == "decimal":
        return f"decimal({kind.params[0]},{kind.params[1]})"
    if kind.base == "array":
        raise unsupported("columns of arrays in tables")
    if kind.base.startswith("interval") or kind.base in ("unknown", "timestamp with time zone"):
        raise AthenaError("NOT_SUPPORTED", f"Unsupported Hive type: {kind}")
    return _HIVE.get(kind.base, kind.base)


_SIMPLE = {
    "boolean": BOOLEAN,
    "tinyint": TINYINT,
    "smallint": SMALLINT,
    "int": INTEGER,
    "integer": INTEGER,
    "bigint": BIGINT,
    "float": REAL,
    "double": DOUBLE,
    "string": VARCHAR,
    "binary": VARBINARY,
    "date": DATE,
    "timestamp": TIMESTAMP,
}


_NESTED = re.compile(r"(array|map|struct|uniontype)\s*<.*>", re.DOTALL)


def from_hive(text: str) -> Type:
    """Parses a type of the catalog, for example ``decimal(10,2)``.

    @raises AthenaError HIVE_INVALID_METADATA for what is no Hive type
    """
    shown = text.strip().lower()
    if _NESTED.fullmatch(shown):
        raise unsupported(f"columns of the type {text}")
    found = re.fullmatch(r"(\w+)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?", shown)
    name = found[1] if found else ""
    params = [int(number) for number in found.groups()[1:] if number] if found else []
    if name == "decimal":
        return decimal(params[0] if params else 10, params[1] if len(params) > 1 else 0)
    if name in ("varchar", "char"):
        return varchar(params[0]) if params else VARCHAR
    if name not in _SIMPLE or params:
        raise AthenaError("HIVE_INVALID_METADATA", f"'{text}' is not a valid Hive type")
    return _SIMPLE[name]


def column_info(name: str, kind: Type) -> dict[str, object]:
    """A column as GetQueryResults describes it.

    https://docs.aws.amazon.com/athena/latest/APIReference/API_ColumnInfo.html
    """
    precision, scale = {
        "tinyint": (3, 0),
        "smallint": (5, 0),
        "integer": (10, 0),
        "bigint": (19, 0),
        "real": (17, 0),
        "double": (17, 0),
        "timestamp": (3, 0),
        "timestamp with time zone": (3, 0),
        "varbinary": (1073741824, 0),
        "varchar": (kind.params[0] if kind.params else 2147483647, 0),
    }.get(kind.base, (0, 0))
    if kind.base == "decimal":
        precision, scale = kind.params
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": "float" if kind.base == "real" else kind.base,
        "Precision": precision,
        "Scale": scale,
        "Nullable": "UNKNOWN",
        "CaseSensitive": kind.base == "varchar",
    }
