"""Figures of rules beside the same figures by pandas, on data with gaps, duplicates and empty texts."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from quality_jobs import Json, csv_table, metric, num, result, rule

TYPES = {"key": "bigint", "carrier": "string", "distance": "double", "minutes": "double"}


def sample(rows: int = 500) -> pd.DataFrame:
    random = np.random.default_rng(7)
    distance = random.gamma(3, 350, rows).round(1)
    frame = pd.DataFrame(
        {
            "key": random.permutation(np.arange(rows)),
            "carrier": random.choice(["UA", "DL", "B6", "ONCE", ""], rows, p=[0.4, 0.3, 0.2, 0.002, 0.098]),
            "distance": distance,
            "minutes": distance / 7 + random.normal(0, 9, rows),
        }
    )
    frame.loc[random.random(rows) < 0.1, "minutes"] = np.nan
    frame.loc[:4, "key"] = frame["key"].iloc[-1]
    return frame


@pytest.fixture
def frame() -> pd.DataFrame:
    return sample()


@pytest.fixture
def table(tmp_path: Path, frame: pd.DataFrame) -> Json:
    return csv_table(tmp_path, TYPES, frame.to_csv(index=False, header=False))


def nats(series: "pd.Series[Any]") -> float:
    share = series.value_counts(normalize=True)
    return float(-(share * np.log(share)).sum())


def once(series: "pd.Series[Any]") -> int:
    return int((series.value_counts() == 1).sum())


def test_figures_of_one_column(table: Json, frame: pd.DataFrame) -> None:
    any_value = num(">", -1e9)
    minutes, carrier, key = frame["minutes"], frame["carrier"], frame["key"]
    expected = {
        ("Completeness", "minutes"): minutes.notna().mean(),
        ("Completeness", "carrier"): 1.0,
        ("Mean", "minutes"): minutes.mean(),
        ("Sum", "minutes"): minutes.sum(),
        ("StandardDeviation", "minutes"): minutes.std(ddof=0),
        ("Variance", "minutes"): minutes.var(ddof=0),
        ("Entropy", "carrier"): nats(carrier),
        ("DistinctValuesCount", "carrier"): carrier.nunique(),
        # NULL is one value more.
        ("DistinctValuesCount", "minutes"): minutes.nunique() + 1,
        ("Uniqueness", "key"): once(key) / len(key),
        ("Uniqueness", "minutes"): once(minutes) / minutes.notna().sum(),
        ("UniqueValueRatio", "key"): once(key) / key.nunique(),
        ("UniqueValueRatio", "carrier"): once(carrier) / carrier.nunique(),
    }
    for (kind, column), value in expected.items():
        assert metric(table, rule(kind, column, condition=any_value)) == pytest.approx(value, rel=1e-9), (kind, column)


def test_figures_of_several_columns(table: Json, frame: pd.DataFrame) -> None:
    counts = frame.groupby(["carrier", "key"]).size()
    uniqueness = rule("Uniqueness", "carrier", "key", condition=num(">", 0))
    assert metric(table, uniqueness) == pytest.approx((counts == 1).sum() / len(frame))


def test_where_filters_every_figure(table: Json, frame: pd.DataFrame) -> None:
    some = frame[(frame["carrier"] == "UA") & (frame["distance"] > 500)]
    where = "carrier = 'UA' AND `distance` > 500"
    minutes, key = some["minutes"], some["key"]
    expected = {
        ("Completeness", "minutes"): minutes.notna().mean(),
        ("Mean", "minutes"): minutes.mean(),
        ("Uniqueness", "key"): once(key) / len(key),
        ("Entropy", "key"): nats(key),
        ("DistinctValuesCount", "key"): key.nunique(),
    }
    for (kind, column), value in expected.items():
        one = rule(kind, column, condition=num(">", -1e9), where=where)
        assert metric(table, one) == pytest.approx(value, rel=1e-9), kind
    assert metric(table, rule("RowCount", condition=num(">", 0), where=where)) == len(some)


def test_dropped_rows_and_shifted_values_change_the_figures(tmp_path: Path, frame: pd.DataFrame) -> None:
    changed = frame[frame.index % 3 != 0].assign(distance=lambda f: f["distance"] + 10)
    table = csv_table(tmp_path, TYPES, changed.to_csv(index=False, header=False))
    assert metric(table, rule("RowCount", condition=num(">", 0))) == len(changed)
    mean = metric(table, rule("Mean", "distance", condition=num(">", 0)))
    assert mean == pytest.approx(changed["distance"].mean())
    assert mean != pytest.approx(frame["distance"].mean())


def test_shares_of_values(table: Json, frame: pd.DataFrame) -> None:
    minutes = frame["minutes"]
    expected = {
        ">": (minutes > 100).mean(),
        "<=": (minutes <= 100).mean(),
        # NULL passes what is negated.
        "!=": (minutes != 100).mean(),
    }
    for operator, share in expected.items():
        one = rule("ColumnValues", "minutes", condition=num(operator, 100), threshold=num(">", 0))
        found = result(table, one)["metrics"]["Column.minutes.ColumnValues.Compliance"]
        assert found == pytest.approx(share), operator
    between = rule("ColumnValues", "minutes", condition=num("between", 50, 100))
    assert result(table, between)["metrics"] == pytest.approx(
        {
            "Column.minutes.Minimum": minutes.min(),
            "Column.minutes.Maximum": minutes.max(),
            "Column.minutes.ColumnValues.Compliance": ((minutes > 50) & (minutes < 100)).mean(),
        }
    )


def test_custom_sql(table: Json, frame: pd.DataFrame) -> None:
    # Spark's spelling: backticks, double-quoted texts, its own functions.
    sql = 'select sum(if(carrier = "UA", 1, 0)) / count(*) from primary where `distance` > 500'
    far = frame[frame["distance"] > 500]
    assert metric(table, rule("CustomSql", sql, condition=num(">", 0))) == pytest.approx(
        (far["carrier"] == "UA").mean()
    )
    rows = rule("CustomSql", "select key from primary where distance > 500", threshold=num(">", 0))
    assert metric(table, rows) == pytest.approx(frame["key"].isin(far["key"]).mean())


def test_referential_integrity(tmp_path: Path, table: Json, frame: pd.DataFrame) -> None:
    names = csv_table(tmp_path, {"iata": "string"}, "UA\nDL\nDL\n")
    one = rule("ReferentialIntegrity", "carrier", "names.iata", condition=num("=", 1))
    outcome = result(table, one, names=names)
    share = frame["carrier"].isin(["UA", "DL"]).mean()
    assert outcome["result"] == "FAIL"
    assert outcome["metrics"] == {"Column.names.ReferentialIntegrity": pytest.approx(share)}
    missing = result(table, rule("ReferentialIntegrity", "carrier", "none.iata", condition=num("=", 1)))
    assert missing["message"] == "none not found in additional sources"
