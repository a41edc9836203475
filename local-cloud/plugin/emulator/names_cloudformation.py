"""The emulator's CloudFormation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from .binding import Answer, Json, RegionStore, bound, replaced


class CloudFormation(Protocol):
    # Operations by name: those that pass a role are wrapped.
    _ACTION_HANDLERS: dict[str, Callable[[Json], Answer]]
    _stacks: RegionStore
    _stack_events: RegionStore
    _exports: RegionStore
    _change_sets: RegionStore


class Changesets(Protocol):
    # With the name of its stack.
    def _find_change_set(self, cs_name: str, stack_name: str = "") -> tuple[Any, Json | None]: ...


class CustomResource(Protocol):
    # Asks the function, and waits for what it sends to the ResponseURL.
    @replaced
    def invoke_custom_resource(
        self,
        request_type: str,
        logical_id: str,
        props: Json,
        stack_name: str,
        stack_id: str,
        resource_type: str,
        physical_id: str | None = None,
        old_props: Json | None = None,
    ) -> tuple[str, Json]: ...


class Engine(Protocol):
    # Where CreateStack, UpdateStack, change sets and ValidateTemplate look a template over. Raises ValueError.
    @replaced
    def _validate_template_statics(self, template: Json) -> None: ...


class Handlers(Protocol):
    def _resolve_stack(self, stack_name: str) -> Json | None: ...

    # Deletes a stack, beside the request that asked for it.
    @replaced
    async def _delete_stack_async(
        self, stack_name: str, stack_id: str, retain_resources: Iterable[str] = (), force: bool = False
    ) -> None: ...


class Helpers(Protocol):
    def _error(self, code: str, message: str) -> Answer: ...

    # A parameter of a request.
    def _p(self, params: Json, key: str) -> str: ...


class Provisioners(Protocol):
    # Types of resources, each with create, update and delete: ours are added, some of its own replaced or wrapped.
    _RESOURCE_HANDLERS: dict[str, dict[str, Any]]

    @replaced
    def _cw_metric_alarm_record(self, name: str, props: Json) -> Json: ...

    # "Always", "Conditionally" or "Never": whether a change of a property makes a new resource.
    @replaced
    def _property_recreation(self, resource_type: str, name: str) -> str: ...

    @replaced
    def _replacing_change(self, resource_type: str, old_props: Json, new_props: Json) -> bool: ...

    # Why an update that would replace a resource under the same name is refused.
    @replaced
    def _custom_named_replacement_error(
        self, resource_type: str, old_props: Json, new_props: Json, physical_id: str | None = None
    ) -> str | None: ...

    def _physical_name(self, stack_name: str, logical_id: str, *, max_len: int = 128) -> str: ...


class Stacks(Protocol):
    """The first three are those that a stack's operations call; provisioners has them too, for nested stacks."""

    @replaced
    def _provision_resource(
        self, resource_type: str, logical_id: str, props: Json, stack_name: str
    ) -> tuple[str, Json]: ...

    @replaced
    def _update_resource(
        self,
        resource_type: str,
        physical_id: str,
        old_props: Json,
        new_props: Json,
        stack_name: str,
        logical_id: str | None = None,
        old_attrs: Json | None = None,
    ) -> tuple[str, Json]: ...

    @replaced
    def _delete_resource(
        self,
        resource_type: str,
        physical_id: str,
        props: Json,
        stack_name: str | None = None,
        logical_id: str | None = None,
    ) -> None: ...

    # Its own names of three of provisioners.
    # "Always", "Conditionally" or "Never": whether a change of a property makes a new resource.
    @replaced
    def _property_recreation(self, resource_type: str, name: str) -> str: ...

    @replaced
    def _replacing_change(self, resource_type: str, old_props: Json, new_props: Json) -> bool: ...

    # Why an update that would replace a resource under the same name is refused.
    @replaced
    def _custom_named_replacement_error(
        self, resource_type: str, old_props: Json, new_props: Json, physical_id: str | None = None
    ) -> str | None: ...

    @replaced
    def _add_event(
        self,
        stack_id: str,
        stack_name: str,
        logical_id: str,
        resource_type: str,
        status: str,
        reason: str = "",
        physical_id: str = "",
        detailed_status: str = "",
    ) -> None: ...

    @replaced
    def _runs_on_worker_thread(self, resource_type: str) -> bool: ...

    # Logical ids of what these resources depend on, and they themselves.
    def _with_dependencies(self, logical_ids: list[str], res_defs: Json, remaining: set[str]) -> set[str]: ...


cloudformation: CloudFormation = bound(CloudFormation, "ministack.services.cloudformation")
changesets: Changesets = bound(Changesets, "ministack.services.cloudformation.changesets")
custom_resource: CustomResource = bound(CustomResource, "ministack.services.cloudformation.custom_resource")
engine: Engine = bound(Engine, "ministack.services.cloudformation.engine")
handlers: Handlers = bound(Handlers, "ministack.services.cloudformation.handlers")
helpers: Helpers = bound(Helpers, "ministack.services.cloudformation.helpers")
provisioners: Provisioners = bound(Provisioners, "ministack.services.cloudformation.provisioners")
stacks: Stacks = bound(Stacks, "ministack.services.cloudformation.stacks")
