"""Metric math: what the labs' alarms and graphs use, and plain refusals of the rest."""

from __future__ import annotations

import pytest
from plugin.metric_expression import MathError, names, parse, uses
from plugin.metric_math import Series, Value, evaluate

SERIES: dict[str, Series] = {"m1": [1.0, 2.0, None], "m2": [10.0, 0.0, 5.0], "errors": [None, None, 3.0]}


def value(expression: str, metrics: dict[str, Series] | None = None) -> Value:
    return evaluate(parse(expression), SERIES, SERIES if metrics is None else metrics, 3)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("m1 + m2", [11.0, 2.0, None]),
        ("m1 / m2", [0.1, None, None]),
        ("100 * m1 / (m1 + m2)", [100 / 11, 100.0, None]),
        ("2 - 3 - 4", -5.0),
        ("-m2 + 1", [-9.0, 1.0, -4.0]),
        ("2 ^ 3 ^ 2", 512.0),
        ("m1 > 1", [0.0, 1.0, None]),
        ("m1 > 1 AND m2 == 0", [0.0, 1.0, None]),
        ("IF(m2 > 4, m2, 0)", [10.0, 0.0, 5.0]),
        ("IF(m2 > 4, m2)", [10.0, None, 5.0]),
        ("FILL(errors, 0) / m2", [0.0, None, 0.6]),
        ("FILL(m1, REPEAT)", [1.0, 2.0, 2.0]),
        ("FILL(m1, m2)", [1.0, 2.0, 5.0]),
        ("SUM(METRICS())", [11.0, 2.0, 8.0]),
        ('MAX(METRICS("m"))', [10.0, 2.0, 5.0]),
        ("AVG([m1, m2])", [5.5, 1.0, 5.0]),
        ("SUM(m2)", 15.0),
        ("CEIL(m1 / 4)", [1.0, 1.0, None]),
    ],
)
def test_expressions(expression: str, expected: Value) -> None:
    assert (
        value(expression) == pytest.approx(expected) if isinstance(expected, float) else value(expression) == expected
    )


def test_the_sum_of_no_metrics_has_no_datapoints() -> None:
    assert value("SUM(METRICS())", {}) == [None, None, None]


def test_a_function_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(MathError, match="does not have the metric math function RATE"):
        parse("RATE(m1)")


@pytest.mark.parametrize("expression", ["m1 +", "(m1", "m1 m2", "m1 $ 2", "IF(m1,", ""])
def test_an_expression_that_is_wrong_is_refused(expression: str) -> None:
    with pytest.raises(MathError, match="Unexpected"):
        parse(expression)


def test_an_id_that_no_query_has_is_named() -> None:
    with pytest.raises(MathError, match="m9"):
        value("m9 + 1")


def test_the_ids_that_an_expression_uses_are_known_before_it_runs() -> None:
    node = parse("IF(FILL(m1, REPEAT) > 0, m2 / m1, 0)")
    assert names(node) == {"m1", "m2"}
    assert not uses(node, "SUM")
    assert uses(node, "FILL")
