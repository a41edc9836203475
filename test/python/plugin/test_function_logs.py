"""The log group of a function is made only where the function's role may make it; long logs are read by the page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from plugin import cloudformation_role, logs
from plugin.emulator import cloudwatch_logs, lambda_svc

GROUP = "/labs/lease"
ROLE = "arn:aws:iam::000000000000:role/Lease"


class Decision:
    def __init__(self, decision: str) -> None:
        self.decision = decision


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(lambda_svc, "_emit_lambda_logs", lambda_svc._emit_lambda_logs)
    monkeypatch.setattr(cloudwatch_logs, "_filter_log_events", cloudwatch_logs._filter_log_events)
    logs.install()
    yield
    for name in (GROUP, "/aws/lambda/lease"):
        cloudwatch_logs._log_groups.pop(name, None)


def allow(monkeypatch: pytest.MonkeyPatch, *resources: str) -> list[tuple[str, str]]:
    asked: list[tuple[str, str]] = []

    def decide(role_arn: str, session_arn: str, action: str, resource: str, _given: dict[str, Any]) -> Decision:
        assert role_arn == ROLE
        asked.append((action, resource))
        return Decision("Allow" if resource in resources else "ImplicitDeny")

    monkeypatch.setattr(cloudformation_role, "decide", decide)
    return asked


def write(**logging: Any) -> None:
    config = {"FunctionName": "lease", "Role": ROLE, **logging}
    lambda_svc._emit_lambda_logs({"config": config}, "request", "a line", False, 5)


@pytest.mark.parametrize(
    ("logging", "group"), [({}, "/aws/lambda/lease"), ({"LoggingConfig": {"LogGroup": GROUP}}, GROUP)]
)
def test_a_role_that_may_not_make_the_group_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, logging: dict[str, Any], group: str
) -> None:
    asked = allow(monkeypatch)
    write(**logging)
    assert group not in cloudwatch_logs._log_groups
    ((action, resource),) = asked
    assert (action, resource.rsplit(":log-group:", 1)[-1]) == ("logs:CreateLogGroup", group)


def test_a_role_that_may_gets_its_group(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = allow(monkeypatch)
    write()
    allow(monkeypatch, asked[0][1])
    write()
    assert "/aws/lambda/lease" in cloudwatch_logs._log_groups


def test_a_group_that_is_there_is_written_to_without_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = allow(monkeypatch)
    cloudwatch_logs._log_groups[GROUP] = {"streams": {}}
    write(LoggingConfig={"LogGroup": GROUP})
    assert (asked, len(cloudwatch_logs._log_groups[GROUP]["streams"])) == ([], 1)


def pages(**about: Any) -> list[list[str]]:
    found: list[list[str]] = []
    token: dict[str, str] = {}
    while True:
        status, _headers, body = cloudwatch_logs._filter_log_events({"logGroupName": GROUP, **about, **token})
        assert status == 200
        answer = json.loads(body)
        found.append([event["message"] for event in answer["events"]])
        if "nextToken" not in answer:
            return found
        token = {"nextToken": answer["nextToken"]}


def keep(*times: int) -> list[str]:
    events = [{"timestamp": at, "ingestionTime": at, "message": f"line {n}"} for n, at in enumerate(times)]
    cloudwatch_logs._log_groups[GROUP] = {"streams": {"job/1": {"events": events}, "other": {"events": []}}}
    return [str(event["message"]) for event in events]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 8])
def test_a_long_log_is_read_page_by_page_without_gap_or_repetition(limit: int) -> None:
    lines = keep(1, 1, 1, 2, 2, 3, 9)
    read = pages(limit=limit, logStreamNamePrefix="job/")
    assert [line for page in read for line in page] == lines
    assert max(len(page) for page in read) <= limit


def test_more_than_one_answer_can_hold_is_read_on_without_a_limit() -> None:
    lines = keep(*range(25_000))
    assert [line for page in pages() for line in page] == lines


def test_a_page_counts_what_the_pattern_finds() -> None:
    keep(1, 1, 1, 2, 2, 3, 9)
    assert pages(limit=1, filterPattern='"line 4"') == [["line 4"]]


@pytest.mark.parametrize("token", ["x", "1", "1/-1", "1/99999", "1/x"])
def test_a_token_that_no_answer_gave_is_refused(token: str) -> None:
    keep(1)
    status, _headers, body = cloudwatch_logs._filter_log_events({"logGroupName": GROUP, "nextToken": token})
    assert (status, json.loads(body)["__type"]) == (400, "InvalidParameterException")
