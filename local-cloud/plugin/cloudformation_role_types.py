"""What the role of a stack needs for each type: the actions that CloudFormation's own handlers call.

Source: `handlers.permissions` of the types' schemas in the CloudFormation registry, and for what SageMaker asks beyond
the call itself https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from . import applicationautoscaling, iam, iam_sagemaker, services
from .cloudformation_role import acting, authorise
from .emulator import provisioners, responses

Props = dict[str, Any]

# What CloudFormation reads of a resource that it has just made or is about to delete.
_DESCRIBES = {"Model": "DescribeModel", "EndpointConfig": "DescribeEndpointConfig", "Endpoint": "DescribeEndpoint"}
_NAMES = {"Model": "ModelName", "EndpointConfig": "EndpointConfigName", "Endpoint": "EndpointName"}
_GROUP_READS = ("DescribeModelPackageGroup", "GetModelPackageGroupPolicy", "ListTags")


def authorise_call(service: str, operation: str, data: Props) -> None:
    """Checks a call of one of our services that CloudFormation makes. Raises ValueError as `authorise` does."""
    if acting() is None:
        return
    arns = iam.resource_arns(service, operation, data, responses.get_region(), responses.get_account_id()) or ["*"]
    tags = iam.request_tags(data)
    for arn in arns:
        authorise(f"{service}:{operation}", arn, tags)
    for role in _passed(data):
        authorise("iam:PassRole", role, {"iam:PassedToService": f"{service}.amazonaws.com"})
    if service == "sagemaker":
        _sagemaker(operation, data, arns[0], tags)


def _passed(data: Props) -> list[str]:
    found = (data.get(name) for name in ("ExecutionRoleArn", "RoleArn", "roleArn", "serviceRole"))
    roles = [role for role in found if isinstance(role, str) and role]
    nested = data.get("pipeline")
    return [*roles, *(_passed(nested) if isinstance(nested, dict) else [])]


def _sagemaker(operation: str, data: Props, arn: str, tags: dict[str, Any]) -> None:
    if tags and (tagging := iam_sagemaker.tagging_check(operation, data, arn)):
        authorise(tagging[0], tagging[1], {**tags, **tagging[2]})
    for verb in ("Create", "Delete"):
        thing = operation.removeprefix(verb)
        if operation.startswith(verb) and thing in _DESCRIBES and data.get(_NAMES[thing]):
            authorise(f"sagemaker:{_DESCRIBES[thing]}", arn)
    if operation == "CreateModelPackageGroup":
        for read in _GROUP_READS:
            authorise(f"sagemaker:{read}", arn)
    for container in [data.get("PrimaryContainer"), *(data.get("Containers") or [])]:
        package = container.get("ModelPackageName") if isinstance(container, dict) else None
        if operation == "CreateModel" and package:
            authorise("sagemaker:DescribeModelPackage", str(package))
    if operation == "DeleteEndpoint":
        _scaling(str(data.get("EndpointName")))
    rollback = (data.get("DeploymentConfig") or {}).get("AutoRollbackConfiguration") or {}
    if rollback.get("Alarms"):
        authorise("cloudwatch:DescribeAlarms", _arn("cloudwatch", "alarm:*"))


def _scaling(endpoint: str) -> None:
    """SageMaker deregisters the scalable targets of an endpoint as whoever deletes it, and refuses where that fails."""
    service, asked = applicationautoscaling.SERVICE, {"ServiceNamespace": "sagemaker"}
    reply = services.invoke(service, "DescribeScalableTargets", asked, "cloudformation", {"arn": "cloudformation"})
    for target in json.loads(reply[2])["ScalableTargets"]:
        if not target["ResourceId"].startswith(f"endpoint/{endpoint}/"):
            continue
        try:
            context = applicationautoscaling.conditions(target)
            authorise(f"{service}:DeregisterScalableTarget", target["ScalableTargetARN"], context)
        except ValueError as refused:
            raise ValueError(
                "An Application AutoScaling scalable target exists for a variant being deleted, and the IAM identity "
                "used to invoke DeleteEndpoint does not have application-autoscaling:DeregisterScalableTarget "
                "permission to deregister the scalable target. (Service: SageMaker, Status Code: 400)"
            ) from refused


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{responses.get_region()}:{responses.get_account_id()}:{resource}"


def _alarm(verb: str, physical_id: str, props: Props) -> None:
    arn = _arn("cloudwatch", f"alarm:{physical_id}")
    if verb == "delete":
        authorise("cloudwatch:DeleteAlarms", arn)
    else:
        authorise("cloudwatch:PutMetricAlarm", arn, iam.request_tags(props))
        if iam.request_tags(props):
            authorise("cloudwatch:TagResource", arn, iam.request_tags(props))
    authorise("cloudwatch:DescribeAlarms", _arn("cloudwatch", "alarm:*"))


def _parameter(verb: str, physical_id: str, props: Props) -> None:
    arn = _arn("ssm", f"parameter/{physical_id.lstrip('/')}")
    if verb == "delete":
        authorise("ssm:DeleteParameter", arn)
        return
    authorise("ssm:PutParameter", arn, iam.request_tags(props))
    if iam.request_tags(props):
        authorise("ssm:AddTagsToResource", arn, iam.request_tags(props))
    authorise("ssm:GetParameters", arn)


def _alarm_name(logical_id: str, props: Props, stack_name: str) -> str:
    return str(props.get("AlarmName") or provisioners._physical_name(stack_name, logical_id))


def _parameter_name(logical_id: str, props: Props, stack_name: str) -> str:
    return str(props.get("Name") or f"/{stack_name}/{logical_id}")


_EMULATED: dict[str, tuple[Callable[[str, Props, str], str], Callable[[str, str, Props], None]]] = {
    "AWS::CloudWatch::Alarm": (_alarm_name, _alarm),
    "AWS::SSM::Parameter": (_parameter_name, _parameter),
}


def _authorised(type_name: str) -> None:
    name_of, check = _EMULATED[type_name]
    entry = provisioners._RESOURCE_HANDLERS[type_name]
    create, update, delete = entry["create"], entry["update"], entry["delete"]

    def checked_create(logical_id: str, props: Props, stack_name: str) -> Any:
        check("create", name_of(logical_id, props, stack_name), props)
        return create(logical_id, props, stack_name)

    def checked_update(physical_id: str, old: Props, new: Props, *more: Any) -> Any:
        check("update", physical_id, new)
        return update(physical_id, old, new, *more)

    def checked_delete(physical_id: str, props: Props, *more: Any) -> Any:
        check("delete", physical_id, props)
        return delete(physical_id, props, *more)

    entry.update(create=checked_create, update=checked_update, delete=checked_delete)


def install() -> None:
    """Authorises the emulator's own types that stacks with a role have."""
    for type_name in _EMULATED:
        _authorised(type_name)
