"""AWS::CodeBuild::Project, made by our service in place of the emulator's.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codebuild-project.html
"""

from __future__ import annotations

import secrets
from typing import Any

from .cloudformation_types import Created, invoke, on_worker_thread, tag_map
from .emulator import provisioners

# Members of a template that CodeBuild's API spells otherwise; all others begin with a small letter there.
_SPELT = {
    "BuildSpec": "buildspec",
    "S3Logs": "s3Logs",
    "SecondarySourceVersions": "secondarySourceVersions",
    "FileSystemLocations": "fileSystemLocations",
}
_LEFT_OUT = ("Tags", "Triggers", "Visibility", "ResourceAccessRole")
_NUMBERS = ("timeoutInMinutes", "queuedTimeoutInMinutes", "concurrentBuildLimit", "autoRetryLimit", "gitCloneDepth")
_FLAGS = ("privilegedMode", "encryptionDisabled", "overrideArtifactName", "insecureSsl", "reportBuildStatus")


def _value(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {_name(key): _value(_name(key), one) for key, one in value.items()}
    if isinstance(value, list):
        return [_value("", one) for one in value]
    if name in _NUMBERS:
        return int(value)
    if name in _FLAGS:
        return str(value).lower() == "true"
    return value


def _name(key: str) -> str:
    return _SPELT.get(key, key[:1].lower() + key[1:])


def _request(props: dict[str, Any], name: str) -> dict[str, Any]:
    if props.get("Triggers"):
        raise ValueError("AWS::CodeBuild::Project: the local cloud has no Triggers; no lab uses them.")
    made = {_name(key): _value(_name(key), value) for key, value in props.items() if key not in _LEFT_OUT}
    made.get("environment", {}).setdefault("environmentVariables", [])
    tags = [{"key": key, "value": value} for key, value in tag_map(props).items()]
    return {**made, "name": name, "tags": tags}


def _created(answer: dict[str, Any]) -> Created:
    project = answer["project"]
    return str(project["name"]), {"Arn": str(project["arn"]), "Id": str(project["name"])}


def _create(logical_id: str, props: dict[str, Any], stack_name: str) -> Created:
    name = props.get("Name") or f"{logical_id}-{secrets.token_hex(6)}"
    return _created(invoke("codebuild", "CreateProject", _request(props, str(name))))


def _update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Created:
    if new.get("Name") and new["Name"] != physical_id:
        # A new name is a new project; the old one goes when the update is done.
        return _create(logical_id or physical_id, new, stack_name)
    return _created(invoke("codebuild", "UpdateProject", _request(new, physical_id)))


def _delete(physical_id: str, props: dict[str, Any]) -> None:
    invoke("codebuild", "DeleteProject", {"name": physical_id})


def install() -> None:
    """Puts the type in place of the emulator's, which knows neither logs nor secondary artifacts."""
    name = "AWS::CodeBuild::Project"
    provisioners._RESOURCE_HANDLERS[name] = {
        "create": _create,
        "update": _update,
        "update_with_logical_id": True,
        "delete": _delete,
    }
    on_worker_thread({name})
