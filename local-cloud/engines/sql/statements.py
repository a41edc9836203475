"""Classifies statements, and parses those that are not plain queries.

https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html
"""

from __future__ import annotations

from typing import Any

from .create_table import read_create_table
from .errors import AthenaError
from .hive_parser import HiveParser
from .query_parser import parse_query

Statement = dict[str, Any]

_UTILITY, _DDL, _DML = "UTILITY", "DDL", "DML"
# What Athena runs and the rehearsal does not, by first words.
_UNSUPPORTED = (
    "INSERT",
    "DELETE",
    "UPDATE",
    "MERGE",
    "EXPLAIN",
    "PREPARE",
    "EXECUTE",
    "DEALLOCATE",
    "OPTIMIZE",
    "VACUUM",
    "SHOW CREATE",
    "SHOW TBLPROPERTIES",
    "SHOW VIEWS",
    "DESCRIBE VIEW",
    "DESCRIBE INPUT",
    "DESCRIBE OUTPUT",
)


def read_statement(text: str) -> Statement:
    """The statement as a document with ``kind``, ``type`` (DDL, DML or UTILITY) and ``subType``.

    @raises AthenaError SYNTAX_ERROR for what Athena cannot parse
    """
    parser = HiveParser(text)
    for words in _UNSUPPORTED:
        if parser.at_words(*words.split()):
            return _statement("lacking", _DML, words.replace(" ", "_"), what=words)
    first = parser.token
    if first.is_operator("(") or first.is_word("SELECT", "WITH", "VALUES", "TABLE"):
        parse_query(text)
        return _statement("query", _DML, "SELECT", sql=text)
    for words, read in _READERS:
        if parser.accept(*words.split()):
            return read(parser, text)
    expected = ", ".join(f"'{word}'" for word in sorted({w.split()[0] for w, _ in _READERS} | {"SELECT", "WITH"}))
    raise parser.syntax_error(expected)


def _statement(kind: str, type_: str, sub: str, **parts: Any) -> Statement:
    return {"kind": kind, "type": type_, "subType": sub, **parts}


def _name(parser: HiveParser) -> dict[str, Any]:
    database, name = parser.table_name()
    return {"database": database, "name": name}


def _show_databases(parser: HiveParser, text: str) -> Statement:
    pattern = parser.string() if parser.accept("LIKE") or parser.at_string() else None
    parser.end()
    return _statement("show_databases", _UTILITY, "SHOW_DATABASES", pattern=pattern)


def _show_tables(parser: HiveParser, text: str) -> Statement:
    database = parser.name() if parser.accept("IN") or parser.accept("FROM") else None
    pattern = parser.string() if parser.at_string() else None
    parser.end()
    return _statement("show_tables", _UTILITY, "SHOW_TABLES", database=database, pattern=pattern)


def _show_partitions(parser: HiveParser, text: str) -> Statement:
    table = _name(parser)
    parser.end()
    return _statement("show_partitions", _UTILITY, "SHOW_PARTITIONS", **table)


def _show_columns(parser: HiveParser, text: str) -> Statement:
    if not parser.accept("IN"):
        parser.expect("FROM")
    table = _name(parser)
    if parser.accept("IN") or parser.accept("FROM"):
        table["database"] = parser.name()
    parser.end()
    return _statement("show_columns", _UTILITY, "SHOW_COLUMNS", **table)


def _describe(parser: HiveParser, text: str) -> Statement:
    for word in ("EXTENDED", "FORMATTED"):
        if parser.accept(word):
            return _statement("lacking", _UTILITY, "DESCRIBE_TABLE", what=f"DESCRIBE {word}")
    table = _name(parser)
    parser.end()
    return _statement("describe", _UTILITY, "DESCRIBE_TABLE", **table)


def _create_database(parser: HiveParser, text: str) -> Statement:
    if_not_exists = parser.accept("IF", "NOT", "EXISTS")
    name, comment, location = parser.name(), None, None
    while True:
        if parser.accept("COMMENT"):
            comment = parser.string()
        elif parser.accept("LOCATION"):
            location = parser.string()
        else:
            break
    parser.end()
    return _statement(
        "create_database",
        _DDL,
        "CREATE_DATABASE",
        name=name,
        ifNotExists=if_not_exists,
        comment=comment,
        location=location,
    )


def _drop_database(parser: HiveParser, text: str) -> Statement:
    if_exists = parser.accept("IF", "EXISTS")
    name = parser.name()
    cascade = parser.accept("CASCADE")
    if not cascade:
        parser.accept("RESTRICT")
    parser.end()
    return _statement("drop_database", _DDL, "DROP_DATABASE", name=name, ifExists=if_exists, cascade=cascade)


def _create_external(parser: HiveParser, text: str) -> Statement:
    return _statement("create_table", _DDL, "CREATE_TABLE", **read_create_table(parser))


def _create_table(parser: HiveParser, text: str) -> Statement:
    """CREATE TABLE ... AS; a table without a query must be EXTERNAL."""
    if_not_exists = parser.accept("IF", "NOT", "EXISTS")
    table = _name(parser)
    properties = parser.properties() if parser.accept("WITH") else {}
    if not parser.accept("AS"):
        raise AthenaError("SYNTAX_ERROR", "External keyword required for table type HIVE")
    query, rest = parser.rest(text), True
    for words, with_data in ((("WITH", "NO", "DATA"), False), (("WITH", "DATA"), True)):
        if cut := parser.without_trailing(query, *words):
            query, rest = cut, with_data
            break
    parse_query(query)
    return _statement(
        "ctas",
        _DDL,
        "CREATE_TABLE_AS_SELECT",
        **table,
        ifNotExists=if_not_exists,
        properties=properties,
        query=query,
        withData=rest,
    )


def _create_view(parser: HiveParser, text: str, replace: bool = False) -> Statement:
    table = _name(parser)
    parser.expect("AS")
    query = parser.rest(text)
    parse_query(query)
    original = query.strip().rstrip(";").rstrip()
    return _statement("create_view", _DDL, "CREATE_VIEW", **table, replace=replace, query=query, original=original)


def _replace_view(parser: HiveParser, text: str) -> Statement:
    return _create_view(parser, text, replace=True)


def _drop(kind: str, sub: str) -> Any:
    def read(parser: HiveParser, text: str) -> Statement:
        if_exists = parser.accept("IF", "EXISTS")
        table = _name(parser)
        parser.end()
        return _statement(kind, _DDL, sub, **table, ifExists=if_exists)

    return read


def _alter_table(parser: HiveParser, text: str) -> Statement:
    table = _name(parser)
    if parser.at_words("ADD") and parser.peek().is_word("IF", "PARTITION"):
        parser.accept("ADD")
        if_not_exists = parser.accept("IF", "NOT", "EXISTS")
        partitions = []
        while parser.accept("PARTITION"):
            values = parser.partition_spec()
            partitions.append({"values": values, "location": parser.string() if parser.accept("LOCATION") else None})
        if not partitions:
            raise parser.syntax_error("'PARTITION'")
        parser.end()
        return _statement(
            "add_partitions",
            _DDL,
            "ALTER_TABLE_ADD_PARTITION",
            **table,
            ifNotExists=if_not_exists,
            partitions=partitions,
        )
    if parser.at_words("DROP") and parser.peek().is_word("IF", "PARTITION"):
        parser.accept("DROP")
        if_exists = parser.accept("IF", "EXISTS")
        specs = []
        while True:
            parser.expect("PARTITION")
            specs.append(parser.partition_spec())
            if not parser.accept_operator(","):
                break
        parser.end()
        return _statement(
            "drop_partitions", _DDL, "ALTER_TABLE_DROP_PARTITION", **table, ifExists=if_exists, partitions=specs
        )
    return _statement("lacking", _DDL, "ALTER_TABLE", what=f"ALTER TABLE {parser.token.text}")


def _msck(parser: HiveParser, text: str) -> Statement:
    table = _name(parser)
    parser.end()
    return _statement("repair", _DDL, "MSCK_REPAIR_TABLE", **table)


def _unload(parser: HiveParser, text: str) -> Statement:
    query = parser.parenthesised_text(text)
    parse_query(query)
    parser.expect("TO")
    to = parser.string()
    properties = parser.properties() if parser.accept("WITH") else {}
    parser.end()
    return _statement("unload", _DML, "UNLOAD", query=query, to=to, properties=properties)


_READERS = (
    ("SHOW DATABASES", _show_databases),
    ("SHOW SCHEMAS", _show_databases),
    ("SHOW TABLES", _show_tables),
    ("SHOW PARTITIONS", _show_partitions),
    ("SHOW COLUMNS", _show_columns),
    ("DESCRIBE", _describe),
    ("DESC", _describe),
    ("CREATE DATABASE", _create_database),
    ("CREATE SCHEMA", _create_database),
    ("CREATE EXTERNAL TABLE", _create_external),
    ("CREATE TABLE", _create_table),
    ("CREATE OR REPLACE VIEW", _replace_view),
    ("CREATE VIEW", _create_view),
    ("DROP DATABASE", _drop_database),
    ("DROP SCHEMA", _drop_database),
    ("DROP TABLE", _drop("drop_table", "DROP_TABLE")),
    ("DROP VIEW", _drop("drop_view", "DROP_VIEW")),
    ("ALTER TABLE", _alter_table),
    ("MSCK REPAIR TABLE", _msck),
    ("UNLOAD", _unload),
)
