"""Columns of text files as Athena reads them through LazySimpleSerDe and OpenCSVSerDe; engines.text splits the lines.

https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html, https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from ..text.duckdb_sql import literal
from ..text.hive_values import FLOAT_PATTERN, boolean, hive_value
from ..text.line_format import BadProperties, LineFormat, PropertyProblem, parse_line_format, skipped_lines
from ..text.lines import TextFile, UnreadableFile
from ..text.rows import field_sql, row_queries, text_field_sql
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
            parse_line_format(table.format, table.properties)
        else:
            skipped_lines(table.properties)
    except BadProperties as error:
        raise _fault(table, error) from error


def _fault(table: Table, error: BadProperties) -> AthenaError:
    if error.problem is PropertyProblem.UNSUPPORTED_LOCALLY:
        return unsupported(str(error))
    if error.problem is PropertyProblem.INVALID:
        return AthenaError("HIVE_INVALID_METADATA", str(error))
    if error.problem is PropertyProblem.NOT_SUPPORTED:
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
    line_format = parse_line_format(table.format, table.properties)
    columns = ", ".join(f"{_column(line_format, wanted, i)} AS c{i}" for i, wanted in enumerate(table.columns))
    try:
        found = row_queries(connection, name, line_format, len(table.columns), files)
    except UnreadableFile as error:
        raise AthenaError("HIVE_CURSOR_ERROR", str(error)) from error
    return [f"SELECT {columns}, f.filename FROM ({select}) f" for select in found]


def _column(line_format: LineFormat, wanted: TableColumn, index: int) -> str:
    """SQL of one column's value, from its text ``f.c<index>``."""
    field = f"f.c{index}"
    if line_format.quoted:
        return _opencsv(wanted, index, field)
    return _lazy_simple(
        wanted, text_field_sql(line_format, field) if is_text(wanted.type) else field_sql(line_format, field)
    )


_DATETIME_PATTERNS = {
    "timestamp": r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
}


def _lazy_simple(wanted: TableColumn, text: str) -> str:
    kind = wanted.type
    if is_text(kind):
        return f"left({text}, {kind.params[0]})" if kind.params else text
    if (value := hive_value(text, duckdb_type(kind))) is not None:
        return str(value)
    if kind.base in _DATETIME_PATTERNS:
        pattern = literal(_DATETIME_PATTERNS[kind.base])
        return f"CASE WHEN regexp_full_match({text}, {pattern}) THEN TRY_CAST({text} AS {duckdb_type(kind)}) END"
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
        pattern = literal(FLOAT_PATTERN)
        good = f"CASE WHEN regexp_full_match({text}, {pattern}) THEN TRY_CAST({text} AS {duckdb_type(kind)}) END"
    elif kind.base == "boolean":
        good = boolean(text)
    else:
        raise unsupported(f"the type {kind} in tables of OpenCSVSerde (column {wanted.name})")
    return f"CASE WHEN {text} IS NULL THEN NULL ELSE COALESCE({good}, error({message})) END"
