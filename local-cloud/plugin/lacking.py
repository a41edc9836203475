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

import cbor2

from . import models, wire
from .emulator import Answer, Json, app, replace, router

_CODE = "UnknownOperationException"
# Services that sign with another name than permissions have.
_PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}
# Models of services that sign with another name than botocore has for them, or with the name of another: looking for
# them takes seconds.
_MODELS = {
    "monitoring": ("cloudwatch",),
    "tagging": ("resourcegroupstaggingapi",),
    "sagemaker": ("sagemaker", "sagemaker-runtime"),
    "servicequotas": ("service-quotas",),
}
# How the emulator says that one of its services has no such operation.
_UNKNOWN = re.compile(rb"InvalidAction|UnknownOperation|Unknown (?:\w+ )?(?:action|operation|target|path|endpoint)\b")
_SCOPE = re.compile(r"Credential=[^/,]+/\d{8}/[^/,]*/([^/,]+)/aws4_request")


@dataclass(frozen=True)
class Asked:
    """What a request asks for: its signature names the service, and the protocol is in its form."""

    service: str
    operation: str
    protocol: str
    model: str = ""
    """Botocore's name of the service; empty where it has no such operation."""

    @property
    def permission(self) -> str:
        """The operation as permissions name one: `cloudwatch:PutMetricData`."""
        return f"{_PREFIXES.get(self.service, self.service)}:{self.operation}"


def asked(
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], *, thorough: bool = True
) -> Asked | None:
    """Reads a signed request; None for one that no SDK signed.

    A thorough look at one whose operation is not found goes through every model there is, which takes seconds.
    """
    service = signed_for(headers, query)
    if service is None:
        return None
    remote = re.search(r"/service/[\w.]+/operation/(\w+)$", path)
    if remote:
        return _of_model(service, remote.group(1), "smithy-rpc-v2-cbor")
    if target := headers.get("x-amz-target", ""):
        return _of_model(service, target.rsplit(".", 1)[-1], "json")
    if action := _action(headers, body, query):
        return _of_model(service, action, "ec2" if service == "ec2" else "query")
    return Asked(service, *_rest(service, method, path, frozenset(query), frozenset(headers), thorough))


def has_model(service: str) -> bool:
    """Whether the name that signs a request is known to belong to a model."""
    return bool(_named(service))


@cache
def _of_model(service: str, operation: str, protocol: str) -> Asked:
    known = [name for name in _named(service) if operation in models.document(name)["operations"]]
    return Asked(service, operation, protocol, known[0] if known else "")


def refusal(wanted: Asked, headers: dict[str, str], request_id: str) -> Answer:
    """The error, as the service itself would write one."""
    message = f"The local cloud does not have {wanted.permission}; no lab uses it."
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


def signed_for(headers: dict[str, str], query: dict[str, Any]) -> str | None:
    """The service that a signature is for; None where there is none."""
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


def _rest(
    service: str, method: str, path: str, keys: frozenset[str], headers: frozenset[str], thorough: bool
) -> tuple[str, str, str]:
    """Operation, protocol and model of a request whose method and URL alone say what it asks for."""
    protocol = "rest-json"
    for names in (_named, _signing) if thorough else (_named,):
        for name in names(service):
            metadata = models.document(name)["metadata"]
            spoken = {metadata.get("protocol"), *metadata.get("protocols", [])}
            if not spoken & {"rest-json", "rest-xml"}:
                continue
            protocol = "rest-xml" if "rest-xml" in spoken else "rest-json"
            routes = [
                (operation, route)
                for operation, route in _routes(name, method)
                if route.keys <= keys and route.headers <= headers
            ]
            for whole in (False, True):
                fitting = [
                    (len(route.keys | route.headers), operation)
                    for operation, route in routes
                    if (route.whole if whole else route.path).fullmatch(path)
                ]
                if fitting:
                    # `GET /{Bucket}?website` is more than `GET /{Bucket}`.
                    return max(fitting)[1], protocol, name
    return f"{method} {path}", protocol, ""


@dataclass(frozen=True)
class _Route:
    """Paths of an operation's requests, and the keys and headers that each has."""

    path: re.Pattern[str]
    # An ARN in a path may have slashes, which nobody sees to be quoted by now.
    whole: re.Pattern[str]
    keys: frozenset[str]
    headers: frozenset[str]


@cache
def _routes(name: str, method: str) -> tuple[tuple[str, _Route], ...]:
    model = models.document(name)
    return tuple(
        (operation, _route(about["http"]["requestUri"], model["shapes"].get(about.get("input", {}).get("shape"), {})))
        for operation, about in model["operations"].items()
        # Directory buckets are asked for at a host of their own, with the same path as all others.
        if about["http"]["method"] == method and operation != "ListDirectoryBuckets"
    )


def _route(template: str, shape: dict[str, Any]) -> _Route:
    """Required members tell operations of one path apart."""
    (by_part, whole), _, keys = wire.uri(template)
    required: dict[str, set[str]] = {"querystring": set(), "header": set()}
    for member in shape.get("required", ()):
        about = shape["members"][member]
        if about.get("location") in required:
            required[about["location"]].add(about["locationName"])
    headers = frozenset(map(str.lower, required["header"]))
    return _Route(by_part, whole, keys | required["querystring"], headers)


def _named(service: str) -> tuple[str, ...]:
    if service in _MODELS:
        return _MODELS[service]
    return (service,) if service in models.names() else ()


@cache
def _signing(service: str) -> tuple[str, ...]:
    """Other models whose requests are signed with this name: it takes a look into every model."""
    found = []
    for name in sorted(models.names()):
        about = models.document(name)["metadata"]
        if name != service and service in (about.get("signingName"), about.get("endpointPrefix")):
            found.append(name)
    return tuple(found)


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
