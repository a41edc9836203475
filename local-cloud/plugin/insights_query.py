"""Queries of Logs Insights: commands between pipes, each turning rows into rows.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable
from typing import Any

from .insights_expression import MalformedQuery, Node, Reader, aggregates, unquote
from .insights_values import Value, compute, number, shown

Row = dict[str, Any]
Stage = Callable[[list[Row]], list[Row]]

DEFAULT_LIMIT = 10_000
COMMANDS = ("fields", "display", "filter", "parse", "stats", "sort", "limit", "dedup")


class Query:
    """A query, read once, and run over rows. Raises MalformedQuery."""

    def __init__(self, text: str) -> None:
        self.columns: list[str] = ["@timestamp", "@message"]
        self.is_stats = False
        self.sorted = False
        self.matched = 0
        self._chosen = False
        self._stages = [self._stage(command) for command in split(text)]
        if not self._stages:
            raise MalformedQuery("the query is empty")

    def run(self, rows: list[Row], limit: int = DEFAULT_LIMIT) -> list[Row]:
        """Rows that hold the query's columns, and what else they had."""
        if not self.sorted and not self.is_stats:
            rows = sorted(rows, key=lambda row: -row["@millis"])
        self.matched = len(rows)
        for stage in self._stages:
            rows = stage(rows)
        return rows[:limit]

    def _stage(self, text: str) -> Stage:
        reader = Reader(text)
        _, word = reader.next()
        command = word.lower()
        if command not in COMMANDS:
            raise MalformedQuery(f"the local cloud does not have the command {word}; it has {', '.join(COMMANDS)}")
        stage: Stage = getattr(self, f"_{command}")(reader)
        if not reader.over():
            raise reader.fail()
        return stage

    def _named(self, reader: Reader) -> list[tuple[str, Node]]:
        """Expressions with the names of their columns."""
        found: list[tuple[str, Node]] = []
        while True:
            node = reader.expression()
            name = node.source.strip("`")
            if reader.take("as"):
                name = reader.next()[1].strip("`")
            found.append((name, node))
            if not reader.take(","):
                return found

    def _fields(self, reader: Reader) -> Stage:
        named = self._named(reader)
        names = [name for name, _ in named]
        self.columns = [*self.columns, *names] if self._chosen else names
        self._chosen = True

        def stage(rows: list[Row]) -> list[Row]:
            return [{**row, **{name: compute(node, row) for name, node in named}} for row in rows]

        return stage

    def _display(self, reader: Reader) -> Stage:
        self._chosen = False
        return self._fields(reader)

    def _filter(self, reader: Reader) -> Stage:
        node = reader.expression()
        counts = not self.is_stats

        def stage(rows: list[Row]) -> list[Row]:
            kept = [row for row in rows if compute(node, row)]
            if counts:
                self.matched = len(kept)
            return kept

        return stage

    def _parse(self, reader: Reader) -> Stage:
        source = "@message"
        if reader.regex_follows():
            pattern = reader.regex()
        else:
            kind, text = reader.next()
            if kind in ("name", "field"):
                source = text.strip("`")
                pattern = reader.regex() if reader.regex_follows() else _glob(reader, *reader.next())
            else:
                pattern = _glob(reader, kind, text)
        assert pattern is not None
        names = list(pattern.groupindex)
        if reader.take("as"):
            names = [reader.next()[1].strip("`")]
            while reader.take(","):
                names.append(reader.next()[1].strip("`"))
        if len(names) != pattern.groups:
            raise MalformedQuery(f"parse takes {pattern.groups} values and has names for {len(names)}")
        if not self._chosen:
            self.columns = [*self.columns, *names]

        def stage(rows: list[Row]) -> list[Row]:
            found = []
            for row in rows:
                match = pattern.search(shown(row.get(source)) or "")
                groups = match.groups() if match else (None,) * len(names)
                found.append({**row, **{name: group for name, group in zip(names, groups, strict=True) if match}})
            return found

        return stage

    def _stats(self, reader: Reader) -> Stage:
        named = self._named(reader)
        wrong = next((node for _, node in named if not aggregates(node)), None)
        if wrong is not None:
            raise MalformedQuery(f"stats takes functions such as count(*), not {wrong.source}")
        by = self._named(reader) if reader.take("by") else []
        self.columns = [name for name, _ in [*by, *named]]
        self.is_stats, self._chosen = True, True

        def stage(rows: list[Row]) -> list[Row]:
            groups: dict[tuple[Any, ...], list[Row]] = {}
            if not by:
                groups[()] = []
            for row in rows:
                groups.setdefault(tuple(shown(compute(node, row)) for _, node in by), []).append(row)
            found = []
            for key, members in groups.items():
                own = {name: value for (name, _), value in zip(by, key, strict=True)}
                for name, node in named:
                    own[name] = compute(node, {}, lambda part, of=members: _aggregate(part, of))  # type: ignore[misc]
                found.append(own)
            return found

        return stage

    def _sort(self, reader: Reader) -> Stage:
        keys: list[tuple[Node, bool]] = []
        while True:
            node = reader.expression()
            keys.append((node, reader.take("asc", "desc") == "desc"))
            if not reader.take(","):
                break
        self.sorted = True

        def stage(rows: list[Row]) -> list[Row]:
            for node, descending in reversed(keys):

                def key(row: Row, node: Node = node) -> tuple[int, float, str]:
                    # A column of stats is found by its name, count(*) too.
                    value = row[node.source] if node.source in row else compute(node, row)
                    as_number = number(value)
                    if value is None:
                        return (0, 0.0, "")
                    return (1, as_number, "") if as_number is not None else (2, 0.0, shown(value) or "")

                rows = sorted(rows, key=key, reverse=descending)
            return rows

        return stage

    def _limit(self, reader: Reader) -> Stage:
        kind, text = reader.next()
        if kind != "number" or not 1 <= float(text) <= DEFAULT_LIMIT:
            raise MalformedQuery(f"limit takes a number from 1 to {DEFAULT_LIMIT}, not {text}")
        return lambda rows: rows[: int(float(text))]

    def _dedup(self, reader: Reader) -> Stage:
        named = self._named(reader)

        def stage(rows: list[Row]) -> list[Row]:
            first: dict[tuple[Any, ...], Row] = {}
            for row in rows:
                first.setdefault(tuple(shown(compute(node, row)) for _, node in named), row)
            return list(first.values())

        return stage


def split(text: str) -> list[str]:
    """The commands between pipes; a pipe inside quotes or a regular expression does not count."""
    without = re.sub(r"(?m)^\s*#.*$", "", text)
    found, start = [], 0
    pattern = re.compile(
        r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:like|=~|parse(?:\s+[@\w.]+)?)\s*/(?:[^/\\]|\\.)*/i?|\|"""
    )
    for match in pattern.finditer(without):
        if match.group() == "|":
            found.append(without[start : match.start()])
            start = match.end()
    found.append(without[start:])
    if any(not command.strip() for command in found) and len(found) > 1:
        raise MalformedQuery("a command is missing before or after a |")
    return [command.strip() for command in found if command.strip()]


def _glob(reader: Reader, kind: str, text: str) -> re.Pattern[str]:
    if kind != "text":
        raise reader.fail()
    parts = [re.escape(part) for part in unquote(text).split("*")]
    if len(parts) == 1:
        raise MalformedQuery("parse needs a * for each value, or a regular expression with named groups")
    # What a star takes ends where the next text begins; the last one takes the rest.
    body = "".join(part + ("(.*?)" if index < len(parts) - 1 else "") for index, part in enumerate(parts))
    return re.compile(body + ("$" if parts[-1] == "" else ""), re.DOTALL)


def _aggregate(node: Node, rows: list[Row]) -> Value:
    name = node.value
    if name == "count" and not node.parts:
        return float(len(rows))
    if not node.parts:
        raise MalformedQuery(f"{name} takes a field")
    values = [value for value in (compute(node.parts[0], row) for row in rows) if value is not None]
    if name == "count":
        return float(len(values))
    if name == "count_distinct":
        return float(len({shown(value) for value in values}))
    if name in ("earliest", "latest"):
        present = [row for row in rows if compute(node.parts[0], row) is not None]
        pick = min if name == "earliest" else max
        return compute(node.parts[0], pick(present, key=lambda row: row["@millis"])) if present else None
    numbers = sorted(found for found in map(number, values) if found is not None)
    if not numbers:
        # Of texts there is a smallest and a largest too.
        return (min if name == "min" else max)(map(str, values)) if values and name in ("min", "max") else None
    if name == "pct":
        return _percentile(numbers, node)
    found: dict[str, Callable[[list[float]], float]] = {
        "sum": math.fsum,
        "avg": statistics.fmean,
        "min": min,
        "max": max,
        "median": statistics.median,
        "stddev": lambda of: statistics.stdev(of) if len(of) > 1 else 0.0,
    }
    return float(found[name](numbers))


def _percentile(numbers: list[float], node: Node) -> float:
    percent = number(compute(node.parts[1], {})) if len(node.parts) == 2 else None
    if percent is None or not 0 <= percent <= 100:
        raise MalformedQuery("pct takes a field and a percentage from 0 to 100")
    rank = percent / 100 * (len(numbers) - 1)
    low = int(rank)
    high = min(low + 1, len(numbers) - 1)
    return numbers[low] + (rank - low) * (numbers[high] - numbers[low])
