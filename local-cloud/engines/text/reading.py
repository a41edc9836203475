"""Text files as DuckDB's rows: columns c0, c1 ... as texts, and ``filename``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import duckdb
import pyarrow as pa

from . import lazy_simple, open_csv
from .duckdb_sql import literal
from .layout import Layout
from .lines import TextFile, lines
from .plain import NULL, plain

# Lines that become one batch.
_BATCH = 4_000


def branches(
    connection: duckdb.DuckDBPyConnection, name: str, layout: Layout, width: int, files: Sequence[TextFile]
) -> list[str]:
    """Queries that together give the rows of all files.

    DuckDB itself reads the files that are plain; those that are not become the temporary table of that name.

    @raises UnreadableFile
    """
    selects = []
    others = []
    ready: dict[bool, list[str]] = {}
    for file in files:
        if plain(file, layout, width):
            ready.setdefault(file.gzip, []).append(file.path)
        else:
            others.append(file)
    for packed, paths in ready.items():
        selects.append(_duckdb(layout, width, paths, packed))
    if others:
        fill(connection, name, layout, width, others)
        selects.append(f"SELECT * FROM temp.{name}")
    return selects


def fill(
    connection: duckdb.DuckDBPyConnection, name: str, layout: Layout, width: int, files: Sequence[TextFile]
) -> None:
    """Makes the temporary table of what the SerDe reads in the files. @raises UnreadableFile"""
    columns = ", ".join(f"c{i} VARCHAR" for i in range(width))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns}, filename VARCHAR)")
    for file in files:
        for batch in _batches(file, layout, width):
            connection.register(f"batch_of_{name}", batch)
            try:
                connection.execute(f"INSERT INTO temp.{name} SELECT * FROM batch_of_{name}")
            finally:
                connection.unregister(f"batch_of_{name}")


def _batches(file: TextFile, layout: Layout, width: int) -> Iterator[pa.Table]:
    parse = open_csv.parser(layout) if layout.quoted else lazy_simple.parser(layout, width)
    missing = [None] * width
    names = [*(f"c{i}" for i in range(width)), "filename"]
    for found in lines(file, layout.header, layout.footer):
        remaining = iter(found)
        while some := list(islice(remaining, _BATCH)):
            rows = []
            for line in some:
                fields = parse(line)
                rows.append(fields if len(fields) == width else [*fields, *missing][:width])
            texts = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
            yield pa.Table.from_arrays([*texts, pa.array([file.path] * len(rows), pa.string())], names)


def _duckdb(layout: Layout, width: int, paths: Sequence[str], packed: bool) -> str:
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    listed = ", ".join(literal(path) for path in paths)
    return (
        f"SELECT * FROM read_csv([{listed}], delim = {literal(layout.separator)}, quote = '', escape = '', "
        f"header = false, skip = {layout.header}, columns = {{{columns}}}, auto_detect = false, filename = true, "
        f"nullstr = {literal(NULL)}, compression = '{'gzip' if packed else 'none'}')"
    )


def raw(layout: Layout, field: str) -> str:
    """SQL of a field's text as it stands in the file, with NULL as the table says it."""
    return field if layout.null is None else f"nullif({field}, {literal(layout.null)})"


def text(layout: Layout, field: str) -> str:
    """SQL of a field as a column of text: LazySimpleSerDe takes escapes away in those only."""
    if layout.quoted or layout.escape == "\0":
        return raw(layout, field)
    # In brackets, any character but these stands for itself.
    escape = f"\\{layout.escape}" if layout.escape in "\\^]-" else layout.escape
    return f"regexp_replace({raw(layout, field)}, {literal(f'[{escape}](.)')}, '\\1', 'gs')"
