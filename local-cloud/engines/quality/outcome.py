"""The outcome of a rule, and numbers as messages show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..text.java_numbers import java_double

Result = Literal["PASS", "FAIL", "ERROR"]


@dataclass(frozen=True)
class Outcome:
    """One rule's result, as GetDataQualityResult gives it."""

    result: Result
    message: str | None = None
    metrics: dict[str, float] = field(default_factory=dict)


class RuleFailure(Exception):
    """The rule cannot be measured on this table, and so fails; the message goes into the result."""


class RuleError(Exception):
    """The rule could not be evaluated at all: its SQL or its pattern is wrong."""


class UnsupportedLocally(Exception):
    """The local cloud does not evaluate this; the whole run fails and says so."""


class NothingToMeasure(Exception):
    """The filter of the rule lets no row through: nothing breaks the rule."""


def unmet_message(value: float | int, mark: str = "!") -> str:
    """The sentence for a value that does not meet its condition; AWS ends it with `!` or `.` by rule type."""
    text = str(value) if isinstance(value, int) else java_double(value)
    return f"Value: {text} does not meet the constraint requirement{mark}"
