"""SQL of values in text fields as Hive's LazySimpleSerDe parses them: what does not parse is NULL."""

from __future__ import annotations

from .duckdb_sql import literal

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
FLOATS = ("FLOAT", "DOUBLE")
FLOAT_PATTERN = r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?\s*|NaN|[+-]?Infinity"


def hive_value(text: str, type_: str) -> str | None:
    """A number or boolean of a DuckDB type, from the SQL of its text; None for other types."""
    convert = f"TRY_CAST({text} AS {type_})"
    if type_ in INTEGERS:
        # Hive drops a fraction, where DuckDB would round.
        whole = f"TRY_CAST(split_part({text}, '.', 1) AS {type_})"
        return f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]+(\\.[0-9]*)?') THEN {whole} END"
    if type_ in FLOATS:
        trimmed = f"TRY_CAST(rtrim({text}, 'dDfF ') AS {type_})"
        return f"CASE WHEN regexp_full_match({text}, {literal(FLOAT_PATTERN)}) THEN COALESCE({convert}, {trimmed}) END"
    if type_.startswith("DECIMAL"):
        return f"CASE WHEN regexp_full_match({text}, '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)') THEN {convert} END"
    return boolean(text) if type_ == "BOOLEAN" else None


def boolean(text: str) -> str:
    """A boolean, from the SQL of its text."""
    return f"CASE lower({text}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
