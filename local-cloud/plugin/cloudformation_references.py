"""What a template refers to must be in it: CloudFormation refuses such a template before it makes anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .emulator import engine, replace

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")


def install() -> None:
    """Holds on where CreateStack, UpdateStack, change sets and ValidateTemplate look a template over."""
    given = engine._validate_template_statics

    def validate(template: dict[str, Any]) -> None:
        given(template)
        check(template)

    replace(engine, "_validate_template_statics", validate)


def check(template: dict[str, Any]) -> None:
    """Raises ValueError in CloudFormation's words."""
    if template.get("Transform"):
        # A macro may bring what is referred to.
        return
    known = {*(template.get("Parameters") or {}), *(template.get("Resources") or {})}
    for section in ("Resources", "Outputs"):
        found = dict.fromkeys(names(template.get(section)))
        missing = [name for name in found if name not in known and not name.startswith("AWS::")]
        if missing:
            raise ValueError(
                f"Template format error: Unresolved resource dependencies [{', '.join(missing)}] in the {section} "
                "block of the template"
            )


def names(node: Any) -> Iterator[str]:
    """Names of parameters and resources, wherever they are referred to."""
    if isinstance(node, list):
        for one in node:
            yield from names(one)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if len(node) == 1 and key == "Ref" and isinstance(value, str):
            yield value
        elif len(node) == 1 and key == "Fn::GetAtt" and value:
            yield str(value).split(".")[0] if isinstance(value, str) else str(value[0])
        elif len(node) == 1 and key == "Fn::Sub":
            yield from _substituted(value)
        else:
            yield from names(value)


def _substituted(value: Any) -> Iterator[str]:
    text, own = (value[0], value[1]) if isinstance(value, list) else (value, {})
    yield from names(list(own.values()))
    for name in _VARIABLE.findall(str(text)):
        if name not in own:
            yield name.strip().split(".")[0]
