"""Writes results as Athena writes them: the result CSV, and the files of UNLOAD and CREATE TABLE AS."""

from __future__ import annotations

import datetime
import urllib.parse
import uuid
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ..text.duckdb_sql import identifier, literal
from .errors import AthenaError, unsupported
from .trino_types import Type, duckdb_type
from .typed_sql import decimal_text

# Rows of one output file; Athena's writers work side by side, and so leave several.
ROWS_PER_FILE = 25_000
MOST_FILES = 8
RESULT = "result"
_DEFAULT_PARTITION = "__HIVE_DEFAULT_PARTITION__"

_PARQUET_CODECS = {"GZIP": "gzip", "SNAPPY": "snappy", "ZSTD": "zstd", "LZ4": "lz4_raw", "NONE": "uncompressed"}
_TEXT_CODECS = {"GZIP": "gzip", "NONE": "none"}


def result_text(sql: str, kind: Type) -> str:
    """SQL of a value's text in results: what GetQueryResults answers and delimited files hold."""
    base = kind.base
    if base == "varchar":
        return sql
    if base in ("double", "real"):
        return f"{base}_shown({sql})"
    if base == "timestamp":
        return f"strftime({sql}, '%Y-%m-%d %H:%M:%S.%g')"
    if base == "timestamp with time zone":
        return f"strftime({sql}, '%Y-%m-%d %H:%M:%S.%g UTC')"
    if base == "varbinary":
        return f"trim(regexp_replace(lower(hex({sql})), '(..)', '\\1 ', 'g'))"
    if base == "array":
        inner = result_text("x", kind.parts[0])
        items = f"list_transform({sql}, lambda x: COALESCE({inner}, 'null'))"
        return f"CASE WHEN {sql} IS NULL THEN NULL ELSE '[' || array_to_string({items}, ', ') || ']' END"
    if base == "decimal":
        return decimal_text(sql, kind)
    if base.startswith("interval"):
        raise unsupported(f"results of the type {kind}")
    return f"CAST({sql} AS VARCHAR)"


def write_csv(connection: duckdb.DuckDBPyConnection, columns: tuple[tuple[str, Type], ...], path: Path) -> None:
    """The result file: every value in quotes, nothing at all for a null."""
    names = [name.replace('"', '""') for name, _ in columns]
    # Aliases in DuckDB cannot repeat, the header may: it is written by hand.
    listed = ", ".join(f"{result_text(f'c{i}', kind)} AS c{i}" for i, (_, kind) in enumerate(columns))
    body = path.with_suffix(".body")
    connection.execute(
        f"COPY (SELECT {listed} FROM {RESULT}) TO {literal(str(body))} "
        "(FORMAT csv, HEADER false, FORCE_QUOTE *, NULLSTR '', DELIMITER ',', QUOTE '\"', ESCAPE '\"')"
    )
    with path.open("wb") as out:
        out.write((",".join(f'"{name}"' for name in names) + "\n").encode())
        with body.open("rb") as rows:
            while chunk := rows.read(1 << 20):
                out.write(chunk)
    body.unlink()


@dataclass(frozen=True)
class Target:
    """Where and how UNLOAD or CREATE TABLE AS writes."""

    folder: Path
    # PARQUET or TEXTFILE
    format: str
    # None: Athena's default, gzip.
    compression: str | None = None
    delimiter: str = "\x01"
    partitioned_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class WrittenFile:
    path: Path
    # Values of the partition columns, as texts of the path; empty without.
    partition: tuple[str, ...]


def write_files(
    connection: duckdb.DuckDBPyConnection, columns: tuple[tuple[str, Type], ...], target: Target
) -> list[WrittenFile]:
    """Writes several unordered files, named like Athena's. @raises AthenaError for options that are not supported"""
    names = [name for name, _ in columns]
    kept = tuple(i for i, name in enumerate(names) if name not in target.partitioned_by)
    keys = _partition_columns(names, target.partitioned_by)
    codec = _codec(target)
    if len(set(names)) != len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise AthenaError("DUPLICATE_COLUMN_NAME", f"Column name '{double}' specified more than once")
    values: list[tuple[str, ...]] = [()]
    if keys:
        listed = ", ".join(result_text(f"c{i}", columns[i][1]) for i in keys)
        values = [
            tuple(_escape_partition_value(v) for v in row)
            for row in connection.execute(f"SELECT DISTINCT {listed} FROM {RESULT}").fetchall()
        ]
        if len(values) > 100:
            raise AthenaError("HIVE_TOO_MANY_OPEN_PARTITIONS", "Exceeded limit of 100 open writers for partitions")
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d_%H%M%S")
    query = uuid.uuid4().hex[:5]
    written = []
    for value in values:
        where = " AND ".join(
            f"COALESCE({result_text(f'c{i}', columns[i][1])}, '{_DEFAULT_PARTITION}') = "
            f"{literal(urllib.parse.unquote(v))}"
            for i, v in zip(keys, value, strict=True)
        )
        source = f"(SELECT * FROM {RESULT}{' WHERE ' + where if where else ''})"
        count = connection.execute(f"SELECT count(*) FROM {source} s").fetchone()
        rows = int(count[0]) if count else 0
        parts = min(MOST_FILES, max(1, -(-rows // ROWS_PER_FILE)), rows)
        if rows > 1:
            parts = max(2, parts)
        for part in range(parts):
            name = f"{stamp}_{part:05d}_{query}_{uuid.uuid4()}"
            path = target.folder / (name + (".gz" if target.format == "TEXTFILE" and codec == "gzip" else ""))
            numbered = f"SELECT *, row_number() OVER () AS n FROM {source} s"
            sliced = f"SELECT * FROM ({numbered}) t WHERE hash(n) % {parts} = {part}"
            if _write_part(connection, columns, kept, sliced, path, target, codec):
                written.append(WrittenFile(path, value))
    return written


def _write_part(
    connection: duckdb.DuckDBPyConnection,
    columns: tuple[tuple[str, Type], ...],
    kept: tuple[int, ...],
    source: str,
    path: Path,
    target: Target,
    codec: str,
) -> bool:
    if target.format == "PARQUET":
        listed = ", ".join(f"CAST(c{i} AS {duckdb_type(columns[i][1])}) AS {identifier(columns[i][0])}" for i in kept)
        options = f"(FORMAT parquet, COMPRESSION {codec})"
    else:
        texts = (f"COALESCE({result_text(f'c{i}', columns[i][1])}, '\\N')" for i in kept)
        line = f" || {literal(target.delimiter)} || ".join(texts)
        listed = f"{line} AS line"
        # One column, and a delimiter and quote that no line holds: lines come out as they are.
        options = f"(FORMAT csv, HEADER false, DELIMITER {literal(chr(2))}, QUOTE '', ESCAPE '', COMPRESSION {codec})"
    row = connection.execute(f"COPY (SELECT {listed} FROM ({source}) o) TO {literal(str(path))} {options}").fetchone()
    if row and row[0]:
        return True
    path.unlink(missing_ok=True)
    return False


def _codec(target: Target) -> str:
    known = {"PARQUET": _PARQUET_CODECS, "TEXTFILE": _TEXT_CODECS}.get(target.format)
    if known is None:
        raise unsupported(f"writing the format {target.format}")
    name = (target.compression or "GZIP").upper().replace("UNCOMPRESSED", "NONE")
    if name not in known:
        raise unsupported(f"writing {target.format} compressed as {name}")
    return known[name]


def _partition_columns(names: list[str], keys: tuple[str, ...]) -> list[int]:
    """Athena wants the partition columns last in the query, in the same order."""
    if not keys:
        return []
    for key in keys:
        if key not in names:
            raise AthenaError("COLUMN_NOT_FOUND", f"Partition columns [{key}] not present in schema")
    if tuple(names[-len(keys) :]) != keys:
        raise AthenaError(
            "HIVE_COLUMN_ORDER_MISMATCH",
            "Partition keys must be the last columns in the table and in the same order "
            f"as the table properties: [{', '.join(keys)}]",
        )
    if len(keys) == len(names):
        raise AthenaError("INVALID_TABLE_PROPERTY", "Table contains only partition columns")
    return list(range(len(names) - len(keys), len(names)))


def _escape_partition_value(value: str | None) -> str:
    """A partition value as Hive writes it into a path."""
    if value is None:
        return _DEFAULT_PARTITION
    return "".join(f"%{ord(c):02X}" if c in "\"#%'*/:=?\\{[]^\x7f" or ord(c) < 32 else c for c in value)
