"""ListDashboards: the emulator tells a time as text, which SDKs that read CBOR and JSON take for no number."""

from __future__ import annotations

from typing import Any

import cbor2

from . import cloudwatch_requests
from .emulator import Answer, Json, cloudwatch

_SECONDS = 1


def entries(prefix: str) -> list[dict[str, Any]]:
    """The dashboards whose names start so, in the order of their names; times in seconds."""
    found = [one for name, one in sorted(cloudwatch._dashboards.items()) if name.startswith(prefix)]
    fields = ("DashboardName", "DashboardArn", "Size", "LastModified")
    return [{field: one[field] for field in fields} for one in found]


def _list(data: Json, is_cbor: bool) -> Answer:
    found = entries(data.get("DashboardNamePrefix") or "")
    if is_cbor:
        found = [{**one, "LastModified": cbor2.CBORTag(_SECONDS, float(one["LastModified"]))} for one in found]
    return cloudwatch_requests.answer({"DashboardEntries": found}, is_cbor)


def install() -> None:
    """Puts it before the emulator's."""
    cloudwatch_requests.add("ListDashboards", _list)
