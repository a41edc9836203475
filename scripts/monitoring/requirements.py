"""Build labs/monitoring/runtime/monitor/requirements.txt: what the monitor installs at a job's start, as locked.

    python scripts/monitoring/requirements.py            # writes
    python scripts/monitoring/requirements.py --check    # fails when the file is not what this script makes

Evidently and all that it needs beyond the packages of the scikit-learn image (Linux, Python 3.12), with the versions
and hashes of the project's one lock file.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "local-cloud" / "requirements.txt"
OUT = ROOT / "labs" / "monitoring" / "runtime" / "monitor" / "requirements.txt"
WANTED = ("evidently",)
# In the image, large, and built for each other: https://github.com/aws/sagemaker-scikit-learn-container
IMAGE = {
    "numpy",
    "pandas",
    "scikit-learn",
    "scipy",
    "joblib",
    "threadpoolctl",
    "python-dateutil",
    "pytz",
    "tzdata",
    "six",
}
JOB = {
    "extra": "",
    "python_version": "3.12",
    "python_full_version": "3.12.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "os_name": "posix",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}
HEADER = "# Made by scripts/monitoring/requirements.py from local-cloud/requirements.txt.\n"


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(names: tuple[str, ...]) -> set[str]:
    """The names and all that they require, as the installed packages say, without the image's."""
    found: set[str] = set()
    open_ = [normal(name) for name in names]
    while open_:
        name = open_.pop()
        if name in found or name in IMAGE:
            continue
        found.add(name)
        for text in importlib.metadata.requires(name) or []:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate(JOB):
                open_.append(normal(requirement.name))
    return found


def locked(names: set[str]) -> Iterator[str]:
    """The lock's own lines for these packages, for the job's platform: without comments and markers.

    Raises SystemExit when the lock lacks one.
    """
    left = set(names)
    for block in re.split(r"\n(?=\S)", LOCK.read_text(encoding="utf-8")):
        lines = [line.rstrip(" \\") for line in block.splitlines() if not line.lstrip().startswith("#")]
        if not lines or not re.match(r"[A-Za-z0-9]", lines[0]):
            continue
        requirement = Requirement(lines[0])
        if normal(requirement.name) not in names:
            continue
        if requirement.marker is None or requirement.marker.evaluate(JOB):
            left.discard(normal(requirement.name))
            yield " \\\n".join([lines[0].split(";")[0].strip(), *(line for line in lines[1:] if line.strip())])
    if left:
        sys.exit(f"{LOCK.name} has no {', '.join(sorted(left))}.\nNext: scripts/lock-python.sh")


def main() -> None:
    text = HEADER + "\n".join(locked(needed(WANTED))) + "\n"
    if "--check" in sys.argv[1:]:
        if not OUT.exists() or OUT.read_text(encoding="utf-8") != text:
            sys.exit(f"{OUT} is not what this script makes.\nNext: python scripts/monitoring/requirements.py")
        print("The requirements are those of the lock file.")
        return
    OUT.write_text(text, encoding="utf-8")
    print(f"Wrote {OUT}.")


if __name__ == "__main__":
    main()
