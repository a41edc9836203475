"""The baseline of the training data, and data that is none."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Sequence

import pandas as pd
import pytest

from .job_world import FEATURES, ROOT, RUNTIME, World, flights, sample

# isort: split
import feature_constraints


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_columns_are_the_model_s() -> None:
    plan = json.loads((ROOT / "data/plan.json").read_text())
    assert [feature["name"] for feature in plan["features"]] == FEATURES
    assert (RUNTIME / "features.json").read_bytes() == (ROOT / "lib/flights/runtime/features.json").read_bytes()


def test_the_files_are_of_the_sample_beside_them(world: World) -> None:
    assert world.baseline(flights("train")) == 0
    assert world.message == "Completed: baseline of 20000 of 86925 rows, 36 columns."
    header, *rows = rows_of(world.output("baseline.csv", "baseline"))
    assert (header, len(rows)) == (FEATURES, 20_000)
    known = {tuple(row[1:]) for row in flights("train")}
    assert all(tuple(row) in known for row in rows)
    frame = pd.read_csv(io.StringIO(world.output("baseline.csv", "baseline")))
    statistics = world.output("statistics.json", "baseline")
    assert statistics["dataset"]["item_count"] == 20_000
    for feature in statistics["features"]:
        numbers, column = feature["numerical_statistics"], frame[feature["name"]]
        assert numbers["mean"] == pytest.approx(column.mean(), rel=1e-9)
        assert numbers["std_dev"] == pytest.approx(column.std(ddof=0), rel=1e-9)
        assert numbers["common"]["num_missing"] == column.isna().sum()
    for feature in world.output("constraints.json", "baseline")["features"]:
        column = frame[feature["name"]]
        assert feature["num_constraints"]["is_non_negative"] == bool(column.min() >= 0)
        assert feature["completeness"] <= column.notna().mean()
        assert (feature["completeness"] == 1) == bool(column.notna().all())
    assert world.output("constraints.json", "baseline")["monitoring_config"] == feature_constraints.CONFIG


def test_the_same_data_give_the_same_baseline(world: World) -> None:
    rows = flights("train")[:30_000]
    assert world.baseline(rows) == 0
    first = {name: body for name, body in world.s3.objects.items()}
    assert world.baseline(rows) == 0
    assert first == world.s3.objects


def test_data_with_names_and_without_a_label(world: World) -> None:
    rows = sample("train", 300, 1)
    assert world.baseline(rows) == 0
    plain = dict(world.s3.objects)
    assert world.baseline([row[1:] for row in rows]) == 0
    assert plain == world.s3.objects
    turned = [list(reversed(row)) for row in rows]
    assert world.baseline(turned, header=[*reversed(FEATURES), "late"]) == 0
    assert plain == world.s3.objects


def test_packed_files_and_hidden_ones(world: World) -> None:
    rows = sample("train", 30, 1)
    folder = world.folder / "opt/ml/processing/input/baseline_dataset_input/more"
    folder.mkdir(parents=True)
    (folder / "part_1.csv.gz").write_bytes(gzip.compress("\r\n".join(",".join(row) for row in rows[10:]).encode()))
    (folder / "_SUCCESS").write_text("not data")
    assert world.baseline(rows[:10]) == 0
    assert world.output("summary.json", "baseline")["records"] == 30


@pytest.mark.parametrize(
    ("rows", "header", "said"),
    [
        ([], None, "The baseline's data has no rows. Look at the job's input baseline_dataset_input."),
        ([["1", "2"]], None, "The baseline's data has 2 columns. The model has 36, perhaps after a label."),
        ([["1"] * 37, ["1"] * 36], None, "part_0, line 2 of the baseline's data has 36 columns, not 37."),
        ([["1", "2"]], ["late", "temp"], "The baseline's data lacks the columns sched_dep_minute, sched_dep_sin, "),
        ([["1", "2"]], ["temp", "temp"], "Two columns of the baseline's data have the same name."),
    ],
)
def test_data_that_is_no_baseline(
    world: World, rows: Sequence[Sequence[str]], header: Sequence[str] | None, said: str
) -> None:
    assert world.baseline(rows, header) == 1
    assert world.message.startswith(said)
    assert not (world.folder / "opt/ml/processing/output/baseline/constraints.json").exists()


def test_a_file_that_is_broken(world: World) -> None:
    source = world.folder / "opt/ml/processing/input/baseline_dataset_input"
    source.mkdir(parents=True)
    (source / "a.csv.gz").write_bytes(gzip.compress(b"1,2\n" * 1000)[:40])
    assert world.run("baseline") == 1
    assert world.message.startswith("a.csv.gz of the baseline's data cannot be read: ")


def test_columns_without_values_or_with_texts_are_named(world: World) -> None:
    rows = [list(row) for row in sample("train", 50, 1)]
    for number, row in enumerate(rows):
        row[1 + FEATURES.index("wind_gust")] = ""
        row[1 + FEATURES.index("seats")] = ("many", "few")[number % 2]
    assert world.baseline(rows) == 0
    assert "wind_gust has no value at all: it will not be compared." in world.message
    features = {one["name"]: one for one in world.output("constraints.json", "baseline")["features"]}
    assert features["wind_gust"]["inferred_type"] == "Unknown"
    assert features["seats"]["string_constraints"] == {"domains": ["few", "many"]}
    seats = next(one for one in world.output("statistics.json", "baseline")["features"] if one["name"] == "seats")
    assert seats["string_statistics"]["distinct_count"] == 2


def test_texts_are_held_against_the_known_ones(world: World) -> None:
    """A column of texts: other shares are drift, unknown values a violation of their own."""
    from .job_world import line

    rows = [list(row) for row in sample("train", 600, 1)]
    for number, row in enumerate(rows):
        row[1 + FEATURES.index("seats")] = ("many", "few")[number % 2]
    assert world.baseline(rows) == 0
    for number, row in enumerate(rows):
        row[1 + FEATURES.index("seats")] = "none" if number % 3 == 0 else "many"
    world.capture([line(",".join(row[1:]), number=number) for number, row in enumerate(rows)])
    assert world.run("analyze") == 0
    told = {(one["feature_name"], one["constraint_check_type"]) for one in world.output("summary.json")["violations"]}
    assert told == {("seats", "categorical_values_check"), ("seats", "baseline_drift_check")}
