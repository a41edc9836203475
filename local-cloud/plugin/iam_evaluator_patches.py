"""IAM where the emulator decides otherwise than AWS: policy variables, ARNs in conditions, and what a session's ARN is.

test/integration/iam/engines.test.ts found these, and holds that nothing differs now.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable
from typing import Any

from .emulator import iam_evaluator, replace

# Stands before a character that is no wildcard: what a variable brought along, or what `${*}` stands for.
_LITERALLY = "\ue000"
_VARIABLE = re.compile(r"\$\{\s*([^,}]+?)\s*(?:,\s*'([^']*)'\s*)?\}")
_SESSION = re.compile(r"^(arn:[\w-]+):sts::(\d+):assumed-role/([^/]+)/.*$")


def _value(key: str, ctx: Any) -> Any:
    """A condition key's value; a session's aws:PrincipalArn is its role.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    found = _resolve(key, ctx)
    if key.lower() == "aws:principalarn" and isinstance(found, str):
        return _SESSION.sub(r"\1:iam::\2:role/\3", found)
    # A key without values is as one that is not there.
    return None if found == [] else found


_resolve: Callable[[str, Any], Any] = iam_evaluator._resolve_condition_key


def _filled(text: str, ctx: Any) -> str | None:
    """A policy's text with its variables filled in; None where one has no value.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    unknown = False

    def value(found: re.Match[str]) -> str:
        nonlocal unknown
        name, default = found.groups()
        given = name if name in ("*", "?", "$") else _value(name, ctx)
        if not isinstance(given, str):
            given = default
        unknown = unknown or given is None
        return "".join(_LITERALLY + one if one in "*?" else one for one in given or "")

    filled = _VARIABLE.sub(value, text)
    return None if unknown else filled


def _all_filled(texts: Iterable[Any], ctx: Any) -> list[str]:
    return [filled for text in texts if (filled := _filled(str(text), ctx)) is not None]


def _with_values(statement: Any, ctx: Any) -> Any:
    """A statement without variables."""
    if "${" not in repr(statement):
        return statement
    conditions = {
        operator: {
            key: _all_filled(values if isinstance(values, list) else [values], ctx) for key, values in wanted.items()
        }
        for operator, wanted in statement.conditions.items()
    }
    # A list that lost all it had must not become one that was never there.
    return dataclasses.replace(
        statement,
        resources=statement.resources and (_all_filled(statement.resources, ctx) or [""]),
        not_resources=statement.not_resources and (_all_filled(statement.not_resources, ctx) or [""]),
        conditions=conditions,
    )


def _replace_matching() -> None:
    first_match = iam_evaluator._first_match
    compile_pattern = iam_evaluator._fnmatch_compile

    def with_variables(ctx: Any, stmts: list[Any], effect: str) -> Any:
        return first_match(ctx, [_with_values(one, ctx) for one in stmts if one.effect == effect], effect)

    def compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
        if _LITERALLY not in pattern:
            return compile_pattern(pattern, ignore_case)
        parts = re.split(f"({_LITERALLY}.|[*?])", pattern)
        wild = {"*": ".*", "?": "."}
        source = "".join(wild.get(part) or re.escape(part.removeprefix(_LITERALLY)) for part in parts)
        return re.compile(f"^{source}$", re.IGNORECASE if ignore_case else 0)

    replace(iam_evaluator, "_first_match", with_variables)
    replace(iam_evaluator, "_fnmatch_compile", compiled)


def _arn_like(actual: str, expected: str) -> bool:
    """Each of an ARN's six parts by itself.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
    """
    parts, patterns = actual.split(":", 5), expected.split(":", 5)
    if len(parts) != 6 or len(patterns) != 6:
        return False
    return all(iam_evaluator.fnmatch_iam_cs(part, pattern) for part, pattern in zip(parts, patterns, strict=True))


def _plain(operator: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    return lambda actual, expected: operator(actual, expected.replace(_LITERALLY, ""))


def install() -> None:
    """Makes the emulator's engine decide as AWS documents it."""
    replace(iam_evaluator, "_resolve_condition_key", _value)
    _replace_matching()
    operators = iam_evaluator._CONDITION_OPS
    for name in ("arnequals", "arnlike"):
        operators[name] = _arn_like
    for name in ("arnnotequals", "arnnotlike"):
        operators[name] = lambda actual, expected: not _arn_like(actual, expected)
    for name in ("stringequals", "stringnotequals", "stringequalsignorecase", "stringnotequalsignorecase"):
        operators[name] = _plain(operators[name])
