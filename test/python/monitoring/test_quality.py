"""Predictions joined with what happened: AUC as scikit-learn computes it, and truth as it comes."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from .job_world import HOUR, World, line, truth


def scored(count: int, seed: int, strength: float = 0.25) -> tuple[list[float], list[float]]:
    """Labels, and scores that know of them."""
    rng = random.Random(seed)
    labels = [float(rng.random() < 0.22) for _ in range(count)]
    return labels, [round(min(0.99, max(0.01, rng.gauss(0.4, 0.2) + strength * label)), 6) for label in labels]


def asked(world: World, scores: list[float]) -> None:
    """Each about a flight of its own."""
    world.capture(
        [
            line(f"{number},2,3", f"{score:.6f}\n", number, inference_id=f"flight-{number}")
            for number, score in enumerate(scores)
        ]
    )


def told(world: World, labels: list[float]) -> None:
    lines = [truth(f"flight-{number}", f"{label:g}") for number, label in enumerate(labels)]
    # Later, and in any order.
    random.Random(1).shuffle(lines)
    world.put("truth/2026/11/23/23/a.jsonl", "\n".join(lines[: len(lines) // 2]))
    world.put("truth/2026/11/24/01/b.jsonl", "\n".join(lines[len(lines) // 2 :]) + "\n")


@pytest.mark.parametrize("seed", range(6))
def test_auc_is_that_of_scikit_learn(world: World, seed: int) -> None:
    labels, scores = scored(1000, seed)
    asked(world, scores)
    told(world, labels)
    assert world.run("quality") == 0
    judge = roc_auc_score(labels, scores)
    summary, metrics = world.output("summary.json"), world.metrics.named()
    assert summary["auc"] == pytest.approx(judge, abs=1e-12)
    assert metrics == {
        "Auc": summary["auc"],
        "AucStandardError": summary["aucError"],
        "Joined": 1000,
        "Unmatched": 0,
    }
    # Hanley and McNeil's formula is another way to the error, a little above it where AUC is high.
    late, punctual = sum(labels), len(labels) - sum(labels)
    q1, q2 = judge / (2 - judge), 2 * judge**2 / (1 + judge)
    variance = judge * (1 - judge) + (late - 1) * (q1 - judge**2) + (punctual - 1) * (q2 - judge**2)
    assert summary["aucError"] == pytest.approx(float(np.sqrt(variance / (late * punctual))), rel=0.25)
    assert summary["late"] == pytest.approx(late / 1000, abs=1e-6)
    statistics = world.output("statistics.json")
    assert statistics["dataset"]["item_count"] == 1000
    assert statistics["binary_classification_metrics"]["auc"]["value"] == summary["auc"]


def test_shuffled_labels_are_chance(world: World) -> None:
    labels, scores = scored(1500, 3)
    random.Random(5).shuffle(labels)
    asked(world, scores)
    told(world, labels)
    assert world.run("quality") == 0
    summary = world.output("summary.json")
    assert abs(summary["auc"] - 0.5) < 4 * summary["aucError"]


def test_below_the_threshold_is_a_violation(world: World) -> None:
    labels, scores = scored(1000, 1)
    asked(world, scores)
    told(world, labels)
    assert world.run("quality", MLA_AUC_THRESHOLD="0.95") == 0
    (violation,) = world.output("constraint_violations.json")["violations"]
    assert (violation["constraint_check_type"], violation["metric_name"]) == ("LessThanThreshold", "auc")
    assert world.message.startswith("CompletedWithViolations: 1000 joined") and world.message.endswith("below 0.95.")
    assert world.output("constraints.json")["binary_classification_constraints"]["auc"]["threshold"] == 0.95
    assert world.run("quality", MLA_AUC_THRESHOLD="0.6") == 0
    assert world.output("constraint_violations.json") == {"violations": []}
    assert "not below 0.6" in world.output("report.html")
    assert world.run("quality", MLA_AUC_THRESHOLD="high") == 1
    assert world.message == "MLA_AUC_THRESHOLD is 'high'. It is a number from 0 to 1."


def test_truth_that_never_comes(world: World) -> None:
    asked(world, scored(50, 1)[1])
    assert world.run("quality") == 0
    assert "AUC: no prediction of this window has its truth yet." in world.message
    assert "50 requests whose truth has not come" in world.message
    assert world.output("summary.json")["waiting"] == 50
    assert world.metrics.named() == {"Joined": 0, "Unmatched": 50}
    assert "There is no AUC for this window" in world.output("report.html")


def test_truth_of_unknown_ids(world: World) -> None:
    labels, scores = scored(600, 2)
    asked(world, scores[:500])
    told(world, labels)
    assert world.run("quality") == 0
    summary = world.output("summary.json")
    assert (summary["joined"], summary["unmatched"]) == (500, {"truth of ids that no request of the window has": 100})
    assert summary["auc"] == pytest.approx(roc_auc_score(labels[:500], scores[:500]), abs=1e-12)
    assert world.metrics.named()["Unmatched"] == 0


def test_few_flights_set_off_no_alarm(world: World) -> None:
    """Their AUC is told with its error, and not published."""
    labels, scores = scored(60, 2)
    asked(world, scores)
    told(world, labels)
    assert world.run("quality", MLA_AUC_THRESHOLD="0.99") == 0
    summary = world.output("summary.json")
    assert summary["auc"] == pytest.approx(roc_auc_score(labels, scores))
    assert summary["violations"] == [] and "no alarm is to judge it" in world.message
    assert set(world.metrics.named()) == {"Joined", "Unmatched"}


def test_flights_that_are_all_in_time_have_no_auc(world: World) -> None:
    asked(world, [0.1, 0.2, 0.3])
    told(world, [0.0, 0.0, 0.0])
    assert world.run("quality") == 0
    assert "AUC: the joined flights are all late, or all in time." in world.message


def test_one_late_flight_has_no_error_to_tell(world: World) -> None:
    asked(world, [0.1, 0.2, 0.3])
    told(world, [0.0, 0.0, 1.0])
    assert world.run("quality") == 0
    assert (world.output("summary.json")["auc"], world.output("summary.json")["aucError"]) == (1.0, None)
    assert "its standard error is unknown" in world.message


def test_truth_as_nobody_wants_it(world: World) -> None:
    asked(world, [0.1, 0.2, 0.3, 0.4, 0.5])
    lines = [
        truth("flight-0", "1"),
        truth("flight-0", "1"),
        truth("flight-1", "0"),
        truth("flight-1", "1"),
        truth("flight-2", "late"),
        truth("flight-3", "0.5"),
        truth("flight-4", "0\n1"),
        '{"eventMetadata": {}}',
        "[1]",
        "{",
    ]
    world.put("truth/a.jsonl", "\n".join(lines))
    assert world.run("quality") == 0
    summary = world.output("summary.json")
    assert summary["joined"] == 1
    assert summary["skipped"] == {
        "a line of truth that cannot be read": 4,
        "truth that is neither 0 nor 1": 1,
        "truth told twice": 1,
    }
    assert summary["unmatched"] == {
        "requests whose truth has not come": 2,
        "requests with another number of answers than labels": 1,
        "requests with contradicting truth": 1,
    }


def test_requests_as_nobody_wants_them(world: World) -> None:
    world.capture(
        [
            line("1", "0.9\n", 1, inference_id="flight-0"),
            # Sent again, later, with another answer: the first counts.
            line("1", "0.1\n", 2, inference_id="flight-0"),
            line("1", "0.3\n", 3),
            line("1", '{"error": 1}', 4, inference_id="flight-1"),
            line("1", "nan\n", 5, inference_id="flight-2"),
            line("1\n2", "0.2\n0.4\n", 6, inference_id="flight-3"),
        ]
    )
    pairs = (("flight-0", "1"), ("flight-1", "0"), ("flight-2", "0"), ("flight-3", "0\n0"))
    world.put("truth/a.jsonl", "\n".join(truth(*pair) for pair in pairs))
    assert world.run("quality") == 0
    summary = world.output("summary.json")
    assert (summary["joined"], summary["auc"]) == (3, 1.0)
    assert summary["unmatched"] == {
        "answers that are no scores": 2,
        "requests sent again": 1,
        "requests without an inference id": 1,
    }
    assert world.metrics.named()["Unmatched"] == 4


def test_answers_in_json_are_scores_as_well(world: World) -> None:
    labels, scores = scored(40, 6)
    world.capture(
        [
            line(
                str(number), json.dumps({"predictions": [{"score": score}]}), number, inference_id=f"flight-{number}"
            ).replace('"text/csv; charset=utf-8"', '"application/json"')
            for number, score in enumerate(scores)
        ]
    )
    told(world, labels)
    assert world.run("quality") == 0
    assert world.output("summary.json")["auc"] == pytest.approx(roc_auc_score(labels, scores))


def test_only_the_window_is_judged(world: World) -> None:
    labels, scores = scored(10, 6)
    asked(world, scores)
    told(world, labels)
    assert world.run("quality", MLA_SCHEDULED_TIME=HOUR.isoformat()) == 0
    assert world.output("summary.json")["requests"] == 0
