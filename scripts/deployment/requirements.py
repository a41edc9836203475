"""Build labs/deployment/source/requirements.txt: what the build of lab deployment installs, as the lock file has it.

    python scripts/deployment/requirements.py            # writes
    python scripts/deployment/requirements.py --check    # fails when the file is not what this script makes

The packages that verify.py uses and all that these need, with the versions and hashes of the project's one lock file.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "local-cloud" / "requirements.txt"
OUT = ROOT / "labs" / "deployment" / "source" / "requirements.txt"
# The plain package stands in for xgboost-cpu where that has no wheels.
WANTED = ("boto3", "cfn-lint", "numpy", "xgboost-cpu")
ALSO = ("xgboost",)
BUILD = {"extra": "", "python_version": "3.12", "python_full_version": "3.12.0", "sys_platform": "linux"}
HEADER = "# Made by scripts/deployment/requirements.py from local-cloud/requirements.txt.\n"


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(names: tuple[str, ...]) -> set[str]:
    """The names and all that they require, as the installed packages say."""
    needed: set[str] = set()
    open_ = [normal(name) for name in names]
    while open_:
        name = open_.pop()
        if name in needed:
            continue
        needed.add(name)
        for text in importlib.metadata.requires(name) or []:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate(BUILD):
                open_.append(normal(requirement.name))
    return needed


def locked(needed: set[str]) -> str:
    """The lock's own lines for these packages, without comments."""
    parts = []
    for block in re.split(r"\n(?=\S)", LOCK.read_text(encoding="utf-8")):
        found = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", block)
        if found and normal(found[0]) in needed:
            parts.append("\n".join(line for line in block.splitlines() if not line.lstrip().startswith("#")).rstrip())
    return HEADER + "\n".join(parts) + "\n"


def main() -> None:
    text = locked(closure(WANTED) | set(ALSO))
    if "--check" in sys.argv[1:]:
        if not OUT.exists() or OUT.read_text(encoding="utf-8") != text:
            sys.exit(f"{OUT} is not what this script makes.\nNext: python scripts/deployment/requirements.py")
        print("The requirements are those of the lock file.")
        return
    OUT.write_text(text, encoding="utf-8")
    print(f"Wrote {OUT}.")


if __name__ == "__main__":
    main()
