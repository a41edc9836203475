"""What XGBoost alone needs for a rehearsal of training: one training, and six of them two at a time.

Prints seconds as JSON. `python training_alone.py ROOT SCRATCH`: the lab's own script on the lab's own rows, in fresh
processes; no emulator, no S3, no archives, no checks.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Spread over the exercise's search space: the tuning job of a rehearsal draws its own.
POINTS = [
    {"eta": 0.10, "max_depth": 4, "min_child_weight": 1, "subsample": 0.70},
    {"eta": 0.13, "max_depth": 5, "min_child_weight": 2, "subsample": 0.76},
    {"eta": 0.17, "max_depth": 6, "min_child_weight": 4, "subsample": 0.82},
    {"eta": 0.23, "max_depth": 7, "min_child_weight": 7, "subsample": 0.88},
    {"eta": 0.30, "max_depth": 8, "min_child_weight": 12, "subsample": 0.94},
    {"eta": 0.40, "max_depth": 6, "min_child_weight": 20, "subsample": 1.00},
]


def unpack(root: Path, scratch: Path) -> None:
    """The channels as a job sees them."""
    for name in ("train", "validation"):
        folder = scratch / name
        folder.mkdir(parents=True)
        packed = root / "data" / "prepared" / f"{name}.csv.gz"
        (folder / f"{name}.csv").write_bytes(gzip.decompress(packed.read_bytes()))


def train(root: Path, scratch: Path, name: str, point: dict[str, float], threads: int) -> None:
    """One run of the lab's script."""
    script = root / "lib" / "flights" / "runtime" / "train.py"
    channels = ["--train", str(scratch / "train"), "--validation", str(scratch / "validation")]
    chosen = [word for key, value in point.items() for word in (f"--{key}", str(value))]
    command = [sys.executable, str(script), *channels, "--model-dir", str(scratch / name), *chosen]
    env = {**os.environ, "OMP_NUM_THREADS": str(threads), "SM_NUM_CPUS": str(threads)}
    subprocess.run(command, check=True, capture_output=True, env=env)


def main(root: Path, scratch: Path) -> None:
    """One after the other, so that neither takes the other's cores."""
    unpack(root, scratch)
    start = time.perf_counter()
    train(root, scratch, "model", {}, os.cpu_count() or 1)
    one = time.perf_counter() - start
    start = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda i: train(root, scratch, f"model-{i}", POINTS[i], 1), range(len(POINTS))))
    print(json.dumps({"train": one, "tune": time.perf_counter() - start}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
