"""What an expression compiles to: SQL for DuckDB with its type in Athena's terms."""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import syntax_tree as n
from .errors import AthenaError, Position
from .trino_types import Type, common_type, duckdb_type

# A column of a scanned table, as (number of the scan, column name).
ColumnRead = tuple[int, str]
NO_READS: frozenset[ColumnRead] = frozenset()


@dataclass(frozen=True)
class TypedSql:
    sql: str
    type: Type
    # The table columns that must be read for it.
    reads: frozenset[ColumnRead] = NO_READS
    # The value of a literal, where a function must know it when the query is planned.
    literal: str | None = None


@dataclass(frozen=True)
class Field:
    """A column in scope."""

    name: str | None
    # Qualifiers by which it can be called: ("alias",) or ("table",), ("database", "table").
    qualifiers: frozenset[tuple[str, ...]]
    sql: str
    type: Type
    reads: frozenset[ColumnRead] = NO_READS
    # The partition column it is, unchanged, so that a condition on it can leave partitions unread.
    origin: ColumnRead | None = None
    # Reachable by name, but not part of `*`, like "$path".
    hidden: bool = False


@dataclass(frozen=True)
class Scope:
    fields: tuple[Field, ...]
    parent: Scope | None = None
    # What is being compiled, as error messages call it.
    clause: str = ""
    aggregates: bool = False
    windows: bool = False
    # SQL of the grouping expressions; None where nothing is grouped.
    grouped: frozenset[str] | None = None
    aliases: tuple[tuple[str, TypedSql], ...] = ()

    def ungrouped(self) -> Scope:
        return replace(self, grouped=None, aggregates=False, windows=False, clause="an aggregation", aliases=())


def reads_of(*vals: TypedSql) -> frozenset[ColumnRead]:
    return frozenset().union(*(val.reads for val in vals))


def decimal_text(sql: str, kind: Type) -> str:
    """SQL of a decimal's text; DuckDB leaves out the zero before the point where the type has room for none."""
    text = f"CAST({sql} AS VARCHAR)"
    return f"regexp_replace({text}, '^(-?)\\.', '\\10.')" if kind.params[0] == kind.params[1] else text


def coerce(val: TypedSql, target: Type) -> TypedSql:
    """The value coerced to a type; the caller knows that it can be."""
    if duckdb_type(val.type) == duckdb_type(target):
        return replace(val, type=target)
    return replace(val, sql=f"CAST({val.sql} AS {duckdb_type(target)})", type=target)


def unify(vals: list[TypedSql], message: str, at: Position) -> list[TypedSql]:
    """All values coerced to their common type. @raises AthenaError TYPE_MISMATCH where there is none"""
    target = vals[0].type
    for val in vals[1:]:
        found = common_type(target, val.type)
        if found is None:
            raise AthenaError("TYPE_MISMATCH", message.format(target, val.type), at)
        target = found
    return [coerce(val, target) for val in vals]


def sort_direction(key: n.SortKey) -> str:
    return f" {'DESC' if key.descending else 'ASC'} NULLS {'FIRST' if key.nulls_first else 'LAST'}"
