"""Judges every request and every answer of the local cloud by AWS's own models.

A request that breaks its model is refused as AWS refuses it, once IAM has allowed it: what AWS checks itself are types,
required members, lengths, ranges, patterns and enumerations. What it passes over (a member that it does not know) is
recorded only. Answers are read by botocore's own parser, and held to the shapes of outputs and errors. A rehearsal
reports what was found, and fails.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.awsrequest import HeadersDict
from botocore.parsers import ResponseParserError, create_parser

from . import constraints, lacking, models, wire
from .constraints import Violation
from .emulator import Answer, Handler, Json, app, iam_evaluator, replace
from .error_codes import known_code
from .known_answers import known

REQUEST, ANSWER = "request", "answer"

# With which code services refuse what violates a constraint of their model. Query services of that age say
# ValidationError, all others ValidationException, but for these.
_CODES = {
    "athena": "InvalidRequestException",
    "codebuild": "InvalidInputException",
    "logs": "InvalidParameterException",
    "resourcegroupstaggingapi": "InvalidParameterException",
    "s3": "InvalidArgument",
    "service-quotas": "IllegalArgumentException",
    "sns": "InvalidParameter",
    "sqs": "InvalidParameterValue",
}
_AGENT = re.compile(r"\b(?:app/[\w.-]+|aws-cli/[\w.]+|Boto3/[\w.]+|Botocore/[\w.]+|aws-sdk-js/[\w.]+)")
_JUDGED_ANSWERS = 20_000
# Headers that no two answers have alike, and that no output has.
_UNIQUE = ("date", "x-amz-id-2", "x-amz-request-id", "x-amzn-requestid")


@dataclass(frozen=True)
class Invalid:
    """What broke a model: who sent or got it, which operation, and what is wrong where."""

    principal: str
    client: str
    side: str
    operation: str
    member: str
    problem: str


# Permissions that AWS's services ask IAM for without an operation; engines of ours have to ask with a request.
_ASKED_OF_IAM = frozenset({"glue:PublishDataQuality"})

# Each once, with the time when it was seen last in seconds since the epoch: an answer whoever got it.
_found: dict[tuple[str, ...], tuple[Invalid, float]] = {}
# The answer that a handler is to give to the request at hand.
_refused: ContextVar[Answer | None] = ContextVar("mla_judge_refused", default=None)
# What was said of answers before, as most of those that are polled for are alike.
_said: dict[bytes, tuple[Violation, ...]] = {}
_warm: set[str] = set()


def of_request(wanted: lacking.Asked, request: wire.Request) -> list[Violation]:
    """What the model does not allow of a request."""
    model = models.operation(wanted.model, wanted.operation) if wanted.model else None
    if wanted.permission in _ASKED_OF_IAM:
        return []
    if model is None:
        return [Violation("", constraints.UNKNOWN, f"{wanted.service} has no operation {wanted.operation}")]
    try:
        values = wire.read_request(model, wanted.protocol, request)
    except wire.Unreadable as problem:
        return [Violation("", constraints.TYPE, f"the request cannot be read: {problem}")]
    if model.input_shape is None:
        return [Violation(name, constraints.UNKNOWN, f"{wanted.operation} takes no input") for name in values]
    return list(constraints.violations(model.input_shape, values))


def refusal(
    wanted: lacking.Asked, violations: list[Violation], headers: dict[str, str], request_id: str
) -> Answer | None:
    """How AWS refuses a request with these violations; None where it passes over them."""
    mistyped = [one.text for one in violations if one.kind == constraints.TYPE]
    if mistyped:
        code = "MalformedXML" if wanted.protocol == "rest-xml" else "SerializationException"
        code = "MalformedInput" if wanted.protocol == "query" else code
        return lacking.failure(wanted, headers, request_id, code, mistyped[0])
    told = constraints.told([one for one in violations if one.kind == constraints.CONSTRAINT])
    if told is None:
        return None
    code = _CODES.get(wanted.model, "ValidationError" if wanted.protocol in ("query", "ec2") else "ValidationException")
    return lacking.failure(wanted, headers, request_id, code, told)


def of_answer(wanted: lacking.Asked, status: int, headers: Mapping[str, str], body: bytes) -> list[Violation]:
    """What the model does not allow of an answer."""
    model = models.operation(wanted.model, wanted.operation) if wanted.model else None
    if model is None:
        return []
    small = {name.lower(): str(value) for name, value in headers.items()}
    shape = model.output_shape
    # What streams, a client reads and no parser.
    content = b"" if model.has_streaming_output and status < 300 else body
    raw = {"status_code": status, "headers": HeadersDict(small), "body": content}
    try:
        parsed = _parser(wanted.protocol).parse(raw, shape)
        if status < 300:
            read = wire.read_answer(model, wanted.protocol, status, small, content)
    except (ResponseParserError, wire.Unreadable, ValueError, KeyError, TypeError, AttributeError) as problem:
        return [Violation("", constraints.TYPE, f"botocore cannot read it: {type(problem).__name__}: {problem}")]
    if status >= 300:
        return list(_error(wanted, model, status, parsed))
    return [one for one in constraints.violations(shape, read) if _counts(one)] if shape else []


def _counts(violation: Violation) -> bool:
    """Of answers only what a client could trip over: no lengths, ranges or patterns."""
    if violation.kind != constraints.CONSTRAINT:
        return True
    return violation.text.startswith("Value null") or "Member must satisfy enum" in violation.text


def _error(wanted: lacking.Asked, model: Any, status: int, parsed: Any) -> Iterator[Violation]:
    told = parsed.get("Error", {})
    # Services that once spoke the query protocol tell the code that they had there as well.
    code = str(told.get("QueryErrorCode") or told.get("Code", ""))
    declared = {_code(shape): shape for shape in model.error_shapes}
    # What is asked by HEAD has no body, and 304 is no error.
    if model.http["method"] == "HEAD" or status == 304:
        return
    if code not in declared and not known_code(wanted.model, code):
        yield Violation("code", constraints.UNKNOWN, f"{wanted.operation} has no error {code or '(none)'}")
    if not told.get("Message"):
        yield Violation("message", constraints.TYPE, f"the error {code} has no message")
    wants = declared[code].metadata.get("error", {}).get("httpStatusCode") if code in declared else None
    if wants is not None and wants != status:
        yield Violation("status", constraints.TYPE, f"{code} comes with status {wants}, and not {status}")


def _code(shape: Any) -> str:
    return str(shape.metadata.get("error", {}).get("code") or shape.name)


@cache
def _parser(protocol: str) -> Any:
    return create_parser(protocol)


def _judged(wanted: lacking.Asked, answer: Answer) -> tuple[Violation, ...]:
    status, headers, body = answer
    model = models.operation(wanted.model, wanted.operation) if wanted.model else None
    streams = model is not None and model.has_streaming_output and status < 300
    content = body if isinstance(body, bytes) and not streams else b""
    about = {name.lower(): value for name, value in headers.items() if name.lower() not in _UNIQUE}
    told = f"{wanted.model} {wanted.operation} {wanted.protocol} {status} {sorted(about.items())}"
    key = hashlib.blake2b(content, digest_size=16, key=hashlib.blake2b(told.encode()).digest()).digest()
    if key not in _said:
        if len(_said) > _JUDGED_ANSWERS:
            _said.clear()
        _said[key] = tuple(of_answer(wanted, status, headers, content))
    return _said[key]


def _record(
    wanted: lacking.Asked, side: str, violations: tuple[Violation, ...] | list[Violation], agent: str, who: str
) -> None:
    for violation in violations:
        if side == ANSWER and known(wanted.permission, violation.member, violation.text):
            continue
        found = _AGENT.search(agent)
        client = found.group() if found else agent.split(" ")[0]
        one = Invalid(who, client, side, wanted.permission, violation.member, violation.text)
        sender = (who, client) if side == REQUEST else ()
        _found[(side, one.operation, one.member, one.problem, *sender)] = one, time.time()


def invalid() -> list[dict[str, Any]]:
    """All that broke a model so far, each once, with the time when it was seen last."""
    return [{"at": at, **vars(one)} for one, at in _found.values()]


def _decompressed(wanted: lacking.Asked, headers: dict[str, str], body: bytes) -> bytes:
    if headers.get("content-encoding", "") == "gzip" and wanted.service != "s3":
        return gzip.decompress(body)
    return body


def _refusing(original: Handler) -> Handler:
    async def handler(method: str, path: str, headers: dict[str, str], body: bytes, query: Json) -> Answer:
        refused = _refused.get()
        return refused if refused is not None else await original(method, path, headers, body, query)

    return handler


def install() -> None:
    """Stands around all that answers a request. Comes last, so that every service refuses what is to be refused."""
    for service, original_handler in app.SERVICE_HANDLERS.items():
        app.SERVICE_HANDLERS[service] = _refusing(original_handler)
    original = app._dispatch_service_request

    async def dispatch(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Json, request_id: str
    ) -> Answer:
        def read() -> tuple[lacking.Asked, list[Violation]] | None:
            wanted = lacking.asked(method, path, headers, body, query_params, thorough=False)
            if wanted is None:
                return None
            try:
                content = _decompressed(wanted, headers, body)
            except (OSError, EOFError) as problem:
                return wanted, [Violation("", constraints.TYPE, f"the request cannot be read: {problem}")]
            return wanted, of_request(wanted, wire.Request(method, path, headers, content, query_params))

        service = lacking.signed_for(headers, query_params)
        # Nobody signed it, or what it is for is lacking here and refused anyway.
        if service is None or not lacking.has_model(service):
            return await original(method, path, headers, body, query_params, request_id)
        # The first look at a model takes longer than the event loop should stand still.
        found = read() if service in _warm else await asyncio.to_thread(read)
        _warm.add(service)
        wanted, violations = found or (None, [])
        _refused.set(refusal(wanted, violations, headers, request_id) if wanted and violations else None)
        answer = await original(method, path, headers, body, query_params, request_id)
        if wanted is not None:
            who = iam_evaluator._request_caller_arn.get() or "anonymous"
            agent = headers.get("user-agent", "")
            _record(wanted, REQUEST, violations, agent, who)
            _record(wanted, ANSWER, _judged(wanted, answer), agent, who)
        return answer

    replace(app, "_dispatch_service_request", dispatch)
