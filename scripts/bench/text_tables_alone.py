"""How text tables are read: the SerDe's own reader, DuckDB's, and DuckDB's after a look at the bytes.

Prints seconds as JSON.

`python text_tables_alone.py ROOT SCRATCH`: the labs' flights, as the bucket has them, and with each text in quotes.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

Work = Callable[[duckdb.DuckDBPyConnection], object]


def unpacked(root: Path, scratch: Path) -> list[Path]:
    """The flights' files."""
    manifest = json.loads((root / "data" / "manifest.json").read_text())
    found: list[Path] = []
    for file in manifest["files"]:
        if "/flights/" in file["key"]:
            path = scratch / f"{len(found)}.csv"
            path.write_bytes(gzip.decompress((root / "data" / file["path"]).read_bytes()))
            found.append(path)
    return found


def quoted(paths: Sequence[Path], scratch: Path) -> list[Path]:
    """The same with quotes around every field."""
    made = [scratch / f"quoted-{path.name}" for path in paths]
    for path, target in zip(paths, made, strict=True):
        rows = (line.split(",") for line in path.read_text().splitlines())
        target.write_text("".join(",".join(f'"{field}"' for field in row) + "\n" for row in rows))
    return made


def timed(work: Work) -> float:
    """Seconds of the work with a database of its own."""
    connection = duckdb.connect()
    start = time.perf_counter()
    work(connection)
    return time.perf_counter() - start


def main(root: Path, scratch: Path) -> None:
    """Each way over the same files."""
    sys.path.insert(0, str(root / "local-cloud"))
    from engines.text.line_format import LineFormat
    from engines.text.lines import TextFile
    from engines.text.rows import load_rows, row_queries

    paths = unpacked(root, scratch)
    width = len(paths[0].open().readline().split(","))
    plain = [TextFile(str(path), path.name) for path in paths]
    others = [TextFile(str(path), path.name) for path in quoted(paths, scratch)]
    line_format = LineFormat(True, ",", '"', "\\", header=1)
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    counts = ", ".join(f"count(c{i})" for i in range(width))
    listed = ", ".join(f"'{path}'" for path in paths)
    options = f"columns = {{{columns}}}, header = false, skip = 1, auto_detect = false, delim = ','"

    def duck(connection: duckdb.DuckDBPyConnection) -> object:
        return connection.execute(f"SELECT {counts} FROM read_csv([{listed}], {options})").fetchall()

    def looked(connection: duckdb.DuckDBPyConnection) -> object:
        selects = row_queries(connection, "others", line_format, width, plain)
        assert all("read_csv" in select for select in selects)
        return connection.execute(f"SELECT {counts} FROM ({' UNION ALL '.join(selects)})").fetchall()

    def serde(files: Sequence[TextFile]) -> Work:
        def work(connection: duckdb.DuckDBPyConnection) -> object:
            load_rows(connection, "others", line_format, width, files)
            return connection.execute(f"SELECT {counts} FROM others").fetchall()

        return work

    ways = {"duckdb": duck, "looked": looked, "serde": serde(plain), "quoted": serde(others)}
    print(json.dumps({name: timed(work) for name, work in ways.items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
