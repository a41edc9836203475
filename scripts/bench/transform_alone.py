"""The Glue script of lab data-prep on 1, 5 and 20 times the flights, in a plain PySpark: seconds and MiB as JSON.

`python transform_alone.py ROOT SCRATCH`. A copy of a flight has another flight number, so all are different flights.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from engines_alone import unpack

SIZES = (1, 5, 20)
# Column of the flight number, and what it is moved by: it has four digits at most.
FLIGHT, STEP = 10, 10_000


def multiply(raw: Path, times: int) -> None:
    """Makes the flights of a folder as many times as many."""
    for file in (raw / "flights").rglob("flights.csv"):
        header, *lines = file.read_text().splitlines()
        rows = [line.split(",") for line in lines]
        with file.open("w") as target:
            target.write(header + "\n")
            for copy in range(times):
                for row in rows:
                    moved = str(int(row[FLIGHT]) + copy * STEP)
                    target.write(",".join([*row[:FLIGHT], moved, *row[FLIGHT + 1 :]]) + "\n")


def memory_of(process: int) -> int:
    """KiB that a process and all below it have in memory."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="], check=True, capture_output=True, text=True).stdout
    rows = [tuple(map(int, line.split())) for line in listed.splitlines()]
    family = {process}
    while more := {pid for pid, parent, _ in rows if parent in family} - family:
        family |= more
    return sum(rss for pid, _, rss in rows if pid in family)


def transform(root: Path, raw: Path, prepared: Path) -> tuple[float, float]:
    """Seconds of the script, and the most MiB that were seen."""
    script = root / "labs" / "data-prep" / "runtime" / "transform.py"
    plan = root / "data" / "plan.json"
    start = time.perf_counter()
    arguments = ["--RAW", str(raw), "--PREPARED", str(prepared), "--PLAN", str(plan)]
    with subprocess.Popen([sys.executable, str(script), *arguments], stdout=subprocess.DEVNULL) as process:
        most = 0
        while process.poll() is None:
            most = max(most, memory_of(process.pid))
            time.sleep(0.2)
    if process.returncode != 0:
        raise SystemExit(f"{script} ended with {process.returncode}")
    return time.perf_counter() - start, most / 1024


def main(root: Path, scratch: Path) -> None:
    """One size after the other."""
    found: dict[str, float] = {}
    for times in SIZES:
        raw = scratch / f"{times}" / "raw"
        unpack(root, raw)
        multiply(raw, times)
        found[f"seconds {times}"], found[f"memory {times}"] = transform(root, raw, scratch / f"{times}" / "prepared")
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
