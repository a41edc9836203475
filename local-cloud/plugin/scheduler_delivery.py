"""One run of a schedule: its input, the call of its target as the schedule's role, retries, the dead-letter queue.

The call is a signed request of the role to this cloud, so that IAM decides as on AWS.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import botocore.exceptions
from botocore.config import Config

from . import fault_injection, metrics, role_sessions
from .emulator import core_arn, responses

UNIVERSAL = re.compile(r"arn:aws:scheduler:::aws-sdk:([a-z0-9-]+):([A-Za-z0-9]+)")
_SERVICE = "scheduler.amazonaws.com"
_RETRIES, _AGE = 185, 86_400
# AWS waits for seconds to minutes between attempts; the local cloud divides AWS's waits by 60.
_WAITS = (1 / 60, 2 / 60, 5 / 60, 10 / 60, 1.0)
_THROTTLES = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown")


class Failure(Exception):
    """A target that was not reached, or that answered with an error; `again` when it is worth another attempt."""

    def __init__(self, code: str, message: str, again: bool = False) -> None:
        super().__init__(message)
        self.code, self.message, self.again = code, message, again


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    delivered: bool
    attempts: int
    code: str = ""
    message: str = ""


def source_arn(schedule: dict[str, Any]) -> str:
    """What a trust policy may name in aws:SourceArn: the schedule's group."""
    of = f"{responses.get_region()}:{responses.get_account_id()}"
    return f"arn:aws:scheduler:{of}:schedule-group/{schedule['GroupName']}"


def instant(epoch: float) -> str:
    """A time as Scheduler writes it."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def fill(text: str, schedule: dict[str, Any], scheduled: float, execution: str, attempt: int) -> str:
    """Puts the context attributes in.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    """
    values = {
        "schedule-arn": schedule["Arn"],
        "scheduled-time": instant(scheduled),
        "execution-id": execution,
        "attempt-number": str(attempt),
    }
    for name, value in values.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text


def run(schedule: dict[str, Any], scheduled: float) -> Outcome:
    """Runs it for one scheduled time, with its retries."""
    target = schedule["Target"]
    policy = target.get("RetryPolicy") or {}
    retries = int(policy.get("MaximumRetryAttempts", _RETRIES))
    age = int(policy.get("MaximumEventAgeInSeconds", _AGE))
    began, attempt = time.monotonic(), 0
    while True:
        attempt += 1
        execution = str(uuid.uuid4())
        text = fill(target.get("Input") or "", schedule, scheduled, execution, attempt)
        _count(schedule, "InvocationAttemptCount")
        try:
            _call(schedule, target, text, scheduled)
            return Outcome(True, attempt)
        except Failure as failure:
            _count(schedule, "TargetErrorCount")
            exhausted = ""
            if failure.again and attempt > retries:
                exhausted = "MaximumRetryAttempts"
            elif failure.again and time.monotonic() - began > age:
                exhausted = "MaximumEventAgeInSeconds"
            if failure.again and not exhausted:
                time.sleep(_WAITS[min(attempt, len(_WAITS)) - 1])
                continue
            said = Outcome(False, attempt, failure.code, failure.message)
            _drop(schedule, said, text, scheduled, execution, exhausted)
            return said


def _count(schedule: dict[str, Any], name: str) -> None:
    dimensions = {"ScheduleGroup": schedule["GroupName"]}
    metrics.publish(
        [{"namespace": "AWS/Scheduler", "name": name, "value": 1, "unit": "Count", "dimensions": dimensions}]
    )


def _client(schedule: dict[str, Any], service: str) -> Any:
    """A client that acts as the schedule's role. Raises Failure."""
    context = {"aws:SourceArn": source_arn(schedule)}
    role = schedule["Target"]["RoleArn"]
    status, given = role_sessions.assume(
        role, _SERVICE, f"schedule-{schedule['Name']}", responses.get_account_id(), context
    )
    if status != 200:
        raise Failure("AccessDeniedException", given["message"])
    session = boto3.session.Session(
        given["accessKeyId"], given["secretAccessKey"], given["sessionToken"], region_name=responses.get_region()
    )
    try:
        # The stubs do not know the application id yet.
        once = Config(retries={"total_max_attempts": 1}, user_agent_appid=fault_injection.INNER)  # type: ignore[call-arg]
        return session.client(service, config=once)
    except botocore.exceptions.UnknownServiceError as problem:
        raise Failure("ValidationException", f"There is no service {service}.") from problem


def _call(schedule: dict[str, Any], target: dict[str, Any], text: str, scheduled: float) -> None:
    universal = UNIVERSAL.fullmatch(target["Arn"])
    try:
        if universal:
            service, action = universal.groups()
            client = _client(schedule, service)
            operation = operation_of(client, action)
            getattr(client, operation)(**json.loads(text or "{}"))
            return
        spec = core_arn.parse_arn(target["Arn"])
        if spec.service not in _TEMPLATED:
            raise Failure("ValidationException", f"The local cloud has no schedules with the target {target['Arn']}.")
        event = text or json.dumps(_event(schedule, scheduled))
        _TEMPLATED[spec.service](_client(schedule, spec.service), target, event)
    except botocore.exceptions.ClientError as problem:
        error, status = problem.response["Error"], problem.response["ResponseMetadata"].get("HTTPStatusCode", 0)
        again = status >= 500 or status == 429 or any(sign in error["Code"] for sign in _THROTTLES)
        raise Failure(error["Code"], error["Message"], again) from problem
    except (botocore.exceptions.ParamValidationError, ValueError, TypeError) as problem:
        raise Failure("ValidationException", str(problem)) from problem
    except botocore.exceptions.BotoCoreError as problem:
        raise Failure(type(problem).__name__, str(problem), True) from problem


def operation_of(client: Any, action: str) -> str:
    """The client's method for an action as a universal target names it (createProcessingJob). Raises Failure."""
    for method, operation in client.meta.method_to_api_mapping.items():
        if operation[0].lower() + operation[1:] == action:
            return str(method)
    raise Failure("ValidationException", f"{client.meta.service_model.service_name} has no action {action}.")


def _event(schedule: dict[str, Any], scheduled: float) -> dict[str, Any]:
    """What a templated target gets where the schedule has no input."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": responses.get_account_id(),
        "time": instant(scheduled),
        "region": responses.get_region(),
        "resources": [schedule["Arn"]],
        "detail": "{}",
    }


def _url(client: Any, queue: str) -> str:
    # Made and not asked for: the role needs sqs:SendMessage and nothing else.
    return f"{client.meta.endpoint_url}/{responses.get_account_id()}/{queue.rsplit(':', 1)[-1]}"


def _to_queue(client: Any, target: dict[str, Any], event: str) -> None:
    group = (target.get("SqsParameters") or {}).get("MessageGroupId")
    client.send_message(
        QueueUrl=_url(client, target["Arn"]), MessageBody=event, **({"MessageGroupId": group} if group else {})
    )


def _to_bus(client: Any, target: dict[str, Any], event: str) -> None:
    asked = target.get("EventBridgeParameters") or {}
    entry = {"EventBusName": target["Arn"], "Source": asked.get("Source"), "DetailType": asked.get("DetailType")}
    client.put_events(Entries=[{**entry, "Detail": event}])


_TEMPLATED: dict[str, Callable[[Any, dict[str, Any], str], Any]] = {
    "lambda": lambda client, target, event: client.invoke(
        FunctionName=target["Arn"], InvocationType="Event", Payload=event.encode()
    ),
    "sqs": _to_queue,
    "sns": lambda client, target, event: client.publish(TopicArn=target["Arn"], Message=event),
    "events": _to_bus,
}


def _drop(schedule: dict[str, Any], said: Outcome, text: str, scheduled: float, execution: str, exhausted: str) -> None:
    """Gives a run up: the dead-letter queue gets it, if the role may send there."""
    _count(schedule, "InvocationDroppedCount")
    arn = (schedule["Target"].get("DeadLetterConfig") or {}).get("Arn")
    if not arn:
        return
    values = {
        "ERROR_CODE": said.code,
        "ERROR_MESSAGE": said.message,
        "EXECUTION_ID": execution,
        "EXHAUSTED_RETRY_CONDITION": exhausted,
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": str(said.attempts - 1),
        "SCHEDULED_TIME": instant(scheduled),
        "SCHEDULE_ARN": schedule["Arn"],
        "TARGET_ARN": schedule["Target"]["Arn"],
    }
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in values.items() if value}
    try:
        client = _client(schedule, "sqs")
        client.send_message(QueueUrl=_url(client, arn), MessageBody=text or "{}", MessageAttributes=attributes)
        _count(schedule, "InvocationsSentToDeadLetterCount")
    except (Failure, botocore.exceptions.ClientError):
        _count(schedule, "InvocationsFailedToBeSentToDeadLetterCount")
