"""Events that services bring to functions: three attempts by one request, then the function's dead-letter queue.

The emulator has that for `Invoke` with the type Event alone: SNS, EventBridge and CloudFormation would call a function
once, and lose what it could not do. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from __future__ import annotations

import json
import logging
import uuid
from contextvars import ContextVar
from typing import Any

import boto3
import botocore.exceptions

from . import metrics, role_sessions
from .emulator import Json, core_arn, custom_resource, eventbridge, lambda_svc, replace, responses, sns

logger = logging.getLogger(__name__)

_LONGEST = 1024
_original: dict[str, Any] = {}
# The request of an event: the same in each attempt.
_request: ContextVar[str | None] = ContextVar("request", default=None)
# Whether a stack asks: a function's own requests are in other contexts.
_for_stack: ContextVar[bool] = ContextVar("for_stack", default=False)


def _invoke(func: dict[str, Any], event: Any) -> None:
    """Invokes a function that answers nobody; returns at once."""
    before = _request.set(str(uuid.uuid4()))
    try:
        # Its thread takes the context with it.
        _original["invoke"](func, event)
    finally:
        _request.reset(before)


def _dispatch(func: dict[str, Any], config: dict[str, Any], event: Any, request_id: str, started: float) -> Any:
    return _original["dispatch"](func, config, event, _request.get() or request_id, started)


def _record(arn: str) -> dict[str, Any] | None:
    func, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not func or not config:
        logger.warning("There is no function %s", name)
        return None
    return lambda_svc._execution_record_for_config(func, config)


def _from_topic(
    endpoint: str,
    envelope: str,
    topic_arn: str,
    sub_arn: str,
    msg_id: str,
    raw_message: str,
    message_attributes: Json,
) -> None:
    record = _record(endpoint)
    if record:
        source = {"EventVersion": "1.0", "EventSubscriptionArn": sub_arn, "EventSource": "aws:sns"}
        _invoke(record, {"Records": [{**source, "Sns": json.loads(envelope)}]})


def _from_rule(arn: str, payload: str) -> None:
    record = _record(arn)
    if record:
        _invoke(record, json.loads(payload))


def _custom_resource(*args: Any, **kwargs: Any) -> tuple[str, Json]:
    """CloudFormation tells the function and waits for the ResponseURL alone.

    https://docs.aws.amazon.com/lambda/latest/dg/services-cloudformation.html
    """
    before = _for_stack.set(True)
    try:
        answer: tuple[str, Json] = _original["custom resource"](*args, **kwargs)
        return answer
    finally:
        _for_stack.reset(before)


def _execute(func: Json, event: Json) -> Json:
    if not _for_stack.get():
        answer: Json = _original["execute"](func, event)
        return answer
    _invoke(func, event)
    return {}


def _given_up(target_arn: str, func_name: str, event: Json, result: Json) -> None:
    """What no attempt could do: a dead-letter queue or topic gets the event itself, and why in attributes."""
    config = lambda_svc._functions[func_name]["config"]
    if (config.get("DeadLetterConfig") or {}).get("TargetArn") != target_arn:
        # A destination gets an envelope.
        _original["route"](target_arn, func_name, event, result)
        return
    body = result.get("body")
    said = body.get("errorMessage", "") if isinstance(body, dict) else str(body)
    attributes = {
        "RequestID": {"DataType": "String", "StringValue": _request.get() or str(uuid.uuid4())},
        "ErrorCode": {"DataType": "Number", "StringValue": "200"},
        "ErrorMessage": {"DataType": "String", "StringValue": str(said)[:_LONGEST] or "Unhandled"},
    }
    try:
        _send(config, target_arn, json.dumps(event), attributes)
    except (PermissionError, botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as problem:
        logger.warning("The dead letter of %s is lost: %s", func_name, problem)
        datum = {"name": "DeadLetterErrors", "value": 1, "unit": "Count", "dimensions": {"FunctionName": func_name}}
        metrics.publish([{"namespace": "AWS/Lambda", **datum}])


def _send(config: dict[str, Any], target: str, body: str, attributes: dict[str, Any]) -> None:
    """As the function's role, which has to be allowed to."""
    status, given = role_sessions.assume(
        config["Role"], "lambda.amazonaws.com", config["FunctionName"], responses.get_account_id()
    )
    if status != 200:
        raise PermissionError(given["message"])
    session = boto3.session.Session(
        given["accessKeyId"], given["secretAccessKey"], given["sessionToken"], region_name=responses.get_region()
    )
    arn = core_arn.parse_arn(target)
    if arn.service == "sns":
        session.client("sns").publish(TopicArn=target, Message=body, MessageAttributes=attributes)
        return
    client = session.client("sqs")
    url = f"{client.meta.endpoint_url}/{arn.account_id}/{arn.resource}"
    client.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)


def install() -> None:
    """Puts it before the emulator's own."""
    _original["custom resource"] = custom_resource.invoke_custom_resource
    _original["execute"] = lambda_svc._execute_function_with_config_scope
    _original["invoke"] = lambda_svc.invoke_async_with_retry
    _original["dispatch"] = lambda_svc._execute_function_dispatch
    _original["route"] = lambda_svc._route_async_failure
    replace(lambda_svc, "invoke_async_with_retry", _invoke)
    replace(lambda_svc, "_execute_function_dispatch", _dispatch)
    replace(lambda_svc, "_route_async_failure", _given_up)
    replace(lambda_svc, "_execute_function_with_config_scope", _execute)
    replace(custom_resource, "invoke_custom_resource", _custom_resource)
    replace(sns, "_deliver_to_lambda", _from_topic)
    replace(eventbridge, "_dispatch_to_lambda", _from_rule)
