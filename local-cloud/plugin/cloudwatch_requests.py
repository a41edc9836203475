"""Requests of CloudWatch: operations that the emulator lacks, and what IAM checks them on.

Resource types and condition keys: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
Current SDKs send JSON or CBOR; the emulator's IAM reads JSON only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import cbor2

from . import iam
from .emulator import Answer, Json, app, cloudwatch, iam_actions, replace

Operation = Callable[[Json, bool], Answer]

_ALARM = ("PutMetricAlarm", "PutCompositeAlarm", "SetAlarmState", "DescribeAlarmHistory")
_ALARMS = ("DeleteAlarms", "EnableAlarmActions", "DisableAlarmActions")
_DASHBOARD = ("PutDashboard", "GetDashboard")
_added: dict[str, Operation] = {}


def add(name: str, operation: Operation) -> None:
    """Adds an operation: it gets the input, and whether to answer in CBOR and not in JSON."""
    _added[name] = operation


def answer(data: Json, is_cbor: bool) -> Answer:
    """What an operation answers, in CBOR or in JSON."""
    return cloudwatch._cbor_ok(data) if is_cbor else cloudwatch._json_ok(data)


def refusal(code: str, message: str, is_cbor: bool, status: int = 400) -> Answer:
    """An error of an operation, in CBOR or in JSON."""
    return cloudwatch._error(code, message, status, use_json=not is_cbor, use_cbor=is_cbor)


def decode(headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """The input of a request in JSON or CBOR; empty where it cannot be read."""
    try:
        data = cbor2.loads(body) if _is_cbor(headers) else json.loads(body)
    except (ValueError, cbor2.CBORDecodeError):
        return {}
    return data if isinstance(data, dict) else {}


def operation_of(path: str, headers: dict[str, str]) -> str:
    """The operation's name, of either protocol."""
    found = re.search(r"/operation/(\w+)", path)
    return found.group(1) if found else headers.get("x-amz-target", "").rsplit(".", 1)[-1]


def arns(operation: str, data: dict[str, Any], region: str, account: str) -> list[str]:
    """Every resource that the call is checked on."""
    alarm, dashboard = f"arn:aws:cloudwatch:{region}:{account}:alarm:", f"arn:aws:cloudwatch::{account}:dashboard/"
    if operation in _ALARM and data.get("AlarmName"):
        return [f"{alarm}{data['AlarmName']}"]
    if operation in _ALARMS:
        return [f"{alarm}{name}" for name in data.get("AlarmNames") or ["*"]]
    if operation in ("DescribeAlarms", "DescribeAlarmsForMetric", "DescribeAlarmHistory"):
        return [f"{alarm}*"]
    if operation in _DASHBOARD:
        return [f"{dashboard}{data.get('DashboardName') or '*'}"]
    if operation == "DeleteDashboards":
        return [f"{dashboard}{name}" for name in data.get("DashboardNames") or ["*"]]
    if operation in ("TagResource", "UntagResource", "ListTagsForResource"):
        return [str(data.get("ResourceARN") or "*")]
    return ["*"]


def _is_cbor(headers: dict[str, str]) -> bool:
    return "cbor" in headers.get("content-type", "") or "cbor" in headers.get("smithy-protocol", "")


def _resource(_method: str, path: str, headers: dict[str, str], body: bytes, region: str, account: str) -> str | None:
    operation = operation_of(path, headers)
    return arns(operation, decode(headers, body), region, account)[0] if operation else None


def _add_condition_key() -> None:
    original = iam_actions.request_tag_context

    def request_tag_context(service: str, iam_action: str, body: bytes, params: Json) -> Json:
        context = original(service, iam_action, body, params)
        if iam_action == "cloudwatch:PutMetricData":
            headers = {} if body[:1] == b"{" else {"content-type": "application/cbor"}
            context["cloudwatch:namespace"] = str(decode(headers, body).get("Namespace", ""))
        return context

    replace(iam_actions, "request_tag_context", request_tag_context)


def install() -> None:
    """Puts the added operations before the emulator's."""
    iam.add_finder("monitoring", _resource)
    _add_condition_key()
    original = app.SERVICE_HANDLERS["monitoring"]

    async def handler(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Answer:
        operation = operation_of(path, headers)
        added = _added.get(operation)
        is_cbor = _is_cbor(headers)
        if added:
            return added(decode(headers, body), is_cbor)
        given = await original(method, path, headers, body, query)
        if given[0] == 400 and b"Unknown action" in given[2]:
            message = f"The local cloud does not have cloudwatch:{operation}; no lab uses it."
            return refusal("UnknownOperationException", message, is_cbor)
        return given

    app.SERVICE_HANDLERS["monitoring"] = handler
