"""The search stays within its space, is repeatable, and learns."""

from __future__ import annotations

from typing import Any

import pytest
import search


def number(name: str, low: float, high: float, kind: str = "Continuous", scaling: str = "Linear") -> search.Range:
    return {"name": name, "kind": kind, "min": low, "max": high, "scaling": scaling, "values": []}


def space(ranges: list[search.Range], **change: Any) -> search.SearchSpace:
    made: dict[str, Any] = {"strategy": "Random", "direction": "Maximize", "seed": 3, "trials": 8, "ranges": ranges}
    return {**made, **change}  # type: ignore[typeddict-item,return-value]


def play(given: search.SearchSpace, trials: int, score: Any = lambda values: 0.0) -> list[dict[str, str]]:
    """Asks and tells, one after the other."""
    answers: list[dict[str, str]] = []

    def requests() -> Any:
        for trial in range(trials):
            yield {"ask": trial}
            yield {"tell": trial, "value": score(answers[trial])}

    search.answer(given, requests(), lambda reply: answers.append(reply["values"]))
    return answers


@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
def test_every_choice_is_within_its_range_and_of_its_kind(strategy: str) -> None:
    ranges = [
        number("eta", 0.01, 0.3, scaling="Logarithmic"),
        number("momentum", 0.5, 0.999, scaling="ReverseLogarithmic"),
        number("max_depth", 3, 9, kind="Integer"),
        number("one", 2, 2, kind="Integer"),
        {**number("booster", 0, 0, kind="Categorical"), "values": ["gbtree", "dart"]},
    ]
    for values in play(space(ranges, strategy=strategy), 20):
        assert 0.01 <= float(values["eta"]) <= 0.3
        assert 0.5 <= float(values["momentum"]) <= 0.999
        assert 3 <= int(values["max_depth"]) <= 9
        assert values["one"] == "2"
        assert values["booster"] in ("gbtree", "dart")


def test_a_reverse_logarithmic_scale_is_fine_near_one() -> None:
    chosen = [float(v["m"]) for v in play(space([number("m", 0.0, 0.999, scaling="ReverseLogarithmic")]), 200)]
    assert sum(value > 0.9 for value in chosen) > 100


def test_the_same_seed_chooses_the_same_and_another_does_not() -> None:
    ranges = [number("eta", 0, 1)]
    assert play(space(ranges), 4) == play(space(ranges), 4)
    assert play(space(ranges), 4) != play(space(ranges, seed=4), 4)


@pytest.mark.parametrize(("direction", "sign"), [("Maximize", 1), ("Minimize", -1)])
def test_bayesian_search_comes_closer_to_the_best_than_random_search(direction: str, sign: int) -> None:
    def distance(values: dict[str, str]) -> float:
        return sum((float(values[name]) - best) ** 2 for name, best in (("x", 0.3), ("y", 0.7), ("z", 0.5)))

    def late(strategy: str) -> float:
        """How far the last choices are from the best, over several seeds."""
        total = 0.0
        for seed in range(4):
            ranges = [number(name, 0, 1) for name in "xyz"]
            given = space(ranges, strategy=strategy, direction=direction, trials=20, seed=seed)
            chosen = play(given, 20, lambda values: -sign * distance(values))
            total += sum(distance(values) for values in chosen[-6:])
        return total

    assert late("Bayesian") < late("Random") / 2


def test_a_training_without_an_objective_does_not_stop_the_search() -> None:
    assert len(play(space([number("x", 0, 1)], strategy="Bayesian"), 5, lambda values: None)) == 5


def test_a_grid_is_walked_once_in_order() -> None:
    kinds = [{**number(name, 0, 0, kind="Categorical"), "values": ["1", "2"]} for name in ("a", "b")]
    found = [values["a"] + values["b"] for values in play(space(kinds, strategy="Grid"), 4)]  # type: ignore[arg-type]
    assert found == ["11", "12", "21", "22"]
