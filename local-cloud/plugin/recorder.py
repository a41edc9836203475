"""Records every request that reaches the emulator: who asked for what, on which resource, and how it ended."""

from __future__ import annotations

import json
import re
import time
from collections import deque
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from .emulator import Answer, Json, app, iam_actions, iam_evaluator, replace, responses, router

_requests: deque[dict[str, Any]] = deque(maxlen=200_000)
# What IAM was asked about the request at hand: action, resource and condition keys.
_asked: ContextVar[list[dict[str, Any]] | None] = ContextVar("mla_recorder_asked", default=None)
_DENIED = re.compile(r"is not authorized to perform: ([\w-]+:\w+)(?: on resource: \"?([^\s\"<]+))?")


def _denial(status: int, body: Any) -> dict[str, str] | None:
    if status not in (400, 403) or not isinstance(body, bytes) or b"not authorized to perform" not in body:
        return None
    found = _DENIED.search(body.decode("utf-8", "replace").replace("\\", ""))
    return {"action": found.group(1) if found else "", "resource": (found.group(2) or "*") if found else ""}


def _record_checks() -> None:
    """A request may need several permissions: tags that it gives, a role that it passes, an object that it copies."""
    original = iam_evaluator.enforce

    def enforce(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        *,
        resource_arn: str = "*",
        service_context: Mapping[str, Any] | None = None,
    ) -> object:
        asked = _asked.get()
        if asked is not None:
            keys = {key: value for key, value in (service_context or {}).items() if value is not None}
            asked.append({"action": iam_action, "resource": resource_arn, **({"keys": keys} if keys else {})})
        return original(
            access_key_id, iam_action, service, region, resource_arn=resource_arn, service_context=service_context
        )

    replace(iam_evaluator, "enforce", enforce)


def install() -> None:
    """Wraps the emulator's dispatch, and where it asks IAM."""
    _record_checks()
    original = app._dispatch_service_request

    async def dispatch(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Json, request_id: str
    ) -> Answer:
        started = time.time()
        asked: list[dict[str, Any]] = []
        _asked.set(asked)
        answer = await original(method, path, headers, body, query_params, request_id)
        service = router.detect_service(method, path, headers, query_params)
        action = (
            iam_actions.extract_iam_action(service, method, path, headers, body, query_params) or f"{service}:{method}"
        )
        entry: dict[str, Any] = {
            "at": started,
            # Found once already where IAM decided about the request.
            "principal": iam_evaluator._request_caller_arn.get()
            or iam_evaluator.request_caller_arn(headers, query_params)
            or "anonymous",
            "action": action,
            "resource": iam_actions.extract_resource_arn(
                service, method, path, headers, body, query_params, responses.get_region(), responses.get_account_id()
            ),
            "status": answer[0],
        }
        checks = list(asked)
        if checks != [{"action": entry["action"], "resource": entry["resource"]}]:
            entry["checks"] = checks
        denied = _denial(answer[0], answer[2])
        if denied is not None:
            entry["denied"] = denied
        _requests.append(entry)
        return answer

    replace(app, "_dispatch_service_request", dispatch)


def refused(principal: str, action: str, resource: str) -> None:
    """Records what a service was refused while it acted as a role inside the emulator, without a request."""
    denied = {"action": action, "resource": resource}
    entry = {"at": time.time(), "principal": principal, "action": action, "resource": resource, "status": 403}
    _requests.append({**entry, "denied": denied})


def requests(denied_only: bool = False) -> bytes:
    """The record as JSON, oldest first."""
    return json.dumps([entry for entry in _requests if not denied_only or "denied" in entry]).encode()
