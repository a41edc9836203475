"""Floating-point numbers as the JVM writes them, on which AWS's engines run."""

from __future__ import annotations

import math
from decimal import Decimal


def java_double(value: float, digits: str | None = None) -> str:
    """As Java prints a number: 12.0, 0.93, 1.0E10, 1.5E-5. ``digits``: the shortest decimal digits that name it."""
    sign, figures, exponent = _figures(digits or repr(float(value)))
    if not math.isfinite(value) or (value != 0 and not -3 <= exponent < 7):
        return _scientific(value, sign, figures, exponent)
    if value == 0:
        return f"{sign}0.0"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{figures}"
    return f"{sign}{figures[: exponent + 1].ljust(exponent + 1, '0')}.{figures[exponent + 1 :] or '0'}"


def trino_double(value: float, digits: str | None = None) -> str:
    """As Trino's CAST to varchar writes a number: always with an exponent, 1.2E1, 0E0."""
    sign, figures, exponent = _figures(digits or repr(float(value)))
    return f"{sign}0E0" if value == 0 else _scientific(value, sign, figures, exponent)


def _scientific(value: float, sign: str, figures: str, exponent: int) -> str:
    if math.isnan(value):
        return "NaN"
    if not math.isfinite(value):
        return f"{sign}Infinity"
    return f"{sign}{figures[0]}.{figures[1:] or '0'}E{exponent}"


def _figures(digits: str) -> tuple[str, str, int]:
    """Sign, significant figures, and the exponent of the first of them."""
    sign, figures, exponent = Decimal(digits).as_tuple()
    text = "".join(map(str, figures))
    last = int(exponent) if isinstance(exponent, int) else 0
    return ("-" if sign else ""), text.rstrip("0") or "0", last + len(text) - 1
