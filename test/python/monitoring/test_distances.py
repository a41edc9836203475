"""Figures of the analysis against independent judges, on frames drawn by seed."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp
from sklearn.metrics import confusion_matrix, roc_auc_score

from .job_world import FEATURES, sample

# isort: split
import distances
import feature_constraints
import roc_area
from feature_statistics import SKETCH, column_of, feature_of, sketch_of, sketched, statistics_of

SEEDS = range(12)


def random_column(seed: int) -> tuple[list[str], pd.Series]:
    """Fields of a column as they are captured, and the same for pandas."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 4000))
    values = [
        rng.normal(0, 10.0 ** rng.integers(-3, 6), count),
        rng.integers(-5, 5, count).astype(float),
        rng.exponential(3, count).round(2),
        np.full(count, 7.25),
    ][seed % 4]
    lost = rng.random(count) < rng.choice([0, 0.3])
    lost[0] = False
    fields = ["" if gone else repr(float(value)) for value, gone in zip(values, lost, strict=True)]
    return fields, pd.Series(np.where(lost, np.nan, values))


@pytest.mark.parametrize("seed", SEEDS)
def test_statistics_are_those_of_pandas(seed: int) -> None:
    fields, series = random_column(seed)
    told = feature_of(column_of("x", fields))
    numbers, judge = told["numerical_statistics"], series.describe()
    assert numbers["common"] == {"num_present": series.notna().sum(), "num_missing": series.isna().sum()}
    assert numbers["mean"] == pytest.approx(judge["mean"], rel=1e-9, abs=1e-12)
    assert (numbers["min"], numbers["max"]) == (judge["min"], judge["max"])
    assert numbers["std_dev"] == pytest.approx(series.std(ddof=0), rel=1e-9, abs=1e-12)
    assert numbers["sum"] == pytest.approx(series.sum(), rel=1e-9, abs=1e-9)
    whole = bool((series.dropna() % 1 == 0).all())
    assert told["inferred_type"] == ("Integral" if whole else "Fractional")


@pytest.mark.parametrize("seed", SEEDS)
def test_buckets_hold_each_value_once(seed: int) -> None:
    fields, series = random_column(seed)
    buckets = feature_of(column_of("x", fields))["numerical_statistics"]["distribution"]["kll"]["buckets"]
    assert sum(one["count"] for one in buckets) == series.notna().sum()
    assert (buckets[0]["lower_bound"], buckets[-1]["upper_bound"]) == (series.min(), series.max())
    for before, after in pairwise(buckets):
        assert before["upper_bound"] == after["lower_bound"]
    first = series[series < buckets[0]["upper_bound"]].count() if len(buckets) > 1 else series.count()
    assert buckets[0]["count"] == first


@pytest.mark.parametrize("seed", SEEDS)
def test_the_distance_is_the_kolmogorov_smirnov_statistic(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = (int(value) for value in rng.integers(1, 1500, 2))
    one, other = rng.normal(0, 1, n).round(int(rng.integers(0, 6))), rng.normal(0.3, 1.2, m).round(1)
    judge = ks_2samp(one, other).statistic
    assert distances.numerical(one, np.ones(n), other, "Simple") == pytest.approx(judge, abs=1e-12)
    robust = max(0.0, judge - 1.8 * math.sqrt((n + m) / (n * m)))
    assert distances.numerical(one, np.ones(n), other, "Robust") == pytest.approx(robust, abs=1e-12)


@pytest.mark.parametrize("count", [1, 2047, SKETCH, SKETCH + 1, 5000, 20_000, 86_925])
def test_a_sketch_is_as_near_as_half_a_group(count: int) -> None:
    rng = np.random.default_rng(count)
    numbers = rng.gamma(2, 3, count).round(2)
    levels = sketch_of(numbers)
    assert sum(len(level) << i for i, level in enumerate(levels)) == count
    assert all(len(level) <= SKETCH for level in levels)
    found = sketched({"numerical_statistics": {"distribution": {"kll": {"sketch": {"data": levels}}}}})
    assert found is not None
    values, weights = found
    allowed = (1 << (len(levels) - 1)) / 2 / count if len(levels) > 1 else 0.0
    assert distances.largest_gap(values, weights, numbers) <= allowed + 1e-12


def test_the_stability_index_of_a_known_shift() -> None:
    """Half of each tenth moved to the next: by hand."""
    values = np.arange(1000) / 1000
    moved = values + 0.05
    shares = np.array([0.05, *[0.1] * 8, 0.15])
    hand = float(((shares - 0.1) * np.log(shares / 0.1)).sum())
    assert distances.stability_index(values, np.ones(1000), moved) == pytest.approx(hand, abs=0.01)
    assert distances.stability_index(values, np.ones(1000), values) == pytest.approx(0, abs=1e-12)


def test_the_stability_index_of_july_is_the_plan_s() -> None:
    """data/plan.json: 7.8 for temperature, 1.1 for pressure; about 0 for held-out flights."""
    for feature, month, low, high in (
        ("temp", "2013-07", 7.3, 8.4),
        ("pressure", "2013-07", 0.9, 1.3),
        ("temp", "test", 0, 0.05),
    ):
        at = FEATURES.index(feature) + 1
        train, now = (
            column_of(feature, [row[at] for row in sample(name, count, 4)]).numbers
            for name, count in (("train", 20_000), (month, 1000))
        )
        assert low <= distances.stability_index(train, np.ones(len(train)), now) <= high


def test_texts_are_compared_by_their_shares() -> None:
    one, other = {"EWR": 50.0, "JFK": 50.0}, {"EWR": 20.0, "JFK": 60.0, "LGA": 20.0}
    assert distances.categorical(one, other, "Simple") == pytest.approx(0.3)
    assert distances.categorical(one, other, "Robust") == pytest.approx(0.3 - 1.8 * math.sqrt(2 / 100))


@pytest.mark.parametrize("share", [0.0, 0.03, 0.24, 0.5, 0.93, 0.999])
def test_a_thousand_flights_hardly_ever_fall_below_the_completeness(share: float) -> None:
    bound = feature_constraints.minimum_completeness(share)
    draws = np.random.default_rng(1).binomial(1000, share, 20_000) / 1000
    assert (draws < bound).sum() <= 2
    # And it is of use: a share a third lower is seen.
    assert share < 0.1 or bound > share * 0.67


def test_a_column_that_is_never_empty_has_to_stay_so() -> None:
    assert feature_constraints.minimum_completeness(1.0) == 1.0


@pytest.mark.parametrize("seed", SEEDS)
def test_auc_is_that_of_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = (rng.random(int(rng.integers(10, 3000))) < 0.25).astype(float)
    labels[:2] = 0, 1
    scores = (rng.random(len(labels)) + 0.3 * labels).round(int(rng.integers(1, 7)))
    found = roc_area.area(labels, scores)
    assert found is not None
    assert found[0] == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    cells = roc_area.figures(labels, scores)["confusion_matrix"]
    judge = confusion_matrix(labels, scores >= 0.5, labels=[0, 1])
    assert [[cells["0"]["0"], cells["0"]["1"]], [cells["1"]["0"], cells["1"]["1"]]] == judge.tolist()
    rates = roc_area.curve(labels, scores, points=10_000)
    below = sum((x1 - x0) * (y0 + y1) / 2 for (x0, y0), (x1, y1) in pairwise(rates))
    assert below == pytest.approx(found[0], abs=1e-4)


def test_the_standard_error_is_how_auc_scatters() -> None:
    """1,000 flights, a fifth of them late, AUC about 0.77: drawn anew 400 times."""
    rng = np.random.default_rng(7)
    found = []
    for _ in range(400):
        labels = (rng.random(1000) < 0.2).astype(float)
        one = roc_area.area(labels, rng.normal(labels * 1.045, 1))
        assert one is not None
        found.append(one)
    areas, errors = np.array(found).T
    assert areas.mean() == pytest.approx(0.77, abs=0.005)
    assert errors.mean() == pytest.approx(areas.std(ddof=1), rel=0.12)
    assert errors.mean() == pytest.approx(0.018, abs=0.002)


def test_one_class_has_no_auc() -> None:
    assert roc_area.area(np.ones(5), np.arange(5.0)) is None
    assert roc_area.area(np.array([1.0, 0, 0]), np.array([0.9, 0.2, 0.1])) == (1.0, math.inf)


def test_a_data_set_without_rows_has_statistics() -> None:
    told = statistics_of([column_of("x", [])])
    assert told == {
        "version": 0.0,
        "dataset": {"item_count": 0},
        "features": [{"name": "x", "inferred_type": "Unknown"}],
    }
