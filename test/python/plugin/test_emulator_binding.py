"""What may be put in the emulator: what is declared, is there, and takes what the emulator passes."""

from __future__ import annotations

from typing import Any

import pytest
from plugin import emulator
from plugin.emulator import binding


async def _waits(a: int, b: int = 0, *, c: int = 0) -> None: ...


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (lambda a, b=0, *, c=0: None, None),
        (lambda *all, **named: None, None),
        (lambda a, b=0, c=0, d=0: None, None),
        (lambda a, b, *, c=0: None, "missing a required argument: 'b'"),
        (lambda a, b=0: None, "unexpected keyword argument 'c'"),
        (lambda b=0, a=0, *, c=0, d: None, "missing a required argument: 'd'"),
        (lambda a, x=0, *, c=0: None, "unexpected keyword argument 'b'"),
        (_waits, "is async"),
    ],
)
def test_what_cannot_be_called_as_declared_is_told(function: Any, problem: str | None) -> None:
    def declared(self: object, a: int, b: int = 0, *, c: int = 0) -> None: ...

    told = binding.mismatch(function, declared)
    assert told is None if problem is None else problem in (told or "")


def test_what_is_not_declared_as_replaced_cannot_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TypeError, match=r"_arn is not declared as replaced: Glue"):
        emulator.replace(emulator.glue, "_arn", lambda: None)
    with pytest.raises(TypeError, match=r"_unheard_of is not declared as replaced: Glue"):
        emulator.replace(emulator.glue, "_unheard_of", lambda: None)
    with pytest.raises(TypeError, match=r"what is to stand there is \(alarm\), which does not take \(alarm, old_state"):
        emulator.replace(emulator.cloudwatch, "_dispatch_alarm_actions", lambda alarm: None)
    monkeypatch.delattr(emulator.cloudwatch, "_dispatch_alarm_actions")
    with pytest.raises(TypeError, match="the emulator does not have it"):
        emulator.replace(emulator.cloudwatch, "_dispatch_alarm_actions", lambda *all: None)
