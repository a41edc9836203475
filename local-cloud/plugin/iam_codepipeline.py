"""IAM for CodePipeline: the resources that an action is checked on.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodepipeline.html
A stage lies below its pipeline, an action below its stage: arn:aws:codepipeline:region:account:pipeline/stage/action.
"""

from __future__ import annotations

from typing import Any

SERVICE = "codepipeline"
_STAGE = {"RetryStageExecution", "EnableStageTransition", "DisableStageTransition"}
_NAME_FIELDS = {
    "GetPipeline": "name",
    "GetPipelineState": "name",
    "DeletePipeline": "name",
    "StartPipelineExecution": "name",
    "StopPipelineExecution": "pipelineName",
    "GetPipelineExecution": "pipelineName",
    "ListPipelineExecutions": "pipelineName",
    "ListActionExecutions": "pipelineName",
}


def _declaration(data: dict[str, Any]) -> dict[str, Any]:
    found = data.get("pipeline")
    return found if isinstance(found, dict) else {}


def arns(operation: str, data: dict[str, Any], prefix: str) -> list[str]:
    """What AWS checks the call on; `*` for operations that have no resource."""
    if operation in ("CreatePipeline", "UpdatePipeline"):
        return [f"{prefix}:{_declaration(data).get('name') or '*'}"]
    if operation in _NAME_FIELDS:
        return [f"{prefix}:{data.get(_NAME_FIELDS[operation]) or '*'}"]
    if operation in _STAGE:
        return [f"{prefix}:{data.get('pipelineName') or '*'}/{data.get('stageName') or '*'}"]
    if operation == "PutApprovalResult":
        names = (data.get(field) or "*" for field in ("pipelineName", "stageName", "actionName"))
        return [f"{prefix}:{'/'.join(names)}"]
    if operation in ("TagResource", "UntagResource", "ListTagsForResource"):
        return [str(data.get("resourceArn") or "*")]
    return ["*"]


def passed_role(data: dict[str, Any]) -> object:
    """The role that a declaration hands to CodePipeline."""
    return _declaration(data).get("roleArn")
