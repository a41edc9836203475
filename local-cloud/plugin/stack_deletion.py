"""Stack deletion as AWS does it: one at a time, and what a resource that does not delete depends on stays.

The emulator goes on and deletes the bucket, the role and the function below a custom resource that said FAILED; nobody
could then try again. On AWS they are not touched, and a second deletion goes on from there.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-cli-deleting-stacks.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .emulator import Json, cloudformation, handlers, replace, stacks

_KEPT = "_mla_kept"


class _Kept(Exception):
    """A resource stays because one that depends on it could not be deleted."""


def _deleting(stack_name: str | None) -> Json | None:
    stack = cloudformation._stacks.get(stack_name)
    return stack if stack and stack.get("StackStatus") == "DELETE_IN_PROGRESS" else None


def _delete(stack: Json, logical_id: str, original: Callable[[], None]) -> None:
    kept: set[str] = stack.setdefault(_KEPT, set())
    if logical_id in kept:
        raise _Kept("Resource deletion cancelled: a resource that depends on it could not be deleted.")
    try:
        original()
    except Exception:
        definitions = (stack.get("_template") or {}).get("Resources", {})
        kept |= stacks._with_dependencies([logical_id], definitions, set(stack.get("_resources", {})))
        raise


def _delete_once_at_a_time() -> None:
    """A second request while a stack is deleted changes nothing: the emulator would begin anew beside the first."""
    original = handlers._delete_stack_async
    running: set[str] = set()

    async def delete_stack(
        stack_name: str, stack_id: str, retain_resources: Iterable[str] = (), force: bool = False
    ) -> None:
        if stack_id in running:
            return
        running.add(stack_id)
        try:
            await original(stack_name, stack_id, retain_resources, force)
        finally:
            running.discard(stack_id)

    replace(handlers, "_delete_stack_async", delete_stack)


def install() -> None:
    """Wraps the deletion of one resource, and forgets what was kept when a deletion begins anew."""
    _delete_once_at_a_time()
    original = stacks._delete_resource

    def delete_resource(
        resource_type: str,
        physical_id: str,
        props: Json,
        stack_name: str | None = None,
        logical_id: str | None = None,
    ) -> None:
        def delete() -> None:
            original(resource_type, physical_id, props, stack_name, logical_id)

        stack = _deleting(stack_name) if logical_id else None
        if stack is None or logical_id is None:
            delete()
        else:
            _delete(stack, logical_id, delete)

    replace(stacks, "_delete_resource", delete_resource)

    original_event = stacks._add_event

    def add_event(stack_id: str, stack_name: str, logical_id: str, *more: Any, **named: Any) -> Any:
        if more[:2] == ("AWS::CloudFormation::Stack", "DELETE_IN_PROGRESS") and logical_id == stack_name:
            stack = cloudformation._stacks.get(stack_name)
            if stack:
                stack.pop(_KEPT, None)
        return original_event(stack_id, stack_name, logical_id, *more, **named)

    replace(stacks, "_add_event", add_event)
