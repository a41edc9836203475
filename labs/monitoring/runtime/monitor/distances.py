"""How far apart two distributions are, as Model Monitor's analyzer measures it.

Numbers: the largest distance between the two cumulative distributions (the two-sample Kolmogorov-Smirnov statistic),
`Simple`. `Robust` takes off what chance alone may make of samples of these sizes: 1.8 * sqrt(1/n + 1/m), never below 0.
Texts: the largest difference between the shares of a value, with the same correction. These are the formulas of Deequ,
which the analyzer is made of: https://github.com/awslabs/deequ (analyzers/Distance.scala, `selectMetrics`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

#: A chance of 2 * exp(-2 * 1.8 ** 2) = 0.3 % that two samples of one distribution are further apart.
ROBUST = 1.8
#: Bins of the population stability index: tenths of the baseline.
PSI_BINS = 10
_PSI_FLOOR = 1e-4


def correction(method: str, n: float, m: float) -> float:
    """What is taken off the distance of samples of these sizes."""
    return ROBUST * float(np.sqrt(1 / n + 1 / m)) if method == "Robust" and n > 0 and m > 0 else 0.0


def largest_gap(values: Numbers, weights: Numbers, others: Numbers) -> float:
    """The Kolmogorov-Smirnov distance of values with weights and a sample."""
    order = np.argsort(values, kind="stable")
    values, others = values[order], np.sort(others)
    risen = np.concatenate(([0.0], np.cumsum(weights[order])))
    points = np.concatenate((values, others))
    here = risen[np.searchsorted(values, points, side="right")] / risen[-1]
    there = np.searchsorted(others, points, side="right") / len(others)
    return float(np.abs(here - there).max())


def numerical(values: Numbers, weights: Numbers, others: Numbers, method: str) -> float:
    """:param method: Robust or Simple"""
    gap = largest_gap(values, weights, others)
    return max(0.0, gap - correction(method, float(weights.sum()), len(others)))


def categorical(counts: Mapping[str, float], others: Mapping[str, float], method: str) -> float:
    """LInfinity of the shares of each value."""
    n, m = sum(counts.values()), sum(others.values())
    gap = max(abs(counts.get(one, 0) / n - others.get(one, 0) / m) for one in {*counts, *others})
    return max(0.0, gap - correction(method, n, m))


def stability_index(values: Numbers, weights: Numbers, others: Numbers, bins: int = PSI_BINS) -> float:
    """Population stability index (PSI) over tenths of the baseline: a figure for the report, not a constraint."""
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    risen = np.cumsum(weights) / weights.sum()
    edges = np.unique(values[np.searchsorted(risen, np.arange(1, bins) / bins)])
    expected = np.bincount(np.searchsorted(edges, values, side="left"), weights, len(edges) + 1) / weights.sum()
    actual = np.bincount(np.searchsorted(edges, others, side="left"), minlength=len(edges) + 1) / len(others)
    expected, actual = np.maximum(expected, _PSI_FLOOR), np.maximum(actual, _PSI_FLOOR)
    return float(((actual - expected) * np.log(actual / expected)).sum())
