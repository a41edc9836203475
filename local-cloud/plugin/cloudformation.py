"""CloudFormation types that the emulator lacks and the labs' templates use."""

from __future__ import annotations

import json
import secrets
from typing import Any

from . import iam
from .cloudformation_types import (
    Created,
    answer_of,
    invoke,
    on_worker_thread,
    only,
    register,
    tag_map,
    unless_gone,
)
from .emulator import athena, glue, provisioners, responses, s3, sns

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
    answer_of(glue._create_classifier({"CsvClassifier": {**request, "Name": name}}))
    return name, {}


def _classifier_delete(physical_id: str, props: dict[str, Any]) -> None:
    unless_gone(lambda: answer_of(glue._delete_classifier({"Name": physical_id})), "NotFound")


def _classifier_update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Created:
    _classifier_delete(physical_id, old)
    named = {**new, "CsvClassifier": {**(new.get("CsvClassifier") or {}), "Name": physical_id}}
    return _classifier_create(logical_id or physical_id, named, stack_name)


def _ruleset_request(props: dict[str, Any], name: str) -> dict[str, Any]:
    return {**only(props, "Description", "Ruleset", "TargetTable", "ClientToken"), "Name": name}


def _ruleset_create(logical_id: str, props: dict[str, Any], stack_name: str) -> Created:
    name = props.get("Name") or f"{logical_id}-{secrets.token_hex(6)}"
    invoke("glue", "CreateDataQualityRuleset", {**_ruleset_request(props, name), "Tags": tag_map(props)})
    return name, {}


def _ruleset_delete(physical_id: str, props: dict[str, Any]) -> None:
    unless_gone(lambda: invoke("glue", "DeleteDataQualityRuleset", {"Name": physical_id}), "NotFound")


def _ruleset_update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Created:
    request = {key: value for key, value in _ruleset_request(new, physical_id).items() if key != "TargetTable"}
    invoke("glue", "UpdateDataQualityRuleset", request)
    return physical_id, {}


def _named_query_create(logical_id: str, props: dict[str, Any], stack_name: str) -> Created:
    request = only(props, "Name", "Description", "Database", "QueryString", "WorkGroup")
    request.setdefault("Name", f"{logical_id}-{secrets.token_hex(6)}")
    made = {"NamedQueryId": str(answer_of(athena._create_named_query(request))["NamedQueryId"])}
    iam.learn("athena", request, made)
    return made["NamedQueryId"], made


def _named_query_delete(physical_id: str, props: dict[str, Any]) -> None:
    unless_gone(lambda: answer_of(athena._delete_named_query({"NamedQueryId": physical_id})), "NotFound")


def _named_query_update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Created:
    # Every property of a named query is replaced, never updated in place.
    _named_query_delete(physical_id, old)
    return _named_query_create(logical_id or physical_id, new, stack_name)


def _crawler_delete(physical_id: str, props: dict[str, Any]) -> None:
    # Our service knows whether it runs: a running crawler is not deleted.
    unless_gone(lambda: invoke("glue", "DeleteCrawler", {"Name": physical_id}), "NotFound")
    glue._tags.pop(glue._arn("crawler", physical_id), None)


def _job_delete(physical_id: str, props: dict[str, Any]) -> None:
    invoke("glue", "DeleteJob", {"JobName": physical_id})
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


def _topic_create(logical_id: str, props: dict[str, Any], stack_name: str) -> Created:
    """A topic's own policy is for what AWS sends it on the owner's behalf: a role needs sns:Publish.

    https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
    """
    return _only_deliveries(_emulated_topic["create"](logical_id, props, stack_name))


def _topic_update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Created:
    # Another name makes another topic.
    return _only_deliveries(_emulated_topic["update"](physical_id, old, new, stack_name, logical_id))


def _only_deliveries(created: Created) -> Created:
    topic = sns._topic_by_arn_any_scope(created[0])
    if topic is not None:
        policy = json.loads(topic["attributes"]["Policy"])
        for statement in policy["Statement"] if policy.get("Id") == "__default_policy_ID" else ():
            statement.setdefault("Condition", {"StringEquals": {"AWS:SourceOwner": responses.get_account_id()}})
        topic["attributes"]["Policy"] = json.dumps(policy)
    return created


_emulated_topic = dict(provisioners._RESOURCE_HANDLERS["AWS::SNS::Topic"])
_emulated_bucket_delete = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]["delete"]
_emulated_job_create = provisioners._RESOURCE_HANDLERS["AWS::Glue::Job"]["create"]

_TYPES = {
    "AWS::Glue::Classifier": (_classifier_create, _classifier_update, _classifier_delete),
    "AWS::Glue::DataQualityRuleset": (_ruleset_create, _ruleset_update, _ruleset_delete),
    "AWS::Athena::NamedQuery": (_named_query_create, _named_query_update, _named_query_delete),
}

# Types whose provisioning asks one of our services.
_ASKING = {"AWS::Glue::Crawler", "AWS::Glue::DataQualityRuleset", "AWS::Glue::Job"}


def install() -> None:
    """Registers the types, and corrects the emulator's own where AWS behaves otherwise."""
    register(_TYPES)
    provisioners._RESOURCE_HANDLERS["AWS::Glue::Crawler"]["delete"] = _crawler_delete
    provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]["delete"] = _bucket_delete
    provisioners._RESOURCE_HANDLERS["AWS::SNS::Topic"].update(create=_topic_create, update=_topic_update)
    provisioners._RESOURCE_HANDLERS["AWS::Glue::Job"].update(create=_job_create, delete=_job_delete)
    on_worker_thread(_ASKING)
