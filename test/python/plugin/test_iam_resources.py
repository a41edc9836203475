"""A Data Catalog call is checked on catalog, database and table, as AWS does."""

from __future__ import annotations

import json

import pytest
from plugin import iam
from plugin.emulator import iam_actions, iam_evaluator

REGION, ACCOUNT = "eu-west-1", "123456789012"
PREFIX = f"arn:aws:glue:{REGION}:{ACCOUNT}"


def arns(service: str, operation: str, data: dict[str, object]) -> list[str] | None:
    return iam.resource_arns(service, operation, data, REGION, ACCOUNT)


def test_reading_a_table_needs_catalog_database_and_table() -> None:
    assert arns("glue", "GetTable", {"DatabaseName": "d", "Name": "t"}) == [
        f"{PREFIX}:catalog",
        f"{PREFIX}:database/d",
        f"{PREFIX}:table/d/t",
    ]


def test_creating_a_table_names_it_inside_its_input() -> None:
    found = arns("glue", "CreateTable", {"DatabaseName": "d", "TableInput": {"Name": "t"}})
    assert found is not None
    assert found[-1] == f"{PREFIX}:table/d/t"


def test_deleting_several_tables_is_checked_on_each() -> None:
    found = arns("glue", "BatchDeleteTable", {"DatabaseName": "d", "TablesToDelete": ["a", "b"]})
    assert found is not None
    assert found[-2:] == [f"{PREFIX}:table/d/a", f"{PREFIX}:table/d/b"]


def test_starting_a_crawler_is_checked_on_the_crawler_and_not_on_a_table() -> None:
    assert arns("glue", "StartCrawler", {"Name": "c"}) == [f"{PREFIX}:crawler/c"]


def test_a_query_is_checked_on_its_workgroup() -> None:
    found = arns("athena", "StartQueryExecution", {"WorkGroup": "w", "QueryString": "SELECT 1"})
    assert found == [f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/w"]


def test_a_query_without_a_workgroup_runs_in_primary() -> None:
    found = arns("athena", "StartQueryExecution", {"QueryString": "SELECT 1"})
    assert found == [f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/primary"]


def test_evaluation_runs_are_checked_as_rulesets_of_any_name() -> None:
    found = arns("glue", "CancelDataQualityRulesetEvaluationRun", {"RunId": "dqrun-1"})
    assert found == [f"{PREFIX}:dataQualityRuleset/*"]


def test_stopping_a_query_is_checked_on_the_workgroup_that_it_runs_in() -> None:
    iam.learn("athena", {"WorkGroup": "w"}, {"QueryExecutionId": "id-of-a-query"})
    found = arns("athena", "StopQueryExecution", {"QueryExecutionId": "id-of-a-query"})
    assert found == [f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/w"]


def test_a_query_of_an_unknown_id_is_in_nobodys_workgroup() -> None:
    assert arns("athena", "StopQueryExecution", {"QueryExecutionId": "never-seen"}) is None


def test_tags_of_a_workgroup_are_checked_on_the_workgroup() -> None:
    arn = f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/w"
    assert arns("athena", "ListTagsForResource", {"ResourceARN": arn}) == [arn]


def test_what_is_done_with_a_rule_is_checked_on_it_whichever_field_names_it() -> None:
    rule = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/r"
    assert arns("events", "ListTargetsByRule", {"Rule": "r"}) == [rule]
    assert arns("events", "DeleteRule", {"Name": "r", "EventBusName": "default"}) == [rule]
    assert arns("events", "RemoveTargets", {"Rule": "r", "EventBusName": "own"}) == [rule[:-1] + "own/r"]
    assert arns("events", "PutEvents", {"Entries": []}) is None


def test_the_text_of_a_policy_is_parsed_once_and_another_text_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iam_evaluator, "parse_policy_document", iam_evaluator.parse_policy_document)
    iam._parse_once()

    def effects(*wanted: str) -> list[str]:
        document = {"Statement": [{"Effect": effect, "Action": "s3:*", "Resource": "*"} for effect in wanted]}
        parsed = iam_evaluator.parse_policy_document(json.dumps(document))
        assert [one.effect for one in iam_evaluator.parse_policy_document(document)] == list(wanted)
        found = [one.effect for one in parsed]
        # What a caller does with its list is its own affair.
        parsed.clear()
        return found

    assert effects("Allow") == ["Allow"]
    assert effects("Allow", "Deny") == ["Allow", "Deny"]
    assert effects("Allow") == ["Allow"]


@pytest.mark.parametrize("arn", [f"arn:aws:sns:{REGION}:{ACCOUNT}:t", [f"arn:aws:sns:{REGION}:{ACCOUNT}:t"]])
def test_the_tags_of_a_topic_are_checked_on_the_topic(arn: str | list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iam_actions, "extract_resource_arn", lambda *_: "*")
    iam._replace_resource_arn()
    request = ("sns", "POST", "/", {}, b"")
    found = iam_actions.extract_resource_arn(*request, {"ResourceArn": arn}, REGION, ACCOUNT)
    assert found == f"arn:aws:sns:{REGION}:{ACCOUNT}:t"
    assert iam_actions.extract_resource_arn(*request, {"TopicArn": "of another request"}, REGION, ACCOUNT) == "*"
