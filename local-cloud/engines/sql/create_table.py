"""CREATE EXTERNAL TABLE: parsed into what Glue's CreateTable takes.

https://docs.aws.amazon.com/athena/latest/ug/create-table.html
"""

from __future__ import annotations

from typing import Any

from .errors import AthenaError, unsupported
from .hive_parser import HiveParser
from .trino_types import from_hive

_LAZY_SIMPLE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_TEXT = {
    "inputFormat": "org.apache.hadoop.mapred.TextInputFormat",
    "outputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    "serde": _LAZY_SIMPLE,
}
_PARQUET = {
    "inputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "outputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "serde": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
}
_STORED = {"TEXTFILE": _TEXT, "PARQUET": _PARQUET}


def read_create_table(parser: HiveParser) -> dict[str, Any]:
    """Parses what follows CREATE EXTERNAL TABLE."""
    if_not_exists = parser.accept("IF", "NOT", "EXISTS")
    database, name = parser.table_name()
    columns = _columns(parser)
    found: dict[str, Any] = {
        "database": database,
        "name": name,
        "ifNotExists": if_not_exists,
        "columns": columns,
        "partitionKeys": [],
        "serdeProperties": {},
        "comment": None,
        "location": None,
        "tableProperties": {},
        **_TEXT,
    }
    serde: str | None = None
    while True:
        if parser.accept("COMMENT"):
            found["comment"] = parser.string()
        elif parser.accept("PARTITIONED", "BY"):
            found["partitionKeys"] = _columns(parser)
        elif parser.at_words("CLUSTERED"):
            raise unsupported("CLUSTERED BY", parser.token.position)
        elif parser.accept("ROW", "FORMAT", "SERDE"):
            serde = parser.string()
        elif parser.accept("ROW", "FORMAT", "DELIMITED"):
            found["serdeProperties"] |= _delimited(parser)
        elif parser.accept("WITH", "SERDEPROPERTIES"):
            found["serdeProperties"] |= _texts(parser)
        elif parser.accept("STORED", "AS"):
            found |= _stored(parser)
        elif parser.accept("LOCATION"):
            found["location"] = parser.string()
        elif parser.accept("TBLPROPERTIES"):
            found["tableProperties"] = _texts(parser)
        else:
            break
    parser.end()
    if serde is not None:
        found["serde"] = serde
    _require_valid(found)
    return found


def _columns(parser: HiveParser) -> list[dict[str, Any]]:
    """``(name type COMMENT 'text', ...)``"""
    parser.expect_operator("(")
    columns = []
    while True:
        name, text, depth = parser.name(), "", 0
        position = parser.token.position
        while True:
            token = parser.token
            if token.kind == "end" or token.is_word("COMMENT"):
                break
            if depth == 0 and token.is_operator(",", ")"):
                break
            depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(token.value, 0)
            text += parser.take().value.lower()
        try:
            from_hive(text)
        except AthenaError as error:
            raise AthenaError("SYNTAX_ERROR", f"column {name}: {error.text}", position) from error
        comment = parser.string() if parser.accept("COMMENT") else None
        columns.append({"name": name, "type": text, "comment": comment})
        if not parser.accept_operator(","):
            break
    parser.expect_operator(")")
    return columns


def _texts(parser: HiveParser) -> dict[str, str]:
    return {key: str(value) for key, value in parser.properties().items()}


def _delimited(parser: HiveParser) -> dict[str, str]:
    found: dict[str, str] = {}
    while True:
        if parser.accept("FIELDS", "TERMINATED", "BY"):
            found["field.delim"] = found["serialization.format"] = parser.string()
        elif parser.accept("ESCAPED", "BY"):
            found["escape.delim"] = parser.string()
        elif parser.accept("COLLECTION", "ITEMS", "TERMINATED", "BY"):
            found["collection.delim"] = parser.string()
        elif parser.accept("MAP", "KEYS", "TERMINATED", "BY"):
            found["mapkey.delim"] = parser.string()
        elif parser.accept("LINES", "TERMINATED", "BY"):
            found["line.delim"] = parser.string()
        elif parser.accept("NULL", "DEFINED", "AS"):
            found["serialization.null.format"] = parser.string()
        else:
            return found


def _stored(parser: HiveParser) -> dict[str, str]:
    if parser.accept("INPUTFORMAT"):
        given = {"inputFormat": parser.string()}
        parser.expect("OUTPUTFORMAT")
        return given | {"outputFormat": parser.string()}
    word = parser.token.value.upper()
    if word in _STORED:
        parser.take()
        return dict(_STORED[word])
    if word in ("ORC", "AVRO", "RCFILE", "SEQUENCEFILE", "JSONFILE", "ION"):
        raise unsupported(f"STORED AS {word}", parser.token.position)
    raise parser.syntax_error("'PARQUET', 'TEXTFILE'")


def _require_valid(found: dict[str, Any]) -> None:
    if found["location"] is None:
        raise AthenaError("SYNTAX_ERROR", "Table location can not be null")
    if not found["location"].startswith("s3://"):
        raise AthenaError(
            "SYNTAX_ERROR", f"The S3 location provided to save your table is invalid: {found['location']}"
        )
    names = [c["name"] for c in found["columns"]]
    for name in names:
        if names.count(name) > 1:
            raise AthenaError("SYNTAX_ERROR", f"FAILED: SemanticException [Error 10036]: Duplicate column name: {name}")
    for key in found["partitionKeys"]:
        if key["name"] in names:
            raise AthenaError(
                "SYNTAX_ERROR", "FAILED: SemanticException [Error 10035]: Column repeated in partitioning columns"
            )
