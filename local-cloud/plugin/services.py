"""Forwards operations to the services beside the emulator (TypeScript), and answers as AWS does when none has them."""

from __future__ import annotations

import asyncio
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from . import constraints, iam
from .emulator import Answer, app, iam_evaluator, responses, router
from .settings import Settings, face

# Closed by the face `free-plan`. AWS has no list of what the free plan closes; these are the dearest that the labs use.
_PAID_PLAN = ("sagemaker", "codebuild")

_original: dict[str, Any] = {}
_operations: dict[str, set[str]] = {}
_settings: Settings


def error(code: str, message: str, status: int = 400) -> Answer:
    """An error as the JSON protocols write it."""
    body = json.dumps({"__type": code, "message": message, "Message": message}).encode()
    return status, {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": code}, body


def post(path: str, payload: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Asks our services host; blocks, so call it from a worker thread."""
    url = urlsplit(_settings.services_url)
    connection = http.client.HTTPConnection(url.hostname or "127.0.0.1", url.port, timeout=900)
    try:
        connection.request(
            "POST",
            path,
            body=json.dumps(payload),
            headers={"content-type": "application/json", "x-mla-token": _settings.token},
        )
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"{}")
    finally:
        connection.close()


def invoke(service: str, operation: str, data: dict[str, Any], request_id: str, caller: dict[str, Any]) -> Answer:
    """Calls one operation of our services and turns the reply into AWS's wire format."""
    if service in _PAID_PLAN and face("free-plan"):
        return error("SubscriptionRequiredException", "The AWS Access Key Id needs a subscription for the service")
    refused = constraints.refusal(service, operation, data)
    if refused is not None:
        return error("ValidationException", refused)
    status, reply = post(
        "/invoke",
        {
            "service": service,
            "operation": operation,
            "input": data,
            "account": responses.get_account_id(),
            "region": responses.get_region(),
            "requestId": request_id,
            "caller": caller,
        },
    )
    if status == 200:
        return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(reply).encode()
    return error(str(reply.get("code", "InternalServiceException")), str(reply.get("message", "")), status)


def _caller(headers: dict[str, str], query: dict[str, Any]) -> dict[str, Any]:
    """The caller's own credentials, so that a service can act on the caller's behalf."""
    key = router.extract_access_key_id(headers, query) or ""
    credential = iam_evaluator.resolve_credential(key)
    if not hasattr(credential, "secret_access_key"):
        return {"arn": "anonymous", "accessKeyId": "", "secretAccessKey": ""}
    return {
        "arn": iam_evaluator.request_caller_arn(headers, query) or credential.principal_arn,
        "accessKeyId": key,
        "secretAccessKey": credential.secret_access_key,
        "sessionToken": credential.session_token,
    }


def _operation(headers: dict[str, str]) -> str:
    return headers.get("x-amz-target", "").rsplit(".", 1)[-1]


def _learn(service: str, operation: str, data: dict[str, Any], answer: Answer) -> None:
    if operation in ("StartQueryExecution", "CreateNamedQuery") and answer[0] == 200:
        iam.learn(service, data, json.loads(answer[2] or b"{}"))


def _bridge(service: str) -> Any:
    original = app.SERVICE_HANDLERS.get(service)
    _original[service] = original

    async def handler(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Answer:
        operation = _operation(headers)
        try:
            data = json.loads(body) if body else {}
        except ValueError:
            return error("SerializationException", "The request body is not valid JSON.")
        if app.AUTH:
            denied = iam.further_checks(service, operation, data, headers, query)
            if denied is not None:
                return denied
        if operation in _operations[service]:
            request_id = headers.get("amz-sdk-invocation-id", "")
            # In the caller's context: account and region are context variables.
            made = await asyncio.to_thread(invoke, service, operation, data, request_id, _caller(headers, query))
            _learn(service, operation, data, made)
            return made
        if original is None:
            return error(
                "UnknownOperationException", f"The local cloud does not have {service}:{operation}; no lab uses it."
            )
        answer: Answer = await original(method, path, headers, body, query)
        if answer[0] == 400 and b'"InvalidAction"' in answer[2]:
            return error(
                "UnknownOperationException", f"The local cloud does not have {service}:{operation}; no lab uses it."
            )
        _learn(service, operation, data, answer)
        return answer

    return handler


async def emulate(service: str, operation: str, data: dict[str, Any]) -> Answer:
    """The emulator's own implementation of an operation, as if our service did not exist."""
    original = _original.get(service) or app.SERVICE_HANDLERS.get(service)
    if original is None:
        return error("UnknownOperationException", f"The emulator has no service {service}.")
    target = {"glue": "AWSGlue", "athena": "AmazonAthena"}.get(service, service)
    headers = {"x-amz-target": f"{target}.{operation}", "content-type": "application/x-amz-json-1.1"}
    return await original("POST", "/", headers, json.dumps(data).encode(), {})


def install(settings: Settings) -> None:
    """Puts our services before the emulator's own. Asks the services host which operations it has."""
    global _settings
    _settings = settings
    status, reply = post("/operations", {})
    if status != 200:
        raise RuntimeError(f"The services host at {settings.services_url} answered {status}: {reply}")
    for service, operations in reply.items():
        _operations[service] = set(operations)
        app.SERVICE_HANDLERS[service] = _bridge(service)
