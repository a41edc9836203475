"""Reads a catalog table's files into DuckDB, each value typed as the Data Catalog says.

engines.text splits the lines of text files, as for Athena. AWS reads them through Glue's Spark, and does not say what
that makes of a catalog table's quotes; Glue's own CSV reader ends a record at the line, too: `multiLine` is off unless
asked for (https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-format-csv-home.html).

Values differ: what cannot be read as the column's type is NULL, as in Spark without ANSI mode, with either SerDe.
Athena refuses such a value in a table of OpenCSVSerde (https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb

from ..text.duckdb_sql import identifier, literal
from ..text.hive_values import hive_value
from ..text.line_format import BadProperties, PropertyProblem, parse_line_format
from ..text.lines import TextFile, UnreadableFile
from ..text.rows import field_sql, row_queries, text_field_sql
from .outcome import UnsupportedLocally

Json = dict[str, Any]

_TYPES = {
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "string": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


class UnreadableTable(Exception):
    """The table cannot be read; the message says why."""


def duckdb_type(hive: str) -> str:
    """The DuckDB type of a catalog type.

    Raises UnreadableTable for nested types, which DQDL does not support either.
    """
    text = hive.strip().lower()
    if text in _TYPES:
        return _TYPES[text]
    if re.fullmatch(r"(var)?char\(\d+\)", text):
        return "VARCHAR"
    if text == "decimal":
        return "DECIMAL(10,0)"
    if re.fullmatch(r"decimal\(\d{1,2}(,\s*\d{1,2})?\)", text):
        return text.upper() if "," in text else text.upper().replace(")", ",0)")
    raise UnreadableTable(f"The column type {hive} is not supported: DQDL has no nested or list types.")


def typed(value: str, type_: str) -> str:
    """A text as the type, as LazySimpleSerDe reads it; NULL where it cannot."""
    if type_ == "VARCHAR":
        return value
    if (parsed := hive_value(value, type_)) is not None:
        return str(parsed)
    if type_ == "TIMESTAMP":
        shape = r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2}(\.\d+)?)?"
        return f"CASE WHEN regexp_full_match({value}, '{shape}') THEN TRY_CAST({value} AS TIMESTAMP) END"
    return f"TRY_CAST({value} AS {type_})"


def load(connection: duckdb.DuckDBPyConnection, alias: str, table: Json) -> None:
    """Makes the table under its alias, partition columns last."""
    columns = [(column["name"], duckdb_type(column["type"])) for column in table["columns"]]
    keys = [(key["name"], duckdb_type(key["type"])) for key in table["partitionKeys"]]
    schema = ", ".join(f"{identifier(name)} {type_}" for name, type_ in [*columns, *keys])
    connection.execute(f"CREATE TABLE {identifier(alias)} ({schema})")
    if table["format"] != "parquet":
        _require_readable(table)
    for group in table["groups"]:
        if not group["files"]:
            continue
        values = [typed(literal(v), type_) for v, (_, type_) in zip(group["values"], keys, strict=True)]
        try:
            for source in _sources(connection, table, columns, group["files"], values):
                connection.execute(f"INSERT INTO memory.main.{identifier(alias)} {source}")
            connection.execute(f"DROP TABLE IF EXISTS temp.{_SCRATCH}")
        except UnreadableFile as error:
            raise UnreadableTable(f"Cannot read {group['location']}: {error}") from error
        except duckdb.Error as error:
            raise UnreadableTable(f"Cannot read {group['location']}: {str(error).splitlines()[0]}") from error


# A temporary table of texts, before they are typed.
_SCRATCH = "untyped_rows"


def _require_readable(table: Json) -> None:
    """Fails loudly: a header that counts as data would only be a few odd values."""
    if table["format"] not in ("text", "opencsv"):
        raise UnsupportedLocally(f"tables of the format {table['format']}")
    try:
        parse_line_format(table["format"], table["properties"])
    except BadProperties as error:
        if error.problem is PropertyProblem.UNSUPPORTED_LOCALLY:
            raise UnsupportedLocally(str(error)) from error
        advice = "Correct the table's properties (aws glue update-table), then start the run again."
        raise UnreadableTable(f"Cannot read {table['name']}: {error}. {advice}") from error


def _sources(
    connection: duckdb.DuckDBPyConnection,
    table: Json,
    columns: list[tuple[str, str]],
    files: list[str],
    partition: list[str],
) -> list[str]:
    if table["format"] == "parquet":
        listed = "[" + ", ".join(literal(file) for file in files) + "]"
        return [_parquet(connection, columns, listed, partition)]
    line_format = parse_line_format(table["format"], table["properties"])
    fields = [
        text_field_sql(line_format, f"c{i}") if type_ == "VARCHAR" else typed(field_sql(line_format, f"c{i}"), type_)
        for i, (_, type_) in enumerate(columns)
    ]
    selects = row_queries(
        connection, _SCRATCH, line_format, len(columns), [TextFile(file, Path(file).name) for file in files]
    )
    return [f"SELECT {_select(fields, partition)} FROM ({select})" for select in selects]


def _select(fields: list[str], partition: list[str]) -> str:
    return ", ".join([*fields, *partition])


def _parquet(
    connection: duckdb.DuckDBPyConnection, columns: list[tuple[str, str]], files: str, partition: list[str]
) -> str:
    scan = f"read_parquet({files}, union_by_name = true, hive_partitioning = false)"
    present = {row[0].lower(): row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()}
    fields = [
        f"CAST({identifier(present[name.lower()])} AS {type_})" if name.lower() in present else f"CAST(NULL AS {type_})"
        for name, type_ in columns
    ]
    return f"SELECT {_select(fields, partition)} FROM {scan}"
