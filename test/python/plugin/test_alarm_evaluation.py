"""How alarms judge datapoints: the tables of CloudWatch's documentation on missing data, and its words."""

from __future__ import annotations

import pytest
from plugin.alarm_evaluation import Point, Rule, Verdict, judge

# Oldest first, as the documentation writes them: X is beyond the threshold, 0 is not, - is missing.
THREE_OF_THREE = [
    ("0 - X - X", "OK OK OK OK"),
    ("- - - - 0", "OK OK OK OK"),
    ("- - - - -", "INSUFFICIENT_DATA same ALARM OK"),
    ("0 X X - X", "ALARM ALARM ALARM ALARM"),
    ("- - X - -", "ALARM same ALARM OK"),
]
TWO_OF_THREE = [
    ("0 - X - X", "ALARM ALARM ALARM ALARM"),
    ("0 0 X 0 X", "ALARM ALARM ALARM ALARM"),
    ("0 - X - -", "OK OK ALARM OK"),
    ("- - - - 0", "OK OK ALARM OK"),
    ("- - - X -", "ALARM same ALARM OK"),
]
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
CASES = [
    (datapoints, points, missing, state)
    for datapoints, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
    for points, states in table
    for missing, state in zip(TREATMENTS, states.split(), strict=True)
]


def rule(datapoints: int = 1, periods: int = 1, missing: str = "missing") -> Rule:
    return Rule("GreaterThanThreshold", 5.0, periods, datapoints, missing)


def verdict(of: Rule, points: str, state: str = "OK") -> Verdict:
    values = {"X": 9.0, "0": 1.0, "-": None}
    newest_first = points.split()[::-1]
    return judge(of, [Point(-60.0 * i, values[p], 1.0) for i, p in enumerate(newest_first)], state)


@pytest.mark.parametrize(("datapoints", "points", "missing", "state"), CASES)
@pytest.mark.parametrize("before", ["OK", "ALARM", "INSUFFICIENT_DATA"])
def test_missing_data_is_treated_as_documented(
    datapoints: int, points: str, missing: str, state: str, before: str
) -> None:
    found = verdict(rule(datapoints, 3, missing), points, before)
    assert found.state == (before if state == "same" else state)


def test_a_datapoint_at_the_threshold_is_not_greater() -> None:
    assert judge(rule(), [Point(0, 5.0)], "OK").state == "OK"


@pytest.mark.parametrize(
    ("comparison", "state"),
    [
        ("GreaterThanOrEqualToThreshold", "ALARM"),
        ("GreaterThanThreshold", "OK"),
        ("LessThanThreshold", "OK"),
        ("LessThanOrEqualToThreshold", "ALARM"),
    ],
)
def test_each_comparison_has_its_own_answer_at_the_threshold(comparison: str, state: str) -> None:
    assert judge(Rule(comparison, 5.0, 1, 1, "missing"), [Point(0, 5.0)], "OK").state == state


def test_the_reason_of_an_alarm_names_value_time_threshold_and_transition() -> None:
    found = judge(rule(), [Point(1_564_041_420.0, 99.5, 4.0)], "OK")
    assert found.reason == (
        "Threshold Crossed: 1 out of the last 1 datapoints [99.5 (25/07/19 07:57:00)] was greater than the threshold "
        "(5.0) (minimum 1 datapoint for OK -> ALARM transition)."
    )


def test_the_reason_of_good_data_names_the_good_datapoints() -> None:
    reason = verdict(rule(2, 3), "0 0 X", "ALARM").reason
    assert "2 out of the last 3 datapoints" in reason
    assert "were not greater than the threshold (5.0)" in reason
    assert "(minimum 2 datapoints for ALARM -> OK transition)" in reason


def test_the_reason_without_data_says_how_it_was_treated() -> None:
    assert verdict(rule(2, 2, "notBreaching"), "- - - -").reason == (
        "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as "
        "[NonBreaching]."
    )


def test_the_reason_of_insufficient_data_counts_the_whole_range() -> None:
    assert verdict(rule(3, 3), "- - - - -").reason == "Insufficient Data: 5 datapoints were unknown."
