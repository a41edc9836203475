"""What CloudFormation refuses of properties, and what it replaces when they change: by the registry's schemas.

AWS may tell what a template alone shows before it begins (a change set then fails). Here each resource tells when its
turn comes, which is what AWS does with values that only a deployment knows.
"""

from __future__ import annotations

from typing import Any

from . import cloudformation_schemas as schemas
from .emulator import Json, provisioners, replace, responses, stacks


def _own(props: Json) -> Json:
    """The properties without the tags that CloudFormation gives: no template may have such."""
    tags = props.get("Tags")
    if isinstance(tags, list):
        kept: Any = [tag for tag in tags if not (isinstance(tag, dict) and str(tag.get("Key", "")).startswith("aws:"))]
    elif isinstance(tags, dict):
        kept = {key: value for key, value in tags.items() if not key.startswith("aws:")}
    else:
        return props
    return {**{name: value for name, value in props.items() if name != "Tags"}, **({"Tags": kept} if kept else {})}


def _check(logical_id: str, type_name: str, props: Json) -> None:
    refused = schemas.refusal(logical_id, type_name, _own(props or {}), responses.get_region())
    if refused:
        raise ValueError(refused)


def _checked() -> None:
    provision, update = stacks._provision_resource, stacks._update_resource

    def provision_resource(resource_type: str, logical_id: str, props: Json, stack_name: str) -> tuple[str, Json]:
        _check(logical_id, resource_type, props)
        return provision(resource_type, logical_id, props, stack_name)

    def update_resource(
        resource_type: str,
        physical_id: str,
        old_props: Json,
        new_props: Json,
        stack_name: str,
        logical_id: str | None = None,
        old_attrs: Json | None = None,
    ) -> tuple[str, Json]:
        if old_props != new_props:
            _check(logical_id or physical_id, resource_type, new_props)
        return update(resource_type, physical_id, old_props, new_props, stack_name, logical_id, old_attrs)

    replace(stacks, "_provision_resource", provision_resource)
    replace(stacks, "_update_resource", update_resource)


def _replacement() -> None:
    recreation, refused_before = provisioners._property_recreation, provisioners._custom_named_replacement_error

    def property_recreation(resource_type: str, name: str) -> str:
        known = schemas.schema(resource_type, responses.get_region())
        if known is None:
            return recreation(resource_type, name)
        pointers = [pointer.removeprefix("/properties/") for pointer in known.get("createOnlyProperties", ())]
        conditional = [one.removeprefix("/properties/") for one in known.get("conditionalCreateOnlyProperties", ())]
        if name in pointers:
            return "Always"
        below = [one for one in (*pointers, *conditional) if one.split("/")[0] == name]
        return "Conditionally" if below else "Never"

    def replacing_change(resource_type: str, old_props: Json, new_props: Json) -> bool:
        if schemas.schema(resource_type, responses.get_region()) is None:
            return any(
                recreation(resource_type, name) == "Always"
                for name in old_props.keys() | new_props.keys()
                if old_props.get(name) != new_props.get(name)
            )
        return bool(schemas.replacing(resource_type, old_props, new_props, responses.get_region()))

    def custom_named_replacement_error(
        resource_type: str, old_props: Json, new_props: Json, physical_id: str | None = None
    ) -> str | None:
        return refused_before(resource_type, old_props, new_props, physical_id) or schemas.custom_named(
            resource_type, old_props, new_props, responses.get_region()
        )

    replace(provisioners, "_property_recreation", property_recreation)
    replace(provisioners, "_replacing_change", replacing_change)
    replace(provisioners, "_custom_named_replacement_error", custom_named_replacement_error)
    replace(stacks, "_property_recreation", property_recreation)
    replace(stacks, "_replacing_change", replacing_change)
    replace(stacks, "_custom_named_replacement_error", custom_named_replacement_error)


def install() -> None:
    """Judges what is made and updated, and has what changes for good replaced. Comes after what acts as a role."""
    _checked()
    _replacement()
