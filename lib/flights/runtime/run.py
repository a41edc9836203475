"""Train inside a Processing job, where an account has no quota for training jobs (`--compute processing`).

A Processing job has no channels, no hyperparameters and no model.tar.gz. This shim gives train.py what the training
container would, and packs what it leaves:

    python run.py train --train DIR --validation DIR --output DIR -- --max_depth 4
    python run.py tune --space FILE --trials 6 --seed 1 --train DIR --validation DIR --output DIR -- --num_round 60

`tune` is a random search within the space, one trial after the other: it learns nothing from one trial for the next and
stops none early, which SageMaker's Bayesian tuning does. It writes trials.json besides the best trial's model.

Writes model.tar.gz and metrics.json to the output folder.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CODE = Path(__file__).resolve().parent
METRICS = re.compile(r"^\[(\d+)\]\ttrain-auc:([\d.]+)\tvalidation-auc:([\d.]+)\s*$")
MOST_TRIALS = 6


class TrialFailed(Exception):
    """train.py ended with an error; the message is its last words."""


def draw(space: Mapping[str, Mapping[str, Any]], lots: random.Random) -> dict[str, str]:
    """One point of the space, as train.py's arguments."""
    point = {}
    for name, one in sorted(space.items()):
        low, high, kind = float(one["min"]), float(one["max"]), one["type"]
        logarithmic = one.get("scale", "linear") == "logarithmic"
        if kind == "integer":
            point[name] = str(lots.randint(int(low), int(high)))
        elif logarithmic:
            point[name] = f"{math.exp(lots.uniform(math.log(low), math.log(high))):.6g}"
        else:
            point[name] = f"{lots.uniform(low, high):.6g}"
    return point


def check_space(space: Any) -> None:
    """:raises ValueError: for bounds that cannot be searched; the step says the same before it starts a job"""
    if not isinstance(space, dict) or not space:
        raise ValueError("The search space is empty.")
    for name, one in space.items():
        if not re.fullmatch(r"[a-z_]{1,32}", name) or one.get("type") not in ("integer", "continuous"):
            raise ValueError(f"{name}: not a hyperparameter of type integer or continuous.")
        if not float(one["min"]) < float(one["max"]):
            raise ValueError(f"{name}: min {one['min']} is not below max {one['max']}.")
        if one.get("scale") == "logarithmic" and float(one["min"]) <= 0:
            raise ValueError(f"{name}: a logarithmic scale starts above 0, not at {one['min']}.")


def train(options: argparse.Namespace, hyperparameters: Sequence[str], model_dir: Path) -> dict[str, float]:
    """Runs train.py as the training container would. @returns the metrics of the model that it saved

    :raises TrialFailed: when it failed, or left no model or no metrics
    """
    environment = {
        **os.environ,
        "SM_CHANNEL_TRAIN": str(options.train),
        "SM_CHANNEL_VALIDATION": str(options.validation),
        "SM_MODEL_DIR": str(model_dir),
        "SM_HPS": json.dumps(list(hyperparameters)),
    }
    command = [sys.executable, str(CODE / "train.py"), *hyperparameters]
    lines: list[str] = []
    metrics: dict[str, float] = {}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines = [*lines[-4:], line]
            found = METRICS.match(line)
            if found:
                metrics = {"train:auc": float(found[2]), "validation:auc": float(found[3])}
    if process.returncode != 0:
        raise TrialFailed("".join(lines).strip() or f"train.py ended with exit code {process.returncode}.")
    if not metrics or not any(model_dir.iterdir()):
        raise TrialFailed("train.py ended well, and left no model or no metrics.")
    return metrics


def pack(model_dir: Path, archive: Path) -> None:
    """model.tar.gz, as SageMaker makes it from a training job's model folder."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, "w:gz") as tar:
        for path in sorted(model_dir.iterdir()):
            tar.add(path, arcname=path.name)


def write_json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def run_train(options: argparse.Namespace, hyperparameters: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        metrics = train(options, hyperparameters, Path(folder))
        pack(Path(folder), options.output / "model.tar.gz")
    write_json(options.output / "metrics.json", {"metrics": metrics, "hyperparameters": named(hyperparameters)})


def run_tune(options: argparse.Namespace, hyperparameters: Sequence[str]) -> None:
    if not 1 <= options.trials <= MOST_TRIALS:
        raise ValueError(f"--trials {options.trials}: from 1 to {MOST_TRIALS}.")
    space = json.loads(options.space.read_text(encoding="utf-8"))
    check_space(space)
    lots = random.Random(options.seed)
    trials: list[dict[str, Any]] = []
    best: dict[str, Any] | None = None
    for number in range(1, options.trials + 1):
        point = draw(space, lots)
        print(f"Trial {number} of {options.trials}: {point}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            arguments = [*hyperparameters, *(word for name in point for word in (f"--{name}", point[name]))]
            metrics = train(options, arguments, Path(folder))
            trial = {"trial": number, "hyperparameters": named(arguments), "metrics": metrics}
            trials.append(trial)
            if best is None or metrics["validation:auc"] > best["metrics"]["validation:auc"]:
                best = trial
                pack(Path(folder), options.output / "model.tar.gz")
    write_json(options.output / "trials.json", {"search": "random", "seed": options.seed, "trials": trials})
    write_json(options.output / "metrics.json", best)


def named(arguments: Sequence[str]) -> dict[str, str]:
    """`--max_depth 4` as {"max_depth": "4"}; a later one counts."""
    return {arguments[i].removeprefix("--"): arguments[i + 1] for i in range(0, len(arguments) - 1, 2)}


def leave_message(text: str) -> None:
    """What DescribeProcessingJob shows as ExitMessage."""
    path = Path(os.environ.get("SM_PREFIX", "") + "/opt/ml/output/message")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text[-1024:], encoding="utf-8")
    except OSError as error:
        print(f"No message could be left: {error}", file=sys.stderr)


def main(argv: Sequence[str]) -> int:
    cut = list(argv).index("--") if "--" in argv else len(argv)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("train", "tune"))
    for name in ("train", "validation", "output"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--space", type=Path, help="the search space (JSON); only with tune")
    parser.add_argument("--trials", type=int, default=MOST_TRIALS)
    parser.add_argument("--seed", type=int, default=2013)
    options = parser.parse_args(list(argv[:cut]))
    if options.what == "tune" and options.space is None:
        parser.error("tune needs --space")
    try:
        (run_train if options.what == "train" else run_tune)(options, argv[cut + 1 :])
    except (TrialFailed, ValueError, KeyError, TypeError) as error:
        print(f"Nothing was trained. {error}", file=sys.stderr, flush=True)
        leave_message(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
