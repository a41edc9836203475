"""What Evidently alone needs for the report of an analysis: the same columns, the same rows, in a fresh process.

Prints seconds as JSON. `python monitor_alone.py ROOT SCRATCH`: the training flights that the monitor draws, and 1,000
flights of July; no emulator, no S3, no constraints, no metrics.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

FLIGHTS = 1000

ALONE = """
import sys
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

reference, current = (pd.read_csv(path, dtype="float64") for path in sys.argv[1:3])
reference = reference.sample(min(len(reference), int(sys.argv[4])), random_state=0)
about = DataDefinition(numerical_columns=[name for name in reference if current[name].notna().any()])
tables = (Dataset.from_pandas(one, data_definition=about) for one in (current, reference))
Report([DataDriftPreset(method="psi")]).run(*tables).save_html(sys.argv[3])
"""


def write(path: Path, names: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *rows])


def prepare(root: Path, scratch: Path) -> int:
    """The two tables as CSV; how many rows of the first are drawn."""
    sys.path.insert(0, str(root / "labs" / "monitoring" / "runtime"))
    from baseline_maker import read_rows
    from evidently_helper import ROWS

    source = scratch / "train"
    source.mkdir(parents=True)
    (source / "train.csv").write_bytes(gzip.decompress((root / "data/prepared/train.csv.gz").read_bytes()))
    names, rows, _ = read_rows(source)
    write(scratch / "reference.csv", names, rows)
    with gzip.open(root / "data/prepared/months/2013-07.csv.gz", "rt", encoding="utf-8") as file:
        july = [row[1:] for row in csv.reader(file)]
    write(scratch / "current.csv", names, random.Random(1).sample(july, FLIGHTS))
    return int(ROWS)


def main(root: Path, scratch: Path) -> None:
    rows = prepare(root, scratch)
    files = [str(scratch / name) for name in ("reference.csv", "current.csv", "report.html")]
    command = [sys.executable, "-c", ALONE, *files, str(rows)]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "DO_NOT_TRACK": "1"})
    print(json.dumps({"evidently": time.perf_counter() - start}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
