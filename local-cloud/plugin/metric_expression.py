"""Expressions of metric math, parsed; a function that the local cloud does not have is refused by name.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?)|([A-Za-z_]\w*)|(\"[^\"]*\")|(<=|>=|==|!=|&&|\|\||[-+*/^<>(),\[\]]))"
)
BAND = "ANOMALY_DETECTION_BAND"
AGGREGATES = ("SUM", "AVG", "MIN", "MAX")
UNARY = ("ABS", "CEIL", "FLOOR")
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
_FUNCTIONS = {*AGGREGATES, *UNARY, "IF", "FILL", "METRICS", BAND}
# How FILL fills, and no query.
_WORDS = {"REPEAT", "LINEAR"}


class MathError(ValueError):
    """The expression is wrong, or the local cloud does not have what it uses."""


@dataclass(frozen=True)
class Node:
    """A number, a name, a text, a list, an operation or a call."""

    kind: str
    value: Any = None
    parts: tuple[Node, ...] = ()


def parse(expression: str) -> Node:
    """Parses an expression. Raises MathError."""
    return _Parser(expression).whole()


def names(node: Node) -> set[str]:
    """The ids of other queries that an expression uses."""
    found = {str(node.value)} if node.kind == "name" and node.value not in _WORDS else set()
    return found.union(*(names(part) for part in node.parts)) if node.parts else found


def uses(node: Node, function: str) -> bool:
    """Whether a function is called anywhere in it."""
    return (node.kind == "call" and node.value == function) or any(uses(part, function) for part in node.parts)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text.rstrip()):
            found = _TOKEN.match(text, at)
            if not found:
                raise MathError(f"Unexpected '{text[at:].strip()[:1]}' in the expression {text}.")
            kinds = ("number", "name", "text", "sign")
            self._tokens += [(kind, part) for kind, part in zip(kinds, found.groups(), strict=True) if part]
            at = found.end()
        self._tokens.append(("end", ""))
        self._at = 0

    def whole(self) -> Node:
        node = self._either()
        if self._peek()[0] != "end":
            raise self._unexpected()
        return node

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at]

    def _unexpected(self) -> MathError:
        part = self._peek()[1] or "end"
        return MathError(f"Unexpected '{part}' in the expression {self._text}.")

    def _take(self, *signs: str) -> str | None:
        kind, text = self._peek()
        word = text.upper() if kind == "name" else text
        if word in signs and kind in ("sign", "name"):
            self._at += 1
            return word
        return None

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise self._unexpected()

    def _left(self, below: Callable[[], Node], *signs: str) -> Node:
        node = below()
        while sign := self._take(*signs):
            node = Node("op", {"AND": "&&", "OR": "||"}.get(sign, sign), (node, below()))
        return node

    def _either(self) -> Node:
        return self._left(self._both, "||", "OR")

    def _both(self) -> Node:
        return self._left(self._compared, "&&", "AND")

    def _compared(self) -> Node:
        return self._left(self._sum, *COMPARISONS)

    def _sum(self) -> Node:
        return self._left(self._product, "+", "-")

    def _product(self) -> Node:
        return self._left(self._power, "*", "/")

    def _power(self) -> Node:
        node = self._signed()
        return Node("op", "^", (node, self._power())) if self._take("^") else node

    def _signed(self) -> Node:
        if self._take("-"):
            return Node("op", "-", (Node("number", 0.0), self._signed()))
        return self._atom()

    def _arguments(self, end: str) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self._take(end):
            if found:
                self._need(",")
            found.append(self._either())
        return tuple(found)

    def _atom(self) -> Node:
        kind, text = self._peek()
        if self._take("("):
            node = self._either()
            self._need(")")
            return node
        if self._take("["):
            return Node("list", None, self._arguments("]"))
        if kind not in ("number", "name", "text"):
            raise self._unexpected()
        self._at += 1
        if kind == "number":
            return Node("number", float(text))
        if kind == "text":
            return Node("text", text[1:-1])
        if not self._take("("):
            return Node("name", text)
        if text.upper() not in _FUNCTIONS:
            raise MathError(
                f"The local cloud does not have the metric math function {text}; "
                f"it has {', '.join(sorted(_FUNCTIONS))}."
            )
        return Node("call", text.upper(), self._arguments(")"))
