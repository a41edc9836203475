"""What AWS checks of a request before it looks at it: types, required members, lengths, ranges, patterns and enums.

The SDKs check next to none of these on the caller's machine, so a request that breaks one fails on AWS alone. They
stand in the models that botocore ships: https://github.com/boto/botocore/tree/develop/botocore/data
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import regex
from botocore.model import ListShape, MapShape, Shape, StructureShape

from . import models

#: Services whose requests are checked again where one of ours answers: CloudFormation's calls come by no wire.
_CHECKED = frozenset({"sagemaker", "codepipeline", "codebuild"})
#: More of a value does not help whoever reads the message.
_SHOWN = 200

#: Enumerations of headers that AWS takes in any case; the AWS CLI 2 writes `enabled` when it copies from S3.
_ANY_CASE = frozenset({"ChecksumMode"})

TYPE = "type"
CONSTRAINT = "constraint"
UNKNOWN = "unknown"

# What a value of each type is in Python once it is read off the wire; a text is base64 or a date there.
_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str, datetime),
    "blob": (str, bytes),
}
_NO_NUMBERS = ("NaN", "Infinity", "-Infinity")


@dataclass(frozen=True)
class Violation:
    """One thing of a value that its shape does not allow."""

    member: str
    """Where it is: `pipeline.stages.1.member.name`."""
    kind: str
    """TYPE and CONSTRAINT are refused by AWS; what is UNKNOWN to the model, most services pass over."""
    text: str
    """What is wrong, in AWS's words where it has some."""


@cache
def _pattern(text: str) -> Any:
    """A pattern of the model; None for one that only Java understands."""
    # `(…)${1,256}` repeats the end of the text: its author meant the length, which stands beside it.
    wanted = re.sub(r"\$\{\d+,\d+\}$", "", text).replace(r"\z", r"\Z")
    try:
        return regex.compile(wanted)
    except regex.error:
        return None


def refusal(service: str, operation: str, data: dict[str, Any]) -> str | None:
    """What AWS says to a request to a service of ours that breaks its model; None for one that does not."""
    return violation(service, operation, data) if service in _CHECKED else None


def violation(service: str, operation: str, data: dict[str, Any]) -> str | None:
    """What AWS says to values that break an operation's model; None where they do not. What is missing is not told."""
    wanted = models.operation(service, operation)
    if wanted is None or wanted.input_shape is None:
        return None
    found = violations(wanted.input_shape, data)
    return told([one for one in found if one.kind == CONSTRAINT and not one.text.startswith("Value null")])


def told(found: Iterable[Violation]) -> str | None:
    """How AWS tells of violated constraints; None where there are none."""
    texts = [one.text for one in found]
    if not texts:
        return None
    errors = "error" if len(texts) == 1 else "errors"
    return f"{len(texts)} validation {errors} detected: {'; '.join(texts)}"


def violations(shape: Shape, value: Any, path: str = "") -> Iterator[Violation]:
    """All that a shape does not allow of a value, read off the wire. A null stands for nothing, as it does on AWS."""
    if isinstance(shape, StructureShape):
        if not isinstance(value, dict):
            yield _mistyped(shape, value, path)
        else:
            yield from _members(shape, value, path)
    elif isinstance(shape, ListShape):
        if not isinstance(value, list):
            yield _mistyped(shape, value, path)
            return
        yield from _sized(shape, len(value), value, path)
        for at, one in enumerate(value, 1):
            if one is not None:
                yield from violations(shape.member, one, f"{path}.{at}.member")
    elif isinstance(shape, MapShape):
        if not isinstance(value, dict):
            yield _mistyped(shape, value, path)
            return
        yield from _sized(shape, len(value), value, path)
        for name, one in value.items():
            yield from violations(shape.key, name, path)
            if one is not None:
                yield from violations(shape.value, one, f"{path}.{name}.member")
    else:
        yield from _scalar(shape, value, path)


def _members(shape: StructureShape, value: dict[str, Any], path: str) -> Iterator[Violation]:
    if getattr(shape, "is_document_type", False):
        return
    for name in shape.required_members:
        if value.get(name) is None:
            at = _at(path, name)
            yield Violation(
                at, CONSTRAINT, f"Value null at '{at}' failed to satisfy constraint: Member must not be null"
            )
    for name, one in value.items():
        if name not in shape.members:
            yield Violation(_at(path, name), UNKNOWN, f"{shape.name} has no member {name}")
        elif one is not None:
            yield from violations(shape.members[name], one, _at(path, name))
    if getattr(shape, "is_tagged_union", False) and sum(one is not None for one in value.values()) != 1:
        yield Violation(path, TYPE, f"{shape.name} is a union: exactly one member has to be set")


def _at(path: str, name: str) -> str:
    return f"{path}.{name[:1].lower()}{name[1:]}".lstrip(".")


def _scalar(shape: Shape, value: Any, path: str) -> Iterator[Violation]:
    kind = shape.type_name
    if not _fits(kind, value):
        yield _mistyped(shape, value, path)
    elif kind == "string":
        yield from _text(shape, value, path)
    elif kind in ("integer", "long", "float", "double") and not isinstance(value, str):
        yield from _ranged(shape, value, path)


def _fits(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind in ("integer", "long") and isinstance(value, float):
        return value.is_integer()
    if kind in ("float", "double") and value in _NO_NUMBERS:
        return True
    return isinstance(value, _SCALARS.get(kind, (object,)))


def _mistyped(shape: Shape, value: Any, path: str) -> Violation:
    given = "structure or map" if isinstance(value, dict) else "list" if isinstance(value, list) else repr(value)
    return Violation(path, TYPE, f"{given[:_SHOWN]} at '{path}' can not be converted to {shape.type_name}")


def _text(shape: Shape, value: str, path: str) -> Iterator[Violation]:
    yield from _sized(shape, len(value), value, path)
    wanted = shape.metadata.get("pattern")
    pattern = _pattern(wanted) if wanted else None
    if pattern is not None and not pattern.fullmatch(value):
        yield _violation(value, path, f"satisfy regular expression pattern: {wanted}")
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed and not (shape.name in _ANY_CASE and str(value).upper() in allowed):
        yield _violation(value, path, f"satisfy enum value set: [{', '.join(allowed)}]")


def _sized(shape: Shape, size: int, value: Any, path: str) -> Iterator[Violation]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield _violation(str(value), path, f"have length greater than or equal to {least}")
    if most is not None and size > most:
        yield _violation(str(value), path, f"have length less than or equal to {most}")


def _ranged(shape: Shape, value: float, path: str) -> Iterator[Violation]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and value < least:
        yield _violation(str(value), path, f"have value greater than or equal to {least}")
    if most is not None and value > most:
        yield _violation(str(value), path, f"have value less than or equal to {most}")


def _violation(value: str, path: str, constraint: str) -> Violation:
    shown = f"Value '{value[:_SHOWN]}' at '{path}'"
    return Violation(path, CONSTRAINT, f"{shown} failed to satisfy constraint: Member must {constraint}")
