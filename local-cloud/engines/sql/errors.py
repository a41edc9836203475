"""Query errors, as Athena words them in StateChangeReason."""

from __future__ import annotations

from typing import NamedTuple


class Position(NamedTuple):
    """A position in the query text; line and column count from 1, as in Athena."""

    line: int
    column: int


class AthenaError(Exception):
    """A query that Athena rejects, or that fails while it runs.

    ``code`` is Athena's error name, for example ``COLUMN_NOT_FOUND``. ``NOT_SUPPORTED_LOCALLY`` marks what Athena can
    do and this engine cannot: a rehearsal must say so rather than answer something else.
    """

    def __init__(self, code: str, message: str, position: Position | None = None) -> None:
        self.code = code
        self.position = position
        self.text = f"line {position.line}:{position.column}: {message}" if position else message
        super().__init__(f"{code}: {self.text}")


def unsupported(what: str, position: Position | None = None) -> AthenaError:
    """Something that Athena supports and this engine does not."""
    return AthenaError(
        "NOT_SUPPORTED_LOCALLY", f"The local cloud's Athena does not support {what}; the real Athena may.", position
    )


def type_mismatch(message: str, position: Position | None = None) -> AthenaError:
    return AthenaError("TYPE_MISMATCH", message, position)
