"""IAM for EventBridge: the rule that an action is checked on. The emulator knows a rule by `Name` only, not by `Rule`.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
"""

from __future__ import annotations

from typing import Any

SERVICE = "events"

_BY_NAME = ("PutRule", "DeleteRule", "DescribeRule", "EnableRule", "DisableRule")
_BY_RULE = ("PutTargets", "RemoveTargets", "ListTargetsByRule")


def arns(operation: str, data: dict[str, Any], prefix: str) -> list[str] | None:
    """The rule of the call; None for calls that name none. Rules of the default bus have no bus in their ARN."""
    field = "Name" if operation in _BY_NAME else "Rule" if operation in _BY_RULE else None
    if field is None or not data.get(field):
        return None
    bus = str(data.get("EventBusName") or "default").rsplit("/", 1)[-1]
    return [f"{prefix}:rule/{'' if bus == 'default' else f'{bus}/'}{data[field]}"]
