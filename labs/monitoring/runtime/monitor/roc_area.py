"""The area under the ROC curve and its standard error, by DeLong's method; plain numpy.

DeLong et al., Biometrics 44 (1988), in the midrank form of Sun and Xu, IEEE Signal Processing Letters 21 (2014). Other
than Hanley and McNeil's formula, it assumes no distribution of the scores.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from distances import Numbers


def midranks(values: Numbers) -> Numbers:
    """Ranks from 1; equal values share their middle."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Numbers = (np.cumsum(count) - (count - 1) / 2)[place]
    return ranks


def area(labels: Numbers, scores: Numbers) -> tuple[float, float] | None:
    """AUC and its standard error; None where one of the classes is missing. The error needs two of each, else it is
    infinite.
    """
    late, punctual = scores[labels == 1], scores[labels == 0]
    m, n = len(late), len(punctual)
    if m == 0 or n == 0:
        return None
    ranks = midranks(np.concatenate((late, punctual)))
    above = (ranks[:m] - midranks(late)) / n
    below = 1 - (ranks[m:] - midranks(punctual)) / m
    auc = float(above.mean())
    if m < 2 or n < 2:
        return auc, float("inf")
    return auc, float(np.sqrt(above.var(ddof=1) / m + below.var(ddof=1) / n))


def curve(labels: Numbers, scores: Numbers, points: int = 101) -> list[tuple[float, float]]:
    """False and true positive rates from (0, 0) to (1, 1), thinned out to about `points`."""
    order = np.argsort(-scores, kind="stable")
    late = labels[order]
    true, false = np.cumsum(late) / late.sum(), np.cumsum(1 - late) / (1 - late).sum()
    ends = np.r_[np.nonzero(np.diff(scores[order]))[0], len(late) - 1]
    at = ends[np.unique(np.linspace(0, len(ends) - 1, points).astype(int))]
    return [(0.0, 0.0), *((round(float(false[i]), 6), round(float(true[i]), 6)) for i in at)]


def figures(labels: Numbers, scores: Numbers, cut: float = 0.5) -> dict[str, Any]:
    """The binary_classification_metrics of Model Monitor's statistics.json for model quality.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
    """
    found = area(labels, scores)
    said, late = scores >= cut, labels == 1
    cells = {
        "1": {"1": int((said & late).sum()), "0": int((~said & late).sum())},
        "0": {"1": int((said & ~late).sum()), "0": int((~said & ~late).sum())},
    }
    told: dict[str, Any] = {
        "confusion_matrix": cells,
        "accuracy": share_of(cells["1"]["1"] + cells["0"]["0"], len(labels)),
        "recall": share_of(cells["1"]["1"], int(late.sum())),
        "precision": share_of(cells["1"]["1"], int(said.sum())),
    }
    if found is not None:
        auc, error = found
        told["auc"] = {"value": auc, "standard_deviation": error if np.isfinite(error) else "NaN"}
        rates = curve(labels, scores)
        told["receiver_operating_characteristic_curve"] = {
            "false_positive_rates": [x for x, _ in rates],
            "true_positive_rates": [y for _, y in rates],
        }
    return told


def share_of(part: int, whole: int) -> dict[str, Any]:
    if whole == 0:
        return {"value": "NaN", "standard_deviation": "NaN"}
    share = part / whole
    return {"value": share, "standard_deviation": float(np.sqrt(share * (1 - share) / whole))}
