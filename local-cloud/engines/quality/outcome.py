"""What a rule came to, and how numbers are written in messages."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

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


class Lacking(Exception):
    """The local cloud does not evaluate this; the whole run fails and says so."""


class NothingToMeasure(Exception):
    """The filter of the rule lets no row through: nothing breaks the rule."""


def java_double(value: float) -> str:
    """Writes a double as the JVM does, on which AWS's engine runs: 4.0, 0.93, 1.2345678E7."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return format(Decimal(repr(float(value))), "f")
    sign, digits, exponent = Decimal(repr(float(value))).normalize().as_tuple()
    assert isinstance(exponent, int)
    text = "".join(str(digit) for digit in digits)
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{exponent + len(text) - 1}"


def unmet(value: float | int, mark: str = "!") -> str:
    """The sentence for a value that does not meet its condition; AWS ends it with `!` or `.` by rule type."""
    text = str(value) if isinstance(value, int) else java_double(value)
    return f"Value: {text} does not meet the constraint requirement{mark}"
