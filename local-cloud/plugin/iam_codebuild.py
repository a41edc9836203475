"""IAM for CodeBuild: the resources that an action is checked on. A build is checked on its project.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodebuild.html
"""

from __future__ import annotations

from typing import Any

_BY_PROJECT = {"StartBuild": "projectName", "ListBuildsForProject": "projectName"} | {
    operation: "name" for operation in ("CreateProject", "UpdateProject", "DeleteProject")
}
_BY_BUILD = ("StopBuild", "RetryBuild")
_BY_BUILDS = ("BatchGetBuilds", "BatchDeleteBuilds")


def _project(prefix: str, given: object) -> str:
    text = str(given or "*")
    return text if text.startswith("arn:") else f"{prefix}:project/{text}"


def _project_of_build(prefix: str, given: object) -> str:
    """A build's id begins with the name of its project; its ARN ends with the id."""
    identifier = str(given or "*").rsplit("build/", 1)[-1]
    return f"{prefix}:project/{identifier.split(':')[0]}"


def arns(operation: str, data: dict[str, Any], prefix: str) -> list[str]:
    """Every resource that AWS checks for the call; `*` for those that name none."""
    if operation in _BY_PROJECT:
        return [_project(prefix, data.get(_BY_PROJECT[operation]))]
    if operation in _BY_BUILD:
        return [_project_of_build(prefix, data.get("id"))]
    if operation in _BY_BUILDS:
        return list(dict.fromkeys(_project_of_build(prefix, one) for one in data.get("ids") or ["*"]))
    if operation == "BatchGetProjects":
        return list(dict.fromkeys(_project(prefix, name) for name in data.get("names") or ["*"]))
    return ["*"]


def passed_role(data: dict[str, Any]) -> object:
    """The role that a request hands to CodeBuild."""
    return data.get("serviceRole") or data.get("serviceRoleOverride")
