"""The format of a table's lines, from its properties, as Trino's Hive connector reads them: Athena runs it.

https://github.com/trinodb/trino/blob/master/plugin/trino-hive/src/main/java/io/trino/plugin/hive/HiveMetadata.java,
https://github.com/trinodb/trino/tree/master/lib/trino-hive-formats/src/main/java/io/trino/hive/formats
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

HEADER = "skip.header.line.count"
FOOTER = "skip.footer.line.count"


class PropertyProblem(Enum):
    """What is wrong with a table's properties."""

    # Athena cannot even describe the table.
    UNREADABLE = auto()
    INVALID = auto()
    NOT_SUPPORTED = auto()
    # AWS can do it, the local cloud cannot.
    UNSUPPORTED_LOCALLY = auto()


class BadProperties(Exception):
    """A table cannot be read as its properties say. The message names the property and its value."""

    def __init__(self, problem: PropertyProblem, message: str) -> None:
        self.problem = problem
        super().__init__(message)


@dataclass(frozen=True)
class LineFormat:
    """How to read the lines of a table's files."""

    # OpenCSVSerde or LazySimpleSerDe.
    quoted: bool
    separator: str
    # A null character stands for none.
    quote: str = "\0"
    escape: str = "\0"
    header: int = 0
    footer: int = 0
    # The text that stands for NULL; OpenCSVSerde knows none.
    null: str | None = None
    last_takes_rest: bool = False


def skipped_lines(properties: Mapping[str, str]) -> tuple[int, int]:
    """Lines to leave out at the head and at the foot of each file; keys of the properties are in lower case.

    A table of any format must have numbers there. @raises BadProperties
    """
    return _line_count(properties, HEADER), _line_count(properties, FOOTER)


def _line_count(properties: Mapping[str, str], key: str) -> int:
    value = properties.get(key, "0")
    # As Java's Integer.valueOf: no blanks, no decimals.
    if not re.fullmatch(r"[+-]?[0-9]+", value) or not -(2**31) <= int(value) < 2**31:
        raise BadProperties(PropertyProblem.UNREADABLE, f"{key} is {value!r}, which is no whole number of lines")
    return int(value)


def parse_line_format(kind: str, given: Mapping[str, str]) -> LineFormat:
    """The line format of a table of the kind "opencsv" or "text". @raises BadProperties"""
    properties = {key.lower(): value for key, value in given.items()}
    header, footer = skipped_lines(properties)
    for key, count in ((HEADER, header), (FOOTER, footer)):
        if count < 0:
            raise BadProperties(PropertyProblem.INVALID, f"Invalid value for {key} property: {properties[key]}")
    if properties.get("line.delim", "\n") not in ("\n", "\\n", "10"):
        raise BadProperties(PropertyProblem.UNSUPPORTED_LOCALLY, "LINES TERMINATED BY something else than a line feed")
    if kind == "opencsv":
        return _open_csv(properties, header, footer)
    separator = _delimiter(properties.get("field.delim", properties.get("serialization.format", "")), "\x01")
    escape = _delimiter(properties["escape.delim"], "\\") if "escape.delim" in properties else "\0"
    rest = properties.get("serialization.last.column.takes.rest", "").lower() == "true"
    null = properties.get("serialization.null.format", "\\N")
    return LineFormat(False, separator, "\0", escape, header, footer, null, rest)


def _open_csv(properties: Mapping[str, str], header: int, footer: int) -> LineFormat:
    characters = {"separatorChar": ",", "quoteChar": '"', "escapeChar": "\\"}
    for key in characters:
        value = properties.get(key.lower())
        if value == "":
            raise BadProperties(PropertyProblem.UNREADABLE, f"{key} is empty")
        if value is not None:
            characters[key] = value[0]
    if characters["escapeChar"] == '"':
        # Hive takes this value for "not set", and reads with a backslash.
        characters["escapeChar"] = "\\"
    separator, quote, escape = characters.values()
    if separator in ("\0", quote, escape) or (quote == escape != "\0"):
        shown = ", ".join(f"{key} {value!r}" for key, value in characters.items())
        raise BadProperties(PropertyProblem.NOT_SUPPORTED, f"OpenCSVSerde needs three different characters: {shown}")
    return LineFormat(True, separator, quote, escape, header, footer)


def _delimiter(value: str, default: str) -> str:
    """A number is the character's code; of a longer text the first character counts."""
    if value == "":
        return default
    number = int(value) if re.fullmatch(r"[+-]?[0-9]+", value) else None
    if number is not None and not -128 <= number <= 127:
        number = None
    code = ord(value[0]) if number is None else number
    if not 0 <= code <= 127:
        raise BadProperties(PropertyProblem.UNSUPPORTED_LOCALLY, f"delimiters beyond ASCII ({value!r})")
    return chr(code)
