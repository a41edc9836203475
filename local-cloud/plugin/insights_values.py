"""Values of Logs Insights' expressions over one record.

A value is a text, a number, a truth or None, where the record has no such field. A comparison with None is not true.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from .emulator import cloudwatch_logs
from .insights_expression import AGGREGATES, MalformedQuery, Node

Value = str | float | bool | None
Record = Mapping[str, Any]


def number(value: Value) -> float | None:
    """The value as a number, if it is one."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def shown(value: Value) -> str | None:
    """The value as a result shows it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(round(value, 4))
    return value


def compute(node: Node, record: Record, own: Callable[[Node], Value] | None = None) -> Value:
    """The value over one record. `own` computes the functions over several records."""

    def of(part: Node) -> Value:
        return compute(part, record, own)

    if node.kind == "literal" or node.kind == "duration":
        return node.value  # type: ignore[no-any-return]
    if node.kind == "field":
        return record.get(node.value)
    if node.kind == "or":
        return bool(of(node.parts[0])) or bool(of(node.parts[1]))
    if node.kind == "and":
        return bool(of(node.parts[0])) and bool(of(node.parts[1]))
    if node.kind == "not":
        return not of(node.parts[0])
    if node.kind == "like":
        text = shown(of(node.parts[0]))
        return text is not None and node.value.search(text) is not None
    if node.kind == "in":
        return any(_compare("=", of(node.parts[0]), of(part)) for part in node.parts[1:])
    if node.kind == "compare":
        return _compare(node.value, of(node.parts[0]), of(node.parts[1]))
    if node.kind == "number_op":
        return _arithmetic(node.value, number(of(node.parts[0])), number(of(node.parts[1])))
    if node.value in AGGREGATES:
        if own is None:
            raise MalformedQuery(f"the function {node.value} can be used in stats only")
        return own(node)
    return _FUNCTIONS[node.value](record, [of(part) for part in node.parts])


def _compare(sign: str, left: Value, right: Value) -> bool:
    if left is None or right is None:
        return False
    one, two = number(left), number(right)
    a, b = (one, two) if one is not None and two is not None else (shown(left), shown(right))
    found: dict[str, Callable[[Any, Any], bool]] = {
        "=": operator.eq,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }
    return found[sign](a, b)


def _arithmetic(sign: str, left: float | None, right: float | None) -> float | None:
    if left is None or right is None or (sign in "/%" and right == 0):
        return None
    found: dict[str, Callable[[float, float], float]] = {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": operator.truediv,
        "%": math.fmod,
        "^": operator.pow,
    }
    return found[sign](left, right)


def _texts(function: Callable[..., Value]) -> Callable[[Record, list[Value]], Value]:
    return lambda record, values: None if values[0] is None else function(*(shown(value) for value in values))


def _numbers(function: Callable[..., float]) -> Callable[[Record, list[Value]], Value]:
    def call(record: Record, values: list[Value]) -> Value:
        found = [number(value) for value in values]
        return None if None in found else float(function(*found))

    return call


def _bin(record: Record, values: list[Value]) -> Value:
    step = number(values[0])
    if not step:
        raise MalformedQuery("bin takes a period such as 5m")
    return timestamp(record["@millis"] // step * step)


def timestamp(millis: float) -> str:
    """A time as Insights shows it."""
    return cloudwatch_logs._format_insights_timestamp(int(millis))


_FUNCTIONS: dict[str, Callable[[Record, list[Value]], Value]] = {
    "bin": _bin,
    "strlen": _texts(lambda text: float(len(text))),
    "strcontains": _texts(lambda text, part: part in text),
    "concat": lambda record, values: "".join(shown(value) or "" for value in values),
    "toupper": _texts(str.upper),
    "tolower": _texts(str.lower),
    "trim": _texts(str.strip),
    "replace": _texts(lambda text, old, new: text.replace(old, new)),
    "substr": _texts(
        lambda text, start, length=None: text[int(start) :][: int(length) if length is not None else None]
    ),
    "ispresent": lambda record, values: values[0] is not None,
    "isempty": lambda record, values: values[0] is None or values[0] == "",
    "isblank": lambda record, values: values[0] is None or str(values[0]).strip() == "",
    "coalesce": lambda record, values: next((value for value in values if value is not None), None),
    "abs": _numbers(abs),
    "ceil": _numbers(math.ceil),
    "floor": _numbers(math.floor),
    "greatest": _numbers(max),
    "least": _numbers(min),
    "tomillis": lambda record, values: None if values[0] is None else float(record["@millis"]),
}
