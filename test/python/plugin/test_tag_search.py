"""The Resource Groups Tagging API finds what has tags, in whichever service, page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from plugin import services, tag_search
from plugin.emulator import cloudformation, cloudwatch, cloudwatch_logs, glue, tagging

OURS = {"lab": "data-prep"}
FILTER = [{"Key": "lab", "Values": ["data-prep"]}]


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tagging, "_COLLECTORS", dict(tagging._COLLECTORS))
    monkeypatch.setattr(tagging, "_RESOURCE_TAG_COLLECTORS", dict(tagging._RESOURCE_TAG_COLLECTORS))
    monkeypatch.setattr(tagging, "_HANDLERS", dict(tagging._HANDLERS))
    ruleset = "arn:aws:glue:us-east-1:000000000000:dataQualityRuleset/rules"
    monkeypatch.setattr(services, "post", lambda path, data: (200, {"glue": {ruleset: OURS}}))
    tag_search.install()
    yield
    stores = (cloudwatch_logs._log_groups, cloudwatch._resource_tags, glue._jobs, cloudformation._stacks)
    for store in stores:
        store.clear()


def find(**more: Any) -> dict[str, Any]:
    status, _, body = tagging._HANDLERS["GetResources"]({"TagFilters": FILTER, **more})
    return {"status": status, **json.loads(body)}


def arns(found: dict[str, Any]) -> list[str]:
    return sorted(one["ResourceARN"].split(":", 5)[5] for one in found["ResourceTagMappingList"])


def test_log_groups_alarms_jobs_and_rulesets_are_found_with_the_tags_that_they_were_made_with() -> None:
    cloudwatch_logs._log_groups["/mine"] = {"tags": OURS}
    cloudwatch_logs._log_groups["/theirs"] = {"tags": {"lab": "training"}}
    cloudwatch._resource_tags["arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors"] = OURS
    glue._jobs["etl"] = {"Name": "etl", "Tags": OURS}
    glue._jobs["untagged"] = {"Name": "untagged", "Tags": {}}
    assert arns(find()) == ["alarm:errors", "dataQualityRuleset/rules", "job/etl", "log-group:/mine"]
    assert arns(find(ResourceTypeFilters=["glue:job"])) == ["job/etl"]


def test_an_answer_has_fifty_unless_it_is_asked_for_others() -> None:
    for number in range(119):
        cloudwatch_logs._log_groups[f"/mine/{number}"] = {"tags": OURS}
    sizes, token = [], ""
    while not sizes or token:
        page = find(PaginationToken=token)
        sizes.append(len(page["ResourceTagMappingList"]))
        token = page["PaginationToken"]
    assert sizes == [50, 50, 20]
    assert len(find(ResourcesPerPage=100)["ResourceTagMappingList"]) == 100


@pytest.mark.parametrize("wrong", [{"ResourcesPerPage": 101}, {"ResourcesPerPage": 0}, {"PaginationToken": "x"}])
def test_pages_that_there_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    assert find(**wrong)["status"] == 400


def test_stacks_are_found_by_their_tags_while_they_stand() -> None:
    arn = "arn:aws:cloudformation:us-east-1:000000000000:stack/{0}/1"
    tags = [{"Key": "lab", "Value": "data-prep"}]
    for name, status in (("stands", "CREATE_COMPLETE"), ("gone", "DELETE_COMPLETE")):
        cloudformation._stacks[name] = {"StackId": arn.format(name), "StackStatus": status, "Tags": tags}
    assert arns(find()) == ["dataQualityRuleset/rules", "stack/stands/1"]
    assert tagging.resource_tags(arn.format("stands")) == OURS


def test_policies_can_ask_for_the_tags_of_a_group_of_schedules() -> None:
    assert tagging._RESOURCE_TAG_COLLECTORS["scheduler"] is tagging._COLLECTORS["scheduler"]
