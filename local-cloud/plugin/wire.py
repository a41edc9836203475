"""Reads requests and answers off the wire, by the shapes of the models that botocore ships.

Values come out under the names of their members. What the model does not know keeps the name that it has on the wire,
so that whoever judges the value finds it. Protocols: https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import cbor2
from botocore.model import ListShape, MapShape, OperationModel, Shape
from botocore.model import StructureShape as Structure

Values = dict[str, Any]

# Of signatures: other keys of a query than those that an operation has, or that say nothing.
_NO_INPUT = re.compile(
    r"x-id$|x-amz-(?:algorithm|credential|date|expires|security-token|signature|signedheaders)$", re.I
)
_LOCATIONS = ("uri", "querystring", "header", "headers", "statusCode")


class Unreadable(ValueError):
    """The bytes are not what the protocol says."""


@dataclass(frozen=True)
class Request:
    """What arrives: query holds lists of values by their keys, and header names are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, Any]


def read_request(wanted: OperationModel, protocol: str, request: Request) -> Values:
    """The input of a request. Raises Unreadable."""
    shape = wanted.input_shape
    if protocol in ("rest-json", "rest-xml"):
        return _rest_input(wanted, shape, protocol, request) if shape else {}
    if protocol in ("query", "ec2"):
        pairs = [(key, str(value)) for key, values in request.query.items() for value in _listed(values)]
        pairs += parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        tree = _tree(
            (key, value) for key, value in pairs if key not in ("Action", "Version") and not _NO_INPUT.match(key)
        )
        return _dict(_from_query(shape, tree, protocol == "ec2")) if shape else _names(tree)
    data = _document(protocol, request.body)
    return _dict(_from_json(shape, data)) if shape else _dict(data)


def read_answer(wanted: OperationModel, protocol: str, status: int, headers: Mapping[str, str], body: bytes) -> Values:
    """The output of a successful answer; header names are in small letters. Raises Unreadable."""
    shape = wanted.output_shape
    if shape is None:
        return {}
    if protocol in ("query", "ec2"):
        root = _xml(body)
        wrapper = shape.serialization.get("resultWrapper")
        inner = root.find(f"{{*}}{wrapper}") if wrapper else root
        if inner is None:
            raise Unreadable(f"there is no {wrapper} in it")
        read = _dict(_from_xml(shape, inner))
        for unmodelled in ("ResponseMetadata", "requestId", "RequestId"):
            read.pop(unmodelled, None)
        return read
    if protocol in ("rest-json", "rest-xml"):
        read = _headers(shape, headers)
        for name, member in shape.members.items():
            if member.serialization.get("location") == "statusCode":
                read[name] = status
        return {**read, **_payload(shape, protocol, body)}
    return _dict(_from_json(shape, _document(protocol, body)))


def _dict(value: Any) -> Values:
    if not isinstance(value, dict):
        raise Unreadable(f"a structure is expected, and not {str(value)[:100]!r}")
    return value


def _listed(values: Any) -> Iterable[Any]:
    return values if isinstance(values, list) else [values]


def _document(protocol: str, body: bytes) -> Any:
    if not body:
        return {}
    try:
        return cbor2.loads(body) if protocol == "smithy-rpc-v2-cbor" else json.loads(body)
    except (ValueError, cbor2.CBORDecodeError) as problem:
        raise Unreadable(str(problem)) from problem


def _wire_name(name: str, shape: Shape) -> str:
    return str(shape.serialization.get("name", name))


# JSON and CBOR


def _from_json(shape: Shape, value: Any) -> Any:
    if isinstance(shape, Structure) and isinstance(value, dict) and not shape.metadata.get("document"):
        read = {}
        left = dict(value)
        for name, member in shape.members.items():
            wire = _wire_name(name, member)
            if wire in left:
                read[name] = _from_json(member, left.pop(wire))
        left.pop("__type", None)
        return {**left, **read}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_from_json(shape.member, one) for one in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {name: _from_json(shape.value, one) for name, one in value.items()}
    return value


# Texts of queries, headers and XML


def _converted(shape: Shape, text: str) -> Any:
    """A text as its shape wants it; as it is where it does not fit, which whoever judges it tells."""
    kind = shape.type_name
    try:
        if kind == "boolean":
            return {"true": True, "false": False}.get(text.lower(), text)
        if kind in ("integer", "long"):
            return int(text)
        if kind in ("float", "double"):
            return float(text)
    except ValueError:
        return text
    return text


@dataclass
class _Node:
    """What stands in a query below a name: `Tags.member.1.Key=a` is four of them."""

    text: str | None = None
    below: dict[str, _Node] = field(default_factory=dict)


def _tree(pairs: Iterable[tuple[str, str]]) -> _Node:
    root = _Node()
    for key, text in pairs:
        node = root
        for part in key.split("."):
            node = node.below.setdefault(part, _Node())
        node.text = text
    return root


def _names(node: _Node) -> Values:
    return {name: one.text if not one.below else _names(one) for name, one in node.below.items()}


def _from_query(shape: Shape, node: _Node, ec2: bool) -> Any:
    if isinstance(shape, Structure):
        names = {_query_name(name, member, ec2): (name, member) for name, member in shape.members.items()}
        read: Values = {}
        for wire, one in node.below.items():
            name, member = names.get(wire, (wire, None))
            read[name] = _from_query(member, one, ec2) if member else _names(one) or one.text
        return read
    if isinstance(shape, ListShape):
        flat = ec2 or shape.serialization.get("flattened")
        inner = node if flat else node.below.get(_wire_name("member", shape.member), _Node())
        if not inner.below and node.below:
            return _names(node)
        numbered = sorted(inner.below.items(), key=lambda pair: int(pair[0]) if pair[0].isdigit() else 0)
        return [_from_query(shape.member, one, ec2) for _, one in numbered]
    if isinstance(shape, MapShape):
        inner = node if shape.serialization.get("flattened") else node.below.get("entry", _Node())
        key, value = _wire_name("key", shape.key), _wire_name("value", shape.value)
        return {
            str(one.below.get(key, _Node()).text): _from_query(shape.value, one.below.get(value, _Node()), ec2)
            for one in inner.below.values()
        }
    return _converted(shape, node.text or "")


def _query_name(name: str, shape: Shape, ec2: bool) -> str:
    if ec2:
        given = shape.serialization.get("queryName")
        wire = _wire_name(name, shape)
        return str(given or wire[:1].upper() + wire[1:])
    if isinstance(shape, ListShape) and shape.serialization.get("flattened"):
        return _wire_name(_wire_name(name, shape), shape.member)
    return _wire_name(name, shape)


def _xml(body: bytes) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(body)
    except ElementTree.ParseError as problem:
        raise Unreadable(f"not XML: {problem}") from problem


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _from_xml(shape: Shape, node: ElementTree.Element) -> Any:
    if isinstance(shape, Structure):
        return _structure(shape, node)
    if isinstance(shape, ListShape):
        wire = _wire_name("member", shape.member)
        strange = [child for child in node if _local(child.tag) != wire]
        if strange:
            return {_local(child.tag): child.text for child in strange}
        return [_from_xml(shape.member, child) for child in node]
    if isinstance(shape, MapShape):
        return dict(_entry(shape, child) for child in node)
    return _converted(shape, node.text or "")


def _entry(shape: MapShape, node: ElementTree.Element) -> tuple[str, Any]:
    parts = {_local(child.tag): child for child in node}
    value = parts.get(_wire_name("value", shape.value))
    key = parts.get(_wire_name("key", shape.key))
    return (key.text or "" if key is not None else ""), (_from_xml(shape.value, value) if value is not None else None)


def _structure(shape: Structure, node: ElementTree.Element) -> Values:
    children: dict[str, list[ElementTree.Element]] = {}
    for child in node:
        children.setdefault(_local(child.tag), []).append(child)
    read: Values = {}
    for name, member in shape.members.items():
        wire = _query_name(name, member, ec2=False)
        if member.serialization.get("location"):
            continue
        if member.serialization.get("xmlAttribute"):
            attributes = {_local(key): text for key, text in node.attrib.items()}
            if wire.rpartition(":")[2] in attributes:
                read[name] = attributes[wire.rpartition(":")[2]]
        elif wire in children:
            found = children.pop(wire)
            flat = member.serialization.get("flattened")
            if flat and isinstance(member, ListShape):
                read[name] = [_from_xml(member.member, one) for one in found]
            elif flat and isinstance(member, MapShape):
                read[name] = dict(_entry(member, one) for one in found)
            else:
                read[name] = _from_xml(member, found[0])
    return {**{wire: found[0].text for wire, found in children.items()}, **read}


# REST


@cache
def uri(template: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], tuple[str, ...], frozenset[str]]:
    """Paths of an operation's requests, the names in them, and the keys of its query.

    `{Id}` is a part of a path, `{Key+}` the rest of it. An ARN may have slashes, which nobody sees to be quoted by now:
    the second pattern takes such a path, too.
    """
    path, _, query = template.partition("?")
    parts = re.split(r"\{(\w+\+?)\}", path)
    texts, names = parts[::2], parts[1::2]
    strict = ["(.+)" if name.endswith("+") else "([^/]+)" for name in names]
    by_part, whole = (
        re.compile("".join(re.escape(text) + group for text, group in zip(texts, [*groups, ""], strict=True)) + "/?")
        for groups in (strict, ["(.+)"] * len(names))
    )
    keys = frozenset(part.partition("=")[0] for part in query.split("&") if part)
    return (by_part, whole), tuple(name.rstrip("+") for name in names), keys


def _rest_input(wanted: OperationModel, shape: Structure, protocol: str, request: Request) -> Values:
    (by_part, whole), names, fixed = uri(wanted.http["requestUri"])
    found = by_part.fullmatch(request.path) or whole.fullmatch(request.path)
    parts = dict(zip(names, found.groups(), strict=True)) if found else {}
    left = {key: value for key, value in request.query.items() if key not in fixed and not _NO_INPUT.match(key)}
    read = _headers(
        shape, {**{key.lower(): str(next(iter(_listed(value)), "")) for key, value in left.items()}, **request.headers}
    )
    rest: MapShape | None = None
    for name, member in shape.members.items():
        location, wire = member.serialization.get("location"), _wire_name(name, member)
        if location == "uri" and wire in parts:
            read[name] = _converted(member, parts[wire])
        elif location == "querystring" and isinstance(member, MapShape):
            rest = member
        elif location == "querystring" and wire in left:
            values = [str(value) for value in _listed(left.pop(wire))]
            read[name] = (
                [_converted(member.member, value) for value in values]
                if isinstance(member, ListShape)
                else _converted(member, values[0])
            )
        elif location == "header":
            # Presigned URLs have headers in their query.
            left = {key: value for key, value in left.items() if key.lower() != wire.lower()}
    left = {key: value for key, value in left.items() if not key.lower().startswith("x-amz-")}
    if rest is None:
        read = {**{key: str(next(iter(_listed(value)), "")) for key, value in left.items()}, **read}
    return {**read, **_payload(shape, protocol, request.body)}


def _headers(shape: Structure, headers: Mapping[str, str]) -> Values:
    read: Values = {}
    for name, member in shape.members.items():
        location, wire = member.serialization.get("location"), _wire_name(name, member).lower()
        if location == "header" and wire in headers:
            text = headers[wire]
            read[name] = (
                [_converted(member.member, one.strip()) for one in text.split(",")]
                if isinstance(member, ListShape)
                else _converted(member, text)
            )
        elif location == "headers":
            read[name] = {key[len(wire) :]: text for key, text in headers.items() if key.startswith(wire)}
    return read


def _payload(shape: Structure, protocol: str, body: bytes) -> Values:
    """What the body holds: one member where the shape says so, or all that have no other place."""
    name = shape.serialization.get("payload")
    if name:
        member = shape.members[name]
        if getattr(member, "is_eventstream", False):
            return {}
        if member.type_name == "blob":
            return {name: body}
        if not body:
            return {}
        if member.type_name == "string":
            return {name: body.decode("utf-8", "replace")}
        return {
            name: _from_json(member, _document(protocol, body))
            if protocol == "rest-json"
            else _from_xml(member, _xml(body))
        }
    placed = [member for member in shape.members.values() if member.serialization.get("location") in _LOCATIONS]
    if not body or (len(placed) == len(shape.members) and protocol == "rest-xml"):
        return {}
    if protocol == "rest-json":
        return _dict(_from_json(shape, _document(protocol, body)))
    root = _xml(body)
    wires = {_wire_name(one, member): one for one, member in shape.members.items()}
    if _local(root.tag) in wires and not len(root):
        # GetBucketLocation alone has its one value at the top, and none for us-east-1.
        return {wires[_local(root.tag)]: root.text} if root.text else {}
    return _dict(_from_xml(shape, root))
