"""AWS::CloudWatch::CompositeAlarm, which the emulator has as operations only."""

from __future__ import annotations

import json
import secrets
from typing import Any

from . import cloudformation_types
from .cloudformation_types import Created
from .emulator import Answer, cloudwatch

_FIELDS = (
    "AlarmDescription",
    "AlarmRule",
    "ActionsEnabled",
    "AlarmActions",
    "OKActions",
    "InsufficientDataActions",
)


def _done(answer: Answer) -> None:
    if answer[0] >= 300:
        problem = json.loads(answer[2])
        raise ValueError(f"{problem['message']} (Service: CloudWatch, Status Code: {answer[0]})")


def _put(name: str, props: dict[str, Any]) -> Created:
    data = {**cloudformation_types.only(props, *_FIELDS), "AlarmName": name}
    data["Tags"] = cloudformation_types.tag_list(props) or None
    _done(cloudwatch._put_composite_alarm({}, data, False, True))
    return name, {"Arn": cloudwatch._composite_alarms[name]["AlarmArn"]}


def _create(logical_id: str, props: dict[str, Any], stack_name: str) -> Created:
    return _put(props.get("AlarmName") or f"{stack_name}-{logical_id}-{secrets.token_hex(6)}", props)


def _delete(physical_id: str, props: dict[str, Any]) -> None:
    _done(cloudwatch._delete_alarms({}, {"AlarmNames": [physical_id]}, False, True))


def _update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Created:
    name = new.get("AlarmName") or physical_id
    made = _put(name, new)
    if name != physical_id:
        _delete(physical_id, old)
    return made


def install() -> None:
    """Registers the type."""
    cloudformation_types.register({"AWS::CloudWatch::CompositeAlarm": (_create, _update, _delete)})
