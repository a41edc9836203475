"""Expressions of Logs Insights, read from text. insights_values computes them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(
    r"""\s*(?:(?P<comment>\#[^\n]*)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<field>`[^`]+`)
    |(?P<duration>\d+(?:ms|s|m|h|d|w)\b)
    |(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?)
    |(?P<name>@?[A-Za-z_][\w.@]*)
    |(?P<sign>=~|!=|<=|>=|[-+*/%^=<>(),\[\]|])
    )""",
    re.VERBOSE,
)
_REGEX = re.compile(r"\s*/((?:[^/\\]|\\.)*)/(i?)")
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
AGGREGATES = ("count", "count_distinct", "sum", "avg", "min", "max", "pct", "stddev", "earliest", "latest", "median")
FUNCTIONS = (
    "bin",
    "strlen",
    "strcontains",
    "concat",
    "toupper",
    "tolower",
    "trim",
    "replace",
    "substr",
    "ispresent",
    "isempty",
    "isblank",
    "coalesce",
    "abs",
    "ceil",
    "floor",
    "greatest",
    "least",
    "tomillis",
)
WORDS = {"and", "or", "not", "like", "in", "as", "by", "asc", "desc"}


class MalformedQuery(ValueError):
    """The query cannot be understood, or uses what the local cloud does not have."""


@dataclass(frozen=True)
class Node:
    """A part of an expression; `source` is its text, which names its column."""

    kind: str
    value: Any = None
    parts: tuple[Node, ...] = ()
    source: str = field(default="", compare=False)


class Reader:
    """Reads one command, token by token."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self._skip()

    def _skip(self) -> None:
        while match := re.compile(r"\s+|#[^\n]*").match(self.text, self.at):
            self.at = match.end()

    def fail(self) -> MalformedQuery:
        """The error for what stands here."""
        rest = self.text[self.at :].split()
        found = rest[0] if rest else "end of the command"
        return MalformedQuery(f"unexpected symbol found {found} at position {self.at} of: {self.text.strip()}")

    def over(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.text)

    def peek(self) -> tuple[str, str]:
        """Kind and text of the next token."""
        if self.over():
            return "end", ""
        match = _TOKEN.match(self.text, self.at)
        if not match or match.lastgroup is None:
            raise self.fail()
        return match.lastgroup, match.group(match.lastgroup)

    def next(self) -> tuple[str, str]:
        """Takes the next token."""
        found = self.peek()
        match = _TOKEN.match(self.text, self.at)
        if match:
            self.at = match.end()
            self._skip()
        return found

    def take(self, *wanted: str) -> str | None:
        """Takes one of these signs or words, if it is next."""
        kind, text = self.peek()
        lowered = text.lower()
        if kind in ("sign", "name") and lowered in wanted:
            self.next()
            return lowered
        return None

    def need(self, wanted: str) -> None:
        """Takes it. Raises MalformedQuery."""
        if self.take(wanted) is None:
            raise self.fail()

    def regex(self) -> re.Pattern[str] | None:
        """Takes a regular expression between slashes, if one is next."""
        match = _REGEX.match(self.text, self.at)
        if not match:
            return None
        self.at = match.end()
        self._skip()
        # Java's named groups, as Python writes them.
        body = re.sub(r"\(\?<([A-Za-z]\w*)>", r"(?P<\1>", match.group(1).replace("\\/", "/"))
        try:
            return re.compile(body, re.IGNORECASE if match.group(2) else 0)
        except re.error as problem:
            raise MalformedQuery(f"the regular expression /{match.group(1)}/ is not valid: {problem}") from problem

    def regex_follows(self) -> bool:
        """Whether a regular expression is next."""
        return _REGEX.match(self.text, self.at) is not None

    def expression(self) -> Node:
        """Reads an expression."""
        start = self.at
        node = self._or()
        return Node(node.kind, node.value, node.parts, self.text[start : self.at].strip())

    def _or(self) -> Node:
        node = self._and()
        while self.take("or"):
            node = Node("or", None, (node, self._and()))
        return node

    def _and(self) -> Node:
        node = self._not()
        while self.take("and"):
            node = Node("and", None, (node, self._not()))
        return node

    def _not(self) -> Node:
        if self.take("not"):
            return Node("not", None, (self._not(),))
        return self._comparison()

    def _comparison(self) -> Node:
        node = self._sum()
        negated = self.take("not") is not None
        if self.take("like", "=~"):
            node = Node("like", self.regex() or self._pattern(), (node,))
        elif self.take("in"):
            self.need("[")
            node = Node("in", None, (node, *self._list("]")))
        elif negated:
            raise self.fail()
        elif sign := self.take("=", "!=", "<", "<=", ">", ">="):
            return Node("compare", sign, (node, self._sum()))
        return Node("not", None, (node,)) if negated else node

    def _pattern(self) -> re.Pattern[str]:
        kind, text = self.next()
        if kind != "text":
            raise self.fail()
        return re.compile(re.escape(unquote(text)))

    def _sum(self) -> Node:
        node = self._product()
        while sign := self.take("+", "-"):
            node = Node("number_op", sign, (node, self._product()))
        return node

    def _product(self) -> Node:
        node = self._power()
        while sign := self.take("*", "/", "%"):
            node = Node("number_op", sign, (node, self._power()))
        return node

    def _power(self) -> Node:
        node = self._atom()
        return Node("number_op", "^", (node, self._power())) if self.take("^") else node

    def _list(self, end: str) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self.take(end):
            if found:
                self.need(",")
            found.append(self.expression())
        return tuple(found)

    def _atom(self) -> Node:
        if self.take("-"):
            return Node("number_op", "-", (Node("literal", 0.0), self._atom()))
        if self.take("("):
            node = self._or()
            self.need(")")
            return node
        kind, text = self.peek()
        if kind in ("end", "sign") or (kind == "name" and text.lower() in WORDS):
            raise self.fail()
        self.next()
        if kind == "text":
            return Node("literal", unquote(text))
        if kind == "number":
            return Node("literal", float(text))
        if kind == "duration":
            return Node("duration", duration(text))
        if kind == "field":
            return Node("field", text[1:-1])
        if not self.take("("):
            return Node("field", text)
        return self._call(text.lower())

    def _call(self, name: str) -> Node:
        if name == "count" and self.take("*"):
            self.need(")")
            return Node("call", name)
        if name not in AGGREGATES and name not in FUNCTIONS:
            raise MalformedQuery(
                f"the local cloud does not have the function {name}; "
                f"it has {', '.join(sorted([*AGGREGATES, *FUNCTIONS]))}"
            )
        return Node("call", name, self._list(")"))


def unquote(text: str) -> str:
    """The content of a quoted text."""
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def duration(text: str) -> float:
    """Milliseconds of 5m, 1h and so on."""
    number, unit = re.fullmatch(r"(\d+)(\w+)", text).groups()  # type: ignore[union-attr]
    return float(number) * _UNITS[unit]


def aggregates(node: Node) -> bool:
    """Whether the expression has a function over several records."""
    return (node.kind == "call" and node.value in AGGREGATES) or any(map(aggregates, node.parts))
