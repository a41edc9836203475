"""Chooses hyperparameters, with Optuna: one JSON document a line, on stdin and on stdout.

The first line is the SearchSpace. Then `{"ask": n}` is answered with `{"trial", "values"}`, values as SageMaker hands
them to a container (strings), and `{"tell": trial, "value": number or null}` reports an objective and has no answer.
"""

from __future__ import annotations

import itertools
import json
import math
import sys
import warnings
from collections.abc import Callable
from typing import Any, TypedDict

import optuna
from optuna.study import StudyDirection


class Range(TypedDict):
    """One parameter. `scaling` is Linear, Logarithmic or ReverseLogarithmic; `values` are those of a categorical."""

    name: str
    kind: str
    min: float
    max: float
    scaling: str
    values: list[str]


class SearchSpace(TypedDict):
    """The ranges to search, and how."""

    strategy: str
    direction: str
    seed: int | None
    trials: int
    ranges: list[Range]


def sampler(space: SearchSpace) -> optuna.samplers.BaseSampler:
    """Random search, or Bayesian: tree-structured Parzen estimators, which know of trials that still run.

    Raises ValueError for another strategy.
    """
    if space["strategy"] == "Random":
        return optuna.samplers.RandomSampler(seed=space["seed"])
    if space["strategy"] == "Bayesian":
        # With few trainings most of the budget must not go into random ones.
        startup = max(2, min(10, space["trials"] // 3))
        return optuna.samplers.TPESampler(
            seed=space["seed"], n_startup_trials=startup, multivariate=True, constant_liar=True
        )
    raise ValueError(f"no strategy {space['strategy']}")


def choose(trial: optuna.Trial, ranges: list[Range]) -> dict[str, str]:
    """One value of each range, within its bounds."""
    return {one["name"]: _value(trial, one) for one in ranges}


def _value(trial: optuna.Trial, one: Range) -> str:
    name, low, high = one["name"], one["min"], one["max"]
    if one["kind"] == "Categorical":
        return str(trial.suggest_categorical(name, one["values"]))
    if one["kind"] == "Integer":
        return str(trial.suggest_int(name, int(low), int(high), log=one["scaling"] == "Logarithmic"))
    if one["scaling"] == "ReverseLogarithmic":
        # Fine steps near 1: the distance from 1 is searched on a logarithmic scale.
        distance = math.exp(trial.suggest_float(name, math.log(1 - high), math.log(1 - low)))
        return repr(min(high, max(low, 1 - distance)))
    return repr(trial.suggest_float(name, low, high, log=one["scaling"] == "Logarithmic"))


def grid(space: SearchSpace) -> Callable[[int], dict[str, str]]:
    """Every combination of the categorical values, the last range changing fastest."""
    names = [one["name"] for one in space["ranges"]]
    combinations = list(itertools.product(*(one["values"] for one in space["ranges"])))
    return lambda index: dict(zip(names, combinations[index], strict=True))


def answer(space: SearchSpace, requests: Any, send: Callable[[dict[str, Any]], None]) -> None:
    """Answers until the requests end."""
    by_index = grid(space) if space["strategy"] == "Grid" else None
    direction = StudyDirection.MAXIMIZE if space["direction"] == "Maximize" else StudyDirection.MINIMIZE
    study = None if by_index else optuna.create_study(sampler=sampler(space), direction=direction)
    trials: dict[int, optuna.Trial] = {}
    for request in requests:
        if "ask" in request:
            number = int(request["ask"])
            if by_index:
                send({"trial": number, "values": by_index(number)})
            elif study:
                trials[number] = study.ask()
                send({"trial": number, "values": choose(trials[number], space["ranges"])})
        elif study:
            value = request["value"]
            state = None if value is not None else optuna.trial.TrialState.FAIL
            study.tell(trials.pop(int(request["tell"])), value, state=state)


def main() -> None:
    """Serves one tuning job."""
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    lines = (json.loads(line) for line in sys.stdin if line.strip())

    def send(reply: dict[str, Any]) -> None:
        print(json.dumps(reply), flush=True)

    answer(next(lines), lines, send)


if __name__ == "__main__":
    main()
