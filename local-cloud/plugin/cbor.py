"""CBOR (RFC 8949), as far as AWS's protocol `smithy-rpc-v2-cbor` uses it.

boto3 and the AWS CLI speak it to CloudWatch. The emulator does too where a package named cbor2 is installed, and
otherwise reads such requests as empty ones: this module stands in for it.
"""

from __future__ import annotations

import struct
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

_TIMESTAMP = 1
_BREAK = object()


class CBORDecodeError(ValueError):
    """The bytes are no CBOR."""


@dataclass(frozen=True)
class CBORTag:
    """A value with a tag, for example 1 for seconds since 1970."""

    tag: int
    value: Any


def loads(data: bytes) -> Any:
    """Decodes one value. Raises CBORDecodeError."""
    try:
        value, end = _read(data, 0)
    except (IndexError, struct.error, UnicodeDecodeError, RecursionError) as problem:
        raise CBORDecodeError(f"not CBOR: {problem}") from problem
    if end != len(data) or value is _BREAK:
        raise CBORDecodeError("not CBOR: more follows, or nothing begins")
    return value


def dumps(value: Any) -> bytes:
    """Encodes a value. Raises TypeError for one that has no encoding here."""
    if value is None or isinstance(value, bool):
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return _head(3, len(text)) + text
    if isinstance(value, list | tuple):
        return _head(4, len(value)) + b"".join(map(dumps, value))
    if isinstance(value, dict):
        return _head(5, len(value)) + b"".join(dumps(key) + dumps(item) for key, item in value.items())
    if isinstance(value, CBORTag):
        return _head(6, value.tag) + dumps(value.value)
    if isinstance(value, datetime):
        return _head(6, _TIMESTAMP) + dumps(value.timestamp())
    raise TypeError(f"{type(value).__name__} has no encoding in CBOR")


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes([major << 5 | code]) + number.to_bytes(size, "big")
    raise TypeError(f"{number} is too large for CBOR")


def _take(data: bytes, at: int, size: int) -> tuple[bytes, int]:
    if at + size > len(data):
        raise IndexError("it ends too early")
    return data[at : at + size], at + size


def _read(data: bytes, at: int) -> tuple[Any, int]:
    major, code = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        return _simple(data, at, code)
    if code == 31:
        return _indefinite(data, at, major)
    number = code
    if code >= 24:
        if code > 27:
            raise IndexError(f"a length of kind {code}")
        raw, at = _take(data, at, 1 << (code - 24))
        number = int.from_bytes(raw, "big")
    if major in (0, 1):
        return (number if major == 0 else -1 - number), at
    if major in (2, 3):
        raw, at = _take(data, at, number)
        return (raw if major == 2 else raw.decode()), at
    if major == 6:
        value, at = _read(data, at)
        is_time = number == _TIMESTAMP and isinstance(value, int | float)
        return (datetime.fromtimestamp(value, UTC) if is_time else CBORTag(number, value)), at
    items = []
    for _ in range(number * (major - 3)):
        item, at = _read(data, at)
        items.append(item)
    return (items if major == 4 else _pairs(items)), at


def _pairs(items: list[Any]) -> dict[Any, Any]:
    return dict(zip(items[::2], items[1::2], strict=True))


def _simple(data: bytes, at: int, code: int) -> tuple[Any, int]:
    known = {20: False, 21: True, 22: None, 23: None, 31: _BREAK}
    if code in known:
        return known[code], at
    formats = {25: (">e", 2), 26: (">f", 4), 27: (">d", 8)}
    if code not in formats:
        raise IndexError(f"a simple value of kind {code}")
    kind, size = formats[code]
    raw, at = _take(data, at, size)
    return struct.unpack(kind, raw)[0], at


def _indefinite(data: bytes, at: int, major: int) -> tuple[Any, int]:
    items = []
    while True:
        item, at = _read(data, at)
        if item is _BREAK:
            break
        items.append(item)
    if major == 2:
        return b"".join(items), at
    if major == 3:
        return "".join(items), at
    if major in (4, 5):
        return (items if major == 4 else _pairs(items)), at
    raise IndexError(f"an open end of kind {major}")


def install() -> None:
    """Is cbor2 for the emulator, where that is not installed."""
    try:
        import cbor2  # noqa: F401
    except ImportError:
        module = ModuleType("cbor2")
        vars(module).update(loads=loads, dumps=dumps, CBORTag=CBORTag, CBORDecodeError=CBORDecodeError)
        sys.modules["cbor2"] = module
