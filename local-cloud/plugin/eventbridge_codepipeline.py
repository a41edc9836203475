"""Pipelines as targets of EventBridge rules: the emulator takes them as targets and delivers nothing to them.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
"""

from __future__ import annotations

import contextvars
import json
import logging
import threading
from typing import Any

from . import services
from .emulator import core_arn, eventbridge, replace, responses

logger = logging.getLogger("events")


def _is_pipeline(target: dict[str, Any]) -> bool:
    try:
        return bool(core_arn.parse_arn(str(target.get("Arn", ""))).service == "codepipeline")
    except core_arn.ArnParseError:
        return False


def _payload(target: dict[str, Any], rule: dict[str, Any], view: Any) -> str:
    if target.get("InputTransformer"):
        return str(eventbridge._apply_input_transformer(target["InputTransformer"], rule, view))
    if target.get("Input"):
        return str(target["Input"])
    return json.dumps(view.event_with_detail())


def _deliver(request: dict[str, Any]) -> None:
    try:
        status, _, body = services.invoke(
            "codepipeline", "DeliverEvent", request, "eventbridge", {"arn": "eventbridge"}
        )
    except OSError as problem:
        status, body = 500, str(problem).encode()
    if status != 200:
        logger.warning("EventBridge: not delivered to %s: %s", request["pipelineArn"], body.decode())


def install() -> None:
    """Starts a pipeline that is a target, as the target's role; a target without a role is refused, as on AWS."""
    invoke_target = eventbridge._invoke_target
    validate_target = eventbridge._validate_target_arn

    def invoke(target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None) -> None:
        if not _is_pipeline(target):
            invoke_target(target, event, rule, view)
            return
        request = {
            "pipelineArn": target["Arn"],
            "roleArn": target.get("RoleArn", ""),
            "ruleArn": rule.get("Arn", ""),
            "payload": _payload(target, rule, view or eventbridge._pattern_event_view(event)),
        }
        # The emulator may be in its event loop, and our service asks it for the role.
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(_deliver, request), daemon=True).start()

    def validate(target: dict[str, Any]) -> Any:
        if _is_pipeline(target) and not target.get("RoleArn"):
            message = f"RoleArn is required for target {target.get('Arn')}."
            return responses.error_response_json("ValidationException", message, 400)
        return validate_target(target)

    replace(eventbridge, "_invoke_target", invoke)
    replace(eventbridge, "_validate_target_arn", validate)
