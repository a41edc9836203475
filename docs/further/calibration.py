"""What a class weight does to probabilities, and how they come back: run with .venv/bin/python, a minute."""

import csv
import gzip
import sys
from pathlib import Path

import numpy as np
import xgboost as xgb
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "labs/training/runtime"))
from measures import auc, calibration, calibration_error  # noqa: E402


def flights(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels: the label is the first column, and an empty field is missing."""
    with gzip.open(ROOT / f"data/prepared/{name}.csv.gz", "rt", encoding="utf-8") as file:
        rows = np.array([[float(field or "nan") for field in line] for line in csv.reader(file)])
    return rows[:, 1:], rows[:, 0]


def scores(weight: float, *parts: np.ndarray) -> list[np.ndarray]:
    features, labels = flights("train")
    parameters = {"objective": "binary:logistic", "max_depth": 4, "seed": 2013, "scale_pos_weight": weight}
    model = xgb.train(parameters, xgb.DMatrix(features, label=labels), num_boost_round=60)
    return [model.predict(xgb.DMatrix(part)).astype(float) for part in parts]


def logit(score: np.ndarray) -> np.ndarray:
    odds: np.ndarray = np.log(score / (1 - score)).reshape(-1, 1)
    return odds


(validation, known), (test, late) = flights("validation"), flights("test")
_, trained = flights("train")
balance = float((1 - trained).sum() / trained.sum())
plain = scores(1, test)[0]
seen, weighted = scores(balance, validation, test)
platt = LogisticRegression(C=1e6).fit(logit(seen), known).predict_proba(logit(weighted))[:, 1]
isotonic = IsotonicRegression(out_of_bounds="clip").fit(seen, known).predict(weighted)
for name, score in [
    ("no weight", plain),
    (f"scale_pos_weight {balance:.2f}", weighted),
    ("then Platt", platt),
    ("then isotonic", isotonic),
]:
    error = calibration_error(calibration(late, score))
    print(f"{name}: mean {score.mean():.3f} (late {late.mean():.3f}), error {error:.3f}, AUC {auc(late, score):.4f}")
