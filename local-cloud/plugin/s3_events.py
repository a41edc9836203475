"""S3's events on EventBridge where the emulator leaves something out: `version-id` of the object.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import Any

from .emulator import eventbridge, replace, s3

_version: ContextVar[str | None] = ContextVar("mla_s3_version", default=None)


def with_version(event: dict[str, Any], version_id: str | None) -> dict[str, Any]:
    """The event with the version of the object; as it was where there is none."""
    if event.get("Source") != "aws.s3" or not version_id:
        return event
    detail = json.loads(event["Detail"])
    detail["object"].setdefault("version-id", version_id)
    return {**event, "Detail": json.dumps(detail)}


def install() -> None:
    """Wraps the one place in which S3 makes an event, and the one by which it leaves."""
    fire, dispatch = s3._fire_s3_event, eventbridge._dispatch_event

    def fire_with_version(*arguments: Any, **named: Any) -> None:
        token = _version.set(named.get("version_id"))
        try:
            fire(*arguments, **named)
        finally:
            _version.reset(token)

    def dispatch_with_version(event: dict[str, Any], *arguments: Any, **named: Any) -> Any:
        return dispatch(with_version(event, _version.get()), *arguments, **named)

    replace(s3, "_fire_s3_event", fire_with_version)
    replace(eventbridge, "_dispatch_event", dispatch_with_version)
