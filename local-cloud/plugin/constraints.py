"""What AWS checks of a request before it looks at it: lengths, sizes, ranges, patterns and enumerations of its model.

The SDKs check none of these on the caller's machine, so a request that breaks one fails on AWS alone. They stand in the
models that botocore ships: https://github.com/boto/botocore/tree/develop/botocore/data
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import regex
from botocore.model import ListShape, MapShape, OperationNotFoundError, ServiceModel, Shape, StructureShape

#: Services whose requests are checked whole: those that our own services answer in full.
_CHECKED = frozenset({"sagemaker", "codepipeline", "codebuild"})
#: More of a value does not help whoever reads the message.
_SHOWN = 200


@cache
def _model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


@cache
def _input(service: str, operation: str) -> Shape | None:
    try:
        shape: Shape | None = _model(service).operation_model(operation).input_shape
    except OperationNotFoundError:
        return None
    return shape


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
    """What AWS says to input that breaks an operation's model; None where it does not."""
    shape = _input(service, operation)
    if shape is None:
        return None
    faults = list(_faults(shape, data, ""))
    if not faults:
        return None
    errors = "error" if len(faults) == 1 else "errors"
    return f"{len(faults)} validation {errors} detected: {'; '.join(faults)}"


def _faults(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        for name, one in value.items() if isinstance(value, dict) else ():
            if one is not None and name in shape.members:
                yield from _faults(shape.members[name], one, f"{path}.{name[:1].lower()}{name[1:]}".lstrip("."))
    elif isinstance(shape, ListShape) and isinstance(value, list):
        yield from _sized(shape, len(value), str(value), path)
        for at, one in enumerate(value, 1):
            yield from _faults(shape.member, one, f"{path}.{at}.member")
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        yield from _sized(shape, len(value), str(value), path)
        for name, one in value.items():
            yield from _faults(shape.key, name, path)
            yield from _faults(shape.value, one, f"{path}.{name}.member")
    elif shape.type_name == "string" and isinstance(value, str):
        yield from _text(shape, value, path)
    elif shape.type_name in ("integer", "long", "float", "double") and isinstance(value, (int, float)):
        yield from _ranged(shape, value, path)


def _text(shape: Shape, value: str, path: str) -> Iterator[str]:
    yield from _sized(shape, len(value), value, path)
    wanted = shape.metadata.get("pattern")
    pattern = _pattern(wanted) if wanted else None
    if pattern is not None and not pattern.fullmatch(value):
        yield _fault(value, path, f"satisfy regular expression pattern: {wanted}")
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield _fault(value, path, f"satisfy enum value set: [{', '.join(allowed)}]")


def _sized(shape: Shape, size: int, value: str, path: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield _fault(value, path, f"have length greater than or equal to {least}")
    if most is not None and size > most:
        yield _fault(value, path, f"have length less than or equal to {most}")


def _ranged(shape: Shape, value: float, path: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and value < least:
        yield _fault(str(value), path, f"have value greater than or equal to {least}")
    if most is not None and value > most:
        yield _fault(str(value), path, f"have value less than or equal to {most}")


def _fault(value: str, path: str, constraint: str) -> str:
    return f"Value '{value[:_SHOWN]}' at '{path}' failed to satisfy constraint: Member must {constraint}"
