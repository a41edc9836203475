"""Score models on flights that they never saw: the Processing job of the step evaluate.

    python evaluate.py --models models --train data/train --test data/test --months data/months --output out

`--models` holds one folder a model with its model.tar.gz; the folder's name is the model's. The test slice is of
January to May, as the training data; the months are later and whole. A logistic regression, fitted here on the training
slice, scores the same rows: a model has to be worth its trees.

Writes evaluation.json, quality/<model>.json (in the form that SageMaker's registry shows) and report.html.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import report
import xgboost as xgb
from csvdata import DataError, Numbers, Rows, feature_names, read_rows, require_both_classes
from measures import auc, auc_error, brier, calibration, calibration_error, fit_logistic, roc

CODE = Path(__file__).resolve().parent
Scorer = Callable[[Numbers], Numbers]


def load_booster(archive: Path) -> xgb.Booster:
    """The model of a model.tar.gz. :raises DataError: when there is none in it, or one that cannot be read"""
    if not archive.is_file():
        raise DataError(f"The model {archive.parent.name} has no {archive.name}.")
    try:
        with tarfile.open(archive, "r:gz") as tar, tempfile.TemporaryDirectory() as folder:
            member = next(
                (one for one in tar.getmembers() if Path(one.name).name == "model.json" and one.isfile()), None
            )
            content = tar.extractfile(member) if member else None
            if content is None:
                raise DataError(f"The archive of the model {archive.parent.name} has no model.json.")
            path = Path(folder) / "model.json"
            path.write_bytes(content.read())
            booster = xgb.Booster()
            booster.load_model(path)
            return booster
    except (tarfile.TarError, OSError, xgb.core.XGBoostError) as error:
        raise DataError(f"The model {archive.parent.name} cannot be read: {str(error)[:200]}") from error


def booster_scorer(booster: xgb.Booster, features: Sequence[str]) -> Scorer:
    if booster.feature_names != list(features):
        raise DataError(
            f"A model was trained on other columns: {', '.join((booster.feature_names or ['none'])[:5])}, …"
        )
    return lambda rows: booster.predict(xgb.DMatrix(rows, feature_names=list(features))).astype(np.float64)


def figures(rows: Rows, scores: Numbers) -> dict[str, Any]:
    bins = calibration(rows.labels, scores)
    value = auc(rows.labels, scores)
    return {
        "rows": len(rows),
        "late": round(float(rows.labels.mean()), 6),
        "auc": round(value, 6),
        "aucError": round(auc_error(value, rows.labels), 6),
        "predicted": round(float(scores.mean()), 6),
        "calibrationError": round(calibration_error(bins), 6),
        "brier": round(brier(rows.labels, scores), 6),
    }


def importance(booster: xgb.Booster) -> list[dict[str, Any]]:
    """Share of the total gain by feature, largest first."""
    gain = {name: float(np.sum(value)) for name, value in booster.get_score(importance_type="total_gain").items()}
    total = sum(gain.values()) or 1.0
    ranked = sorted(gain.items(), key=lambda item: (-item[1], item[0]))
    return [{"feature": name, "share": round(value / total, 6)} for name, value in ranked]


def evaluate(scorers: Mapping[str, Scorer], parts: Mapping[str, Rows]) -> dict[str, dict[str, Any]]:
    """By model: figures of each part, and the curves of the part `test`."""
    models: dict[str, dict[str, Any]] = {}
    for name, scorer in scorers.items():
        scores = {part: scorer(rows.features) for part, rows in parts.items()}
        labels = parts["test"].labels
        models[name] = {
            **figures(parts["test"], scores["test"]),
            "byMonth": {part: figures(rows, scores[part]) for part, rows in parts.items()},
            "calibration": calibration(labels, scores["test"]),
            "roc": roc(labels, scores["test"]),
        }
    return models


def quality(model: Mapping[str, Any]) -> dict[str, Any]:
    """What the registry shows as model quality.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
    """
    points = [{"false_positive_rate": x, "true_positive_rate": y} for x, y in model["roc"]]
    return {
        "binary_classification_metrics": {
            "auc": {"value": model["auc"], "standard_deviation": model["aucError"]},
            "receiver_operating_characteristic_curve": {
                "false_positive_rates": [point["false_positive_rate"] for point in points],
                "true_positive_rates": [point["true_positive_rate"] for point in points],
            },
        },
        "mla_labs": {name: model[name] for name in ("rows", "late", "calibrationError", "brier", "byMonth")},
    }


def read_parts(options: argparse.Namespace, features: Sequence[str]) -> dict[str, Rows]:
    parts = {"test": read_rows(options.test, features, "test")}
    months = sorted(path for path in options.months.iterdir() if path.is_dir()) if options.months.is_dir() else []
    for month in months:
        parts[month.name] = read_rows(month, features, f"months/{month.name}")
    for part, rows in parts.items():
        require_both_classes(rows, part)
    return parts


def run(options: argparse.Namespace) -> dict[str, Any]:
    features = feature_names(CODE)
    archives = {path.name: path / "model.tar.gz" for path in sorted(options.models.iterdir()) if path.is_dir()}
    if not archives:
        raise DataError(f"There is no model below {options.models}.")
    boosters = {name: load_booster(archive) for name, archive in archives.items()}
    parts = read_parts(options, features)
    train = read_rows(options.train, features, "train")
    require_both_classes(train, "train")
    logistic = fit_logistic(train.features, train.labels)
    scorers: dict[str, Scorer] = {name: booster_scorer(booster, features) for name, booster in boosters.items()}
    models = evaluate({**scorers, "logistic": logistic.predict}, parts)
    for name, booster in boosters.items():
        models[name]["rounds"] = booster.num_boosted_rounds()
        models[name]["importance"] = importance(booster)
    return {"version": 1, "parts": list(parts), "models": models}


def write(result: Mapping[str, Any], folder: Path) -> None:
    (folder / "quality").mkdir(parents=True, exist_ok=True)
    for name, model in result["models"].items():
        (folder / "quality" / f"{name}.json").write_text(json.dumps(quality(model), indent=1) + "\n", encoding="utf-8")
    (folder / "report.html").write_text(report.page(result), encoding="utf-8")
    # Last: whoever finds it finds the rest.
    (folder / "evaluation.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def leave_message(text: str) -> None:
    """What DescribeProcessingJob shows as ExitMessage."""
    path = Path(os.environ.get("SM_PREFIX", "") + "/opt/ml/output/message")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text[:1024], encoding="utf-8")
    except OSError:
        print(f"{path} cannot be written.", file=sys.stderr)


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("models", "train", "test", "months", "output"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args(argv)
    try:
        result = run(options)
    except DataError as error:
        print(f"Nothing was evaluated. {error}", file=sys.stderr, flush=True)
        if os.environ.get("SM_PREFIX") is not None or str(options.output).startswith("/opt/ml/"):
            leave_message(str(error))
        return 1
    write(result, options.output)
    for name, model in result["models"].items():
        months = ", ".join(f"{part} {one['auc']:.4f}" for part, one in model["byMonth"].items())
        print(f"{name}: AUC {months}; calibration error {model['calibrationError']:.4f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
