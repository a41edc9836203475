"""SageMaker Runtime: InvokeEndpoint, passed on to our service with its body as it is.

Its requests are signed for `sagemaker`, as those of the control plane are; the path tells them apart. Connections to
the services host are kept, so that an invocation costs little more than the model's own work.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from .emulator import Answer, app, iam_actions, replace
from .services import error
from .settings import Settings

_PATH = re.compile(r"^/endpoints/([^/]+)/invocations$")
_OTHERS = re.compile(r"^/endpoints/[^/]+/(async-invocations|invocations-response-stream)$")
_PREFIX = "x-amzn-sagemaker-"
_PASSED = ("content-type", "accept")
_KEPT = 64

_Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Host:
    """The services host's raw door, over connections that are used again."""

    def __init__(self, settings: Settings) -> None:
        url = urlsplit(settings.services_url)
        self._host, self._port = url.hostname or "127.0.0.1", url.port or 80
        self._token = settings.token
        self._free: deque[_Pair] = deque()

    async def invoke(self, name: str, headers: dict[str, str], body: bytes) -> Answer:
        """Passes one request on."""
        lines = [
            f"POST /raw/sagemaker/{quote(name, safe='')} HTTP/1.1",
            "host: services",
            f"x-mla-token: {self._token}",
        ]
        lines += [f"{key}: {value}" for key, value in headers.items() if key in _PASSED or key.startswith(_PREFIX)]
        lines.append(f"content-length: {len(body)}")
        message = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
        while self._free:
            pair = self._free.pop()
            try:
                return await self._exchange(pair, message)
            except (ConnectionError, asyncio.IncompleteReadError) as problem:
                pair[1].close()
                # A kept connection that the host closed meanwhile had no part of an answer yet.
                if isinstance(problem, asyncio.IncompleteReadError) and problem.partial:
                    raise
        pair = await asyncio.open_connection(self._host, self._port)
        return await self._exchange(pair, message)

    async def _exchange(self, pair: _Pair, message: bytes) -> Answer:
        reader, writer = pair
        done = False
        try:
            writer.write(message)
            await writer.drain()
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *rest = head.rstrip("\r\n").split("\r\n")
            headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in rest)}
            length = int(headers.get("content-length") or 0)
            if "chunked" in headers.get("transfer-encoding", ""):
                body = await _chunks(reader)
            else:
                body = await reader.readexactly(length) if length else b""
            done = headers.get("connection", "").lower() != "close" and len(self._free) < _KEPT
        finally:
            if done:
                self._free.append(pair)
            else:
                writer.close()
        shown = {key: value for key, value in headers.items() if key.startswith(("x-amzn-", "content-type")) and value}
        return int(first.split(" ", 2)[1]), shown, body


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)


def _name(method: str, path: str) -> str | None:
    found = _PATH.match(path) if method == "POST" else None
    return unquote(found.group(1)) if found else None


def _install_iam() -> None:
    """The action, and the endpoint that it is checked on."""
    action_of, arn_of = iam_actions.extract_iam_action, iam_actions.extract_resource_arn

    def extract_iam_action(
        service: str, method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> str | None:
        if service == "sagemaker" and "x-amz-target" not in headers:
            return "sagemaker:InvokeEndpoint"
        return action_of(service, method, path, headers, body, query_params)

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        name = _name(method, path) if service == "sagemaker" else None
        if name is not None:
            return f"arn:aws:sagemaker:{region}:{account_id}:endpoint/{name.lower()}"
        return arn_of(service, method, path, headers, body, query_params, region, account_id)

    replace(iam_actions, "extract_iam_action", extract_iam_action)
    replace(iam_actions, "extract_resource_arn", extract_resource_arn)


def install(settings: Settings) -> None:
    """Takes invocations before the control plane's handler."""
    host = _Host(settings)
    control = app.SERVICE_HANDLERS["sagemaker"]

    async def handler(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Answer:
        if "x-amz-target" in headers:
            return await control(method, path, headers, body, query)
        name = _name(method, path)
        if name is None:
            what = "InvokeEndpointAsync and InvokeEndpointWithResponseStream" if _OTHERS.match(path) else path
            return error("ValidationError", f"The local cloud does not have {what}; no lab uses it.")
        return await host.invoke(name, headers, body)

    app.SERVICE_HANDLERS["sagemaker"] = handler
    _install_iam()
