"""How good scores are, and a logistic regression to compare with: plain numpy, so that any container has it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

#: Bins of equal size that calibration is measured in.
BINS = 10


def auc(labels: Numbers, scores: Numbers) -> float:
    """Area under the ROC curve: the chance that a late flight scores above one in time. Ties count half."""
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    rank = np.cumsum(count) - (count - 1) / 2
    late = labels == 1
    positives, negatives = int(late.sum()), int((~late).sum())
    if positives == 0 or negatives == 0:
        return float("nan")
    return float((rank[place][late].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def auc_error(value: float, labels: Numbers) -> float:
    """Standard error of an AUC (Hanley and McNeil, 1982)."""
    late, in_time = labels.sum(), len(labels) - labels.sum()
    q1, q2 = value / (2 - value), 2 * value**2 / (1 + value)
    variance = value * (1 - value) + (late - 1) * (q1 - value**2) + (in_time - 1) * (q2 - value**2)
    return float(np.sqrt(variance / (late * in_time)))


def roc(labels: Numbers, scores: Numbers, points: int = 101) -> list[tuple[float, float]]:
    """False and true positive rates, thinned out to about `points`."""
    order = np.argsort(-scores, kind="stable")
    late = labels[order]
    true, false = np.cumsum(late) / late.sum(), np.cumsum(1 - late) / (1 - late).sum()
    ends = np.r_[np.nonzero(np.diff(scores[order]))[0], len(late) - 1]
    at = ends[np.unique(np.linspace(0, len(ends) - 1, points).astype(int))]
    return [(0.0, 0.0), *((round(float(false[i]), 5), round(float(true[i]), 5)) for i in at)]


def calibration(labels: Numbers, scores: Numbers, bins: int = BINS) -> list[dict[str, float]]:
    """Flights in bins of equal size by score: what was predicted, what happened."""
    parts = np.array_split(np.argsort(scores, kind="stable"), bins)
    return [
        {"rows": len(part), "predicted": float(scores[part].mean()), "late": float(labels[part].mean())}
        for part in parts
        if len(part)
    ]


def calibration_error(bins: list[dict[str, float]]) -> float:
    """Mean distance between predicted and observed share, weighted by flights (expected calibration error)."""
    rows = sum(one["rows"] for one in bins)
    return float(sum(one["rows"] * abs(one["predicted"] - one["late"]) for one in bins) / rows)


def brier(labels: Numbers, scores: Numbers) -> float:
    return float(np.mean((scores - labels) ** 2))


@dataclass(frozen=True)
class Logistic:
    """A logistic regression on standardised columns; a missing value counts as the column's mean."""

    mean: Numbers
    scale: Numbers
    weights: Numbers

    def predict(self, features: Numbers) -> Numbers:
        return probability(design(features, self.mean, self.scale) @ self.weights)


def probability(logit: Numbers) -> Numbers:
    result: Numbers = 1 / (1 + np.exp(-np.clip(logit, -35, 35)))
    return result


def design(features: Numbers, mean: Numbers, scale: Numbers) -> Numbers:
    standard = np.nan_to_num((features - mean) / scale)
    return np.hstack([np.ones((len(standard), 1)), standard])


def fit_logistic(features: Numbers, labels: Numbers, steps: int = 12, penalty: float = 1.0) -> Logistic:
    """Newton's method; a small penalty keeps columns that add up to one apart (the origins, the carriers)."""
    known = np.maximum((~np.isnan(features)).sum(axis=0), 1)
    mean = np.nansum(features, axis=0) / known
    scale = np.sqrt(np.nansum((features - mean) ** 2, axis=0) / known)
    scale[scale == 0] = 1
    matrix = design(features, mean, scale)
    weights = np.zeros(matrix.shape[1])
    ridge = np.eye(matrix.shape[1]) * penalty
    for _ in range(steps):
        p = probability(matrix @ weights)
        hessian = (matrix * (p * (1 - p))[:, None]).T @ matrix + ridge
        step = np.linalg.solve(hessian, matrix.T @ (labels - p) - ridge @ weights)
        weights = weights + step
        if np.abs(step).max() < 1e-6:
            break
    return Logistic(mean, scale, weights)
