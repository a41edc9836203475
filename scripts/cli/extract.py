"""Writes what the oldest AWS CLI that the labs promise knows of the commands that they print.

    pip install --target /tmp/cli awscli==1.45.5
    PYTHONPATH=/tmp/cli python scripts/cli/extract.py test/unit/aws-cli/oldest.json 'glue start-crawler' ...

Commands that the file has already are looked up again; further ones are the arguments. The names come from the models
of botocore (Apache-2.0, https://github.com/boto/botocore), the options from the AWS CLI itself.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

cli: Any = importlib.import_module("awscli")
driver: Any = importlib.import_module("awscli.clidriver")
botocore: Any = importlib.import_module("botocore")


class Shapes:
    """The shapes of requests, each once."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}

    def name(self, service: str, shape: Any) -> str | None:
        """Keeps a shape and what is in it. Returns its name; None for a scalar of which every value is right."""
        name = f"{service}.{shape.name}"
        if name in self.known:
            return name
        if shape.type_name == "structure":
            made: dict[str, Any] = {}
            self.known[name] = {"members": made, "required": sorted(shape.required_members)}
            for member, inner in shape.members.items():
                made[member] = self.name(service, inner)
        elif shape.type_name == "list":
            self.known[name] = {}
            self.known[name]["list"] = self.name(service, shape.member)
        elif shape.type_name == "map":
            self.known[name] = {}
            self.known[name]["map"] = self.name(service, shape.value)
        elif getattr(shape, "enum", None):
            self.known[name] = {"enum": sorted(shape.enum)}
        else:
            return None
        return name


def options_of(service: str, command: Any, shapes: Shapes) -> dict[str, Any]:
    """The options of a command: a request's member has its shape, the CLI's own options have none."""
    made: dict[str, Any] = {}
    for name, argument in command.arg_table.items():
        if is_positional(argument):
            continue
        model = getattr(argument, "argument_model", None)
        made[f"--{name}"] = shapes.name(service, model) if model is not None and hasattr(model, "type_name") else None
    return dict(sorted(made.items()))


def is_required(argument: Any) -> bool:
    """Whether a command needs this option, or none of it works."""
    return bool(argument.required) and not is_positional(argument)


def is_positional(argument: Any) -> bool:
    """Whether its name is not written."""
    return bool(getattr(argument, "positional_arg", False)) or type(argument).__name__ == "StreamingOutputArgument"


def table_of(command: Any) -> dict[str, Any]:
    """The commands below a command."""
    for name in ("_get_command_table", "_build_subcommand_table"):
        if hasattr(command, name):
            table: dict[str, Any] = getattr(command, name)()
            return table
    return {}


def look_up(commands: list[str]) -> dict[str, Any]:
    """What this version knows of commands; null for one that it does not know."""
    services = driver.create_clidriver()._get_command_table()
    shapes = Shapes()
    found: dict[str, Any] = {}
    for words in commands:
        service, *rest = words.split(" ")
        command = services.get(service)
        for word in rest:
            command = table_of(command).get(word) if command is not None else None
        if command is None:
            found[words] = None
            continue
        # Some options of `s3 sync` come with it.
        table_of(command)
        operation = getattr(command, "_operation_model", None)
        request = operation.input_shape if operation is not None else None
        found[words] = {
            "options": options_of(service, command, shapes),
            "required": sorted(f"--{name}" for name, argument in command.arg_table.items() if is_required(argument)),
            "input": shapes.name(service, request) if request is not None else None,
        }
    return {"services": sorted(services), "commands": found, "shapes": dict(sorted(shapes.known.items()))}


def main() -> None:
    """Looks the commands up and writes the file."""
    file, further = Path(sys.argv[1]), sys.argv[2:]
    before: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {"commands": {}}
    versions = {"awscli": cli.__version__, "botocore": botocore.__version__}
    if before.get("versions", versions) != versions:
        wanted = before["versions"]["awscli"]
        raise SystemExit(
            f"{file} is of the AWS CLI {wanted}, and this is {versions['awscli']}: it would promise another one.\n"
            f"Next: pip install --target /tmp/cli awscli=={wanted}; PYTHONPATH=/tmp/cli python {' '.join(sys.argv)}\n"
            f"For another oldest version: delete the file's versions, and change lib/facts/aws-cli.ts."
        )
    made = {
        "licence": "Names from the models of botocore, Apache-2.0",
        "versions": versions,
        **look_up(sorted({*before["commands"], *further})),
    }
    file.write_text(json.dumps(made, separators=(",", ":")).replace('},"', '},\n"') + "\n")


if __name__ == "__main__":
    main()
