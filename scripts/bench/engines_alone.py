"""What the engines of a data-prep rehearsal need alone: Spark for the job, DuckDB for the questions.

Prints seconds as JSON.

`python engines_alone.py ROOT SCRATCH`: no emulator, no IAM, no S3; the same files, the same script, the same questions.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import sqlglot

QUESTIONS = 3  # The rehearsal asks the same twice more: each check counts for itself, before and after.


def unpack(root: Path, raw: Path) -> None:
    """raw/ as the bucket has it."""
    manifest = json.loads((root / "data" / "manifest.json").read_text())
    for file in manifest["files"]:
        target = raw.parent / file["key"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(gzip.decompress((root / "data" / file["path"]).read_bytes()))


def spark(root: Path, raw: Path, prepared: Path) -> float:
    """The Glue script in a plain PySpark of its own."""
    start = time.perf_counter()
    script = root / "labs" / "data-prep" / "runtime" / "transform.py"
    plan = root / "data" / "plan.json"
    arguments = ["--RAW", str(raw), "--PREPARED", str(prepared), "--PLAN", str(plan)]
    subprocess.run([sys.executable, str(script), *arguments], check=True, capture_output=True)
    return time.perf_counter() - start


def questions(root: Path, raw: Path, prepared: Path) -> float:
    """The lab's saved questions in a plain DuckDB."""
    start = time.perf_counter()
    connection = duckdb.connect()
    for table in ("flights", "weather", "planes", "airlines", "airports"):
        files = f"{raw}/{table}/**/*.csv"
        connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_csv('{files}', hive_partitioning = true)")
    connection.execute(
        f"CREATE VIEW prepared AS SELECT * FROM read_parquet('{prepared}/**/*.parquet', hive_partitioning = true)"
    )
    for path in sorted((root / "labs" / "data-prep" / "sql").glob("*.sql")):
        text = path.read_text()
        if not text.lstrip().upper().startswith(("SELECT", "WITH")) or "${" in text:
            continue
        for _ in range(QUESTIONS):
            connection.execute(sqlglot.transpile(text, read="athena", write="duckdb")[0]).fetchall()
    return time.perf_counter() - start


def main(root: Path, scratch: Path) -> None:
    """Both, one after the other, on files made anew."""
    raw, prepared = scratch / "raw", scratch / "prepared"
    unpack(root, raw)
    print(json.dumps({"spark": spark(root, raw, prepared), "sql": questions(root, raw, prepared)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
