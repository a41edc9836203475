"""Translates Spark SQL, in which DQDL's CustomSql and where clauses are written, to DuckDB's."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from .outcome import RuleError


def query(statement: str) -> str:
    """Translates one SELECT; anything else is refused."""
    try:
        parsed = [tree for tree in sqlglot.parse(statement, read="spark") if tree is not None]
    except SqlglotError as error:
        raise RuleError(f"Error executing SQL statement: {_first_line(error)}") from error
    if len(parsed) != 1 or not isinstance(parsed[0], exp.Query):
        raise RuleError("Error executing SQL statement: CustomSql takes exactly one SELECT statement")
    return parsed[0].sql(dialect="duckdb")


def predicate(clause: str) -> str:
    """Translates a filter."""
    try:
        # As a query's own clause, so that a filter cannot close it and go on with something else.
        parsed = sqlglot.parse_one(f"SELECT 1 FROM primary WHERE {clause}", read="spark")
    except SqlglotError as error:
        raise RuleError("The provided where clause is invalid") from error
    found = parsed.find(exp.Where)
    if not isinstance(parsed, exp.Select) or found is None or set(_parts(parsed)) - {"expressions", "from", "where"}:
        raise RuleError("The provided where clause is invalid")
    return str(found.this.sql(dialect="duckdb"))


def _parts(tree: exp.Select) -> list[str]:
    return [name.rstrip("_") for name, value in tree.args.items() if value]


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
