"""AWS::Lambda::Function with its DeadLetterConfig, which the emulator knows of requests and leaves out of templates."""

from __future__ import annotations

from typing import Any

from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

_original: dict[str, Any] = {}


def _keep(made: Any, props: dict[str, Any]) -> Any:
    config = lambda_svc._functions[made[0]]["config"]
    target = (props.get("DeadLetterConfig") or {}).get("TargetArn")
    if target:
        config["DeadLetterConfig"] = {"TargetArn": target}
    else:
        config.pop("DeadLetterConfig", None)
    return made


def _create(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
    return _keep(_original["create"](logical_id, props, stack_name), props)


def _update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Any:
    return _keep(_original["update"](physical_id, old, new, stack_name, logical_id), new)


def install() -> None:
    """Puts it around the emulator's own."""
    entry = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    _original.update(create=entry["create"], update=entry["update"])
    entry.update(create=_create, update=_update)
