"""What our CloudFormation types share: properties, calls, and their place among the emulator's types."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from . import services
from .cloudformation_role_types import authorise_call
from .emulator import Answer, provisioners, replace, stacks

Props = dict[str, Any]

Created = tuple[str, dict[str, Any]]
"""Physical id and attributes of a resource."""

Type = tuple[Callable[..., Created], Callable[..., Created], Callable[..., None]]
"""How a resource is made, updated and deleted."""


def only(props: Props, *names: str) -> Props:
    """The named properties, as far as they are given."""
    return {name: props[name] for name in names if name in props}


def tag_map(props: Props) -> dict[str, str]:
    """The tags, which a template writes as a map or as a list of Key and Value."""
    tags = props.get("Tags") or {}
    return dict(tags) if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags}


def tag_list(props: Props) -> list[dict[str, str]]:
    """The same tags as a list of Key and Value."""
    return [{"Key": key, "Value": value} for key, value in tag_map(props).items()]


def answer_of(reply: Answer) -> dict[str, Any]:
    """The answer of an operation. Raises ValueError with its error, which fails the resource."""
    data: dict[str, Any] = json.loads(reply[2] or b"{}")
    if reply[0] >= 300:
        raise ValueError(f"{data.get('__type', 'Error')}: {data.get('message') or data.get('Message')}")
    return data


def invoke(service: str, operation: str, data: dict[str, Any]) -> dict[str, Any]:
    """Calls one of our services as CloudFormation, or as the stack's role where it has one.

    Raises ValueError with the service's error or IAM's refusal, which fails the resource.
    """
    authorise_call(service, operation, data)
    return answer_of(services.invoke(service, operation, data, "cloudformation", {"arn": "cloudformation"}))


def unless_gone(delete: Callable[[], object], *signs: str) -> None:
    """Deletes. What is gone already, which one of the signs in the error tells, is a success for CloudFormation."""
    try:
        delete()
    except ValueError as problem:
        if not any(sign in str(problem) for sign in signs):
            raise


def register(types: Mapping[str, Type]) -> None:
    """Adds types; one that the emulator brings itself one day is left to it."""
    for name, (create, update, delete) in types.items():
        entry = {"create": create, "update": update, "delete": delete, "update_with_logical_id": True}
        provisioners._RESOURCE_HANDLERS.setdefault(name, entry)


def on_worker_thread(names: Collection[str]) -> None:
    """Keeps the event loop free while these types are provisioned: our services ask the emulator meanwhile."""
    original = stacks._runs_on_worker_thread
    replace(stacks, "_runs_on_worker_thread", lambda resource_type: resource_type in names or original(resource_type))
