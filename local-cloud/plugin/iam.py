"""IAM where the emulator is laxer than AWS: the resources that an action is checked on.

Source of the resource types: AWS's Service Authorization Reference, pages for AWS Glue and Amazon Athena
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglue.html, .../list_amazonathena.html).
A Data Catalog call is checked on the catalog, the database and, where it names one, the table
(https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from . import (
    applicationautoscaling,
    iam_codebuild,
    iam_codepipeline,
    iam_decisions,
    iam_evaluator_patches,
    iam_events,
    iam_sagemaker,
    servicequotas,
)
from .emulator import Answer, iam_actions, iam_evaluator, replace, responses, router

Finder = Callable[[str, str, dict[str, str], bytes, str, str], str | None]
"""The resource of a request by its method, path, headers, body, Region and account; None where it names none."""

_finders: dict[str, Finder] = {}
# Services whose resources are told here.
_OURS = (
    "glue",
    "athena",
    "sagemaker",
    "codebuild",
    "codepipeline",
    iam_events.SERVICE,
    servicequotas.SERVICE,
    applicationautoscaling.SERVICE,
    "freetier",
)
# operation -> field of the request that names a database, and one that names a table.
_TABLE_FIELDS = {
    "CreateTable": ("DatabaseName", "TableInput.Name"),
    "UpdateTable": ("DatabaseName", "TableInput.Name"),
    "DeleteTable": ("DatabaseName", "Name"),
    "GetTable": ("DatabaseName", "Name"),
    "GetTables": ("DatabaseName", "*"),
    "BatchDeleteTable": ("DatabaseName", "TablesToDelete"),
    "CreatePartition": ("DatabaseName", "TableName"),
    "UpdatePartition": ("DatabaseName", "TableName"),
    "DeletePartition": ("DatabaseName", "TableName"),
    "GetPartition": ("DatabaseName", "TableName"),
    "GetPartitions": ("DatabaseName", "TableName"),
    "BatchCreatePartition": ("DatabaseName", "TableName"),
    "BatchDeletePartition": ("DatabaseName", "TableName"),
    "BatchGetPartition": ("DatabaseName", "TableName"),
    "BatchUpdatePartition": ("DatabaseName", "TableName"),
}
_DATABASE_FIELDS = {
    "CreateDatabase": "DatabaseInput.Name",
    "UpdateDatabase": "Name",
    "DeleteDatabase": "Name",
    "GetDatabase": "Name",
    "GetDatabases": "*",
}
# operation -> resource type and the field that names it.
_NAMED = {
    **{op: ("crawler", "Name") for op in ("CreateCrawler", "UpdateCrawler", "DeleteCrawler", "GetCrawler")},
    **{op: ("crawler", "Name") for op in ("StartCrawler", "StopCrawler")},
    "ListCrawls": ("crawler", "CrawlerName"),
    "CreateJob": ("job", "Name"),
    **{op: ("job", "JobName") for op in ("GetJob", "UpdateJob", "DeleteJob", "StartJobRun", "GetJobRun")},
    **{op: ("job", "JobName") for op in ("GetJobRuns", "BatchStopJobRun")},
    **{
        op: ("dataQualityRuleset", "Name")
        for op in (
            "CreateDataQualityRuleset",
            "GetDataQualityRuleset",
            "UpdateDataQualityRuleset",
            "DeleteDataQualityRuleset",
            "PublishDataQuality",
        )
    },
}
# Evaluation runs have no ARN: AWS checks them, and lists of rulesets, on rulesets of any name.
_ANY_RULESET = {
    "ListDataQualityRulesets",
    "GetDataQualityResult",
    "BatchGetDataQualityRulesetEvaluationRun",
    "ListDataQualityRulesetEvaluationRuns",
    "GetDataQualityRulesetEvaluationRun",
    "CancelDataQualityRulesetEvaluationRun",
}
# Workgroup of each query and saved query by its id: requests that name only the id are checked on the workgroup.
_work_groups: dict[str, str] = {}


def _field(data: dict[str, Any], path: str) -> Any:
    value: Any = data
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _glue_arns(operation: str, data: dict[str, Any], prefix: str) -> list[str]:
    if operation in _TABLE_FIELDS:
        database_field, table_field = _TABLE_FIELDS[operation]
        database = _field(data, database_field) or "*"
        table = "*" if table_field == "*" else _field(data, table_field)
        tables = table if isinstance(table, list) else [table or "*"]
        return [
            f"{prefix}:catalog",
            f"{prefix}:database/{database}",
            *(f"{prefix}:table/{database}/{name}" for name in tables),
        ]
    if operation in _DATABASE_FIELDS:
        field = _DATABASE_FIELDS[operation]
        return [f"{prefix}:catalog", f"{prefix}:database/{'*' if field == '*' else _field(data, field)}"]
    if operation in _NAMED:
        kind, field = _NAMED[operation]
        return [f"{prefix}:{kind}/{_field(data, field) or '*'}"]
    if operation in _ANY_RULESET:
        return [f"{prefix}:dataQualityRuleset/*"]
    if operation == "StartDataQualityRulesetEvaluationRun":
        return [f"{prefix}:dataQualityRuleset/{name}" for name in data.get("RulesetNames") or ["*"]]
    if operation in ("TagResource", "UntagResource", "GetTags"):
        return [str(data.get("ResourceArn") or "*")]
    return ["*"]


def _athena_arns(operation: str, data: dict[str, Any], prefix: str) -> list[str] | None:
    name = data.get("WorkGroup")
    if operation in ("GetWorkGroup", "DeleteWorkGroup", "UpdateWorkGroup", "StartQueryExecution") or name:
        return [f"{prefix}{name or 'primary'}"]
    if operation in ("TagResource", "UntagResource", "ListTagsForResource"):
        return [str(data.get("ResourceARN") or "*")]
    ids = [data.get("QueryExecutionId"), data.get("NamedQueryId")]
    ids += [*(data.get("QueryExecutionIds") or []), *(data.get("NamedQueryIds") or [])]
    known = dict.fromkeys(_work_groups[i] for i in ids if isinstance(i, str) and i in _work_groups)
    return [f"{prefix}{name}" for name in known] or None


def learn(service: str, data: dict[str, Any], answer: dict[str, Any]) -> None:
    """Remembers in which workgroup a query or saved query was made."""
    if service != "athena":
        return
    for key in ("QueryExecutionId", "NamedQueryId"):
        made = answer.get(key)
        if isinstance(made, str):
            _work_groups[made] = str(data.get("WorkGroup") or "primary")


def resource_arns(service: str, operation: str, data: dict[str, Any], region: str, account: str) -> list[str] | None:
    """Every resource that AWS checks for the call; None where the emulator's own answer serves."""
    if service == "glue":
        return _glue_arns(operation, data, f"arn:aws:glue:{region}:{account}")
    if service == "athena":
        return _athena_arns(operation, data, f"arn:aws:athena:{region}:{account}:workgroup/")
    if service == "sagemaker":
        return iam_sagemaker.arns(operation, data, f"arn:aws:sagemaker:{region}:{account}")
    if service == "codebuild":
        return iam_codebuild.arns(operation, data, f"arn:aws:codebuild:{region}:{account}")
    if service == iam_codepipeline.SERVICE:
        return iam_codepipeline.arns(operation, data, f"arn:aws:codepipeline:{region}:{account}")
    if service == iam_events.SERVICE:
        return iam_events.arns(operation, data, f"arn:aws:events:{region}:{account}")
    if service == applicationautoscaling.SERVICE:
        return applicationautoscaling.arns(operation, region, account)
    if service == servicequotas.SERVICE:
        return servicequotas.arns(operation, data, region, account)
    if service == "freetier":
        # None of its actions has a resource.
        return ["*"]
    return None


def add_finder(service: str, finder: Finder) -> None:
    """Has a finder look first at the requests of a service whose target and body in JSON do not say everything."""
    _finders[service] = finder


def _replace_resource_arn() -> None:
    original = iam_actions.extract_resource_arn

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        find = _finders.get(service)
        if find is not None and (found := find(method, path, headers, body, region, account_id)):
            return found
        if service in _OURS:
            try:
                data = json.loads(body) if body else {}
            except ValueError:
                data = {}
            operation = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
            arns = resource_arns(service, operation, data if isinstance(data, dict) else {}, region, account_id)
            if arns:
                return arns[0]
        if service == "sns" and (topic := query_params.get("ResourceArn")):
            # The emulator finds a topic by TopicArn only; requests about its tags name it so.
            return str(topic[0] if isinstance(topic, list) else topic)
        return original(service, method, path, headers, body, query_params, region, account_id)

    replace(iam_actions, "extract_resource_arn", extract_resource_arn)


def request_tags(data: dict[str, Any]) -> dict[str, Any]:
    """Condition keys of the tags in a request; CloudFormation's own tags need no permission, it does without them."""
    tags = data.get("Tags") or data.get("tags") or []
    pairs = (
        tags.items()
        if isinstance(tags, dict)
        else [(t.get("Key") or t.get("key"), t.get("Value") or t.get("value")) for t in tags if isinstance(t, dict)]
    )
    named = {str(key): value for key, value in pairs if key and not str(key).startswith("aws:")}
    if not named:
        return {}
    return {**{f"aws:RequestTag/{key}": value for key, value in named.items()}, "aws:TagKeys": list(named)}


def further_checks(
    service: str, operation: str, data: dict[str, Any], headers: dict[str, str], query: dict[str, Any]
) -> Answer | None:
    """Checks the call on its second and later resources, its tags, and iam:PassRole on a role it hands over."""
    region, account = responses.get_region(), responses.get_account_id()
    key = router.extract_access_key_id(headers, query) or ""
    tags = request_tags(data)
    arns = resource_arns(service, operation, data, region, account) or []
    checks = [(f"{service}:{operation}", arn, tags) for arn in arns[1:]]
    if service == "sagemaker" and (tagging := iam_sagemaker.tagging_check(operation, data, arns[0])):
        checks.append((tagging[0], tagging[1], {**tags, **tagging[2]}))
    role = (
        data.get("Role")
        or data.get("RoleArn")
        or iam_sagemaker.passed_role(data)
        or iam_codepipeline.passed_role(data)
        or iam_codebuild.passed_role(data)
    )
    if isinstance(role, str) and role and operation.startswith(("Create", "Update", "Start")):
        # Policies allow to pass a role to one service only.
        to = {"iam:PassedToService": f"{service}.amazonaws.com"}
        checks.append(("iam:PassRole", role if role.startswith("arn:") else f"arn:aws:iam::{account}:role/{role}", to))
    for action, arn, context in checks:
        denied = iam_evaluator.enforce(key, action, service, region, resource_arn=arn, service_context=context)
        if isinstance(denied, iam_evaluator.EvalResult):
            response: Answer = iam_actions.access_denied_response(
                service,
                action,
                denied.principal_arn,
                "",
                headers=headers,
                resource_arn=arn,
                explicit_deny=denied.decision == "Deny",
                resource_policy_arn=denied.resource_policy_arn,
            )
            return response
    return None


def _parse_once() -> None:
    """A policy is read for every request that its principal makes: the same text is parsed once."""
    original = iam_evaluator.parse_policy_document

    def parse(doc: str | dict[str, Any]) -> iam_decisions.Statements:
        return iam_decisions.Statements(original(doc), iam_decisions.keep_document(doc))

    parsed = functools.lru_cache(maxsize=4096)(parse)

    def parse_policy_document(doc: str | dict[str, Any]) -> list[Any]:
        if not isinstance(doc, str):
            return parse(doc)
        # What a caller does with its list is its own affair.
        known = parsed(doc)
        return iam_decisions.Statements(known, known.key)

    replace(iam_evaluator, "parse_policy_document", parse_policy_document)


def install() -> None:
    """Makes the emulator check what AWS checks."""
    _replace_resource_arn()
    _parse_once()
    iam_evaluator_patches.install()
