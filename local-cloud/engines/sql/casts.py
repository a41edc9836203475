"""CAST and TRY_CAST as in Athena: stricter with text than DuckDB, other rounding, other text for numbers."""

from __future__ import annotations

from ..text.duckdb_sql import literal
from .errors import AthenaError, Position, unsupported
from .trino_types import Type, duckdb_type, is_exact, is_integer, is_numeric, is_text
from .typed_sql import TypedSql, decimal_text

_SHOWN = {"integer": "INT", "real": "REAL"}
# What Athena reads from text; DuckDB would also take '1_000', '0x1F', ' 7 ' or '12.7' as an integer.
_TEXT_FORMS = {
    "tinyint": r"[+-]?[0-9]+",
    "smallint": r"[+-]?[0-9]+",
    "integer": r"[+-]?[0-9]+",
    "bigint": r"[+-]?[0-9]+",
    "real": r"\s*[+-]?([0-9]+\.?[0-9]*([eE][+-]?[0-9]+)?|\.[0-9]+([eE][+-]?[0-9]+)?|NaN|Infinity)\s*",
    "double": r"\s*[+-]?([0-9]+\.?[0-9]*([eE][+-]?[0-9]+)?|\.[0-9]+([eE][+-]?[0-9]+)?|NaN|Infinity)\s*",
    "decimal": r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*",
    "boolean": r"(?i)t|f|true|false|0|1",
    "date": r"\s*[0-9]{4,}-[0-9]{1,2}-[0-9]{1,2}\s*",
    "timestamp": r"\s*[0-9]{4,}-[0-9]{1,2}-[0-9]{1,2}( [0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?\s*",
}
_DATETIMES = ("date", "timestamp", "timestamp with time zone")


def cast(val: TypedSql, target: Type, safe: bool, at: Position) -> TypedSql:
    """@raises AthenaError TYPE_MISMATCH for types between which Athena has no cast"""
    source = val.type
    if source == target:
        return val
    if source.base == "unknown":
        return TypedSql(f"CAST(NULL AS {duckdb_type(target)})", target, val.reads)
    if is_text(source):
        sql = _from_text(val.sql, source, target, safe, at)
    elif is_text(target):
        sql = _to_text(val.sql, source, target, safe, at)
    else:
        sql = _between(val.sql, source, target, safe, at)
    return TypedSql(sql, target, val.reads)


def _from_text(sql: str, source: Type, target: Type, safe: bool, at: Position) -> str:
    if is_text(target):
        return f"left({sql}, {target.params[0]})" if target.params else sql
    if target.base == "varbinary":
        return f"encode({sql})"
    if target.base not in _TEXT_FORMS:
        raise _impossible(source, target, at) if target.parts else unsupported(f"casts from {source} to {target}", at)
    form = literal(_TEXT_FORMS[target.base])
    convert = f"TRY_CAST({sql} AS {duckdb_type(target)})"
    good = f"CASE WHEN regexp_full_match({sql}, {form}) THEN {convert} END"
    if safe:
        return good
    if target.base in ("date", "timestamp"):
        message = f"'INVALID_CAST_ARGUMENT: Value cannot be cast to {target.base}: ' || {sql}"
    else:
        shown = _SHOWN.get(target.base, str(target).upper())
        message = f"'INVALID_CAST_ARGUMENT: Cannot cast ''' || {sql} || ''' to {shown}'"
    return f"CASE WHEN {sql} IS NULL THEN NULL ELSE COALESCE({good}, error({message})) END"


def _to_text(sql: str, source: Type, target: Type, safe: bool, at: Position) -> str:
    if source.base in ("double", "real"):
        text = f"{source.base}_as_varchar({sql})"
    elif source.base == "timestamp":
        text = f"strftime({sql}, '%Y-%m-%d %H:%M:%S.%g')"
    elif source.base == "timestamp with time zone":
        text = f"strftime({sql}, '%Y-%m-%d %H:%M:%S.%g UTC')"
    elif source.base == "decimal":
        text = decimal_text(sql, source)
    elif is_exact(source) or source.base in ("boolean", "date"):
        text = f"CAST({sql} AS VARCHAR)"
    else:
        raise _impossible(source, target, at)
    if not target.params:
        return text
    size = target.params[0]
    message = f"'INVALID_CAST_ARGUMENT: Value ' || {text} || ' cannot be represented as {target}'"
    otherwise = "NULL" if safe else f"error({message})"
    return f"CASE WHEN length({text}) <= {size} OR {text} IS NULL THEN {text} ELSE {otherwise} END"


def _between(sql: str, source: Type, target: Type, safe: bool, at: Position) -> str:
    function = "TRY_CAST" if safe else "CAST"
    plain = f"{function}({sql} AS {duckdb_type(target)})"
    if source.base in _DATETIMES and target.base in _DATETIMES:
        return plain
    if is_numeric(source) and is_integer(target) and not is_exact(source):
        # Athena rounds halves away from zero, DuckDB to even.
        return f"{function}(round({sql}) AS {duckdb_type(target)})"
    if is_numeric(source) and is_numeric(target):
        return plain
    if "boolean" in (source.base, target.base) and (is_numeric(source) or is_numeric(target)):
        return plain
    if source.parts and source.base == target.base:
        return plain
    raise _impossible(source, target, at)


def _impossible(source: Type, target: Type, at: Position) -> AthenaError:
    return AthenaError("TYPE_MISMATCH", f"Cannot cast {source} to {target}", at)
