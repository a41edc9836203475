"""A table in DuckDB, and queries on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from ..text.duckdb_sql import identifier
from . import spark_sql
from .outcome import RuleError, RuleFailure

NUMERIC = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL")

# DuckDB's types by the names that AWS's engine (Spark) has for them in messages.
_SPARK_TYPES = {
    "TINYINT": "ByteType",
    "SMALLINT": "ShortType",
    "INTEGER": "IntegerType",
    "BIGINT": "LongType",
    "FLOAT": "FloatType",
    "DOUBLE": "DoubleType",
    "VARCHAR": "StringType",
    "BOOLEAN": "BooleanType",
    "DATE": "DateType",
    "TIMESTAMP": "TimestampType",
}
_NUMERIC_SPARK = "(ByteType,ShortType,IntegerType,LongType,FloatType,DoubleType,DecimalType)"


@dataclass(frozen=True)
class Column:
    """A column of the table; `sql` is its quoted name."""

    name: str
    type: str

    @property
    def sql(self) -> str:
        """The column in a statement."""
        return str(identifier(self.name))

    @property
    def numeric(self) -> bool:
        """Whether AWS's engine takes it for a number."""
        return self.type.split("(")[0] in NUMERIC


class Dataset:
    """One table under its alias; `primary` is the one that the ruleset is about."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, alias: str) -> None:
        self.connection = connection
        self.alias = alias
        described = connection.execute(f"DESCRIBE {identifier(alias)}").fetchall()
        self.columns = [Column(row[0], row[1]) for row in described]
        self.rows: int = self._row(f"SELECT count(*) FROM {identifier(alias)}")[0]

    def find(self, name: str) -> Column | None:
        """The column of that name; case does not count, as in Spark."""
        wanted = name.strip("`").lower()
        return next((column for column in self.columns if column.name.lower() == wanted), None)

    def column(self, name: str) -> Column:
        """Raises RuleFailure, in AWS's words, when there is none."""
        found = self.find(name)
        if found is None:
            raise RuleFailure(f"Input data does not include column {name}!")
        return found

    def numeric(self, name: str) -> Column:
        """Raises RuleFailure, in AWS's words, when the column is no number."""
        column = self.column(name)
        if not column.numeric:
            found = _SPARK_TYPES.get(column.type, column.type)
            raise RuleFailure(
                f"Expected type of column {name} to be one of {_NUMERIC_SPARK}, but found {found} instead!"
            )
        return column

    def source(self, where: str | None) -> str:
        """The table, filtered, as a FROM clause."""
        if not where:
            return f"FROM {identifier(self.alias)}"
        return f"FROM (SELECT * FROM {identifier(self.alias)} WHERE {spark_sql.predicate(where)})"

    def ask(self, select: str, where: str | None = None) -> tuple[Any, ...]:
        """One row of aggregates over the filtered table."""
        try:
            return self._row(f"SELECT {select} {self.source(where)}")
        except duckdb.Error as error:
            if where:
                raise RuleError(f"The provided where clause is invalid: {first_line(error)}") from error
            raise

    def _row(self, statement: str) -> tuple[Any, ...]:
        row = self.connection.execute(statement).fetchone()
        assert row is not None
        return tuple(row)


def first_line(error: Exception) -> str:
    """The first line of an engine's message."""
    return (str(error).splitlines() or [type(error).__name__])[0]
