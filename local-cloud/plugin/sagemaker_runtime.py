"""SageMaker Runtime: InvokeEndpoint, passed on to our service with its body as it is.

Its requests are signed for `sagemaker`, as those of the control plane are; the path tells them apart. Connections to
the services host are kept, so that an invocation costs little more than the model's own work.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote

import httpx

from . import iam
from .emulator import Answer, app, iam_actions, replace
from .services import error
from .settings import Settings

_PATH = re.compile(r"^/endpoints/([^/]+)/invocations$")
_OTHERS = re.compile(r"^/endpoints/[^/]+/(async-invocations|invocations-response-stream)$")
_PREFIX = "x-amzn-sagemaker-"
_PASSED = ("content-type", "accept")
# Shorter than Node.js keeps a connection that nobody uses: none is found closed.
_KEPT = httpx.Limits(max_connections=None, max_keepalive_connections=64, keepalive_expiry=2)


class _Host:
    """The services host's raw endpoint, over connections that are used again."""

    def __init__(self, settings: Settings) -> None:
        self._url, self._token = f"{settings.services_url}/raw/sagemaker/", settings.token
        self._client = httpx.AsyncClient(limits=_KEPT, timeout=None, trust_env=False, verify=False)

    async def invoke(self, name: str, headers: dict[str, str], body: bytes) -> Answer:
        """Passes one request on, without headers of the client's own."""
        passed = {key: value for key, value in headers.items() if key in _PASSED or key.startswith(_PREFIX)}
        request = httpx.Request(
            "POST",
            self._url + quote(name, safe=""),
            headers=httpx.Headers({**passed, "x-mla-token": self._token}, encoding="latin-1"),
            content=body,
        )
        answer = await self._client.send(request)
        shown = {
            key: value for key, value in answer.headers.items() if key.startswith(("x-amzn-", "content-type")) and value
        }
        return answer.status_code, shown, answer.content


def _name(method: str, path: str) -> str | None:
    found = _PATH.match(path) if method == "POST" else None
    return unquote(found.group(1)) if found else None


def _install_iam() -> None:
    """The action, and the endpoint that it is checked on."""
    action_of = iam_actions.extract_iam_action

    def extract_iam_action(
        service: str, method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> str | None:
        if service == "sagemaker" and "x-amz-target" not in headers:
            return "sagemaker:InvokeEndpoint"
        return action_of(service, method, path, headers, body, query_params)

    def endpoint(method: str, path: str, _headers: object, _body: bytes, region: str, account: str) -> str | None:
        name = _name(method, path)
        return name and f"arn:aws:sagemaker:{region}:{account}:endpoint/{name.lower()}"

    replace(iam_actions, "extract_iam_action", extract_iam_action)
    iam.add_finder("sagemaker", endpoint)


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
