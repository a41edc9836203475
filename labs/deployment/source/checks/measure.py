"""The one figure of a model that the checks take."""

from __future__ import annotations


def auc(labels: list[int], scores: list[float]) -> float:
    """Area under the ROC curve, ties counted half. NaN where all labels are alike."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    late = sum(labels)
    ranks, start = 0.0, 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        ranks += (start + 1 + end) / 2 * sum(labels[at] for at in order[start:end])
        start = end
    pairs = late * (len(labels) - late)
    return (ranks - late * (late + 1) / 2) / pairs if pairs else float("nan")
