"""CloudFormation types of SageMaker's hosting: AWS::SageMaker::EndpointConfig and AWS::SageMaker::Endpoint.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-endpoint.html
A configuration is always replaced, only its tags are not; an endpoint is updated in place. What was replaced goes after
the update, when nothing uses it any more.
"""

from __future__ import annotations

import time
from typing import Any

from . import settings
from .cloudformation_sagemaker import _delete, _name, _set_tags
from .cloudformation_types import Created, Props, invoke, on_worker_thread, only, register, tag_list

# A template's parameters are strings.
_INTEGERS = {
    "InitialInstanceCount",
    "VolumeSizeInGB",
    "ModelDataDownloadTimeoutInSeconds",
    "ContainerStartupHealthCheckTimeoutInSeconds",
    "MemorySizeInMB",
    "MaxConcurrency",
    "ProvisionedConcurrency",
    "InitialSamplingPercentage",
    "TerminationWaitInSeconds",
    "MaximumExecutionTimeoutInSeconds",
    "WaitIntervalInSeconds",
}
_NUMBERS = {"InitialVariantWeight"}
_FLAGS = {"EnableCapture", "RetainAllVariantProperties", "RetainDeploymentConfig", "EnableNetworkIsolation"}
_SIZES = ("CanarySize", "LinearStepSize")

_CONFIG_FIELDS = (
    "EndpointConfigName",
    "ProductionVariants",
    "ShadowProductionVariants",
    "DataCaptureConfig",
    "KmsKeyId",
    "AsyncInferenceConfig",
    "ExplainerConfig",
    "ExecutionRoleArn",
    "VpcConfig",
    "EnableNetworkIsolation",
)
_ENDPOINT_FIELDS = ("EndpointName", "EndpointConfigName", "DeploymentConfig")
_UPDATE_FIELDS = (
    "EndpointConfigName",
    "DeploymentConfig",
    "RetainAllVariantProperties",
    "ExcludeRetainedVariantProperties",
    "RetainDeploymentConfig",
)
_POLL_SECONDS = 0.1
_BUSY = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")


def typed(value: Any, name: str = "", above: str = "") -> Any:
    """The property with numbers and flags as the API wants them."""
    if isinstance(value, dict):
        return {key: typed(part, key, name) for key, part in value.items()}
    if isinstance(value, list):
        return [typed(part, name, above) for part in value]
    if isinstance(value, str):
        if name in _INTEGERS or (name == "Value" and above in _SIZES):
            return int(value)
        if name in _NUMBERS:
            return float(value)
        if name in _FLAGS:
            return value.lower() == "true"
    return value


def _request(props: Props, *fields: str) -> Props:
    request: Props = typed(only(props, *fields))
    return request


def _last(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def _config_create(logical_id: str, props: Props, stack_name: str) -> Created:
    request = _request(props, *_CONFIG_FIELDS)
    name = request.setdefault("EndpointConfigName", _name(stack_name, logical_id))
    arn = str(invoke("sagemaker", "CreateEndpointConfig", {**request, "Tags": tag_list(props)})["EndpointConfigArn"])
    return arn, {"EndpointConfigName": name, "EndpointConfigArn": arn, "Id": arn}


def _config_delete(physical_id: str, props: Props) -> None:
    name = str(props.get("EndpointConfigName") or _last(physical_id))
    _delete("DeleteEndpointConfig", "EndpointConfigName", name)


def _config_update(physical_id: str, old: Props, new: Props, stack_name: str, logical_id: str | None = None) -> Created:
    if {**old, "Tags": None} == {**new, "Tags": None}:
        _set_tags(physical_id, old, new)
        return physical_id, {"EndpointConfigName": str(old.get("EndpointConfigName") or _last(physical_id))}
    return _config_create(logical_id or _last(physical_id), new, stack_name)


def _described(name: str) -> Props:
    return invoke("sagemaker", "DescribeEndpoint", {"EndpointName": name})


def _settled(name: str) -> Props:
    """The endpoint when nothing is under way any more."""
    while True:
        shown = _described(name)
        if shown["EndpointStatus"] not in _BUSY:
            return shown
        time.sleep(_POLL_SECONDS)


def _endpoint_name(physical_id: str, props: Props) -> str:
    return str(props.get("EndpointName") or _last(physical_id))


def _endpoint_create(logical_id: str, props: Props, stack_name: str) -> Created:
    request = _request(props, *_ENDPOINT_FIELDS)
    name = request.setdefault("EndpointName", _name(stack_name, logical_id))
    arn = str(invoke("sagemaker", "CreateEndpoint", {**request, "Tags": tag_list(props)})["EndpointArn"])
    shown = _settled(name)
    if shown["EndpointStatus"] != "InService":
        # The roll back that follows would not know of it: on AWS it takes the failed endpoint along.
        _endpoint_delete(arn, {"EndpointName": name})
        raise ValueError(_not_stable(name, str(shown.get("FailureReason", "")), "CREATE"))
    return arn, {"EndpointName": name, "EndpointArn": arn, "Id": arn}


def _not_stable(name: str, reason: str, what: str) -> str:
    return (
        f"Resource handler returned message: \"Resource of type 'AWS::SageMaker::Endpoint' with identifier '{name}' "
        f'did not stabilize. {reason}" (RequestToken: {what}, HandlerErrorCode: NotStabilized)'
    )


def _endpoint_delete(physical_id: str, props: Props) -> None:
    name = _endpoint_name(physical_id, props)
    try:
        if _described(name)["EndpointStatus"] != "Deleting":
            _settled(name)
            _delete("DeleteEndpoint", "EndpointName", name)
        while True:
            _described(name)
            time.sleep(_POLL_SECONDS)
    except ValueError as problem:
        if "Could not find" not in str(problem):
            raise


def _endpoint_update(
    physical_id: str, old: Props, new: Props, stack_name: str, logical_id: str | None = None
) -> Created:
    if old.get("EndpointName") != new.get("EndpointName"):
        return _endpoint_create(logical_id or _last(physical_id), new, stack_name)
    name = _endpoint_name(physical_id, old)
    _set_tags(physical_id, old, new)
    wanted = str(new.get("EndpointConfigName"))
    if only(old, *_UPDATE_FIELDS) != only(new, *_UPDATE_FIELDS):
        # A deployment policy alone is taken over by the next deployment, as UpdateEndpoint needs a configuration.
        invoke("sagemaker", "UpdateEndpoint", {**_request(new, *_UPDATE_FIELDS), "EndpointName": name})
        shown = _settled(name)
        # AWS may name no reason for a deployment that an alarm rolled back. Who looks at the status only takes that for
        # a success, and deletes the configuration that serves:
        # https://github.com/hashicorp/terraform-provider-aws/issues/48997
        unseen = settings.face("rollback-unseen") and shown["EndpointStatus"] == "InService"
        if not unseen and (shown["EndpointStatus"] != "InService" or shown["EndpointConfigName"] != wanted):
            reason = str(shown.get("FailureReason") or "")
            if not reason:
                reason = (
                    f"The deployment was rolled back: the endpoint is {shown['EndpointStatus']} on its earlier "
                    f"configuration {shown['EndpointConfigName']}."
                )
            raise ValueError(_not_stable(name, reason, "UPDATE"))
    return physical_id, {"EndpointName": name, "EndpointArn": physical_id, "Id": physical_id}


_TYPES = {
    "AWS::SageMaker::EndpointConfig": (_config_create, _config_update, _config_delete),
    "AWS::SageMaker::Endpoint": (_endpoint_create, _endpoint_update, _endpoint_delete),
}


def install() -> None:
    """Registers the types. They wait for what our service does."""
    register(_TYPES)
    on_worker_thread(_TYPES)
