"""HTTP/1.1 as far as a model server needs it: bodies of known length, connections that are kept."""

from __future__ import annotations

import http
from dataclasses import dataclass, field
from typing import BinaryIO

_LINE_LIMIT = 65_536

# What Flask answers where a function raised: the reason stands in the log only.
INTERNAL_SERVER_ERROR = (
    b"<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n"
    b"<p>The server encountered an internal error and was unable to complete your request. Either the server is "
    b"overloaded or there is an error in the application.</p>\n"
)


@dataclass
class Request:
    """One request; the names of its headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """One answer."""

    status: int
    body: bytes
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)


def read(stream: BinaryIO) -> Request | None:
    """The next request, or None where the connection ended. Raises ValueError for what is no request."""
    line = stream.readline(_LINE_LIMIT)
    if not line:
        return None
    method, path, _version = line.decode("latin-1").split()
    headers: dict[str, str] = {}
    while True:
        line = stream.readline(_LINE_LIMIT)
        if line in (b"\r\n", b"\n"):
            break
        if not line:
            return None
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    length = int(headers.get("content-length") or 0)
    body = stream.read(length) if length else b""
    return None if len(body) < length else Request(method, path, headers, body)


def encode(reply: Reply) -> bytes:
    """The answer's bytes."""
    try:
        phrase = http.HTTPStatus(reply.status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {reply.status} {phrase}", f"Content-Type: {reply.content_type}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    if reply.status != http.HTTPStatus.NO_CONTENT:
        lines.append(f"Content-Length: {len(reply.body)}")
    body = b"" if reply.status == http.HTTPStatus.NO_CONTENT else reply.body
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
