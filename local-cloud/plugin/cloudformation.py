"""CloudFormation types that the emulator lacks and the labs' templates use."""

from __future__ import annotations

import json
import secrets
from typing import Any

from ministack.services import athena, glue, s3
from ministack.services.cloudformation import provisioners, stacks

from . import services

Created = tuple[str, dict[str, Any]]


def _tag_map(props: dict[str, Any]) -> dict[str, str]:
    tags = props.get("Tags") or {}
    return dict(tags) if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags}


def _only(props: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: props[name] for name in names if name in props}


def _call(reply: tuple[int, dict[str, str], bytes]) -> dict[str, Any]:
    """The answer of an operation. Raises ValueError with its error, which fails the resource."""
    data: dict[str, Any] = json.loads(reply[2] or b"{}")
    if reply[0] >= 300:
        raise ValueError(f"{data.get('__type', 'Error')}: {data.get('message') or data.get('Message')}")
    return data


def _invoke(service: str, operation: str, data: dict[str, Any]) -> dict[str, Any]:
    return _call(services.invoke(service, operation, data, "cloudformation", {"arn": "cloudformation"}))


def _without_not_found(action: Any) -> None:
    """Deleting what is gone already is a success for CloudFormation."""
    try:
        action()
    except ValueError as problem:
        if "NotFound" not in str(problem):
            raise


_CSV_FIELDS = {
    "AllowSingleColumn": "AllowSingleColumn",
    "ContainsCustomDatatype": "CustomDatatypes",
    "ContainsHeader": "ContainsHeader",
    "CustomDatatypeConfigured": "CustomDatatypeConfigured",
    "Delimiter": "Delimiter",
    "DisableValueTrimming": "DisableValueTrimming",
    "Header": "Header",
    "QuoteSymbol": "QuoteSymbol",
}


def _classifier_create(logical_id: str, props: dict[str, Any], stack_name: str) -> Created:
    csv = props.get("CsvClassifier")
    if not csv:
        raise ValueError("AWS::Glue::Classifier: the local cloud has CSV classifiers only; the labs use no other.")
    name = csv.get("Name") or f"{stack_name}-{logical_id}-{secrets.token_hex(6)}"
    request = {new: csv[old] for old, new in _CSV_FIELDS.items() if old in csv}
    _call(glue._create_classifier({"CsvClassifier": {**request, "Name": name}}))
    return name, {}


def _classifier_delete(physical_id: str, props: dict[str, Any]) -> None:
    _without_not_found(lambda: _call(glue._delete_classifier({"Name": physical_id})))


def _classifier_update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Created:
    _classifier_delete(physical_id, old)
    named = {**new, "CsvClassifier": {**(new.get("CsvClassifier") or {}), "Name": physical_id}}
    return _classifier_create(logical_id or physical_id, named, stack_name)


def _ruleset_request(props: dict[str, Any], name: str) -> dict[str, Any]:
    return {**_only(props, "Description", "Ruleset", "TargetTable", "ClientToken"), "Name": name}


def _ruleset_create(logical_id: str, props: dict[str, Any], stack_name: str) -> Created:
    name = props.get("Name") or f"{logical_id}-{secrets.token_hex(6)}"
    _invoke("glue", "CreateDataQualityRuleset", {**_ruleset_request(props, name), "Tags": _tag_map(props)})
    return name, {}


def _ruleset_delete(physical_id: str, props: dict[str, Any]) -> None:
    _without_not_found(lambda: _invoke("glue", "DeleteDataQualityRuleset", {"Name": physical_id}))


def _ruleset_update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Created:
    request = {key: value for key, value in _ruleset_request(new, physical_id).items() if key != "TargetTable"}
    _invoke("glue", "UpdateDataQualityRuleset", request)
    return physical_id, {}


def _named_query_create(logical_id: str, props: dict[str, Any], stack_name: str) -> Created:
    request = _only(props, "Name", "Description", "Database", "QueryString", "WorkGroup")
    request.setdefault("Name", f"{logical_id}-{secrets.token_hex(6)}")
    identifier = str(_call(athena._create_named_query(request))["NamedQueryId"])
    return identifier, {"NamedQueryId": identifier}


def _named_query_delete(physical_id: str, props: dict[str, Any]) -> None:
    _without_not_found(lambda: _call(athena._delete_named_query({"NamedQueryId": physical_id})))


def _named_query_update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Created:
    # Every property of a named query is replaced, never updated in place.
    _named_query_delete(physical_id, old)
    return _named_query_create(logical_id or physical_id, new, stack_name)


def _crawler_delete(physical_id: str, props: dict[str, Any]) -> None:
    # Our service knows whether it runs: a running crawler is not deleted.
    _without_not_found(lambda: _invoke("glue", "DeleteCrawler", {"Name": physical_id}))
    glue._tags.pop(glue._arn("crawler", physical_id), None)


def _job_delete(physical_id: str, props: dict[str, Any]) -> None:
    _invoke("glue", "DeleteJob", {"JobName": physical_id})
    glue._tags.pop(glue._arn("job", physical_id), None)


def _bucket_delete(physical_id: str, props: dict[str, Any]) -> None:
    """CloudFormation deletes empty buckets only; object versions and delete markers count."""
    bucket = s3._buckets.get(physical_id)
    versions = [key for key in s3._object_versions if key[0] == physical_id and s3._object_versions[key]]
    if bucket and (bucket.get("objects") or versions):
        raise ValueError(
            f"The bucket you tried to delete is not empty ({physical_id}). You must delete all versions in the bucket. "
            "(Service: S3, Status Code: 409)"
        )
    _emulated_bucket_delete(physical_id, props)


def _job_create(logical_id: str, props: dict[str, Any], stack_name: str) -> Created:
    created: Created = _emulated_job_create(logical_id, props, stack_name)
    if "ExecutionProperty" in props:
        limit = int(props["ExecutionProperty"].get("MaxConcurrentRuns", 1))
        glue._jobs[created[0]]["ExecutionProperty"] = {"MaxConcurrentRuns": limit}
    return created


_emulated_bucket_delete = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]["delete"]
_emulated_job_create = provisioners._RESOURCE_HANDLERS["AWS::Glue::Job"]["create"]

_TYPES = {
    "AWS::Glue::Classifier": (_classifier_create, _classifier_update, _classifier_delete),
    "AWS::Glue::DataQualityRuleset": (_ruleset_create, _ruleset_update, _ruleset_delete),
    "AWS::Athena::NamedQuery": (_named_query_create, _named_query_update, _named_query_delete),
}


_ON_WORKER_THREAD = {"AWS::Glue::Crawler", "AWS::Glue::DataQualityRuleset", "AWS::Glue::Job"}


def install() -> None:
    """Registers the types; one that the emulator brings itself one day is left to it."""
    for name, (create, update, delete) in _TYPES.items():
        provisioners._RESOURCE_HANDLERS.setdefault(name, {"create": create, "update": update, "delete": delete})
    provisioners._RESOURCE_HANDLERS["AWS::Glue::Crawler"]["delete"] = _crawler_delete
    provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]["delete"] = _bucket_delete
    provisioners._RESOURCE_HANDLERS["AWS::Glue::Job"].update(create=_job_create, delete=_job_delete)
    # Our service asks the emulator meanwhile: the event loop must stay free for that.
    original = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda name: name in _ON_WORKER_THREAD or original(name)
