"""Reads a catalog table's files into DuckDB, each value typed as the Data Catalog says.

CSV goes as Hive's LazySimpleSerDe reads it: fields are what stands between the delimiters, quotes are text, missing
trailing fields are NULL, surplus ones are dropped, `\\N` is NULL, an empty text stays an empty text, and what cannot
be read as the column's type is NULL (https://cwiki.apache.org/confluence/display/Hive/SerDe,
https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html).
"""

from __future__ import annotations

import re
from typing import Any

import duckdb

from .dataset import literal, quote
from .outcome import Lacking

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
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")


class UnreadableTable(Exception):
    """The table cannot be read; the message says why."""


def duck_type(hive: str) -> str:
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


def typed(value: str, duck: str) -> str:
    """A text as the type, as LazySimpleSerDe reads it; NULL where it cannot."""
    if duck == "VARCHAR":
        return value
    if duck in _WHOLE:
        # Hive cuts decimals off where DuckDB would round.
        whole = f"CASE WHEN contains({value}, '.') THEN split_part({value}, '.', 1) ELSE {value} END"
        return f"CASE WHEN regexp_full_match({value}, '[+-]?\\d+(\\.\\d*)?') THEN TRY_CAST({whole} AS {duck}) END"
    if duck == "BOOLEAN":
        return f"CASE lower({value}) WHEN 'true' THEN true WHEN 'false' THEN false END"
    if duck == "TIMESTAMP":
        shape = r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2}(\.\d+)?)?"
        return f"CASE WHEN regexp_full_match({value}, '{shape}') THEN TRY_CAST({value} AS TIMESTAMP) END"
    return f"TRY_CAST({value} AS {duck})"


def load(connection: duckdb.DuckDBPyConnection, alias: str, table: Json) -> None:
    """Makes the table under its alias, partition columns last."""
    columns = [(column["name"], duck_type(column["type"])) for column in table["columns"]]
    keys = [(key["name"], duck_type(key["type"])) for key in table["partitionKeys"]]
    schema = ", ".join(f"{quote(name)} {duck}" for name, duck in [*columns, *keys])
    connection.execute(f"CREATE TABLE {quote(alias)} ({schema})")
    for group in table["groups"]:
        if not group["files"]:
            continue
        values = [typed(literal(v), duck) for v, (_, duck) in zip(group["values"], keys, strict=True)]
        try:
            source = _source(connection, table, columns, group["files"], values)
            connection.execute(f"INSERT INTO {quote(alias)} {source}")
        except duckdb.Error as error:
            raise UnreadableTable(f"Cannot read {group['location']}: {str(error).splitlines()[0]}") from error


def _source(
    connection: duckdb.DuckDBPyConnection,
    table: Json,
    columns: list[tuple[str, str]],
    files: list[str],
    partition: list[str],
) -> str:
    listed = "[" + ", ".join(literal(file) for file in files) + "]"
    if table["format"] == "parquet":
        return _parquet(connection, columns, listed, partition)
    if table["format"] == "csv":
        return _delimited(table, columns, listed, partition)
    if table["format"] == "opencsv":
        return _quoted(table, columns, listed, partition)
    raise Lacking(f"tables of the format {table['format']}")


def _select(fields: list[str], partition: list[str]) -> str:
    return ", ".join([*fields, *partition])


def _parquet(
    connection: duckdb.DuckDBPyConnection, columns: list[tuple[str, str]], files: str, partition: list[str]
) -> str:
    scan = f"read_parquet({files}, union_by_name = true, hive_partitioning = false)"
    present = {row[0].lower(): row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()}
    fields = [
        f"CAST({quote(present[name.lower()])} AS {duck})" if name.lower() in present else f"CAST(NULL AS {duck})"
        for name, duck in columns
    ]
    return f"SELECT {_select(fields, partition)} FROM {scan}"


def _delimited(table: Json, columns: list[tuple[str, str]], files: str, partition: list[str]) -> str:
    delimiter, skip = literal(table["delimiter"]), int(table["skip"])
    fields = [typed(f"nullif(f[{i}], {literal(table['null'])})", duck) for i, (_, duck) in enumerate(columns, 1)]
    # A last line break ends the last line; it does not begin another.
    lines = f"string_split(regexp_replace(content, '\\r?\\n$', ''), chr(10))[{skip + 1}:]"
    return (
        f"SELECT {_select(fields, partition)} FROM "
        f"(SELECT string_split(rtrim(line, chr(13)), {delimiter}) AS f FROM "
        f"(SELECT unnest({lines}) AS line FROM read_text({files}) WHERE content != ''))"
    )


def _quoted(table: Json, columns: list[tuple[str, str]], files: str, partition: list[str]) -> str:
    names = "{" + ", ".join(f"{literal(f'c{i}')}: 'VARCHAR'" for i in range(len(columns))) + "}"
    delimiter, quotation = literal(table["delimiter"]), literal(table["quote"])
    options = (
        f"delim = {delimiter}, quote = {quotation}, escape = {quotation}, "
        f"header = false, skip = {int(table['skip'])}, columns = {names}, auto_detect = false, "
        "null_padding = true, nullstr = '\\N', strict_mode = false, parallel = false"
    )
    fields = [typed(f"c{i}", duck) for i, (_, duck) in enumerate(columns)]
    return f"SELECT {_select(fields, partition)} FROM read_csv({files}, {options})"
