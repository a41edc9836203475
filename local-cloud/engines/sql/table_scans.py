"""Makes the files of a table a DuckDB view for a plan, and counts the bytes that Athena would scan."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from ..text.duckdb_sql import identifier, literal
from ..text.lines import TextFile
from . import text_tables
from .catalog import Table
from .errors import AthenaError
from .query_compiler import Plan
from .relation_compiler import Scan
from .trino_types import Type, duckdb_type


@dataclass(frozen=True)
class DataFile:
    """A downloaded object. ``partition`` is the index into the table's partitions, -1 for a table without."""

    path: str
    url: str
    size: int
    partition: int = -1


def matching_partitions(connection: duckdb.DuckDBPyConnection, scan: Scan) -> list[int] | None:
    """Indexes of the partitions that can meet the conditions; None for a table without partition keys."""
    table = scan.table
    if not table.partition_keys:
        return None
    everything = list(range(len(table.partitions)))
    if not scan.conditions or not everything:
        return everything
    rows = ", ".join(
        f"({i}, {', '.join('NULL' if v is None else literal(v) for v in partition.values)})"
        for i, partition in enumerate(table.partitions)
    )
    raw = ", ".join(f"v{i}" for i in range(len(table.partition_keys)))
    typed = ", ".join(
        f"CAST(v{i} AS {duckdb_type(k.type)}) AS {identifier(k.name)}" for i, k in enumerate(table.partition_keys)
    )
    where = " AND ".join(scan.conditions)
    # No partition key can have this name.
    number = identifier(" number")
    numbered = f"SELECT {number}, {typed} FROM (VALUES {rows}) t({number}, {raw})"
    sql = f"SELECT {number} FROM ({numbered}) p WHERE {where} ORDER BY 1"
    return [row[0] for row in connection.execute(sql).fetchall()]


def make_view(connection: duckdb.DuckDBPyConnection, scan: Scan, files: list[DataFile]) -> None:
    """Creates the temporary view ``scan_<number>`` over the files; over nothing where there are none."""
    table = scan.table
    data = [f for f in files if f.size > 0]
    if table.format == "parquet":
        branches = _parquet(connection, table, data)
    else:
        texts = [TextFile(f.path, f.url, f.url.endswith(".gz")) for f in data]
        branches = text_tables.read(connection, f"text_{scan.number}", table, texts)
    keys = len(table.columns)
    if not branches:
        columns = [
            f"CAST(NULL AS {duckdb_type(c.type)}) AS c{i}"
            for i, c in enumerate((*table.columns, *table.partition_keys))
        ]
        sql = f"SELECT {', '.join([*columns, 'CAST(NULL AS VARCHAR) AS path'])} WHERE FALSE"
    else:
        places = f"files_{scan.number}"
        _file_table(connection, places, table, data)
        columns = [f"d.c{i}" for i in range(keys)]
        columns += [f"p.c{keys + i}" for i in range(len(table.partition_keys))]
        union = " UNION ALL ".join(branches)
        sql = f"SELECT {', '.join([*columns, 'p.path'])} FROM ({union}) d JOIN {places} p ON p.local = d.filename"
        if not table.partition_keys and len(data) == 1:
            sql = f"SELECT {', '.join([*columns, f'{literal(data[0].url)} AS path'])} FROM ({union}) d"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW scan_{scan.number} AS {sql}")


def _file_table(connection: duckdb.DuckDBPyConnection, name: str, table: Table, data: list[DataFile]) -> None:
    first = len(table.columns)
    columns = ["local VARCHAR", "path VARCHAR"]
    columns += [f"c{first + i} {duckdb_type(k.type)}" for i, k in enumerate(table.partition_keys)]
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({', '.join(columns)})")
    rows = []
    for file in data:
        values = table.partitions[file.partition].values if file.partition >= 0 else ()
        rows.append((file.path, file.url, *values))
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)


# Physical and converted types of Parquet that Athena reads into a column type.
_READABLE = {
    "tinyint": ("INT32",),
    "smallint": ("INT32",),
    "integer": ("INT32",),
    "bigint": ("INT64", "INT32"),
    "real": ("FLOAT",),
    "double": ("DOUBLE", "FLOAT"),
    "boolean": ("BOOLEAN",),
    "varchar": ("BYTE_ARRAY",),
    "varbinary": ("BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"),
    "date": ("INT32",),
    "timestamp": ("INT96", "INT64"),
    "decimal": ("INT32", "INT64", "FIXED_LEN_BYTE_ARRAY", "BYTE_ARRAY"),
}


def _parquet(connection: duckdb.DuckDBPyConnection, table: Table, data: list[DataFile]) -> list[str]:
    """One query for each set of columns that files have: a column that a file lacks is null there."""
    if not data:
        return []
    urls = {f.path: f.url for f in data}
    listed = ", ".join(literal(f.path) for f in data)
    try:
        rows = connection.execute(
            f"SELECT file_name, lower(name), type FROM parquet_schema([{listed}]) WHERE type IS NOT NULL"
        ).fetchall()
    except duckdb.Error as error:
        raise AthenaError("HIVE_BAD_DATA", f"Not valid Parquet file: {_with_urls(str(error), urls)}") from error
    by_file: dict[str, dict[str, str]] = {f.path: {} for f in data}
    for file, name, kind in rows:
        by_file[file][name] = kind
    groups: dict[tuple[str, ...], list[str]] = {}
    for file, columns in by_file.items():
        for column in table.columns:
            _require_readable(column.name, column.type, columns.get(column.name), urls[file])
        present = tuple(c.name for c in table.columns if c.name in columns)
        groups.setdefault(present, []).append(file)
    branches = []
    for present, files in groups.items():
        columns_sql = ", ".join(
            f"CAST({identifier(c.name)} AS {duckdb_type(c.type)}) AS c{i}"
            if c.name in present
            else f"CAST(NULL AS {duckdb_type(c.type)}) AS c{i}"
            for i, c in enumerate(table.columns)
        )
        listed = ", ".join(literal(f) for f in files)
        branches.append(
            f"SELECT {columns_sql}, filename FROM read_parquet([{listed}], filename=true, hive_partitioning=false)"
        )
    return branches


def _require_readable(name: str, wanted: Type, physical: str | None, url: str) -> None:
    if physical is None or physical in _READABLE.get(wanted.base, ()):
        return
    what = f"Field {name}'s type {physical} in parquet file {url}"
    raise AthenaError("HIVE_BAD_DATA", f"{what} is incompatible with type {wanted} defined in table schema")


def _with_urls(message: str, urls: dict[str, str]) -> str:
    for path, url in urls.items():
        message = message.replace(path, url)
    return message


def scanned_bytes(connection: duckdb.DuckDBPyConnection, plan: Plan, files: dict[int, list[DataFile]]) -> int:
    """Bytes that Athena counts as scanned: whole text files; of Parquet the column chunks that are read."""
    total = 0
    for scan in plan.scans:
        data = [f for f in files[scan.number] if f.size > 0]
        if scan.table.format != "parquet":
            total += sum(f.size for f in data)
            continue
        wanted = {name for number, name in plan.read if number == scan.number}
        if not data or not wanted:
            continue
        listed = ", ".join(literal(f.path) for f in data)
        names = ", ".join(literal(name) for name in sorted(wanted))
        row = connection.execute(
            "SELECT COALESCE(sum(total_compressed_size), 0) FROM parquet_metadata(["
            f"{listed}]) WHERE lower(split_part(path_in_schema, ', ', 1)) IN ({names})"
        ).fetchone()
        total += int(row[0]) if row else 0
    return total
