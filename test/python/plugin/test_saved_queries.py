"""Saved queries of Logs Insights, and the list of dashboards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from plugin import dashboards, saved_queries
from plugin.emulator import RegionStore, cloudwatch, cloudwatch_logs


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    queries = RegionStore()
    monkeypatch.setattr(cloudwatch_logs, "_query_definitions", queries, raising=False)
    cloudwatch.reset()
    yield queries
    cloudwatch.reset()


def test_a_query_is_saved_changed_and_deleted() -> None:
    made = saved_queries.put({"name": "errors", "queryString": "fields @message", "logGroupNames": ["/a"]})
    saved_queries.put({"name": "errors", "queryString": "limit 5", **made})
    (one,) = saved_queries.describe({})["queryDefinitions"]
    assert (one["queryString"], one["queryDefinitionId"]) == ("limit 5", made["queryDefinitionId"])
    assert saved_queries.delete(made) == {"success": True}
    assert saved_queries.describe({}) == {"queryDefinitions": []}


def test_queries_come_in_pages_by_the_start_of_their_names() -> None:
    for name in ("c", "a1", "a2", "a3"):
        saved_queries.put({"name": name, "queryString": "limit 1"})
    first = saved_queries.describe({"queryDefinitionNamePrefix": "a", "maxResults": 2})
    second = saved_queries.describe({"queryDefinitionNamePrefix": "a", "nextToken": first["nextToken"]})
    names = [one["name"] for one in (*first["queryDefinitions"], *second["queryDefinitions"])]
    assert names == ["a1", "a2", "a3"]


@pytest.mark.parametrize(
    ("act", "data", "code"),
    [
        (saved_queries.put, {"name": "a"}, "InvalidParameterException"),
        (saved_queries.put, {"name": "a", "queryString": "x", "queryDefinitionId": "n"}, "ResourceNotFoundException"),
        (saved_queries.delete, {"queryDefinitionId": "none"}, "ResourceNotFoundException"),
        (saved_queries.describe, {"nextToken": "x"}, "InvalidParameterException"),
    ],
)
def test_what_aws_refuses_is_refused(act: Any, data: dict[str, str], code: str) -> None:
    with pytest.raises(saved_queries.Refused) as refused:
        act(data)
    assert refused.value.args[0] == code


def test_dashboards_are_listed_with_times_as_numbers() -> None:
    for name in ("b", "a", "other"):
        cloudwatch.cloudformation_put_dashboard(name, "{}")
    assert [one["DashboardName"] for one in dashboards.entries("")] == ["a", "b", "other"]
    (one,) = dashboards.entries("o")
    assert isinstance(one["LastModified"], int | float)
    assert one["DashboardArn"].endswith(":dashboard/other")
