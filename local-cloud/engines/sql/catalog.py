"""The part of the Data Catalog that a query needs: tables, views, partitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .trino_types import Type, from_hive


@dataclass(frozen=True)
class TableColumn:
    name: str
    type: Type


@dataclass(frozen=True)
class Partition:
    # One text a partition key; None for Hive's default partition.
    values: tuple[str | None, ...]


@dataclass(frozen=True)
class Table:
    database: str
    name: str
    columns: tuple[TableColumn, ...]
    partition_keys: tuple[TableColumn, ...]
    # parquet, text (LazySimpleSerDe) or opencsv; anything else names what the engine lacks.
    format: str
    # Parameters of the serde and of the table, with lower-case keys.
    properties: dict[str, str]
    partitions: tuple[Partition, ...] = ()

    @property
    def shown(self) -> str:
        return f"{self.database}.{self.name}"


@dataclass(frozen=True)
class View:
    database: str
    name: str
    # The database in which names without one are looked up.
    schema: str
    sql: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class MissingEntry:
    """A table that the catalog does not have; ``missing`` is the database or the table."""

    missing: str


Entry = Table | View | MissingEntry


@dataclass
class Catalog:
    entries: dict[str, Entry] = field(default_factory=dict)

    @staticmethod
    def read(raw: dict[str, dict[str, Any]]) -> Catalog:
        return Catalog({key: _entry(key, value) for key, value in raw.items()})


def _entry(key: str, raw: dict[str, Any]) -> Entry:
    database, _, name = key.partition(".")
    if raw["kind"] == "absent":
        return MissingEntry(raw["missing"])
    if raw["kind"] == "view":
        return View(database, name, raw["schema"], raw["sql"], tuple(raw["columns"]))
    return Table(
        database,
        name,
        tuple(TableColumn(c["name"].lower(), from_hive(c["type"])) for c in raw["columns"]),
        tuple(TableColumn(c["name"].lower(), from_hive(c["type"])) for c in raw["partitionKeys"]),
        raw["format"],
        {k.lower(): str(v) for k, v in raw["properties"].items()},
        tuple(Partition(tuple(values)) for values in raw.get("partitions", [])),
    )
