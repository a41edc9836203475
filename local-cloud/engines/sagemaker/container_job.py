"""The description of a container's job, its archives and its requirements."""

from __future__ import annotations

import importlib.metadata
import re
import tarfile
from pathlib import Path
from typing import NotRequired, TypedDict


class Job(TypedDict):
    """`run` runs a script, `pack` writes a folder as tar.gz, `serve` answers for a model; paths are this machine's."""

    kind: str
    root: str
    env: dict[str, str]
    threads: int
    # run
    argv: NotRequired[list[str]]
    folder: NotRequired[str]
    module: NotRequired[str]
    script: NotRequired[str]
    source: NotRequired[str]
    # pack
    pack: NotRequired[str]
    into: NotRequired[str]
    # serve: `source` is the model's archive, `script` the program of script mode, `folder` where it lies.
    socket: NotRequired[str]
    unprivileged: NotRequired[bool]


def unpack(archive: Path, folder: Path) -> None:
    """Unpacks a source archive; members that would leave the folder are refused. Raises tarfile.TarError, OSError."""
    with tarfile.open(archive, "r:*") as tar:
        tar.extractall(folder, filter="data")


def pack(folder: Path, archive: Path) -> None:
    """Writes what the folder holds, at the archive's root, as SageMaker lays out model.tar.gz."""
    with tarfile.open(archive, "w:gz", compresslevel=6) as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=path.name)


def check_requirements(file: Path) -> None:
    """On AWS pip installs requirements.txt; here the packages must be there already."""
    if not file.is_file():
        return
    for line in file.read_text().splitlines():
        name = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", line.split("#")[0])
        if name is None:
            continue
        try:
            importlib.metadata.version(name.group(1))
        except importlib.metadata.PackageNotFoundError:
            raise RuntimeError(
                f"requirements.txt asks for {name.group(1)}. The local cloud installs no packages, and has none of "
                "that name."
            ) from None
