"""The private door of the plug-in, for the boot code and our services: /_mla/..., with the shared secret only."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

import ministack.app as app
from ministack.core.iam_evaluator import EvalContext, evaluate_trust_policy
from ministack.core.responses import get_account_id, get_region, set_request_account_id, set_request_region
from ministack.services import iam as iam_service
from ministack.services import sts

from . import alarms, events, inventory, metrics, recorder, services
from .settings import Settings

_SESSION_SECONDS = 12 * 3600


def assume(
    role_arn: str, service: str, session_name: str, account: str, context: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """Credentials of a role for an AWS service, if the role's trust policy names that service.

    context: condition keys that the service sends, such as aws:SourceArn.
    """
    role = iam_service._roles.get(role_arn.rsplit("/", 1)[-1])
    if role is None or role.get("Arn") != role_arn:
        return 400, {"code": "InvalidInputException", "message": f"Role {role_arn} does not exist."}
    if not trusts(role, service, context):
        return 400, {
            "code": "InvalidInputException",
            "message": f"Service {service} is unable to assume provided role {role_arn}. "
            "Please verify role's TrustPolicy",
        }
    digest = hashlib.sha256(secrets.token_bytes(32)).hexdigest()
    session = "".join(c if c.isalnum() or c in "=,.@-_" else "-" for c in session_name)[:64]
    access_key, secret, token = f"ASIA{digest[:16].upper()}", secrets.token_hex(20), secrets.token_hex(60)
    role_name = role_arn.rsplit("/", 1)[-1]
    sts.register_session(
        access_key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role_name}/{session}",
            "UserId": f"{role.get('RoleId', role_name)}:{session}",
            "SecretAccessKey": secret,
            "SessionToken": token,
            "Expiration": time.time() + _SESSION_SECONDS,
            "AccountId": account,
            "PrincipalType": "AssumedRole",
        },
    )
    return 200, {
        "arn": f"arn:aws:sts::{account}:assumed-role/{role_name}/{session}",
        "accessKeyId": access_key,
        "secretAccessKey": secret,
        "sessionToken": token,
    }


def trusts(role: dict[str, Any], service: str, context: dict[str, str] | None = None) -> bool:
    """Whether the trust policy lets the service principal assume the role, for a resource of this account."""
    asked = EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account="",
        action="sts:AssumeRole",
        resource_arn=str(role.get("Arn", "*")),
        region=get_region(),
        service_context={
            key.lower(): value for key, value in {"aws:SourceAccount": get_account_id(), **(context or {})}.items()
        },
    )
    trust = role.get("AssumeRolePolicyDocument", "{}")
    document = json.loads(trust) if isinstance(trust, str) else trust
    statements = document.get("Statement", [])
    for statement in [statements] if isinstance(statements, dict) else statements:
        principal = statement.get("Principal", {})
        named = principal.get("Service", []) if isinstance(principal, dict) else []
        if service in ([named] if isinstance(named, str) else named):
            # The evaluator decides the rest (Effect, Action, Condition) for a caller of that name.
            renamed = {**statement, "Principal": {"AWS": service}}
            if evaluate_trust_policy({"Statement": [renamed]}, service, asked):
                return True
    return False


def _fire(data: dict[str, Any]) -> tuple[int, bytes]:
    """Runs a schedule now: `{name, group?, scheduledTime?}`, the time in seconds."""
    # The schedules' module acts through this one.
    from . import scheduler_targets

    group, scheduled = data.get("group") or "default", float(data.get("scheduledTime") or time.time())
    try:
        outcome = scheduler_targets.fire(data["name"], group, scheduled)
    except KeyError:
        return 404, json.dumps({"message": f"Schedule {data['name']} does not exist in group {group}."}).encode()
    return 200, json.dumps(vars(outcome)).encode()


def _pass(seconds: float) -> tuple[int, bytes]:
    """Lets time go by over every schedule; what ran."""
    from . import passing_time

    try:
        return 200, json.dumps(passing_time.pass_time(seconds)).encode()
    except passing_time.Refused as problem:
        return 409, json.dumps({"message": str(problem)}).encode()


async def _route(path: str, data: dict[str, Any], account: str) -> tuple[int, bytes]:
    if path == "/_mla/assume":
        status, reply = assume(data["roleArn"], data["service"], data["sessionName"], account)
        return status, json.dumps(reply).encode()
    if path == "/_mla/emulate":
        answer = await services.emulate(data["service"], data["operation"], data.get("input", {}))
        return answer[0], answer[2]
    if path == "/_mla/event":
        return await events.put(data["source"], data["detailType"], data.get("detail", {}), data.get("resources", []))
    if path == "/_mla/metrics":
        return 200, json.dumps({"published": metrics.publish(data["data"])}).encode()
    if path == "/_mla/elapse":
        await asyncio.to_thread(alarms.elapse, float(data["seconds"]))
        await asyncio.to_thread(services.post, "/elapse", {"seconds": float(data["seconds"])})
        return 200, b"{}"
    if path == "/_mla/pass":
        return await asyncio.to_thread(_pass, float(data["seconds"]))
    if path == "/_mla/schedule":
        return await asyncio.to_thread(_fire, data)
    if path == "/_mla/inventory":
        return 200, json.dumps(await asyncio.to_thread(inventory.collect)).encode()
    if path == "/_mla/requests":
        return 200, recorder.requests(bool(data.get("deniedOnly")))
    return 404, b'{"code":"NotFound","message":"no such door"}'


def install(settings: Settings) -> None:
    """Wraps the ASGI application; every other path goes on to the emulator."""
    original = app.app

    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/_mla/"):
            await original(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        if not hmac.compare_digest(headers.get("x-mla-token", ""), settings.token):
            status, reply = 403, b'{"code":"AccessDenied","message":"wrong token"}'
        else:
            data = json.loads(body or b"{}")
            set_request_account_id(settings.account)
            set_request_region(data.get("region"))
            try:
                status, reply = await _route(scope["path"], data, settings.account)
            except Exception as problem:  # the answer must reach the caller, whatever went wrong
                status, reply = 500, json.dumps({"code": "InternalFailure", "message": repr(problem)}).encode()
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(reply)).encode())],
            }
        )
        await send({"type": "http.response.body", "body": reply})

    app.app = wrapped
