"""The stand-in for Model Monitor's analyzer, beside pandas and scipy's own arithmetic, and on data that is none."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "local-cloud" / "engines" / "sagemaker"))

import analyzer

SOURCE, OUTPUT = "/opt/ml/processing/input/data", "/opt/ml/processing/output"
CSV = {"csv": {"header": True, "output_columns_position": "START"}}
CAPTURE = {"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}


class Scratch:
    """A container's folder, and the analyzer in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.said = ""

    def put(self, path: str, content: str) -> None:
        file = Path(str(self.root) + path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)

    def run(self, form: dict[str, Any], **env: str) -> int:
        wanted = {"dataset_format": json.dumps(form), "dataset_source": SOURCE, "output_path": OUTPUT, **env}
        said, before = io.StringIO(), dict(os.environ)
        os.environ.update({"SM_PREFIX": str(self.root), **wanted})
        try:
            with contextlib.redirect_stdout(said):
                analyzer.main()
            return 0
        except SystemExit as end:
            return int(end.code or 0)
        finally:
            os.environ.clear()
            os.environ.update(before)
            self.said = said.getvalue()

    def json(self, name: str, folder: str = OUTPUT) -> Any:
        return json.loads(Path(f"{self.root}{folder}/{name}").read_text())

    def text(self, path: str) -> str:
        return Path(str(self.root) + path).read_text()


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)


def flights(count: int, seed: int, warmer: float = 0.0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "late": random.integers(0, 2, count),
            "temp": (random.normal(55, 15, count) + warmer).round(2),
            "seats": random.integers(50, 300, count),
            "origin": random.choice(["JFK", "LGA", "EWR"], count),
        }
    )


def put_csv(scratch: Scratch, frame: pd.DataFrame, path: str = f"{SOURCE}/data.csv") -> None:
    scratch.put(path, frame.to_csv(index=False))


def baseline(scratch: Scratch, frame: pd.DataFrame) -> dict[str, str]:
    """Makes the baseline; returns the environment that names it."""
    put_csv(scratch, frame)
    assert scratch.run(CSV) == 0, scratch.said
    for name in ("constraints", "statistics"):
        scratch.put(f"/opt/ml/processing/baseline/{name}.json", scratch.text(f"{OUTPUT}/{name}.json"))
    folder = "/opt/ml/processing/baseline"
    return {
        "baseline_constraints": f"{folder}/constraints.json",
        "baseline_statistics": f"{folder}/statistics.json",
        "publish_cloudwatch_metrics": "Enabled",
    }


def put_capture(scratch: Scratch, frame: pd.DataFrame, encoding: str = "CSV") -> None:
    """One record a line: the first column is the answer, the rest is the request."""
    lines = []
    for row in frame.itertuples(index=False):
        fields = ["" if value is None or value != value else str(value) for value in row]
        sides = {"endpointOutput": fields[0], "endpointInput": ",".join(fields[1:])}
        data = {name: {"data": _encoded(text, encoding), "encoding": encoding} for name, text in sides.items()}
        lines.append(json.dumps({"captureData": data, "eventVersion": "0"}))
    for old in Path(str(scratch.root) + SOURCE).glob("*.csv"):
        old.unlink()
    scratch.put(f"{SOURCE}/e/AllTraffic/2026/07/01/05/x.jsonl", "\n".join(lines))


def _encoded(text: str, encoding: str) -> str:
    return base64.b64encode(text.encode()).decode() if encoding == "BASE64" else text


def kinds(scratch: Scratch) -> set[tuple[str, str]]:
    found = scratch.json("constraint_violations.json")["violations"]
    return {(violation["feature_name"], violation["constraint_check_type"]) for violation in found}


def test_statistics_are_those_of_pandas(scratch: Scratch) -> None:
    frame = flights(500, 1)
    frame["temp"] = frame["temp"].where(frame.index % 10 != 0)
    put_csv(scratch, frame)
    assert scratch.run(CSV) == 0, scratch.said
    statistics = scratch.json("statistics.json")
    assert statistics["dataset"]["item_count"] == 500
    features = {feature["name"]: feature for feature in statistics["features"]}
    temp = features["temp"]["numerical_statistics"]
    assert temp["common"] == {"num_present": 450, "num_missing": 50}
    assert temp["mean"] == pytest.approx(frame["temp"].mean())
    assert temp["std_dev"] == pytest.approx(frame["temp"].std(ddof=0))
    assert (temp["min"], temp["max"]) == (frame["temp"].min(), frame["temp"].max())
    assert sum(bucket["count"] for bucket in temp["distribution"]["kll"]["buckets"]) == 450
    origin = features["origin"]["string_statistics"]
    assert origin["distinct_count"] == 3
    shown = {bucket["value"]: bucket["count"] for bucket in origin["distribution"]["categorical"]["buckets"]}
    assert shown == frame["origin"].value_counts().to_dict()
    assert {name: feature["inferred_type"] for name, feature in features.items()} == {
        "late": "Integral",
        "temp": "Fractional",
        "seats": "Integral",
        "origin": "String",
    }


def test_constraints_hold_completeness_and_sign(scratch: Scratch) -> None:
    frame = flights(400, 1, warmer=-40)
    frame["temp"] = frame["temp"].where(frame.index % 4 != 0)
    put_csv(scratch, frame)
    assert scratch.run(CSV) == 0
    features = {feature["name"]: feature for feature in scratch.json("constraints.json")["features"]}
    assert features["temp"]["completeness"] == 0.75
    assert features["temp"]["num_constraints"] == {"is_non_negative": False}
    assert features["seats"]["num_constraints"] == {"is_non_negative": True}
    assert scratch.text("/opt/ml/output/message") == "Completed: Job completed successfully with no violations."


def test_it_says_in_log_and_reports_that_it_stands_in(scratch: Scratch) -> None:
    put_csv(scratch, flights(50, 1))
    scratch.run(CSV)
    assert scratch.said.startswith("STAND-IN: ")
    for name in ("statistics.json", "constraints.json"):
        assert "stand-in" in scratch.json(name)["analyzer"]


@pytest.mark.parametrize("encoding", ["CSV", "BASE64"])
@pytest.mark.parametrize("seed", [2, 3])
def test_captured_data_of_the_same_kind_violates_nothing(scratch: Scratch, encoding: str, seed: int) -> None:
    env = baseline(scratch, flights(4000, 1))
    put_capture(scratch, flights(1000, seed), encoding)
    assert scratch.run(CAPTURE, **env) == 0, scratch.said
    assert kinds(scratch) == set()
    assert scratch.text("/opt/ml/output/message").startswith("Completed: ")


def test_what_drifted_is_named_with_its_distance(scratch: Scratch) -> None:
    before, after = flights(4000, 1), flights(1000, 2, warmer=30)
    env = baseline(scratch, before)
    put_capture(scratch, after)
    assert scratch.run(CAPTURE, **env) == 0
    assert kinds(scratch) == {("temp", "baseline_drift_check")}
    assert scratch.text("/opt/ml/output/message") == (
        "CompletedWithViolations: Job completed successfully with 1 violations."
    )
    lines = scratch.text("/opt/ml/output/metrics/cloudwatch/cloudwatch_metrics.jsonl").splitlines()
    values = {metric["MetricName"]: metric for metric in map(json.loads, lines)}
    at = np.sort(np.concatenate([before["temp"], after["temp"]]))
    shares = [np.searchsorted(np.sort(frame["temp"]), at, side="right") / len(frame) for frame in (before, after)]
    largest = np.abs(shares[0] - shares[1]).max()
    robust = largest - 1.8 * np.sqrt((4000 + 1000) / (4000 * 1000))
    # The baseline's sketch keeps 2048 of its 4000 values.
    assert values["feature_baseline_drift_temp"]["Value"] == pytest.approx(robust, abs=2e-3)
    assert values["feature_non_null_temp"]["Value"] == 1.0
    assert values["feature_data_seats"]["StatisticValues"]["SampleCount"] == 1000


def test_types_missing_values_and_categories_are_checked(scratch: Scratch) -> None:
    env = baseline(scratch, flights(2000, 1))
    frame = flights(600, 2).astype(object)
    frame.loc[frame.index % 4 == 0, "seats"] = "many"
    frame.loc[frame.index % 3 == 0, "temp"] = None
    frame["origin"] = "JFK"
    put_capture(scratch, frame)
    assert scratch.run(CAPTURE, **env) == 0, scratch.said
    assert kinds(scratch) >= {
        ("seats", "data_type_check"),
        ("temp", "completeness_check"),
        ("origin", "baseline_drift_check"),
    }


@pytest.mark.parametrize(
    ("change", "violation"),
    [
        (lambda frame: frame.drop(columns="origin"), ("Missing columns", "missing_column_check")),
        (lambda frame: frame.assign(extra=1), ("Extra columns", "extra_column_check")),
    ],
)
def test_other_columns_than_the_baselines_are_a_violation(
    scratch: Scratch, change: Any, violation: tuple[str, str]
) -> None:
    env = baseline(scratch, flights(500, 1))
    put_capture(scratch, change(flights(200, 2)))
    assert scratch.run(CAPTURE, **env) == 0, scratch.said
    assert violation in kinds(scratch)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "The captured data has no records."),
        ("not json", "Line 1 of x.jsonl is no captured request"),
        ('{"captureData": {"endpointInput": {"data": "1", "encoding": "CSV"}}}', "endpointOutput"),
        (
            '{"captureData": {"endpointInput": {"data": "1", "encoding": "CSV"}, '
            '"endpointOutput": {"data": "MQ==", "encoding": "BASE64"}}}',
            "Encoding mismatch: Encoding is BASE64 for endpointOutput, but Encoding is CSV for endpointInput.",
        ),
        (
            '{"captureData": {"endpointInput": {"data": "{}", "encoding": "JSON"}, '
            '"endpointOutput": {"data": "{}", "encoding": "JSON"}}}',
            "encoding JSON cannot be analyzed here",
        ),
        (
            '{"captureData": {"endpointInput": {"data": "1\\n2", "encoding": "CSV"}, '
            '"endpointOutput": {"data": "1", "encoding": "CSV"}}}',
            "not as many answers as records",
        ),
    ],
)
def test_capture_that_is_none_fails_and_says_why(scratch: Scratch, content: str, said: str) -> None:
    scratch.put(f"{SOURCE}/x.jsonl", content)
    assert scratch.run(CAPTURE) == 255
    assert said in scratch.text("/opt/ml/output/failure")


@pytest.mark.parametrize(
    ("form", "env", "said"),
    [
        ({"parquet": {}}, {}, "not parquet"),
        (CSV, {"output_path": ""}, "output_path is required"),
        (CSV, {"baseline_constraints": "/opt/ml/nowhere.json"}, "baseline_constraints /opt/ml/nowhere.json cannot be"),
        (CSV, {"dataset_source": "/opt/ml/empty"}, "No data was found in /opt/ml/empty."),
    ],
)
def test_a_contract_that_is_not_kept_fails_and_says_why(
    scratch: Scratch, form: dict[str, Any], env: dict[str, str], said: str
) -> None:
    put_csv(scratch, flights(20, 1))
    assert scratch.run(form, **env) == 255
    assert said in scratch.text("/opt/ml/output/failure")


def test_rows_of_different_lengths_are_no_data_set(scratch: Scratch) -> None:
    scratch.put(f"{SOURCE}/data.csv", "a,b\n1,2\n3\n")
    assert scratch.run(CSV) == 255
    assert "A row has 1 columns where 2 are expected." in scratch.text("/opt/ml/output/failure")
