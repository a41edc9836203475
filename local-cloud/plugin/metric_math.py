"""Values of metric math expressions.

A series has one value a period, None where there is no datapoint. An operation on a missing datapoint is missing.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from .metric_expression import MathError, Node

Series = list[float | None]
Value = float | Series | list[Series]

_AGGREGATES: dict[str, Callable[[Sequence[float]], float]] = {
    "SUM": math.fsum,
    "AVG": lambda values: math.fsum(values) / len(values),
    "MIN": min,
    "MAX": max,
}
_UNARY: dict[str, Callable[[float], float]] = {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor}
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def evaluate(node: Node, series: Mapping[str, Series], metrics: Mapping[str, Series], length: int) -> Value:
    """The value of an expression.

    series: every query's values by id; metrics: those of them that are metrics and not expressions, for METRICS().
    """
    return _Evaluation(series, metrics, length).of(node)


def _several(value: Value) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], list)


def _as_number(holds: Callable[[float, float], bool]) -> Callable[[float, float], float | None]:
    return lambda a, b: float(holds(a, b))


class _Evaluation:
    def __init__(self, series: Mapping[str, Series], metrics: Mapping[str, Series], length: int) -> None:
        self._series, self._metrics, self._length = series, metrics, length

    def of(self, node: Node) -> Value:
        if node.kind == "number":
            return float(node.value)
        if node.kind == "name":
            if node.value not in self._series:
                raise MathError(f"The expression names {node.value}, and no query has that id.")
            return self._series[node.value]
        if node.kind == "list":
            return [self._one(part) for part in node.parts]
        if node.kind == "op":
            return self._operation(node)
        if node.kind == "call":
            return self._call(node)
        raise MathError(f"A text ({node.value}) cannot stand here.")

    def _one(self, node: Node) -> Series:
        """A single series; a number stands for itself at every time."""
        value = self.of(node)
        if isinstance(value, float):
            return [value] * self._length
        if _several(value):
            raise MathError("A single time series is needed here, and the expression gives several.")
        return cast(Series, value)

    def _each(self, function: Callable[[float, float], float | None], left: Value, right: Value) -> Value:
        if _several(left):
            return [cast(Series, self._each(function, part, right)) for part in cast(list[Series], left)]
        if _several(right):
            return [cast(Series, self._each(function, left, part)) for part in cast(list[Series], right)]
        if isinstance(left, float) and isinstance(right, float):
            found = function(left, right)
            return math.nan if found is None else found
        one = [left] * self._length if isinstance(left, float) else cast(Series, left)
        two = [right] * self._length if isinstance(right, float) else cast(Series, right)
        return [None if a is None or b is None else function(a, b) for a, b in zip(one, two, strict=True)]

    def _operation(self, node: Node) -> Value:
        def divided(a: float, b: float) -> float | None:
            return None if b == 0 else a / b

        functions: dict[str, Callable[[float, float], float | None]] = {
            "+": operator.add,
            "-": operator.sub,
            "*": operator.mul,
            "/": divided,
            "^": operator.pow,
            "&&": lambda a, b: float(bool(a) and bool(b)),
            "||": lambda a, b: float(bool(a) or bool(b)),
            **{sign: _as_number(holds) for sign, holds in _COMPARISONS.items()},
        }
        return self._each(functions[node.value], self.of(node.parts[0]), self.of(node.parts[1]))

    def _call(self, node: Node) -> Value:
        name, parts = node.value, node.parts
        if name == "METRICS":
            part = parts[0].value if parts else ""
            return [values for identifier, values in self._metrics.items() if part in identifier]
        if name in _AGGREGATES:
            return self._aggregate(name, parts)
        if name in _UNARY:
            return self._each(lambda a, _: float(_UNARY[name](a)), self.of(parts[0]), 0.0)
        if name == "IF":
            return self._if(parts)
        if name == "FILL":
            return self._fill(parts)
        raise MathError(f"{name} has no values yet: its model takes hours of data on AWS.")

    def _aggregate(self, name: str, parts: tuple[Node, ...]) -> Value:
        if len(parts) != 1:
            raise MathError(f"{name} takes one time series or one list of them.")
        value, function = self.of(parts[0]), _AGGREGATES[name]
        if isinstance(value, float):
            return value
        if value and not _several(value):
            present = [v for v in cast(Series, value) if v is not None]
            return function(present) if present else math.nan
        all_series = cast(list[Series], value)
        if not value:
            nothing: Series = [None] * self._length
            return nothing
        columns = ([v for v in column if v is not None] for column in zip(*all_series, strict=True))
        return [function(column) if column else None for column in columns]

    def _if(self, parts: tuple[Node, ...]) -> Value:
        if len(parts) not in (2, 3):
            raise MathError("IF takes a condition, a value and, if wanted, another value.")
        condition, then = self._one(parts[0]), self._one(parts[1])
        other: Series = self._one(parts[2]) if len(parts) == 3 else [None] * self._length
        return [
            None if holds is None else (yes if holds else no)
            for holds, yes, no in zip(condition, then, other, strict=True)
        ]

    def _fill(self, parts: tuple[Node, ...]) -> Value:
        if len(parts) != 2:
            raise MathError("FILL takes a time series and what to fill it with.")
        values, how = self._one(parts[0]), parts[1]
        if how.kind == "name" and how.value == "REPEAT":
            filled: Series = []
            for value in values:
                filled.append(value if value is not None or not filled else filled[-1])
            return filled
        if how.kind == "name" and how.value == "LINEAR":
            raise MathError("The local cloud does not have FILL with LINEAR; it has numbers, series and REPEAT.")
        return [other if value is None else value for value, other in zip(values, self._one(how), strict=True)]
