"""The private endpoint of the plug-in, for the boot code and our services: /_mla/..., with the shared secret only."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from typing import Any

from . import (
    alarms,
    events,
    iam_decisions,
    inventory,
    judge,
    metrics,
    passing_time,
    recorder,
    role_sessions,
    scheduler_targets,
    services,
)
from .emulator import app, replace, responses
from .settings import Settings


def _fire(data: dict[str, Any]) -> tuple[int, bytes]:
    """Runs a schedule now: `{name, group?, scheduledTime?}`, the time in seconds."""
    group, scheduled = data.get("group") or "default", float(data.get("scheduledTime") or time.time())
    try:
        outcome = scheduler_targets.fire(data["name"], group, scheduled)
    except KeyError:
        return 404, json.dumps({"message": f"Schedule {data['name']} does not exist in group {group}."}).encode()
    return 200, json.dumps(vars(outcome)).encode()


def _pass(seconds: float) -> tuple[int, bytes]:
    """Lets time go by over every schedule; what ran."""
    try:
        return 200, json.dumps(passing_time.pass_time(seconds)).encode()
    except passing_time.Refused as problem:
        return 409, json.dumps({"message": str(problem)}).encode()


async def _route(path: str, data: dict[str, Any], account: str) -> tuple[int, bytes]:
    if path == "/_mla/assume":
        status, reply = role_sessions.assume(data["roleArn"], data["service"], data["sessionName"], account)
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
    if path == "/_mla/invalid":
        return 200, json.dumps(judge.invalid()).encode()
    if path == "/_mla/decisions":
        return 200, iam_decisions.recorded()
    return 404, b'{"code":"NotFound","message":"no such path"}'


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
            responses.set_request_account_id(settings.account)
            responses.set_request_region(data.get("region"))
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

    replace(app, "app", wrapped)
