"""Why a query fails, in the words that Athena puts into StateChangeReason."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """Where in the query text, counted from 1 as Athena does."""

    line: int
    column: int


class Fault(Exception):
    """A query that Athena refuses, or that fails while it runs.

    ``code`` is Athena's error name, for example ``COLUMN_NOT_FOUND``. ``NOT_SUPPORTED_LOCALLY`` marks what Athena can
    do and this engine cannot: a rehearsal must say so rather than answer something else.
    """

    def __init__(self, code: str, message: str, place: Place | None = None) -> None:
        self.code = code
        self.place = place
        self.text = f"line {place.line}:{place.column}: {message}" if place else message
        super().__init__(f"{code}: {self.text}")


def lacks(what: str, place: Place | None = None) -> Fault:
    """Something that Athena has and this engine has not."""
    return Fault("NOT_SUPPORTED_LOCALLY", f"The rehearsal's Athena lacks {what}; the real Athena may run it.", place)


def syntax(message: str, place: Place | None = None) -> Fault:
    return Fault("SYNTAX_ERROR", message, place)


def mismatch(message: str, place: Place | None = None) -> Fault:
    return Fault("TYPE_MISMATCH", message, place)
