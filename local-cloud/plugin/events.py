"""Events that AWS services put on the default bus themselves."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from .emulator import eventbridge


async def put(source: str, detail_type: str, detail: dict[str, Any], resources: list[str]) -> tuple[int, bytes]:
    """Puts one event. Customers may not use a source of `aws.`; services may."""
    entry = {"Source": source, "DetailType": detail_type, "Detail": json.dumps(detail), "Resources": resources}
    # Targets may be invoked before this returns: not in the event loop.
    status, _, body = await asyncio.to_thread(eventbridge._put_events, {"Entries": [entry]}, allow_aws_source=True)
    return status, body
