"""Pipelines in the Resource Groups Tagging API."""

from __future__ import annotations

from collections.abc import Iterator

from . import services
from .emulator import tagging


def _collect() -> Iterator[tuple[str, list[dict[str, str]]]]:
    status, reply = services.post("/tags", {})
    if status != 200:
        raise RuntimeError(f"The services host answered {status}: {reply}")
    for arn, tags in reply.get("codepipeline", {}).items():
        yield arn, [{"Key": key, "Value": value} for key, value in tags.items()]


def install() -> None:
    """Adds CodePipeline to the services whose resources can be found by tag."""
    tagging._COLLECTORS.setdefault("codepipeline", _collect)
