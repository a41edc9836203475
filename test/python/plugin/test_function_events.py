"""Events to functions: attempts, their request, and the dead-letter queue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from plugin import cloudformation_lambda, function_events
from plugin.emulator import custom_resource, eventbridge, lambda_runtime, lambda_svc, responses, sns

NAME = "responder"
MESSAGE = {"AlarmName": "drift"}


class Cloud:
    """A function that fails as often as it is told to, and what is left of its events."""

    def __init__(self) -> None:
        self.failures = 0
        self.calls: list[tuple[str | None, Any]] = []
        self.letters: list[tuple[str, Any, dict[str, Any]]] = []
        self.arn = f"arn:aws:lambda:{responses.get_region()}:{responses.get_account_id()}:function:{NAME}"
        self.queue = f"arn:aws:sqs:{responses.get_region()}:{responses.get_account_id()}:dead"
        self.config: dict[str, Any] = {
            "FunctionName": NAME,
            "FunctionArn": self.arn,
            "DeadLetterConfig": {"TargetArn": self.queue},
        }

    def execute(self, _func: dict[str, Any], event: Any) -> dict[str, Any]:
        self.calls.append((function_events._request.get(), event))
        if len(self.calls) > self.failures:
            return {"body": None}
        return {"error": True, "body": {"errorMessage": "not authorized", "errorType": "AccessDenied"}}

    def send(self, _config: dict[str, Any], target: str, body: str, attributes: dict[str, Any]) -> None:
        self.letters.append((target, json.loads(body), attributes))


class AtOnce:
    """A thread that is done when it has started."""

    def __init__(self, target: Any, args: tuple[Any, ...] = (), daemon: bool = False) -> None:
        self.target, self.args = target, args

    def start(self) -> None:
        self.target(*self.args)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    one = Cloud()
    for module, name in (
        (lambda_svc, "invoke_async_with_retry"),
        (lambda_svc, "_execute_function_dispatch"),
        (lambda_svc, "_route_async_failure"),
        (lambda_svc, "_execute_function_with_config_scope"),
        (custom_resource, "invoke_custom_resource"),
        (sns, "_deliver_to_lambda"),
        (eventbridge, "_dispatch_to_lambda"),
    ):
        # So that each is put back, whatever install() does.
        monkeypatch.setattr(module, name, getattr(module, name))
    function_events.install()
    monkeypatch.setattr(lambda_svc, "_LAMBDA_ASYNC_RETRY_BASE_SECONDS", 0)
    monkeypatch.setattr(lambda_svc, "_execute_function", one.execute)
    monkeypatch.setattr(lambda_svc.threading, "Thread", AtOnce)
    monkeypatch.setattr(function_events, "_send", one.send)
    lambda_svc._functions[NAME] = {"config": one.config}
    yield one
    lambda_svc._functions.pop(NAME, None)


def tell(cloud: Cloud) -> None:
    envelope = json.dumps({"Message": json.dumps(MESSAGE)})
    sns._deliver_to_lambda(cloud.arn, envelope, "topic", "subscription", "id", json.dumps(MESSAGE), {})


@pytest.mark.parametrize(("failures", "calls", "letters"), [(0, 1, 0), (1, 2, 0), (2, 3, 0), (3, 3, 1)])
def test_a_topic_tells_a_function_three_times_at_most(cloud: Cloud, failures: int, calls: int, letters: int) -> None:
    cloud.failures = failures
    tell(cloud)
    assert (len(cloud.calls), len(cloud.letters)) == (calls, letters)


def test_attempts_are_of_one_request_and_another_event_is_another(cloud: Cloud) -> None:
    cloud.failures = 2
    tell(cloud)
    tell(cloud)
    first, second, third, other = [request for request, _ in cloud.calls]
    assert first == second == third != other
    assert None not in (first, other)


def test_a_dead_letter_is_the_event_itself_with_the_reason_beside_it(cloud: Cloud) -> None:
    cloud.failures = 3
    tell(cloud)
    ((target, body, attributes),) = cloud.letters
    assert target == cloud.queue
    assert json.loads(body["Records"][0]["Sns"]["Message"]) == MESSAGE
    assert attributes["ErrorMessage"]["StringValue"] == "not authorized"
    assert attributes["RequestID"]["StringValue"] == cloud.calls[0][0]


def test_an_event_of_a_rule_is_tried_again_too(cloud: Cloud) -> None:
    cloud.failures = 3
    eventbridge._dispatch_to_lambda(cloud.arn, json.dumps({"source": "aws.sagemaker"}))
    assert [event for _, event in cloud.calls] == [{"source": "aws.sagemaker"}] * 3
    assert [body for _, body, _ in cloud.letters] == [{"source": "aws.sagemaker"}]


@pytest.mark.parametrize(("failures", "calls"), [(0, 1), (1, 2), (5, 3)])
def test_a_stack_asks_the_function_of_a_custom_resource_three_times_at_most(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, failures: int, calls: int
) -> None:
    cloud.failures = failures
    monkeypatch.setattr(custom_resource, "_response_url", str)
    props = {"ServiceToken": cloud.arn, "ServiceTimeout": "0"}
    with pytest.raises(TimeoutError):
        custom_resource.invoke_custom_resource("Delete", "LastSweep", props, "stack", "id", "Custom::LastSweep")
    assert [event["RequestType"] for _, event in cloud.calls] == ["Delete"] * calls


def test_a_request_that_waits_for_a_function_is_made_once(cloud: Cloud) -> None:
    cloud.failures = 1
    answer = lambda_svc._execute_function_with_config_scope({"config": cloud.config}, {})
    assert (answer["error"], len(cloud.calls)) == (True, 1)


def test_a_function_without_a_queue_loses_what_it_cannot_do(cloud: Cloud) -> None:
    del cloud.config["DeadLetterConfig"]
    cloud.failures = 3
    tell(cloud)
    assert cloud.letters == []


def test_a_template_gives_a_function_its_queue_and_takes_it_away(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*_given: Any) -> tuple[str, dict[str, Any]]:
        return NAME, {}

    monkeypatch.setattr(cloudformation_lambda, "_original", {"create": made, "update": made})
    del cloud.config["DeadLetterConfig"]
    with_queue = {"DeadLetterConfig": {"TargetArn": cloud.queue}}
    cloudformation_lambda._create("Function", with_queue, "stack")
    assert cloud.config["DeadLetterConfig"] == {"TargetArn": cloud.queue}
    cloudformation_lambda._update(NAME, with_queue, {}, "stack", "Function")
    assert "DeadLetterConfig" not in cloud.config


class Worker:
    def __init__(self, in_use: bool) -> None:
        self.in_use = in_use


def test_a_process_that_comes_to_its_end_while_another_is_ended_is_ended_too(monkeypatch: pytest.MonkeyPatch) -> None:
    idle, busy = Worker(False), Worker(True)
    killed: list[Worker] = []

    def kill(workers: list[Worker]) -> None:
        killed.extend(workers)
        busy.in_use = False

    monkeypatch.setattr(lambda_runtime, "kill_workers", kill)
    cloudformation_lambda._end([idle, busy])
    assert killed == [idle, busy]
