"""Columns of text files as Athena reads them through LazySimpleSerDe and OpenCSVSerDe; engines.text splits the lines.

https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html, https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from ..text.duckdb_sql import literal
from ..text.layout import BadProperties, Layout, Why, layout, require_counts
from ..text.lines import TextFile, UnreadableFile
from ..text.reading import branches, raw, text
from .catalog import Table, TableColumn
from .errors import AthenaError, unsupported
from .trino_types import Type, duckdb_type, is_text

FORMATS = ("text", "opencsv")
# Athena unpacks by the name: https://docs.aws.amazon.com/athena/latest/ug/compression-formats.html
_UNPACKED = {".bz2", ".deflate", ".lz4", ".lzo", ".snappy", ".zst"}


def require_readable(table: Table) -> None:
    """@raises AthenaError for table properties that Athena does not accept"""
    try:
        if table.format in FORMATS:
            layout(table.format, table.properties)
        else:
            require_counts(table.properties)
    except BadProperties as error:
        raise _fault(table, error) from error


def _fault(table: Table, error: BadProperties) -> AthenaError:
    if error.why is Why.LACKING:
        return unsupported(str(error))
    if error.why is Why.INVALID:
        return AthenaError("HIVE_INVALID_METADATA", str(error))
    if error.why is Why.UNSUPPORTED:
        return AthenaError("NOT_SUPPORTED", "CSV not supported")
    # Athena does not say what is wrong with the table: https://github.com/aws/aws-sdk-pandas/issues/2967
    return AthenaError("GENERIC_INTERNAL_ERROR", f"Failed to construct table metadata for table {table.shown}")


def read(connection: duckdb.DuckDBPyConnection, name: str, table: Table, files: Sequence[TextFile]) -> list[str]:
    """Queries for the typed rows of all files, with ``filename``. ``name``: a free name for a temporary table.

    @raises AthenaError HIVE_CURSOR_ERROR for a file that cannot be unpacked
    """
    for file in files:
        ending = file.name[file.name.rfind(".") :] if "." in file.name else ""
        if ending in _UNPACKED:
            raise unsupported(f"text files packed as {ending} ({file.name})")
    how = layout(table.format, table.properties)
    columns = ", ".join(f"{_column(how, wanted, i)} AS c{i}" for i, wanted in enumerate(table.columns))
    try:
        found = branches(connection, name, how, len(table.columns), files)
    except UnreadableFile as error:
        raise AthenaError("HIVE_CURSOR_ERROR", str(error)) from error
    return [f"SELECT {columns}, f.filename FROM ({select}) f" for select in found]


def _column(how: Layout, wanted: TableColumn, index: int) -> str:
    """SQL of one column's value, from its text ``f.c<index>``."""
    field = f"f.c{index}"
    if how.quoted:
        return _opencsv(wanted, index, field)
    return _lazy_simple(wanted, text(how, field) if is_text(wanted.type) else raw(how, field))


_NUMBER_FORMS = {
    # Hive drops a fraction; what is no number is null, the empty text too.
    "integer": (r"[+-]?[0-9]+", r"[+-]?[0-9]+\.[0-9]*"),
    "double": r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?\s*|NaN|[+-]?Infinity",
    "timestamp": r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
}


def _lazy_simple(wanted: TableColumn, text: str) -> str:
    kind = wanted.type
    if is_text(kind):
        return f"left({text}, {kind.params[0]})" if kind.params else text
    convert = f"TRY_CAST({text} AS {duckdb_type(kind)})"
    if kind.base in ("tinyint", "smallint", "integer", "bigint"):
        whole, fraction = _NUMBER_FORMS["integer"]
        cut = f"TRY_CAST(split_part({text}, '.', 1) AS {duckdb_type(kind)})"
        return (
            f"CASE WHEN regexp_full_match({text}, {literal(whole)}) THEN {convert} "
            f"WHEN regexp_full_match({text}, {literal(fraction)}) THEN {cut} END"
        )
    if kind.base in ("double", "real"):
        trimmed = f"TRY_CAST(rtrim({text}, 'dDfF ') AS {duckdb_type(kind)})"
        form = literal(str(_NUMBER_FORMS["double"]))
        return f"CASE WHEN regexp_full_match({text}, {form}) THEN COALESCE({convert}, {trimmed}) END"
    if kind.base == "decimal":
        return f"CASE WHEN regexp_full_match({text}, '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)') THEN {convert} END"
    if kind.base == "boolean":
        return f"CASE lower({text}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
    if kind.base in ("timestamp", "date"):
        return f"CASE WHEN regexp_full_match({text}, {literal(str(_NUMBER_FORMS[kind.base]))}) THEN {convert} END"
    raise unsupported(f"the type {kind} in tables of delimited text (column {wanted.name})")


def _opencsv(wanted: TableColumn, index: int, text: str) -> str:
    """Numbers must parse, the empty text too: else HIVE_BAD_DATA. Dates are days, timestamps milliseconds."""
    kind: Type = wanted.type
    if is_text(kind):
        return text
    message = (
        f"'HIVE_BAD_DATA: Error parsing field value ''' || {text} || ''' for field {index}: "
        f"For input string: \"' || {text} || '\"'"
    )
    if kind.base in ("tinyint", "smallint", "integer", "bigint", "date", "timestamp"):
        number = f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]+') THEN TRY_CAST({text} AS BIGINT) END"
        if kind.base == "date":
            good = f"(DATE '1970-01-01' + CAST({number} AS INTEGER))"
        elif kind.base == "timestamp":
            good = f"make_timestamp({number} * 1000)"
        else:
            good = f"TRY_CAST({number} AS {duckdb_type(kind)})"
    elif kind.base in ("double", "real"):
        form = literal(str(_NUMBER_FORMS["double"]))
        good = f"CASE WHEN regexp_full_match({text}, {form}) THEN TRY_CAST({text} AS {duckdb_type(kind)}) END"
    elif kind.base == "boolean":
        good = f"CASE lower({text}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
    else:
        raise unsupported(f"the type {kind} in tables of OpenCSVSerde (column {wanted.name})")
    return f"CASE WHEN {text} IS NULL THEN NULL ELSE COALESCE({good}, error({message})) END"
