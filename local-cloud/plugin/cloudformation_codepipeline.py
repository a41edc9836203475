"""The CloudFormation type AWS::CodePipeline::Pipeline.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codepipeline-pipeline.html
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from .cloudformation_types import Created, invoke, on_worker_thread, register, tag_map, unless_gone

_TYPE = "AWS::CodePipeline::Pipeline"
_NOT_DECLARED = {"Tags", "RestartExecutionOnUpdate", "DisableInboundStageTransitions"}
_NUMBERS = {"runOrder", "timeoutInMinutes"}


def _text(value: Any) -> str:
    """A configuration's value, as CloudFormation hands it on."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value) if isinstance(value, dict | list) else str(value)


def _declared(value: Any) -> Any:
    """Properties in the API's spelling: the first letter of each name is small, except in a configuration."""
    if isinstance(value, list):
        return [_declared(part) for part in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for name, part in value.items():
        small = name[:1].lower() + name[1:]
        if small == "configuration":
            found[small] = {key: _text(setting) for key, setting in (part or {}).items()}
        elif small in _NUMBERS:
            found[small] = int(part)
        elif small == "version":
            found[small] = str(part)
        else:
            found[small] = _declared(part)
    return found


def declaration(props: dict[str, Any], name: str) -> dict[str, Any]:
    """The pipeline as the API takes it. Without a type it is V1, as for the API."""
    given = {key: value for key, value in props.items() if key not in _NOT_DECLARED}
    return {**_declared(given), "name": name}


def _tags(props: dict[str, Any]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tag_map(props).items()]


def _name(stack_name: str, logical_id: str) -> str:
    return f"{stack_name[:40]}-{logical_id[:40]}-{secrets.token_hex(6).upper()}"


def _attributes(answer: dict[str, Any]) -> dict[str, Any]:
    return {"Version": str(answer["pipeline"]["version"])}


def _transitions(name: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    before = {one["StageName"]: one.get("Reason") for one in old.get("DisableInboundStageTransitions") or []}
    after = {one["StageName"]: one.get("Reason") for one in new.get("DisableInboundStageTransitions") or []}
    for stage in before.keys() - after.keys():
        request = {"pipelineName": name, "stageName": stage, "transitionType": "Inbound"}
        invoke("codepipeline", "EnableStageTransition", request)
    for stage, reason in after.items():
        request = {"pipelineName": name, "stageName": stage, "transitionType": "Inbound", "reason": reason}
        invoke("codepipeline", "DisableStageTransition", request)


def _create(logical_id: str, props: dict[str, Any], stack_name: str) -> Created:
    name = str(props.get("Name") or _name(stack_name, logical_id))
    request: dict[str, Any] = {"pipeline": declaration(props, name)}
    if tag_map(props):
        request["tags"] = _tags(props)
    answer = invoke("codepipeline", "CreatePipeline", request)
    _transitions(name, {}, props)
    return name, _attributes(answer)


def _delete(physical_id: str, props: dict[str, Any]) -> None:
    unless_gone(
        lambda: invoke("codepipeline", "DeletePipeline", {"name": physical_id}), "does not have a pipeline with name"
    )


def _set_tags(name: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    arn = str(invoke("codepipeline", "GetPipeline", {"name": name})["metadata"]["pipelineArn"])
    gone = [key for key in tag_map(old) if key not in tag_map(new)]
    if gone:
        invoke("codepipeline", "UntagResource", {"resourceArn": arn, "tagKeys": gone})
    if tag_map(new):
        invoke("codepipeline", "TagResource", {"resourceArn": arn, "tags": _tags(new)})


def _update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Created:
    wanted = new.get("Name")
    if wanted != old.get("Name") and wanted != physical_id:
        # The name is replaced, never updated in place: the new pipeline first, as CloudFormation does it.
        created = _create(logical_id or physical_id, new, stack_name)
        _delete(physical_id, old)
        return created
    if declaration(old, physical_id) != declaration(new, physical_id):
        answer = invoke("codepipeline", "UpdatePipeline", {"pipeline": declaration(new, physical_id)})
        if str(new.get("RestartExecutionOnUpdate")).lower() == "true":
            invoke("codepipeline", "StartPipelineExecution", {"name": physical_id})
    else:
        answer = invoke("codepipeline", "GetPipeline", {"name": physical_id})
    _transitions(physical_id, old, new)
    _set_tags(physical_id, old, new)
    return physical_id, _attributes(answer)


def install() -> None:
    """Registers the type. Our service assumes the pipeline's role in the emulator while it makes a pipeline."""
    types = {_TYPE: (_create, _update, _delete)}
    register(types)
    on_worker_thread(types)
