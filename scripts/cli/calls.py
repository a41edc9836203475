"""Writes which operations of some services an old botocore knows, and what each takes.

    pip install --target /tmp/old botocore==1.19.4
    PYTHONPATH=/tmp/old python scripts/cli/calls.py test/python/calls_in_images.json s3.get_object ...

Operations as boto3 spells them; those that it does not know are left out. The names come from the models of botocore
(Apache-2.0, https://github.com/boto/botocore).
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

botocore: Any = importlib.import_module("botocore")
loaders: Any = importlib.import_module("botocore.loaders")
model: Any = importlib.import_module("botocore.model")


def members_of(operation: str) -> list[str] | None:
    """What an operation takes; None if there is no such operation."""
    service, method = operation.split(".")
    described = model.ServiceModel(loaders.Loader().load_service_model(service, "service-2"))
    for name in described.operation_names:
        if botocore.xform_name(name) == method:
            shape = described.operation_model(name).input_shape
            return sorted(shape.members) if shape is not None else []
    return None


def main() -> None:
    """Writes the file."""
    found = {operation: members_of(operation) for operation in sorted(sys.argv[2:])}
    made = {
        "licence": "Names from the models of botocore, Apache-2.0",
        "botocore": botocore.__version__,
        "operations": {operation: members for operation, members in found.items() if members is not None},
    }
    Path(sys.argv[1]).write_text(json.dumps(made, indent=1) + "\n")


if __name__ == "__main__":
    main()
