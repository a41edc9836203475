"""data/prepared/: the same flights, features and slices as the Glue script makes, though another script made them."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from collections import Counter
from types import ModuleType
from typing import Any

import pytest
from pyspark.sql import SparkSession

from .conftest import ROOT, load

DATA = ROOT / "data"
# One month that is split, and one that is kept whole.
SPLIT, WHOLE = "2013-02", "2013-07"

Row = tuple[float | None, ...]


def shipped(path: str) -> Counter[Row]:
    with gzip.open(DATA / "prepared" / path, "rt", encoding="utf-8", newline="") as file:
        return Counter(tuple(float(field) if field else None for field in row) for row in csv.reader(file))


@pytest.fixture(scope="module")
def made(
    transform: ModuleType, spark: SparkSession, plan: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Counter[Row]]:
    """What the Glue script makes of the two months: rows as they are shipped, by slice or month."""
    folder = tmp_path_factory.mktemp("prepared")
    raw, out = folder / "raw", folder / "out"
    sources = {f"flights/{month}": f"flights/batch={month}/flights" for month in (SPLIT, WHOLE)}
    for source, place in {**sources, "weather": "weather/weather", "planes": "planes/planes"}.items():
        path = raw / f"{place}.csv"
        path.parent.mkdir(parents=True)
        with gzip.open(DATA / f"{source}.csv.gz", "rb") as packed, path.open("wb") as file:
            shutil.copyfileobj(packed, file)
    transform.run(spark, str(raw), str(out), plan, [SPLIT, WHOLE])
    columns = [plan["label"]["name"], *(feature["name"] for feature in plan["features"])]
    found: dict[str, Counter[Row]] = {}
    for month in (SPLIT, WHOLE):
        frame = spark.read.parquet(f"{out}/batch={month}/")
        for row in frame.select(plan["prepared"]["bucket"], *columns).collect():
            bucket, values = row[0], tuple(None if value is None else float(value) for value in row[1:])
            slices = plan["split"]["slices"].items()
            name = next(name for name, place in slices if place["from"] <= bucket < place["below"])
            found.setdefault(name if month == SPLIT else month, Counter())[values] += 1
    return found


def test_a_later_month_has_exactly_the_rows_that_the_glue_script_makes(made: dict[str, Counter[Row]]) -> None:
    there = shipped(f"months/{WHOLE}.csv.gz")
    assert (made[WHOLE] - there, there - made[WHOLE]) == (Counter(), Counter())


@pytest.mark.parametrize("name", ["train", "validation", "test"])
def test_each_flight_of_a_split_month_is_in_the_slice_of_its_bucket(made: dict[str, Counter[Row]], name: str) -> None:
    assert sum(made[name].values()) > 1000
    assert made[name] - shipped(f"{name}.csv.gz") == Counter()


def test_the_files_are_what_their_script_makes_and_the_manifest_tells(plan: dict[str, Any]) -> None:
    script = load("scripts/data/prepared.py")
    contents = script.build(DATA, plan)
    manifest = (DATA / "prepared" / "manifest.json").read_text(encoding="utf-8")
    assert script.render(contents, plan) == manifest
    assert {one["path"] for one in json.loads(manifest)["files"]} == {f"prepared/{path}.gz" for path in contents}
    for path, content in contents.items():
        assert gzip.decompress((DATA / "prepared" / f"{path}.gz").read_bytes()) == content
