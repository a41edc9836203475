"""The log group of a function is made by Lambda only where the function's role may make it."""

from __future__ import annotations

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
