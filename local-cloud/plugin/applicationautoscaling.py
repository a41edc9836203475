"""IAM for Application Auto Scaling: the resources that an action is checked on, and its condition keys.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_applicationautoscaling.html
"""

from __future__ import annotations

import json
from typing import Any

from .emulator import Json, iam_actions, replace

SERVICE = "application-autoscaling"
_KEYS = {"ServiceNamespace": "service-namespace", "ScalableDimension": "scalable-dimension"}


def arns(operation: str, region: str, account: str) -> list[str]:
    """A target, whose id a request does not say; lists have no resource."""
    if operation not in ("RegisterScalableTarget", "DeregisterScalableTarget"):
        return ["*"]
    return [f"arn:aws:{SERVICE}:{region}:{account}:scalable-target/*"]


def conditions(data: dict[str, Any]) -> dict[str, str]:
    """The condition keys of a call."""
    return {f"{SERVICE}:{key}": str(data[field]) for field, key in _KEYS.items() if data.get(field)}


def install() -> None:
    """Adds the condition keys."""
    original = iam_actions.request_tag_context

    def request_tag_context(service: str, iam_action: str, body: bytes, params: Json) -> Json:
        context = original(service, iam_action, body, params)
        if service != SERVICE:
            return context
        try:
            data = json.loads(body or b"{}")
        except ValueError:
            return context
        return {**context, **(conditions(data) if isinstance(data, dict) else {})}

    replace(iam_actions, "request_tag_context", request_tag_context)
