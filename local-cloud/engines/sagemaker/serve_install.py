"""Installs the user's module into the container's Python, with the file permissions of the container.

AWS's image copies the program's folder to /opt/ml/code, makes a package of it and runs `pip install .` at every start:
https://github.com/aws/sagemaker-containers (_modules.py: import_module). As root, on an instance, that writes into the
image's own site-packages. A serverless container runs without root's file permissions:
https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-troubleshooting.html
Of pip, the last step is done here: the module's files are copied to where pip would put them.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path

# Where the image's Python has its packages; it lies below the container's root.
SITE_PACKAGES = "/opt/venv/lib/python3/site-packages"
_MODE_BITS = 0o7777
_WRITE_BITS = 0o222
_OWNER_WRITES = 0o200
# https://man7.org/linux/man-pages/man7/capabilities.7.html
_CAPABILITY_VERSION_3 = 0x20080522
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1, 2


class NotInstalled(Exception):
    """The module could not be installed; the message is what the log of the container says."""


def container_path(root: Path, path: str) -> Path:
    """A path of the container on this machine: /tmp is the container's own."""
    if path == "/tmp" or path.startswith("/tmp/"):
        return Path(os.environ["TMPDIR"], *Path(path).parts[2:])
    return root.joinpath(*Path(path).parts[1:]) if path.startswith("/") else Path(path)


def drop_write_permissions(root: Path) -> None:
    """Gives this process the permissions of a serverless container: it reads image and model, and writes to /tmp."""
    _drop_root_capabilities()
    for folder in _read_only(root):
        folder.mkdir(parents=True, exist_ok=True)
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode & _MODE_BITS & ~_WRITE_BITS)


def restore_write_permissions(root: Path) -> None:
    """Before a container starts again: SageMaker unpacks the model, not the container."""
    for folder in _read_only(root):
        for path in (folder, *folder.rglob("*")) if folder.exists() else ():
            path.chmod(path.stat().st_mode | _OWNER_WRITES)


def _read_only(root: Path) -> tuple[Path, Path]:
    return container_path(root, SITE_PACKAGES), root / "opt/ml/model"


def _drop_root_capabilities() -> None:
    """Root writes whatever the permissions say, unless it drops these capabilities."""
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    # Effective, permitted and inheritable ones, first of the lower 32 capabilities.
    sets = (ctypes.c_uint32 * 6)()
    libc.capget(header, sets)
    for at in range(3):
        sets[at] &= ~(1 << _DAC_OVERRIDE | 1 << _DAC_READ_SEARCH)
    if libc.capset(header, sets) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def install(root: Path, folder: Path) -> None:
    """Installs the program's folder, and looks for modules where the container's Python does."""
    code = root / "opt/ml/code"
    if not code.exists():
        shutil.copytree(folder, code)
    target = os.environ.get("PIP_TARGET", SITE_PACKAGES)
    try:
        place = container_path(root, target)
        place.mkdir(parents=True, exist_ok=True)
        for file in sorted(code.glob("*.py")):
            _copy(file, place / file.name, f"{target}/{file.name}")
    except PermissionError as problem:
        raise NotInstalled(
            f"ERROR: Could not install packages due to an OSError: [Errno {problem.errno}] {problem.strerror}: "
            f"'{problem.filename}'\nConsider using the `--user` option or check the permissions.\n"
        ) from None
    paths = [*os.environ.get("PYTHONPATH", "").split(":"), SITE_PACKAGES]
    sys.path[:0] = [str(container_path(root, path)) for path in paths if path]


def _copy(file: Path, to: Path, shown: str) -> None:
    try:
        shutil.copyfile(file, to)
    except PermissionError as problem:
        raise PermissionError(problem.errno, problem.strerror, shown) from None
