"""CloudFormation types of SageMaker: AWS::SageMaker::ModelPackageGroup and AWS::SageMaker::Model.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SageMaker.html
"""

from __future__ import annotations

import secrets
from typing import Any

from .cloudformation_types import Created, invoke, on_worker_thread, only, register, tag_list, tag_map, unless_gone


def _name(stack_name: str, logical_id: str) -> str:
    """A generated name of at most 63 characters, in lower case: the ARN then tells it."""
    return f"{stack_name[:24]}-{logical_id[:24]}-{secrets.token_hex(6)}".replace("_", "-").lower()


def _delete(operation: str, field: str, name: str) -> None:
    unless_gone(lambda: invoke("sagemaker", operation, {field: name}), "does not exist", "Could not find")


def _set_tags(arn: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    gone = [key for key in tag_map(old) if key not in tag_map(new)]
    if gone:
        invoke("sagemaker", "DeleteTags", {"ResourceArn": arn, "TagKeys": gone})
    if tag_map(new):
        invoke("sagemaker", "AddTags", {"ResourceArn": arn, "Tags": tag_list(new)})


_GROUP_FIELDS = ("ModelPackageGroupName", "ModelPackageGroupDescription")
_MODEL_FIELDS = (
    "ModelName",
    "PrimaryContainer",
    "Containers",
    "ExecutionRoleArn",
    "VpcConfig",
    "EnableNetworkIsolation",
)


def _group_create(logical_id: str, props: dict[str, Any], stack_name: str) -> Created:
    arn = invoke("sagemaker", "CreateModelPackageGroup", {**only(props, *_GROUP_FIELDS), "Tags": tag_list(props)})
    identifier = str(arn["ModelPackageGroupArn"])
    return identifier, {"ModelPackageGroupArn": identifier, "ModelPackageGroupStatus": "Completed"}


def _group_delete(physical_id: str, props: dict[str, Any]) -> None:
    _delete("DeleteModelPackageGroup", "ModelPackageGroupName", physical_id)


def _group_update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Created:
    if only(old, *_GROUP_FIELDS) != only(new, *_GROUP_FIELDS):
        # Name and description are replaced, never updated in place: the new group first, as CloudFormation does it.
        created = _group_create(logical_id or physical_id, new, stack_name)
        _group_delete(physical_id, old)
        return created
    _set_tags(physical_id, old, new)
    return physical_id, {"ModelPackageGroupArn": physical_id, "ModelPackageGroupStatus": "Completed"}


def _model_create(logical_id: str, props: dict[str, Any], stack_name: str) -> Created:
    request = only(props, *_MODEL_FIELDS)
    name = request.setdefault("ModelName", _name(stack_name, logical_id))
    if "EnableNetworkIsolation" in request:
        request["EnableNetworkIsolation"] = str(request["EnableNetworkIsolation"]).lower() == "true"
    arn = str(invoke("sagemaker", "CreateModel", {**request, "Tags": tag_list(props)})["ModelArn"])
    return arn, {"ModelName": name, "ModelArn": arn, "Id": arn}


def _model_delete(physical_id: str, props: dict[str, Any]) -> None:
    _delete("DeleteModel", "ModelName", str(props.get("ModelName") or physical_id.rsplit("/", 1)[-1]))


def _model_update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Created:
    if {**old, "Tags": None} == {**new, "Tags": None}:
        _set_tags(physical_id, old, new)
        return physical_id, {"ModelName": str(old.get("ModelName") or physical_id.rsplit("/", 1)[-1])}
    # The old one goes after the update: until then an endpoint may have to go back to it.
    return _model_create(logical_id or physical_id, new, stack_name)


_TYPES = {
    "AWS::SageMaker::ModelPackageGroup": (_group_create, _group_update, _group_delete),
    "AWS::SageMaker::Model": (_model_create, _model_update, _model_delete),
}


def install() -> None:
    """Registers the types. Our service reads the model data from the emulator's S3 while it makes a model."""
    register(_TYPES)
    on_worker_thread(_TYPES)
