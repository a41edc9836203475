"""A small Athena for tests: tables from texts in a folder, queries answered as rows of text."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from engines.sql.catalog import Catalog
from engines.sql.engine import Engine
from engines.sql.errors import AthenaError
from engines.sql.output import Target, WrittenFile
from engines.sql.query_compiler import Plan, plan
from engines.sql.table_scans import DataFile


@dataclass
class SqlLab:
    engine: Engine
    folder: Path
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, list[DataFile]] = field(default_factory=dict)
    scanned: int = 0

    def table(
        self,
        name: str,
        columns: dict[str, str],
        *,
        format: str = "text",
        keys: dict[str, str] | None = None,
        **properties: str,
    ) -> None:
        given = {"field.delim": ",", **{k.replace("_", "."): v for k, v in properties.items()}}
        self.tables[f"db.{name}"] = {
            "kind": "table",
            "columns": [{"name": n, "type": t} for n, t in columns.items()],
            "partitionKeys": [{"name": n, "type": t} for n, t in (keys or {}).items()],
            "format": format,
            "properties": given,
            "partitions": [],
        }
        self.files[f"db.{name}"] = []

    def view(self, name: str, sql: str, *columns: str) -> None:
        self.tables[f"db.{name}"] = {"kind": "view", "schema": "db", "sql": sql, "columns": list(columns)}

    def data(self, table: str, content: str | bytes | Path, *values: str | None, name: str = "data.csv") -> DataFile:
        """Adds a file to a table, as a partition of its own where values are given."""
        raw = self.tables[f"db.{table}"]
        listed = self.files[f"db.{table}"]
        partition = -1
        if values:
            raw["partitions"].append(list(values))
            partition = len(raw["partitions"]) - 1
        if isinstance(content, Path):
            path = content
        else:
            path = self.folder / f"{table}-{len(listed)}"
            body = content.encode() if isinstance(content, str) else content
            path.write_bytes(gzip.compress(body) if name.endswith(".gz") else body)
        file = DataFile(str(path), f"s3://data/{table}/{len(listed)}-{name}", path.stat().st_size, partition)
        listed.append(file)
        return file

    def plan(self, sql: str, *parameters: str) -> Plan:
        made = plan(sql, "db", Catalog.read(self.tables), list(parameters))
        self.engine.check(made)
        return made

    def run(
        self, sql: str, *parameters: str, target: Target | None = None, cutoff: int | None = None
    ) -> list[WrittenFile]:
        made = self.plan(sql, *parameters)
        kept = self.engine.partitions(made)
        files = {
            scan.number: [f for f in self.files[scan.table.shown] if only is None or f.partition in only]
            for scan, only in zip(made.scans, kept, strict=True)
        }
        _, written, self.scanned = self.engine.run("query", made, files, cutoff, self.folder / "result.csv", target)
        return written

    def text(self, sql: str, *parameters: str) -> str:
        """The result file without its header."""
        self.run(sql, *parameters)
        return (self.folder / "result.csv").read_text().split("\n", 1)[1]

    def rows(self, sql: str, *parameters: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.text(sql, *parameters))))

    def value(self, expression: str) -> str:
        """An expression's text in the result file: quoted, or nothing for null."""
        return self.text(f"SELECT {expression}").removesuffix("\n")

    def fault(self, sql: str, *parameters: str) -> str:
        with pytest.raises(AthenaError) as caught:
            self.run(sql, *parameters)
        return str(caught.value)
