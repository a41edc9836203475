"""Properties of resources, judged by the schemas of CloudFormation's registry.

cfn-lint, which builds of lab deployment run, brings them: the registry's schemas, with what AWS knows beyond them
(https://github.com/aws-cloudformation/resource-provider-enhanced-schemas). What the keywords mean:
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import regex

from .emulator import Json

# What the templates' own and the CDK's types hold is nobody's schema.
_FREE = ("Custom::", "AWS::CloudFormation::", "AWS::CDK::Metadata")
# As Java's JSON library names them, which CloudFormation quotes.
_TYPES: dict[str, tuple[str, tuple[type, ...]]] = {
    "string": ("String", (str, bool, int, float)),
    "boolean": ("Boolean", (bool,)),
    "integer": ("Integer", (int,)),
    "number": ("Number", (int, float)),
    "array": ("JSONArray", (list,)),
    "object": ("JSONObject", (dict,)),
    "null": ("Null", (type(None),)),
}


@cache
def _folder() -> Path:
    found = find_spec("cfnlint")
    if found is None or not found.origin:
        raise RuntimeError("cfn-lint is not installed: local-cloud/requirements.txt has it.")
    return Path(found.origin).parent / "data" / "schemas"


@cache
def _types(region: str) -> dict[str, str]:
    path = _folder() / "providers" / f"{region}.json"
    found: dict[str, str] = json.loads((path if path.exists() else path.with_name("us-east-1.json")).read_text())
    return found


@cache
def _read(name: str) -> Json:
    found: Json = json.loads((_folder() / "resources" / f"{name}.json").read_text())
    return found


def schema(type_name: str, region: str = "us-east-1") -> Json | None:
    """The schema of a resource type in a Region; None where the registry has none, or its properties are free."""
    name = None if type_name.startswith(_FREE) else _types(region).get(type_name)
    return _read(name) if name else None


def refusal(logical_id: str, type_name: str, props: Json, region: str = "us-east-1") -> str | None:
    """CloudFormation's words for properties that break their schema; None for those that do not."""
    known = schema(type_name, region)
    if known is None:
        return None
    found = [*_read_only(known, props), *_problems(known, known, props, "#")]
    if not found:
        return None
    return f"Properties validation failed for resource {logical_id} with message:\n" + "\n".join(dict.fromkeys(found))


def replacing(type_name: str, old: Json, new: Json, region: str = "us-east-1") -> list[str]:
    """Properties whose change makes a new resource: `RoleName`, `CsvClassifier/Name`."""
    known = schema(type_name, region) or {}
    paths = [pointer.removeprefix("/properties/") for pointer in known.get("createOnlyProperties", ())]
    return [path for path in paths if _at(old, path.split("/")) != _at(new, path.split("/"))]


def custom_name(type_name: str, props: Json, region: str = "us-east-1") -> str | None:
    """The name that a template gives a resource, where no two may have the same; None where AWS makes one."""
    known = schema(type_name, region) or {}
    create_only = {pointer.removeprefix("/properties/") for pointer in known.get("createOnlyProperties", ())}
    identity = [pointer.removeprefix("/properties/") for pointer in known.get("primaryIdentifier", ())]
    kind = type_name.rsplit("::", 1)[-1]
    # Where an ARN identifies it, its name is called after its type: ModelName, JobDefinitionName.
    named = [name for name in create_only if name.endswith("Name") and kind.endswith(name.removesuffix("Name"))]
    for name in [one for one in identity if one in create_only] or [one for one in named if one != "Name"]:
        value = props.get(name)
        if isinstance(value, str) and len(identity) == 1:
            return value
    return None


def custom_named(type_name: str, old: Json, new: Json, region: str = "us-east-1") -> str | None:
    """CloudFormation's refusal to replace what keeps a name that the template gives; None where it does not."""
    name = custom_name(type_name, old, region)
    if name is None or custom_name(type_name, new, region) != name or not replacing(type_name, old, new, region):
        return None
    return (
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
        f"Rename {name} and update the stack again."
    )


def _at(value: Any, path: list[str]) -> Any:
    for at, name in enumerate(path):
        if name == "*" and isinstance(value, list):
            return [_at(one, path[at + 1 :]) for one in value]
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _read_only(known: Json, props: Json) -> Iterator[str]:
    """CloudFormation passes over some of these and refuses others, by type: no template is to have them."""
    create_only = known.get("createOnlyProperties", ())
    for pointer in known.get("readOnlyProperties", ()):
        *parents, name = pointer.removeprefix("/properties/").split("/")
        value = _at(props, [*parents, name]) if "*" not in parents else None
        if value is not None and pointer not in create_only:
            yield f"{'/'.join(['#', *parents])}: extraneous key [{name}] is not permitted"


def _problems(root: Json, known: Json, value: Any, path: str) -> Iterator[str]:
    """All that a schema does not allow of a value, as CloudFormation words it: it tells no values."""
    if _unresolved(value):
        return
    while "$ref" in known:
        known = _resolved(root, known["$ref"])
    wanted = known.get("type")
    names = wanted if isinstance(wanted, list) else [wanted] if wanted else []
    if names and not any(_fits(name, value) for name in names):
        yield f"{path}: expected type: {' or '.join(_TYPES[name][0] for name in names)}, found: {_found(value)}"
        return
    for keyword, violated in _KEYWORDS.items():
        if keyword in known and violated(known[keyword], value):
            yield f"{path}: failed validation constraint for keyword [{keyword}]"
    yield from _combined(root, known, value, path)
    if isinstance(value, dict):
        yield from _members(root, known, value, path)
    if isinstance(value, list) and isinstance(known.get("items"), dict):
        for at, one in enumerate(value):
            yield from _problems(root, known["items"], one, f"{path}/{at}")


def _unresolved(value: Any) -> bool:
    """Whether a template has a function here, so that only a deployment knows the value."""
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


def _resolved(root: Json, pointer: str) -> Json:
    found: Any = root
    for part in pointer.removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _members(root: Json, known: Json, value: Json, path: str) -> Iterator[str]:
    for name in known.get("required", ()):
        if name not in value:
            yield f"{path}: required key [{name}] not found"
    properties, patterns = known.get("properties", {}), known.get("patternProperties", {})
    for name, one in value.items():
        fitting = [schema for pattern, schema in patterns.items() if _matches(pattern, name)]
        if name in properties:
            yield from _problems(root, properties[name], one, f"{path}/{name}")
        elif fitting:
            yield from _problems(root, fitting[0], one, f"{path}/{name}")
        elif known.get("additionalProperties") is False:
            yield f"{path}: extraneous key [{name}] is not permitted"
        elif isinstance(known.get("additionalProperties"), dict):
            yield from _problems(root, known["additionalProperties"], one, f"{path}/{name}")


def _combined(root: Json, known: Json, value: Any, path: str) -> Iterator[str]:
    for one in known.get("allOf", ()):
        yield from _problems(root, one, value, path)
    for keyword in ("anyOf", "oneOf"):
        if keyword not in known:
            continue
        fitting = sum(next(_problems(root, one, value, path), None) is None for one in known[keyword])
        if fitting == 0 or (keyword == "oneOf" and fitting > 1):
            yield f"{path}: failed validation constraint for keyword [{keyword}]"


def _fits(name: str, value: Any) -> bool:
    """Whether a value has a type, or CloudFormation makes it one of that: "30" a number, and 30 a text."""
    if isinstance(value, str) and name in ("boolean", "integer", "number"):
        return value.lower() in ("true", "false") if name == "boolean" else _number(value) is not None
    if isinstance(value, bool) and name in ("integer", "number"):
        return False
    if isinstance(value, float) and name == "integer":
        return value.is_integer()
    return isinstance(value, _TYPES[name][1])


def _found(value: Any) -> str:
    kinds = {bool: "Boolean", int: "Integer", float: "Double", str: "String", list: "JSONArray", dict: "JSONObject"}
    return kinds.get(type(value), "Null")


def _number(value: Any) -> float | None:
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


@cache
def _compiled(pattern: str) -> Any:
    try:
        return regex.compile(pattern)
    except regex.error:
        return None


def _matches(pattern: str, text: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is None or compiled.search(text) is not None


def _text(value: Any) -> str | None:
    return (
        str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, str | int | float) else None
    )


def _short(least: int, value: Any) -> bool:
    return isinstance(value, str) and len(value) < least


def _long(most: int, value: Any) -> bool:
    return isinstance(value, str) and len(value) > most


def _few(least: int, value: Any) -> bool:
    return isinstance(value, list) and len(value) < least


def _many(most: int, value: Any) -> bool:
    return isinstance(value, list) and len(value) > most


def _small(least: float, value: Any) -> bool:
    number = _number(value)
    return number is not None and number < least


def _large(most: float, value: Any) -> bool:
    number = _number(value)
    return number is not None and number > most


def _given(names: list[str], value: Any) -> int:
    return sum(name in value for name in names) if isinstance(value, dict) else -1


def _repeats(unique: bool, value: Any) -> bool:
    if not unique or not isinstance(value, list):
        return False
    return len({json.dumps(one, sort_keys=True, default=str) for one in value}) < len(value)


def _outside(allowed: list[Any], value: Any) -> bool:
    return _text(value) is not None and _text(value) not in {_text(one) for one in allowed}


_KEYWORDS: dict[str, Callable[[Any, Any], bool]] = {
    "enum": _outside,
    "const": lambda wanted, value: _outside([wanted], value),
    "pattern": lambda pattern, value: isinstance(value, str) and not _matches(pattern, value),
    "minLength": _short,
    "maxLength": _long,
    "minimum": _small,
    "maximum": _large,
    "minItems": _few,
    "maxItems": _many,
    "uniqueItems": _repeats,
    "requiredOr": lambda names, value: _given(names, value) == 0,
    "requiredXor": lambda names, value: _given(names, value) not in (-1, 1),
    "dependentExcluded": lambda excluded, value: any(
        _given([name], value) == 1 and _given(others, value) > 0 for name, others in excluded.items()
    ),
}
