"""CloudFormation types of SageMaker: AWS::SageMaker::ModelPackageGroup and AWS::SageMaker::Model.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SageMaker.html
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from ministack.services.cloudformation import provisioners, stacks

from . import services

Created = tuple[str, dict[str, Any]]


def _invoke(operation: str, data: dict[str, Any]) -> dict[str, Any]:
    """Calls our service. Raises ValueError with its error, which fails the resource."""
    status, _, body = services.invoke("sagemaker", operation, data, "cloudformation", {"arn": "cloudformation"})
    reply: dict[str, Any] = json.loads(body or b"{}")
    if status >= 300:
        raise ValueError(f"{reply.get('__type', 'Error')}: {reply.get('message')}")
    return reply


def _tags(props: dict[str, Any]) -> list[dict[str, str]]:
    tags = props.get("Tags") or []
    return [{"Key": key, "Value": value} for key, value in tags.items()] if isinstance(tags, dict) else list(tags)


def _name(stack_name: str, logical_id: str) -> str:
    """A generated name of at most 63 characters, in lower case: the ARN then tells it."""
    return f"{stack_name[:24]}-{logical_id[:24]}-{secrets.token_hex(6)}".replace("_", "-").lower()


def _delete(operation: str, field: str, name: str) -> None:
    """Deleting what is gone already is a success for CloudFormation."""
    try:
        _invoke(operation, {field: name})
    except ValueError as problem:
        if "does not exist" not in str(problem) and "Could not find" not in str(problem):
            raise


def _set_tags(arn: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    wanted = {tag["Key"] for tag in _tags(new)}
    gone = [tag["Key"] for tag in _tags(old) if tag["Key"] not in wanted]
    if gone:
        _invoke("DeleteTags", {"ResourceArn": arn, "TagKeys": gone})
    if _tags(new):
        _invoke("AddTags", {"ResourceArn": arn, "Tags": _tags(new)})


_GROUP_FIELDS = ("ModelPackageGroupName", "ModelPackageGroupDescription")
_MODEL_FIELDS = ("ModelName", "PrimaryContainer", "Containers", "ExecutionRoleArn", "VpcConfig")


def _only(props: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: props[name] for name in names if name in props}


def _group_create(logical_id: str, props: dict[str, Any], stack_name: str) -> Created:
    arn = _invoke("CreateModelPackageGroup", {**_only(props, _GROUP_FIELDS), "Tags": _tags(props)})
    identifier = str(arn["ModelPackageGroupArn"])
    return identifier, {"ModelPackageGroupArn": identifier, "ModelPackageGroupStatus": "Completed"}


def _group_delete(physical_id: str, props: dict[str, Any]) -> None:
    _delete("DeleteModelPackageGroup", "ModelPackageGroupName", physical_id)


def _group_update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Created:
    if _only(old, _GROUP_FIELDS) != _only(new, _GROUP_FIELDS):
        # Name and description are replaced, never updated in place: the new group first, as CloudFormation does it.
        created = _group_create(logical_id or physical_id, new, stack_name)
        _group_delete(physical_id, old)
        return created
    _set_tags(physical_id, old, new)
    return physical_id, {"ModelPackageGroupArn": physical_id, "ModelPackageGroupStatus": "Completed"}


def _model_create(logical_id: str, props: dict[str, Any], stack_name: str) -> Created:
    request = _only(props, (*_MODEL_FIELDS, "EnableNetworkIsolation"))
    name = request.setdefault("ModelName", _name(stack_name, logical_id))
    if "EnableNetworkIsolation" in request:
        request["EnableNetworkIsolation"] = str(request["EnableNetworkIsolation"]).lower() == "true"
    arn = str(_invoke("CreateModel", {**request, "Tags": _tags(props)})["ModelArn"])
    return arn, {"ModelName": name, "ModelArn": arn, "Id": arn}


def _model_delete(physical_id: str, props: dict[str, Any]) -> None:
    _delete("DeleteModel", "ModelName", str(props.get("ModelName") or physical_id.rsplit("/", 1)[-1]))


def _model_update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Created:
    if {**old, "Tags": None} == {**new, "Tags": None}:
        _set_tags(physical_id, old, new)
        return physical_id, {"ModelName": str(old.get("ModelName") or physical_id.rsplit("/", 1)[-1])}
    created = _model_create(logical_id or physical_id, new, stack_name)
    _model_delete(physical_id, old)
    return created


_TYPES = {
    "AWS::SageMaker::ModelPackageGroup": (_group_create, _group_update, _group_delete),
    "AWS::SageMaker::Model": (_model_create, _model_update, _model_delete),
}


def install() -> None:
    """Registers the types; one that the emulator brings itself one day is left to it."""
    for name, (create, update, delete) in _TYPES.items():
        provisioners._RESOURCE_HANDLERS.setdefault(name, {"create": create, "update": update, "delete": delete})
    # Our service reads the model data from the emulator's S3 meanwhile: the event loop must stay free for that.
    original = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda resource_type: resource_type in _TYPES or original(resource_type)
