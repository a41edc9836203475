"""Train a gradient-boosted model of late departures: script mode of SageMaker's XGBoost container.

Reads the channels train and validation, stops early on validation AUC, and leaves in the model folder
`model.json` (XGBoost's own format, the trees up to the best round) and `code/inference.py`.
It runs on any machine too:

    python train.py --train data/train --validation data/validation --model-dir model --max_depth 4

Every round prints `[N]<tab>train-auc:x<tab>validation-auc:y`: SageMaker reads the metrics from there.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xgboost as xgb
from csvdata import DataError, Rows, feature_names, read_rows, require_both_classes, require_values

CODE = Path(__file__).resolve().parent


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Paths come from the container's environment, hyperparameters from the job."""
    env = os.environ.get
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, default=env("SM_CHANNEL_TRAIN"))
    parser.add_argument("--validation", type=Path, default=env("SM_CHANNEL_VALIDATION"))
    parser.add_argument("--model-dir", type=Path, default=env("SM_MODEL_DIR"))
    parser.add_argument("--num_round", type=int, default=60, help="most rounds (trees)")
    parser.add_argument("--early_stopping_rounds", type=int, default=10, help="stop after so many without a gain")
    parser.add_argument("--eta", type=float, default=0.3, help="how much of each new tree is taken")
    parser.add_argument("--max_depth", type=int, default=4)
    parser.add_argument("--min_child_weight", type=float, default=1.0)
    parser.add_argument("--subsample", type=float, default=1.0, help="share of the rows that each tree sees")
    parser.add_argument("--colsample_bytree", type=float, default=1.0, help="share of the columns that each tree sees")
    parser.add_argument("--gamma", type=float, default=0.0)
    parser.add_argument("--alpha", type=float, default=0.0)
    parser.add_argument("--lambda", dest="lambda_", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=2013)
    options = parser.parse_args(argv)
    for name in ("train", "validation", "model_dir"):
        if getattr(options, name) is None:
            parser.error(f"--{name.replace('_', '-')} is needed outside SageMaker")
    if options.num_round < 1:
        parser.error(f"--num_round {options.num_round}: at least 1")
    return options


def parameters(options: argparse.Namespace) -> dict[str, Any]:
    """XGBoost's parameters."""
    names = ("eta", "max_depth", "min_child_weight", "subsample", "colsample_bytree", "gamma", "alpha", "seed")
    return {
        "objective": "binary:logistic",
        "eval_metric": "auc",
        "tree_method": "hist",
        "lambda": options.lambda_,
        **{name: getattr(options, name) for name in names},
    }


class PrintRound(xgb.callback.TrainingCallback):
    """The one line a round that SageMaker's metrics are read from."""

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        print_metrics(epoch, evals_log["train"]["auc"][-1], evals_log["validation"]["auc"][-1])
        return False


def print_metrics(epoch: int, train: float, validation: float) -> None:
    print(f"[{epoch}]\ttrain-auc:{train:.5f}\tvalidation-auc:{validation:.5f}", flush=True)


def fit(train: Rows, validation: Rows, features: Sequence[str], options: argparse.Namespace) -> xgb.Booster:
    """The booster up to its best round, with what it scored there as attributes."""
    names = list(features)
    matrices = [xgb.DMatrix(rows.features, label=rows.labels, feature_names=names) for rows in (train, validation)]
    seen: dict[str, dict[str, list[float]]] = {}
    booster = xgb.train(
        parameters(options),
        matrices[0],
        num_boost_round=options.num_round,
        evals=list(zip(matrices, ("train", "validation"), strict=True)),
        evals_result=seen,
        early_stopping_rounds=options.early_stopping_rounds,
        verbose_eval=False,
        callbacks=[PrintRound()],
    )
    best = booster.best_iteration
    scores = {name: seen[name]["auc"][best] for name in ("train", "validation")}
    print(f"Best round {best} of {booster.num_boosted_rounds()}; later trees are cut off.", flush=True)
    # SageMaker takes the last value it reads as the job's: it must be that of the model which is saved.
    print_metrics(best, scores["train"], scores["validation"])
    cut = booster[: best + 1]
    cut.set_attr(**{f"{name}_auc": f"{score:.6f}" for name, score in scores.items()}, rounds=str(best + 1))
    return cut


def save(booster: xgb.Booster, folder: Path) -> None:
    """XGBoost's own format: a pickled wrapper of scikit-learn fails the serving container's health check."""
    folder.mkdir(parents=True, exist_ok=True)
    booster.save_model(folder / "model.json")
    (folder / "code").mkdir(exist_ok=True)
    shutil.copyfile(CODE / "inference.py", folder / "code" / "inference.py")


def main(argv: Sequence[str]) -> None:
    options = parse(argv)
    try:
        features = feature_names(CODE)
        train = read_rows(options.train, features, "train")
        validation = read_rows(options.validation, features, "validation")
        for rows, channel in ((train, "train"), (validation, "validation")):
            require_both_classes(rows, channel)
        require_values(train, features, "train")
    except DataError as error:
        # A text as exit status goes to the error stream: the last line of the job's log says why. The job's reason is
        # its command alone, whatever a script does.
        sys.exit(f"Nothing was trained. {error}")
    late = train.labels.mean()
    print(f"{len(train)} flights to train on ({late:.4f} late), {len(validation)} to validate.", flush=True)
    save(fit(train, validation, features, options), options.model_dir)


if __name__ == "__main__":
    main(sys.argv[1:])
