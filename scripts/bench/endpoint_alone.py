"""The model of an endpoint without one: its own code in this process, one flight a call.

Prints JSON: calls per second, milliseconds of the median and of the 99th in a hundred, and the answers.
`python endpoint_alone.py ROOT MODEL FLIGHTS`.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tarfile
import tempfile
import time
from pathlib import Path

WARM = 200


def main(root: Path, archive: Path, flights: Path) -> None:
    """Unpacks the model, loads it with its own code, and asks about each flight once."""
    # As the container does: one thread per process.
    os.environ["OMP_NUM_THREADS"] = "1"
    lines = (root / flights).read_text(encoding="utf-8").splitlines()
    bodies = [line.split(",", 1)[1] for line in lines if line]
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(root / archive) as tar:
            tar.extractall(folder, filter="data")
        sys.dont_write_bytecode = True
        sys.path.insert(0, str(Path(folder) / "code"))
        code = importlib.import_module("inference")
        model = code.model_fn(folder)
    for body in bodies[:WARM]:
        code.transform_fn(model, body, "text/csv", "text/csv")
    answers, times = [], []
    for body in bodies:
        start = time.perf_counter()
        answers.append(code.transform_fn(model, body, "text/csv", "text/csv")[0].strip())
        times.append(time.perf_counter() - start)
    ordered = sorted(times)
    print(
        json.dumps(
            {
                "perSecond": len(times) / sum(times),
                "p50": 1000 * ordered[len(ordered) // 2],
                "p99": 1000 * ordered[int(0.99 * len(ordered))],
                "answers": answers,
            }
        )
    )


if __name__ == "__main__":
    main(*(Path(word) for word in sys.argv[1:]))
