"""Build data/prepared/model/: a model that the lab training would make, for labs that start without one.

    python scripts/data/model.py            # trains and writes
    python scripts/data/model.py --check    # fails when the archive does not score as its manifest says

Needs the Python environment of the local cloud. The same inputs and versions give the same bytes.
"""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np
import xgboost as xgb

ROOT = Path(__file__).resolve().parents[2]
PREPARED = ROOT / "data" / "prepared"
OUT = PREPARED / "model"
RUNTIME = ROOT / "lib" / "flights" / "runtime"
sys.path[:0] = [str(RUNTIME), str(ROOT / "labs" / "training" / "runtime")]

import measures  # noqa: E402

HYPERPARAMETERS = {"max_depth": "6", "eta": "0.15", "num_round": "150"}


def train(folder: Path) -> None:
    """The lab's own script, on the prepared slices."""
    for name in ("train", "validation"):
        (folder / name).mkdir()
        (folder / name / f"{name}.csv").write_bytes(gzip.decompress((PREPARED / f"{name}.csv.gz").read_bytes()))
    options = [part for name, value in HYPERPARAMETERS.items() for part in (f"--{name}", value)]
    channels = ["--train", str(folder / "train"), "--validation", str(folder / "validation")]
    command = [sys.executable, "train.py", *channels, "--model-dir", str(folder / "model"), *options]
    subprocess.run(command, cwd=RUNTIME, check=True, stdout=subprocess.DEVNULL)


def pack(folder: Path) -> bytes:
    """model.tar.gz without times and owners."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            entry.size, entry.mode = path.stat().st_size, 0o644
            tar.addfile(entry, io.BytesIO(path.read_bytes()))
    return gzip.compress(data.getvalue(), mtime=0)


def figures(archive: bytes) -> dict[str, float]:
    """What the archive's model scores on the test slice."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        member = tar.extractfile("model.json")
        booster = xgb.Booster(model_file=bytearray(member.read() if member else b""))
    with gzip.open(PREPARED / "test.csv.gz", "rt") as file:
        rows = np.genfromtxt(file, delimiter=",", dtype=np.float64)
    labels, features = rows[:, 0], rows[:, 1:]
    scores = booster.predict(xgb.DMatrix(features, feature_names=booster.feature_names))
    error = measures.calibration_error(measures.calibration(labels, scores))
    return {"auc": round(measures.auc(labels, scores), 6), "calibrationError": round(error, 6)}


def main(arguments: list[str]) -> None:
    if "--check" in arguments:
        manifest = json.loads((OUT / "manifest.json").read_text())
        seen = figures((OUT / "model.tar.gz").read_bytes())
        if seen != manifest["test"]:
            sys.exit(f"The model scores {seen}, its manifest says {manifest['test']}.\nNext: python {__file__}")
        return
    with tempfile.TemporaryDirectory() as name:
        train(Path(name))
        archive = pack(Path(name) / "model")
    manifest = {
        "about": "Made by scripts/data/model.py from data/prepared/ with lib/flights/runtime/train.py.",
        "hyperparameters": HYPERPARAMETERS,
        "test": figures(archive),
    }
    OUT.mkdir(exist_ok=True)
    (OUT / "model.tar.gz").write_bytes(archive)
    (OUT / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
