"""Too few different requests to compare: said in message, report, summary and metrics, and no alarm gets a figure."""

from __future__ import annotations

import json
import math

import pytest

from .job_world import FEATURES, World, flights, line, sample, truth

# isort: split
from distances import correction
from feature_constraints import CONFIG
from sample_size import MIN_SAMPLE


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A baseline of 20,000 training flights."""
    with pytest.MonkeyPatch.context() as patch:
        world = World(tmp_path_factory.mktemp("baseline"), patch)
        assert world.baseline(flights("train")) == 0
        return dict(world.s3.objects)


@pytest.fixture
def ready(world: World, base: dict[str, bytes]) -> World:
    world.s3.objects.update(base)
    return world


def bodies(month: str, count: int, seed: int = 1) -> list[str]:
    return [",".join(row[1:]) for row in sample(month, count, seed)]


def lines(*asked: str) -> list[str]:
    return [line(body, number=number, inference_id=f"flight-{number}") for number, body in enumerate(asked)]


JULY = bodies("2013-07", 1000)


@pytest.mark.parametrize(
    ("what", "asked", "different"),
    [
        ("five requests of one flight", [JULY[0]] * 5, 1),
        ("one flight, asked about 500 times", [JULY[0]] * 500, 1),
        ("one flight, asked about 2,500 times", [JULY[0]] * 2500, 1),
        ("ten flights, each a hundred times", JULY[:10] * 100, 10),
        ("one flight less than it takes", JULY[: MIN_SAMPLE - 1], MIN_SAMPLE - 1),
        ("one flight less than it takes, each twice", JULY[: MIN_SAMPLE - 1] * 2, MIN_SAMPLE - 1),
        ("many flights in one request, too few", ["\n".join(JULY[:100])], 100),
    ],
)
def test_too_few_are_not_compared(ready: World, what: str, asked: list[str], different: int) -> None:
    ready.capture(lines(*asked))
    assert ready.run("analyze") == 0
    records = sum(len(body.split("\n")) for body in asked)
    summary = ready.output("summary.json")
    assert (summary["records"], summary["different"], summary["fewest"]) == (records, different, MIN_SAMPLE), what
    assert (summary["drifted"], summary["distances"], summary["violations"]) == ([], {}, [])
    assert ready.metrics.named() == {"Records": records, "RecordsCompared": 0}
    said = f"{records} records from 2026-11-23 21:00:00 to 2026-11-23 22:00:00 UTC, {different} of them different: "
    assert (
        ready.message == f"Completed: {said}fewer than the {MIN_SAMPLE} that a comparison takes. Nothing was compared."
    )
    report = ready.output("report.html")
    assert f"Too few to compare: {different} different of {records:,} records; it takes {MIN_SAMPLE}." in report
    assert "the traffic looks like the baseline" not in report


def test_as_many_as_it_takes_are_compared(ready: World) -> None:
    ready.capture(lines(*JULY[:MIN_SAMPLE]))
    assert ready.run("analyze") == 0
    assert ready.output("summary.json")["drifted"][:2] == ["temp", "dewp"]
    assert ready.metrics.named()["RecordsCompared"] == MIN_SAMPLE
    assert ready.metrics.named()["FeaturesDrifted"] >= 2


@pytest.mark.parametrize("times", [600, 5000])
def test_a_request_that_is_sent_again_and_again_is_no_drift(ready: World, times: int) -> None:
    """A client that retries one flight of July among held-out ones tells nothing new of the world."""
    ready.capture(lines(*bodies("test", 1000, 3), *[JULY[0]] * times))
    assert ready.run("analyze") == 0
    summary = ready.output("summary.json")
    assert (summary["records"], summary["different"], summary["drifted"]) == (1000 + times, 1001, [])
    assert ready.metrics.named()["FeaturesDrifted"] == 0


def test_a_quiet_hour(ready: World) -> None:
    assert ready.run("analyze") == 0
    assert ready.output("summary.json")["different"] == 0
    assert ready.metrics.named() == {"Records": 0, "RecordsCompared": 0}


@pytest.mark.parametrize("broken", [5, 700])
def test_lines_that_cannot_be_read_are_not_counted_as_flights(ready: World, broken: int) -> None:
    ready.capture([*lines(*JULY[:5]), *(one[:120] for one in lines(*JULY[:broken]))])
    assert ready.run("analyze") == 0
    assert ready.output("summary.json")["different"] == 5
    assert ready.metrics.named() == {"Records": 5, "RecordsCompared": 0}
    assert ready.message.endswith(f"Nothing was compared. {broken} left out: a line that is cut off, or is no JSON.")


def test_what_needs_no_comparison_is_still_told(ready: World) -> None:
    fields = JULY[0].split(",")
    fields[FEATURES.index("distance")] = "far"
    ready.capture(lines(",".join(fields), ",".join(fields[1:])))
    assert ready.run("analyze") == 0
    checks = {one["constraint_check_type"] for one in ready.output("summary.json")["violations"]}
    assert checks == {"data_type_check", "missing_column_check"}
    assert ready.message.startswith("CompletedWithViolations: 1 records")
    assert f"1 of them different: fewer than the {MIN_SAMPLE}" in ready.message
    assert "FeaturesDrifted" not in ready.metrics.named()


@pytest.mark.parametrize(
    ("what", "asked"),
    [
        (
            "five flights, each wrong",
            [(JULY[0], 0.1, "1"), *((JULY[n], 0.9, "0") for n in range(1, 3)), (JULY[3], 0.2, "1")],
        ),
        ("a late and a punctual flight, each 400 times", [(JULY[0], 0.1, "1"), (JULY[1], 0.9, "0")] * 400),
        ("a hundred flights, each wrong", [(JULY[n], 0.9 - n % 2 * 0.8, str(n % 2)) for n in range(100)]),
    ],
)
def test_an_auc_of_few_flights_is_no_metric(ready: World, what: str, asked: list[tuple[str, float, str]]) -> None:
    """Where every one is wrong, the standard error is 0, and says nothing of how few they are."""
    told = [line(body, f"{score}\n", n, inference_id=f"f-{n}") for n, (body, score, _) in enumerate(asked)]
    ready.capture(told)
    ready.put("truth/a.jsonl", "\n".join(truth(f"f-{n}", label) for n, (_, _, label) in enumerate(asked)))
    assert ready.run("quality", MLA_AUC_THRESHOLD="0.745") == 0
    summary = ready.output("summary.json")
    assert summary["joined"] == len({body for body, _, _ in asked}), what
    assert (summary["auc"], summary["published"], summary["violations"]) == (0, False, [])
    assert set(ready.metrics.named()) == {"Joined", "Unmatched"}
    assert f"it takes {MIN_SAMPLE} flights" in ready.message and "no alarm is to judge it" in ready.message


def test_the_number_is_the_smallest_hundred_that_both_questions_can_be_answered_with() -> None:
    """Robust may not take off more than what is looked for; an AUC of 0.77, a fifth late, errs by 0.03 at most."""
    auc, late = 0.77, 0.21

    def serves(m: int) -> bool:
        # Hanley and McNeil, Radiology 143 (1982).
        q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
        a, b = late * m, (1 - late) * m
        error = math.sqrt((auc * (1 - auc) + (a - 1) * (q1 - auc**2) + (b - 1) * (q2 - auc**2)) / (a * b))
        threshold = CONFIG["distribution_constraints"]["comparison_threshold"]
        return correction("Robust", 20_000, m) <= threshold and error <= 0.03

    assert next(m for m in range(100, 1100, 100) if serves(m)) == MIN_SAMPLE
    # With 329 the correction alone is more than the threshold: that nothing drifted would mean nothing.
    assert correction("Robust", 20_000, 330) <= 0.1 < correction("Robust", 20_000, 329)


def test_it_stands_in_one_place() -> None:
    from pathlib import Path

    runtime = Path(__file__).resolve().parents[3] / "labs/monitoring/runtime/monitor"
    assert json.loads((runtime / "sample_size.json").read_text()) == {"minimumDistinctRequests": MIN_SAMPLE}
