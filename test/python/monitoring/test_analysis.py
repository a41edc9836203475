"""Traffic against the baseline: held-out flights are clean, later months are not, and a second computation agrees."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scipy.stats import ks_2samp

from .job_world import BUCKET, ENDPOINT, FEATURES, HOUR, World, flights, line, requests, sample

# isort: split
from capture_reader import Records
from feature_statistics import columns_of
from sample_size import MIN_SAMPLE
from violation_checks import Comparison, compare

MONTHS = ("2013-06", "2013-07", "2013-08", "2013-09", "2013-10")


def frame(rows: list[list[str]]) -> pd.DataFrame:
    return pd.DataFrame([[field or "nan" for field in row[1:]] for row in rows], columns=FEATURES).astype(float)


@cache
def judged_by() -> pd.DataFrame:
    return frame(sample("train", 20_000, 99))


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as one:
        yield one


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> World:
    """A baseline of all training flights."""
    world = World(tmp_path_factory.mktemp("baseline"), patch)
    assert world.baseline(flights("train")) == 0
    patch.undo()
    return world


@pytest.fixture
def ready(world: World, made: World) -> World:
    world.s3.objects.update(made.s3.objects)
    return world


def document(made: World, name: str) -> Any:
    return json.loads(made.s3.objects[f"baseline/{name}.json"])


def compared(made: World, rows: list[list[str]]) -> Comparison:
    bare = [row[1:] for row in rows]
    constraints, statistics = document(made, "constraints"), document(made, "statistics")
    return compare(columns_of(FEATURES, bare), Records(FEATURES, bare), constraints, statistics)


@pytest.mark.parametrize("seed", range(25))
def test_held_out_flights_of_the_training_months_are_clean(made: World, seed: int) -> None:
    assert compared(made, sample("test", 1000, seed)).violations == []


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("seed", range(3))
def test_features_drift_in_later_months_as_another_computation_says(made: World, month: str, seed: int) -> None:
    """The judge has another sample of the training flights, and SciPy; the monitor has a sketch of its sample."""
    rows = sample(month, 1000, seed)
    train, now = judged_by(), frame(rows)
    n = 20_000
    gaps = {
        name: ks_2samp(train[name].dropna(), now[name].dropna(), method="asymp").statistic
        - 1.8 * math.sqrt(1 / (n * train[name].notna().mean()) + 1 / now[name].count())
        for name in FEATURES
    }
    found = compared(made, rows)
    assert {"temp", "dewp"} <= set(found.drifted)
    # Two samples of the training flights are that far apart at most; of gusts there are a quarter.
    slack = 2 / math.sqrt(n * 0.24)
    assert {name for name, gap in gaps.items() if gap > 0.1 + slack} <= set(found.drifted)
    assert set(found.drifted) <= {name for name, gap in gaps.items() if gap > 0.1 - slack}
    assert found.drifted == sorted(found.drifted, key=lambda name: -found.distances[name])


def test_july_names_temperature_first(ready: World) -> None:
    ready.capture(requests(sample("2013-07", 1000, 1)))
    assert ready.run("analyze") == 0
    summary = ready.output("summary.json")
    assert summary["drifted"][:2] == ["temp", "dewp"]
    assert summary["records"] == summary["requests"] == 1000
    assert summary["window"] == {"start": "2026-11-23T21:00:00Z", "end": "2026-11-23T22:00:00Z"}
    assert (summary["execution"], summary["evidently"]) == ("run-1", False)
    told = ready.output("constraint_violations.json")["violations"]
    assert told == summary["violations"]
    assert {tuple(sorted(one)) for one in told} == {("constraint_check_type", "description", "feature_name")}
    assert ready.message.startswith("CompletedWithViolations: 1000 records from 2026-11-23 21:00:00 to")
    assert "baseline_drift_check: temp, dewp, " in ready.message
    report = ready.output("report.html")
    assert "features drifted: temp, dewp" in report and ENDPOINT in report


def test_statistics_of_the_traffic_are_of_the_traffic(ready: World) -> None:
    rows = sample("2013-09", 300, 5)
    ready.capture(requests(rows))
    assert ready.run("analyze") == 0
    told = ready.output("statistics.json")
    assert told["dataset"]["item_count"] == 300
    judge = frame(rows)
    for feature in told["features"]:
        assert feature["numerical_statistics"]["mean"] == pytest.approx(judge[feature["name"]].mean(), rel=1e-9)
    assert [one["name"] for one in ready.output("constraints.json")["features"]] == FEATURES


def test_metrics_are_put_for_the_endpoint(ready: World) -> None:
    ready.capture(requests(sample("2013-07", 1000, 2)))
    assert ready.run("analyze", MLA_SCHEDULE="hourly") == 0
    own, scheduled = ready.metrics.named(), ready.metrics.named("Endpoint", "MonitoringSchedule")
    assert own == scheduled
    assert ready.metrics.namespaces == {"MlaLabs/Monitoring"}
    assert own["Records"] == 1000
    assert own["FeaturesDrifted"] == len(ready.output("summary.json")["drifted"]) >= 4
    assert own["feature_baseline_drift_temp"] == pytest.approx(
        ready.output("summary.json")["distances"]["temp"], abs=1e-6
    )
    assert own["RecordsCompared"] == 1000
    assert set(own) == {
        "Records",
        "RecordsCompared",
        "FeaturesDrifted",
        *(f"feature_baseline_drift_{name}" for name in FEATURES),
    }
    # Alarms look at the last minutes; a time of the window would pass them by.
    assert all("Timestamp" not in one for one in ready.metrics.data)


def test_metrics_can_be_switched_off(ready: World) -> None:
    ready.capture(requests(sample("test", 100, 2)))
    assert ready.run("analyze", MLA_METRICS="off") == 0
    ready.edit("baseline/constraints.json", {"monitoring_config": {"emit_metrics": "Disabled"}})
    assert ready.run("analyze") == 0
    assert ready.metrics.data == []


def test_a_monitor_that_may_not_publish_fails(ready: World) -> None:
    ready.capture(requests(sample("test", 10, 2)))
    ready.metrics.refuses = True
    assert ready.run("analyze") == 1
    assert ready.message == (
        "The metrics could not be published: AccessDenied: not authorized to cloudwatch:PutMetricData"
    )


def test_the_fewest_that_are_compared_are_not_called_a_drift_by_chance(made: World) -> None:
    """`Robust` takes off what chance makes of 500 flights, `Simple` does not."""
    drifted = [compared(made, sample("test", MIN_SAMPLE, seed)).drifted for seed in range(20)]
    assert drifted == [[]] * 20
    strict = document(made, "constraints")
    strict["monitoring_config"]["distribution_constraints"]["comparison_method"] = "Simple"
    strict["monitoring_config"]["distribution_constraints"]["comparison_threshold"] = 0.05
    rows = [row[1:] for row in sample("test", MIN_SAMPLE, 1)]
    found = compare(columns_of(FEATURES, rows), Records(FEATURES, rows), strict, document(made, "statistics"))
    assert found.drifted


def test_the_learner_s_thresholds_are_obeyed(ready: World) -> None:
    ready.capture(requests(sample("2013-07", 1000, 1)))
    constraints = json.loads(ready.s3.objects["baseline/constraints.json"])
    constraints["monitoring_config"]["distribution_constraints"]["comparison_threshold"] = 0.5
    for feature in constraints["features"]:
        if feature["name"] == "dewp":
            feature["monitoringConfigOverrides"] = {"distribution_constraints": {"comparison_threshold": 0.95}}
    ready.put("baseline/constraints.json", json.dumps(constraints))
    assert ready.run("analyze") == 0
    assert ready.output("summary.json")["drifted"] == ["temp"]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"datatype_check_threshold": 3}, "datatype_check_threshold 3. It is a number from 0 to 1."),
        ({"distribution_constraints": {"comparison_method": "robust"}}, "comparison_method 'robust'"),
        ({"distribution_constraints": {"categorical_drift_method": "ChiSquared"}}, "This monitor has LInfinity only."),
    ],
)
def test_thresholds_without_a_meaning_judge_nothing(ready: World, config: dict[str, Any], said: str) -> None:
    ready.capture(requests(sample("test", 10, 1)))
    ready.edit("baseline/constraints.json", {"monitoring_config": config})
    assert ready.run("analyze") == 1
    assert said in ready.message


def test_a_window_holds_its_start_and_not_its_end(ready: World) -> None:
    rows = sample("test", 4, 1)
    body = [",".join(row[1:]) for row in rows]
    ready.capture(
        [line(body[0], number=0), line(body[1], number=3599), line(body[2], number=1, at=HOUR.replace(hour=22))]
    )
    # Written under the hour in which the file was begun.
    ready.capture([line(body[3], number=9)], HOUR.replace(hour=20))
    assert ready.run("analyze") == 0
    assert ready.output("summary.json")["requests"] == 3
    assert ready.output("summary.json")["skipped"] == {}


def test_only_the_hours_of_the_window_are_listed(ready: World) -> None:
    assert ready.run("analyze") == 0
    top = f"capture/{ENDPOINT}/AllTraffic/2026/11/23"
    assert ready.s3.listed == [f"{top}/{hour}/" for hour in (20, 21, 22)]


def test_a_window_of_its_own_is_named_by_both_ends(ready: World) -> None:
    ready.capture(requests(sample("test", 30, 1)))
    window = {"MLA_START": "2026-11-23T21:00:10Z", "MLA_END": "2026-11-23T21:00:20+00:00"}
    assert ready.run("analyze", **window) == 0
    assert ready.output("summary.json")["records"] == 10
    for env, said in (
        ({"MLA_START": "2026-11-23T21:00:10Z"}, "Only one of MLA_START and MLA_END is given."),
        ({"MLA_START": "2026-11-24", "MLA_END": "2026-11-23"}, "ends before it starts"),
        ({"MLA_SCHEDULED_TIME": "<aws.scheduler.scheduled-time>"}, "MLA_SCHEDULED_TIME is"),
    ):
        assert ready.run("analyze", **env) == 1
        assert said in ready.message


def test_what_is_missing_in_the_environment_is_named(ready: World) -> None:
    assert ready.run("analyze", MLA_BUCKET="") == 1
    assert ready.message == "The environment variable MLA_BUCKET is not set."
    assert ready.run("analyze", MLA_OUTPUT="../elsewhere") == 1
    assert "is no folder below" in ready.message


def test_without_a_baseline_there_is_no_analysis(world: World) -> None:
    assert world.run("analyze") == 1
    assert world.message == f"There is no s3://{BUCKET}/baseline/constraints.json. Make the baseline first."


def test_numbers_that_agree_are_not_enough(made: World) -> None:
    """The same values under other columns: shuffled columns must not look clean."""
    rows = [[row[0], *reversed(row[1:])] for row in sample("test", 1000, 3)]
    assert len(compared(made, rows).drifted) > 10


def test_results_are_plain_json(made: World) -> None:
    folder = Path(made.folder, "opt/ml/processing/output/baseline")

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    for path in folder.glob("*.json"):
        json.loads(path.read_text(), parse_constant=refuse)
