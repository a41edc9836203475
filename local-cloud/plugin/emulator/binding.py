"""How declarations and the emulator's modules come together."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_type_hints

Json = dict[str, Any]

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""

Handler = Callable[[str, str, dict[str, str], bytes, Json], Awaitable[Answer]]
"""Method, path, headers, body and query of a request to its answer."""

if TYPE_CHECKING:
    # The emulator has no types. Its stores behave like dictionaries of the account (and Region) of the request at hand.
    class AccountStore(dict[Any, Any]):
        _data: dict[tuple[str, Any], Any]

    class RegionStore(dict[Any, Any]):
        _data: dict[tuple[str, str, Any], Any]
else:
    from ministack.core import responses

    AccountStore, RegionStore = responses.AccountScopedDict, responses.AccountRegionScopedDict

REPLACED = "replaced"
"""Annotates a value that we put another in the place of. Functions have the decorator `replaced`."""

ADDED = "added"
"""Annotates a name of ours in the emulator's module, which the emulator must not have."""

DECLARED: dict[str, type] = {}
"""The declaration of each module of the emulator, by the module's name."""

BEFORE: dict[tuple[str, str], Any] = {}
"""What the emulator itself had where something of ours stands, by module and name."""

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Member:
    """A declared name: a function with its parameters, or the type of a value."""

    declared: Any
    use: str = ""

    @property
    def is_function(self) -> bool:
        return isinstance(self.declared, FunctionType)


def bound(declaration: type, module: str) -> Any:
    """The emulator's module, to be used as what is declared of it. Raises ModuleNotFoundError."""
    DECLARED[module] = declaration
    return importlib.import_module(module)


def replaced(function: _F) -> _F:
    """Declares that we put a function of ours in the place of this one: it must take what the emulator passes."""
    vars(function)["use"] = REPLACED
    return function


def members(declaration: type) -> dict[str, Member]:
    """Everything that is declared of a module, by its name."""
    found = {}
    for name, hint in get_type_hints(declaration, include_extras=True).items():
        found[name] = Member(getattr(hint, "__origin__", hint), *getattr(hint, "__metadata__", ()))
    for name, function in vars(declaration).items():
        if isinstance(function, FunctionType) and not name.startswith("__"):
            found[name] = Member(function, vars(function).get("use", ""))
    return found


def replace(module: object, name: str, value: object) -> None:
    """Puts something of ours in the place of the emulator's. Raises TypeError where the declaration does not say so."""
    path, member = _declared(module, name, REPLACED)
    if not hasattr(module, name):
        raise TypeError(f"{path}.{name} cannot be replaced: the emulator does not have it (docs/emulator.md)")
    if member.is_function and (problem := mismatch(cast(Callable[..., Any], value), member.declared)):
        raise TypeError(f"{path}.{name} cannot be replaced: what is to stand there {problem}")
    BEFORE.setdefault((path, name), getattr(module, name))
    setattr(module, name, value)


def add(module: object, name: str, value: object) -> None:
    """Adds a store of ours to a module of the emulator, where the raw inventory finds it."""
    _declared(module, name, ADDED)
    setattr(module, name, value)


def _declared(module: object, name: str, use: str) -> tuple[str, Member]:
    path = cast(ModuleType, module).__name__
    member = members(DECLARED[path]).get(name)
    if member is None or member.use != use:
        raise TypeError(f"{path}.{name} is not declared as {use}: {DECLARED[path].__qualname__} in plugin/emulator")
    return path, member


def mismatch(function: Callable[..., Any], declared: Callable[..., Any]) -> str | None:
    """Why a function cannot be called as another is declared, by position or by name; None where it can."""
    if inspect.iscoroutinefunction(function) != inspect.iscoroutinefunction(declared):
        return "is not async" if inspect.iscoroutinefunction(declared) else "is async"
    _, *parameters = inspect.signature(declared).parameters.values()
    signature = inspect.signature(function)
    needed = [one for one in parameters if one.default is one.empty and one.kind != one.VAR_POSITIONAL]
    for some in (parameters, needed):
        by_position = [one.name for one in some if one.kind != one.KEYWORD_ONLY]
        by_name = [one.name for one in some if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
        only_by_position = [one.name for one in some if one.kind == one.POSITIONAL_ONLY]
        only_by_name = [one.name for one in some if one.kind == one.KEYWORD_ONLY]
        for positions, names in ((by_position, only_by_name), (only_by_position, by_name)):
            try:
                signature.bind(*positions, **dict.fromkeys(names))
            except TypeError as problem:
                called = ", ".join([*positions, *(f"{name}=" for name in names)])
                return f"is {signature}, which does not take ({called}): {problem}"
    return None


def loaded_services() -> list[tuple[str, ModuleType]]:
    """The emulator's services that are loaded: short name (`s3`, `cloudformation.stacks`) and module."""
    start = "ministack.services."
    return [(name.removeprefix(start), module) for name, module in [*sys.modules.items()] if name.startswith(start)]
