"""What an expression becomes: SQL for DuckDB with its type in Athena's terms."""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import nodes as n
from .faults import Fault, Place
from .trino_types import Type, common, duck

# A column of a scanned table, as (number of the scan, column name).
Touch = tuple[int, str]
NOTHING: frozenset[Touch] = frozenset()


@dataclass(frozen=True)
class Val:
    sql: str
    type: Type
    # The table columns that must be read for it.
    touches: frozenset[Touch] = NOTHING
    # The value of a literal, where a function must know it when the query is planned.
    literal: str | None = None


@dataclass(frozen=True)
class Field:
    """A column that names can reach."""

    name: str | None
    # Qualifiers by which it can be called: ("alias",) or ("table",), ("database", "table").
    qualifiers: frozenset[tuple[str, ...]]
    sql: str
    type: Type
    touches: frozenset[Touch] = NOTHING
    # The partition column it is, unchanged, so that a condition on it can leave partitions unread.
    origin: Touch | None = None
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
    aliases: tuple[tuple[str, Val], ...] = ()

    def ungrouped(self) -> Scope:
        return replace(self, grouped=None, aggregates=False, windows=False, clause="an aggregation", aliases=())


def touches(*vals: Val) -> frozenset[Touch]:
    return frozenset().union(*(val.touches for val in vals))


def decimal_text(sql: str, kind: Type) -> str:
    """SQL of a decimal's text; DuckDB leaves out the zero before the point where the type has room for none."""
    text = f"CAST({sql} AS VARCHAR)"
    return f"regexp_replace({text}, '^(-?)\\.', '\\10.')" if kind.params[0] == kind.params[1] else text


def coerce(val: Val, target: Type) -> Val:
    """The value as the type to which it converts by itself; the caller knows that it does."""
    if duck(val.type) == duck(target):
        return replace(val, type=target)
    return replace(val, sql=f"CAST({val.sql} AS {duck(target)})", type=target)


def unify(vals: list[Val], message: str, at: Place) -> list[Val]:
    """All values as their common type. @raises Fault TYPE_MISMATCH with the message where there is none"""
    target = vals[0].type
    for val in vals[1:]:
        found = common(target, val.type)
        if found is None:
            raise Fault("TYPE_MISMATCH", message.format(target, val.type), at)
        target = found
    return [coerce(val, target) for val in vals]


def direction(key: n.SortKey) -> str:
    return f" {'DESC' if key.descending else 'ASC'} NULLS {'FIRST' if key.nulls_first else 'LAST'}"
