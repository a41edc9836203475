"""IAM for SageMaker: the resources that an action is checked on.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
Where AWS does not say which ARN of a type it looks for, a policy must allow each that it could be.
"""

from __future__ import annotations

from typing import Any

# Resource type, and the field of a request that names it.
_KINDS = {
    "HyperParameterTuningJob": ("hyper-parameter-tuning-job", "HyperParameterTuningJobName"),
    "TrainingJob": ("training-job", "TrainingJobName"),
    "ProcessingJob": ("processing-job", "ProcessingJobName"),
    "ModelPackageGroup": ("model-package-group", "ModelPackageGroupName"),
    "Model": ("model", "ModelName"),
    "EndpointConfig": ("endpoint-config", "EndpointConfigName"),
    "Endpoint": ("endpoint", "EndpointName"),
    "DataQualityJobDefinition": ("data-quality-job-definition", "JobDefinitionName"),
    "MonitoringSchedule": ("monitoring-schedule", "MonitoringScheduleName"),
}
_PACKAGES = (
    "CreateModelPackage",
    "DescribeModelPackage",
    "UpdateModelPackage",
    "DeleteModelPackage",
    "ListModelPackages",
)
_VERBS = ("Create", "Describe", "Start", "Stop", "Delete", "Update")


def _names() -> dict[str, tuple[str, str]]:
    return {verb + thing: kind for thing, kind in _KINDS.items() for verb in _VERBS}


_NAMED = _names()


def _arn(prefix: str, kind: str, name: object) -> str:
    """Names stand in lower case in SageMaker's ARNs; some fields take an ARN in place of a name."""
    text = str(name or "*")
    return text if text.startswith("arn:") else f"{prefix}:{kind}/{text.lower()}"


def _packages_of(data: dict[str, Any], prefix: str) -> list[str]:
    """The versions that a model is made of: groups' own policies allow sagemaker:CreateModel on them.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html
    """
    containers = [data.get("PrimaryContainer"), *(data.get("Containers") or [])]
    named = (one.get("ModelPackageName") for one in containers if isinstance(one, dict))
    return [_arn(prefix, "model-package", name) for name in named if name]


def _package_arns(operation: str, data: dict[str, Any], prefix: str) -> list[str]:
    if operation == "UpdateModelPackage":
        return [_arn(prefix, "model-package", data.get("ModelPackageArn"))]
    group = data.get("ModelPackageGroupName")
    # A listing names no version, a new one has no number yet: the policy must allow any of the group.
    of_group = _arn(prefix, "model-package", f"{str(group).rsplit('/', 1)[-1]}/*") if group else None
    if operation == "CreateModelPackage" and of_group:
        return [of_group]
    if operation == "ListModelPackages":
        return [*([of_group] if of_group else []), _arn(prefix, "model-package", None)]
    return [_arn(prefix, "model-package", data.get("ModelPackageName"))]


def arns(operation: str, data: dict[str, Any], prefix: str) -> list[str]:
    """Every resource that AWS checks for the call; `*` for those that name none."""
    if operation in ("CreateEndpoint", "UpdateEndpoint"):
        return [
            _arn(prefix, "endpoint", data.get("EndpointName")),
            _arn(prefix, "endpoint-config", data.get("EndpointConfigName")),
        ]
    if operation == "UpdateEndpointWeightsAndCapacities":
        return [_arn(prefix, "endpoint", data.get("EndpointName"))]
    if operation == "CreateModel":
        return [_arn(prefix, "model", data.get("ModelName")), *_packages_of(data, prefix)]
    if operation in _NAMED:
        kind, field = _NAMED[operation]
        return [_arn(prefix, kind, data.get(field))]
    if operation in _PACKAGES:
        return _package_arns(operation, data, prefix)
    if operation == "ListTrainingJobsForHyperParameterTuningJob":
        return [_arn(prefix, "hyper-parameter-tuning-job", data.get("HyperParameterTuningJobName"))]
    if operation in ("AddTags", "ListTags", "DeleteTags"):
        return [str(data.get("ResourceArn") or "*")]
    return ["*"]


def passed_role(data: dict[str, Any]) -> object:
    """The role that a request hands to SageMaker other than at its top."""
    definition = data.get("TrainingJobDefinition")
    nested = definition.get("RoleArn") if isinstance(definition, dict) else None
    return nested or data.get("ExecutionRoleArn")


def tagging_check(operation: str, data: dict[str, Any], made: str) -> tuple[str, str, dict[str, Any]] | None:
    """Action, resource and condition keys that a request with tags needs besides: it tags what it makes.

    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSageMakerHyperPodInferenceAccess.html
    """
    if not operation.startswith("Create") or not data.get("Tags"):
        return None
    return "sagemaker:AddTags", made, {"sagemaker:TaggingAction": operation}
