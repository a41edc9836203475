"""Rows of text files in DuckDB: columns c0, c1 ... as texts, and ``filename``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import duckdb
import pyarrow as pa

from . import lazy_simple, open_csv
from .duckdb_sql import literal
from .line_format import LineFormat
from .lines import TextFile, lines
from .plain_files import NULL, is_plain

# Lines that become one batch.
_BATCH = 4_000


def row_queries(
    connection: duckdb.DuckDBPyConnection, name: str, line_format: LineFormat, width: int, files: Sequence[TextFile]
) -> list[str]:
    """Queries that together return the rows of all files.

    DuckDB reads plain files itself; the others are parsed here and loaded into the temporary table of that name.

    @raises UnreadableFile
    """
    selects = []
    others = []
    ready: dict[bool, list[str]] = {}
    for file in files:
        if is_plain(file, line_format, width):
            ready.setdefault(file.gzip, []).append(file.path)
        else:
            others.append(file)
    for gzipped, paths in ready.items():
        selects.append(_duckdb(line_format, width, paths, gzipped))
    if others:
        load_rows(connection, name, line_format, width, others)
        selects.append(f"SELECT * FROM temp.{name}")
    return selects


def load_rows(
    connection: duckdb.DuckDBPyConnection, name: str, line_format: LineFormat, width: int, files: Sequence[TextFile]
) -> None:
    """Makes the temporary table of what the SerDe reads in the files. @raises UnreadableFile"""
    columns = ", ".join(f"c{i} VARCHAR" for i in range(width))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns}, filename VARCHAR)")
    for file in files:
        for batch in _batches(file, line_format, width):
            connection.register(f"batch_of_{name}", batch)
            try:
                connection.execute(f"INSERT INTO temp.{name} SELECT * FROM batch_of_{name}")
            finally:
                connection.unregister(f"batch_of_{name}")


def _batches(file: TextFile, line_format: LineFormat, width: int) -> Iterator[pa.Table]:
    parse = open_csv.parser(line_format) if line_format.quoted else lazy_simple.parser(line_format, width)
    missing = [None] * width
    names = [*(f"c{i}" for i in range(width)), "filename"]
    for found in lines(file, line_format.header, line_format.footer):
        remaining = iter(found)
        while some := list(islice(remaining, _BATCH)):
            rows = []
            for line in some:
                fields = parse(line)
                rows.append(fields if len(fields) == width else [*fields, *missing][:width])
            texts = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
            yield pa.Table.from_arrays([*texts, pa.array([file.path] * len(rows), pa.string())], names)


def _duckdb(line_format: LineFormat, width: int, paths: Sequence[str], gzipped: bool) -> str:
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    listed = ", ".join(literal(path) for path in paths)
    return (
        f"SELECT * FROM read_csv([{listed}], delim = {literal(line_format.separator)}, quote = '', escape = '', "
        f"header = false, skip = {line_format.header}, columns = {{{columns}}}, auto_detect = false, filename = true, "
        f"nullstr = {literal(NULL)}, compression = '{'gzip' if gzipped else 'none'}')"
    )


def field_sql(line_format: LineFormat, field: str) -> str:
    """SQL of a field's text as it stands in the file, with NULL as the table says it."""
    return field if line_format.null is None else f"nullif({field}, {literal(line_format.null)})"


def text_field_sql(line_format: LineFormat, field: str) -> str:
    """SQL of a field as a column of text: LazySimpleSerDe takes escapes away in those only."""
    if line_format.quoted or line_format.escape == "\0":
        return field_sql(line_format, field)
    # In brackets, any character but these stands for itself.
    escape = f"\\{line_format.escape}" if line_format.escape in "\\^]-" else line_format.escape
    return f"regexp_replace({field_sql(line_format, field)}, {literal(f'[{escape}](.)')}, '\\1', 'gs')"
