"""What the plug-in holds on to in MiniStack is there, and is as declared in local-cloud/plugin/emulator.

docs/emulator.md says how to read a failure. A venv with another version of MiniStack and pytest is enough to run it.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import re
import subprocess
import sys
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from plugin import emulator
from plugin.emulator import binding

ROOT = Path(__file__).resolve().parents[3]
ROOM = ROOT / "local-cloud/plugin"
PINNED = re.search(r"^ministack==(\S+)$", (ROOT / "local-cloud/requirements.in").read_text(), re.MULTILINE)

DECLARED = {
    (module, name): member
    for module, declaration in binding.DECLARED.items()
    for name, member in binding.members(declaration).items()
}
# By the name under which the plug-in imports them.
OBJECTS = {
    name: value.__name__
    for name, value in vars(emulator).items()
    if isinstance(value, ModuleType) and value.__name__ in binding.DECLARED
}

# Others of the emulator's modules that have a function of their own name for what we replace, and so call the old one.
COPIES = {
    # AWS IoT's policies, which no lab has.
    "ministack.core.iam_evaluator.parse_policy_document": {"ministack.services.iot"},
    "ministack.core.iam_evaluator.evaluate": {"ministack.services.iot"},
    # Provisioners calls its own within an update, around which ours stands, and for nested stacks, which no lab has.
    "ministack.services.cloudformation.stacks._provision_resource": {"ministack.services.cloudformation.provisioners"},
    "ministack.services.cloudformation.stacks._update_resource": {"ministack.services.cloudformation.provisioners"},
    "ministack.services.cloudformation.stacks._delete_resource": {"ministack.services.cloudformation.provisioners"},
    # Both hold these three, and ours stand in both.
    "ministack.services.cloudformation.stacks._property_recreation": {"ministack.services.cloudformation.provisioners"},
    "ministack.services.cloudformation.stacks._replacing_change": {"ministack.services.cloudformation.provisioners"},
    "ministack.services.cloudformation.stacks._custom_named_replacement_error": {
        "ministack.services.cloudformation.provisioners"
    },
    # Stacks has its own for a creation with OnFailure=DELETE, which no lab asks for.
    "ministack.services.cloudformation.handlers._delete_stack_async": {"ministack.services.cloudformation.stacks"},
    # Ours waits for the event that begins a deletion, which stacks itself writes.
    "ministack.services.cloudformation.stacks._add_event": {
        "ministack.services.cloudformation.changesets",
        "ministack.services.cloudformation.handlers",
    },
}


class Uses(ast.NodeVisitor):
    """Where a file of the plug-in uses the emulator, as `file:line` by module and name."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.aliases: dict[str, str] = {}
        self.found: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.set: dict[tuple[str, str], str] = {}
        self.assigned: list[str] = []

    def note(self, module: str, name: str, line: int) -> tuple[str, str]:
        self.found[(module, name)].append(f"{self.file}:{line}")
        return module, name

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 1 and node.module == "emulator":
            names = ((alias.asname or alias.name, alias.name) for alias in node.names)
            self.aliases |= {ours: OBJECTS[theirs] for ours, theirs in names if theirs in OBJECTS}
            classes = {"AccountStore": "AccountScopedDict", "RegionStore": "AccountRegionScopedDict"}
            for alias in node.names:
                if alias.name in classes:
                    self.note("ministack.core.responses", classes[alias.name], node.lineno)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Name) and node.value.id in self.aliases:
            self.note(self.aliases[node.value.id], node.attr, node.lineno)
            if not isinstance(node.ctx, ast.Load):
                self.assigned.append(f"{self.file}:{node.lineno}")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in ("replace", "add") and len(node.args) == 3:
            module, name, _ = node.args
            if isinstance(module, ast.Name) and module.id in self.aliases and isinstance(name, ast.Constant):
                used = self.note(self.aliases[module.id], str(name.value), node.lineno)
                self.set[used] = {"replace": binding.REPLACED, "add": binding.ADDED}[node.func.id]
        self.generic_visit(node)


def _uses() -> list[Uses]:
    found = []
    for path in sorted(ROOM.glob("*.py")):
        uses = Uses(path.name)
        uses.visit(ast.parse(path.read_text()))
        found.append(uses)
    return found


FILES = _uses()
USED = {key: [place for file in FILES for place in file.found.get(key, [])] for file in FILES for key in file.found}
SET = {key: use for file in FILES for key, use in file.set.items()}


def _name(key: tuple[str, str]) -> str:
    return ".".join(key)


def _of(key: tuple[str, str]) -> Any:
    """What the emulator itself has under the name, also where another test installed ours."""
    module, name = key
    return binding.BEFORE.get(key, getattr(importlib.import_module(module), name, None))


def _fault(key: tuple[str, str]) -> str | None:
    """What is otherwise than declared; None where nothing is."""
    module, name = key
    if DECLARED[key].use == binding.ADDED:
        source = inspect.getsource(importlib.import_module(module))
        return "the emulator has it itself now" if re.search(rf"\b{name}\b", source) else None
    if key not in binding.BEFORE and not hasattr(importlib.import_module(module), name):
        return "it is gone"
    return _fault_of_function(key) if DECLARED[key].is_function else _fault_of_value(_of(key), DECLARED[key].declared)


def _fault_of_value(value: Any, declared: Any) -> str | None:
    if get_origin(declared) is not type:
        is_right = isinstance(value, get_origin(declared) or declared)
        return None if is_right else f"declared as {declared}, it is of {type(value)}"
    (wanted,) = get_args(declared)
    if not inspect.isclass(value):
        return f"declared as a class, it is {value!r}"
    if wanted.__module__.startswith("plugin."):
        lacking = get_type_hints(wanted).keys() - get_type_hints(value).keys()
        return f"it lacks {', '.join(sorted(lacking))}" if lacking else None
    return None if issubclass(value, wanted) else f"it is no {wanted.__name__}"


def _fault_of_function(key: tuple[str, str]) -> str | None:
    function, member = _of(key), DECLARED[key]
    if not callable(function):
        return f"declared as a function, it is {function!r}"
    fault = binding.mismatch(function, member.declared)
    if fault or member.use != binding.REPLACED:
        return fault and f"it {fault}"
    # What the emulator passes must reach ours.
    theirs = inspect.signature(function).parameters
    ours = [*inspect.signature(member.declared).parameters][1:]
    return None if len(theirs) == len(ours) else f"it takes ({', '.join(theirs)}), declared are ({', '.join(ours)})"


def test_the_version_that_is_pinned_is_the_one_that_the_declarations_were_held_against() -> None:
    assert PINNED and PINNED.group(1) == emulator.VERSION, "docs/emulator.md: the last step of a new version"


def test_the_installed_version_is_the_one_that_is_pinned() -> None:
    assert PINNED and version("ministack") == PINNED.group(1)


@pytest.mark.parametrize("key", DECLARED, ids=_name)
def test_a_name_is_as_declared(key: tuple[str, str]) -> None:
    fault = _fault(key)
    if fault:
        pytest.fail(f"{_name(key)}: {fault}. The plug-in uses it in {', '.join(USED.get(key, ['no file']))}.", False)


def test_no_other_module_calls_past_ours() -> None:
    """A module that imported the function by its name, or holds it in a table, goes on with the emulator's."""
    replaced = {id(_of(key)): key for key, one in DECLARED.items() if one.is_function and one.use and _of(key)}
    past: dict[str, set[str]] = defaultdict(set)
    for name, module in [*sys.modules.items()]:
        if not name.startswith("ministack") or module is None:
            continue
        for attribute, value in [*vars(module).items()]:
            tabled = [*value.values()] if isinstance(value, dict) and not attribute.startswith("__") else []
            for key in (replaced[id(one)] for one in (value, *tabled) if id(one) in replaced):
                if key != (name, attribute):
                    past[_name(key)].add(name)
    assert past == COPIES


def test_the_plugin_uses_nothing_that_is_not_declared() -> None:
    assert {_name(key): places for key, places in USED.items() if key not in DECLARED} == {}


def test_the_plugin_declares_nothing_that_it_does_not_use() -> None:
    assert [_name(key) for key in DECLARED if key not in USED] == []


def test_what_is_declared_as_replaced_or_added_is_what_the_plugin_replaces_and_adds() -> None:
    declared = {_name(key): member.use for key, member in DECLARED.items() if member.use}
    assert declared == {_name(key): use for key, use in SET.items()}
    assert [place for file in FILES for place in file.assigned] == [], "assigned without replace() or add()"


def test_only_the_adapter_knows_the_emulator() -> None:
    others = [path for path in ROOM.glob("*.py") if re.search(r"[\"'. ]ministack\b", path.read_text())]
    assert [path.name for path in others] == []


def test_everything_installs() -> None:
    """`replace` looks at whatever is to stand in the emulator; here all of it is put there, and nothing is served."""
    program = (
        "from plugin import __main__, emulator, services\n"
        "services.post = lambda path, data: (200, {'sagemaker': [], 'codepipeline': [], 'codebuild': []})\n"
        "emulator.app.main = lambda: print('served')\n"
        "__main__.main()\n"
    )
    settings = {
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "MLA_FACES": "busy-names,throttled",
        "MLA_SERVICES_URL": "http://127.0.0.1:1",
        "MLA_TOKEN": "x",
        "MLA_FUNCTION_NODE": "node",
        "MINISTACK_ACCOUNT_ID": "111122223333",
        "PYTHONPATH": str(ROOM.parent),
    }
    ended = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **settings}, capture_output=True, text=True, timeout=300
    )
    assert ended.stdout.endswith("served\n"), ended.stderr
