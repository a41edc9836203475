"""Which texts AWS's engine (Spark, without ANSI mode) reads as which type, as DuckDB predicates."""

from __future__ import annotations

import re

from .dataset import Column

_RANGES = {"INTEGER": "INTEGER", "LONG": "BIGINT"}
_FLOATS = {"DOUBLE": "DOUBLE", "FLOAT": "FLOAT"}


def readable(column: Column, wanted: str) -> str | None:
    """A predicate that is true for values that can be read as the type; None for a type that DQDL lacks."""
    text = f"trim(CAST({column.sql} AS VARCHAR))"
    kind = wanted.upper()
    if kind in _RANGES:
        # A number's decimals are cut off, a text's too; what lies outside the range is no value.
        whole = f"TRY_CAST(split_part({text}, '.', 1) AS {_RANGES[kind]})"
        return f"coalesce(regexp_full_match({text}, '[+-]?\\d+(\\.\\d*)?') AND {whole} IS NOT NULL, false)"
    if kind in _FLOATS:
        return f"(TRY_CAST({text} AS {_FLOATS[kind]}) IS NOT NULL)"
    decimal = re.fullmatch(r"DECIMAL\((\d{1,2}),\s*(\d{1,2})\)", kind)
    if decimal and int(decimal[2]) <= int(decimal[1]) <= 38:
        return f"(TRY_CAST({text} AS DECIMAL({decimal[1]},{decimal[2]})) IS NOT NULL)"
    if kind == "BOOLEAN":
        words = "'t', 'true', 'y', 'yes', '1', 'f', 'false', 'n', 'no', '0'"
        return f"coalesce(lower({text}) IN ({words}), false)"
    if kind == "DATE":
        # What follows the day, after a blank or a T, does not matter.
        day = f"regexp_extract({text}, '^(\\d{{4}}-\\d{{1,2}}-\\d{{1,2}})([ T].*)?$', 1)"
        return f"(TRY_CAST({day} AS DATE) IS NOT NULL)"
    if kind == "TIMESTAMP":
        return f"coalesce(regexp_full_match({text}, '\\d{{4}}.*') AND TRY_CAST({text} AS TIMESTAMP) IS NOT NULL, false)"
    return None
