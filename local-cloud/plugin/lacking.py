"""What the local cloud lacks answers with an error of its own service's protocol, which names the operation.

The emulator answers a service that it does not know in one form for all, which most SDKs cannot read: they report an
empty message, or a broken document. Protocols and signing names are those of the models that botocore ships:
https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import botocore.session
import cbor2

from .emulator import Answer, Json, app, replace, router

_CODE = "UnknownOperationException"
# Services that sign with another name than permissions have.
_PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}
# How the emulator says that one of its services has no such operation.
_UNKNOWN = re.compile(rb"InvalidAction|UnknownOperation|Unknown (?:\w+ )?(?:action|operation|target|path|endpoint)\b")
_SCOPE = re.compile(r"Credential=[^/,]+/\d{8}/[^/,]*/([^/,]+)/aws4_request")


@dataclass(frozen=True)
class Asked:
    """What a request asks for: its signature names the service, and the protocol is in its form."""

    service: str
    operation: str
    protocol: str


def asked(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Asked | None:
    """Reads a signed request; None for one that no SDK signed."""
    service = _signed_for(headers, query)
    if service is None:
        return None
    remote = re.search(r"/service/[\w.]+/operation/(\w+)$", path)
    if remote:
        return Asked(service, remote.group(1), "smithy-rpc-v2-cbor")
    if target := headers.get("x-amz-target", ""):
        return Asked(service, target.rsplit(".", 1)[-1], "json")
    if action := _action(headers, body, query):
        return Asked(service, action, "ec2" if service == "ec2" else "query")
    return Asked(service, *_rest(service, method, path, set(query)))


def refusal(wanted: Asked, headers: dict[str, str], request_id: str) -> Answer:
    """The error, as the service itself would write one."""
    prefix = _PREFIXES.get(wanted.service, wanted.service)
    message = f"The local cloud does not have {prefix}:{wanted.operation}; no lab uses it."
    return failure(wanted, headers, request_id, _CODE, message)


def failure(
    wanted: Asked, headers: dict[str, str], request_id: str, code: str, message: str, status: int = 400
) -> Answer:
    """An error in the form of the protocol that the request speaks."""
    if wanted.protocol == "smithy-rpc-v2-cbor":
        body = cbor2.dumps({"__type": code, "message": message})
        return status, {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}, body
    if wanted.protocol in ("json", "rest-json"):
        kind = headers.get("content-type", "") if wanted.protocol == "json" else "application/json"
        body = json.dumps({"__type": code, "message": message, "Message": message}).encode()
        return status, {"Content-Type": kind or "application/x-amz-json-1.1", "x-amzn-errortype": code}, body
    fault = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    texts = {
        "ec2": f"<Response><Errors><Error>{fault}</Error></Errors><RequestID>{request_id}</RequestID></Response>",
        # S3 alone has its error at the top: https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
        "s3": f"<Error>{fault}<RequestId>{request_id}</RequestId></Error>",
    }
    other = f"<Error><Type>Sender</Type>{fault}</Error><RequestId>{request_id}</RequestId>"
    text = texts.get(wanted.service, f"<ErrorResponse>{other}</ErrorResponse>")
    return status, {"Content-Type": "text/xml"}, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def says_unknown(answer: Answer) -> bool:
    """Whether the emulator says that it has no such operation."""
    return 400 <= answer[0] < 500 and _UNKNOWN.search(answer[2][:2000]) is not None


def _signed_for(headers: dict[str, str], query: dict[str, Any]) -> str | None:
    found = _SCOPE.search(headers.get("authorization", ""))
    if found:
        return found.group(1)
    given = query.get("X-Amz-Credential") or ""
    parts = str(given[0] if isinstance(given, list) and given else given).split("/")
    return parts[3] if len(parts) == 5 else None


def _action(headers: dict[str, str], body: bytes, query: dict[str, Any]) -> str:
    given = query.get("Action") or ""
    if not given and "application/x-www-form-urlencoded" in headers.get("content-type", ""):
        given = parse_qs(body.decode("utf-8", "replace")).get("Action") or ""
    return str(given[0] if isinstance(given, list) and given else given)


def _rest(service: str, method: str, path: str, keys: set[str]) -> tuple[str, str]:
    """Operation and protocol of a request whose method and URL alone say what it asks for."""
    protocol = "rest-json"
    for names in (_named, _signing):
        for name in names(service):
            model = _model(name)
            spoken = {model["metadata"].get("protocol"), *model["metadata"].get("protocols", [])}
            if not spoken & {"rest-json", "rest-xml"}:
                continue
            protocol = "rest-xml" if "rest-xml" in spoken else "rest-json"
            fitting = [
                (len(wanted), operation)
                for operation, shape in model["operations"].items()
                for paths, wanted in [_uri(shape["http"]["requestUri"])]
                if shape["http"]["method"] == method and wanted <= keys and paths.fullmatch(path)
            ]
            if fitting:
                # `GET /{Bucket}?website` is more than `GET /{Bucket}`.
                return max(fitting)[1], protocol
    return f"{method} {path}", protocol


@cache
def _uri(template: str) -> tuple[re.Pattern[str], frozenset[str]]:
    """Paths and keys of an operation's requests: `{Id}` is a part of a path, `{Key+}` the rest of it."""
    path, _, query = template.partition("?")
    parts = re.split(r"\{(\w+\+?)\}", path)
    names = (".+" if part.endswith("+") else "[^/]+" for part in parts[1::2])
    texts = [re.escape(part) for part in parts[::2]]
    pattern = re.compile("".join(text + next(names, "") for text in texts) + "/?")
    return pattern, frozenset(part.partition("=")[0] for part in query.split("&") if part)


def _named(service: str) -> tuple[str, ...]:
    return (service,) if service in _session().get_available_services() else ()


@cache
def _signing(service: str) -> tuple[str, ...]:
    """Other models whose requests are signed with this name: it takes a look into every model."""
    found = []
    for name in _session().get_available_services():
        about = _session().get_component("data_loader").load_service_model(name, "service-2")["metadata"]
        if name != service and service in (about.get("signingName"), about.get("endpointPrefix")):
            found.append(name)
    return tuple(found)


@cache
def _model(name: str) -> dict[str, Any]:
    model: dict[str, Any] = _session().get_component("data_loader").load_service_model(name, "service-2")
    return model


@cache
def _session() -> Any:
    return botocore.session.Session()


def install() -> None:
    """Looks at each request before the emulator does, and at answers that say that there is no such operation."""
    # A signature says what service is meant: what the emulator does not know is no object of S3.
    replace(router, "_is_aws_service_name", lambda scope_name: True)
    original = app._dispatch_service_request

    async def dispatch(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Json, request_id: str
    ) -> Answer:
        service = router.detect_service(
            method, path, headers, app._routing_params(method, path, headers, body, query_params)
        )
        answer: Answer | None = None
        if service in app.SERVICE_HANDLERS:
            answer = await original(method, path, headers, body, query_params, request_id)
            if not says_unknown(answer):
                return answer
        # Models are large, so they are read beside the event loop.
        wanted = await asyncio.to_thread(asked, method, path, headers, body, query_params)
        if wanted is None:
            return answer or await original(method, path, headers, body, query_params, request_id)
        return refusal(wanted, headers, request_id)

    replace(app, "_dispatch_service_request", dispatch)
