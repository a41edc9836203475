"""Application Auto Scaling: makes the emulator know the service, and what IAM decides about its calls by.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_applicationautoscaling.html
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_actions, router

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
    """Where its requests go, and that IAM decides about them."""
    patterns = {"target_prefixes": ["AnyScaleFrontendService."], "host_patterns": [r"^application-autoscaling\."]}
    router.SERVICE_PATTERNS.setdefault(SERVICE, patterns)
    iam_actions.SERVICE_TO_IAM_NAMESPACE.setdefault(SERVICE, SERVICE)
    original = iam_actions.request_tag_context

    def request_tag_context(service: str, action: str, body: bytes, *more: Any) -> dict[str, Any]:
        context: dict[str, Any] = original(service, action, body, *more)
        if service != SERVICE:
            return context
        try:
            data = json.loads(body or b"{}")
        except ValueError:
            return context
        return {**context, **(conditions(data) if isinstance(data, dict) else {})}

    iam_actions.request_tag_context = request_tag_context
