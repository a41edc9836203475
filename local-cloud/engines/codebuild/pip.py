"""Stands in for pip in a build: the local cloud installs nothing, it says whether what is asked for is there.

What pip itself would refuse before it looks for packages (a requirement without a hash where hashes are required, a
file that is not there) is refused here too. A version that differs from the one asked for is named in the output.

Where hashes are required, exactly the packages that are named would be there: they are laid out in the folder that
MLA_PACKAGES names, and the build's Python sees these alone (site/sitecustomize.py).
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import sys
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

_FORWARDED_COMMANDS = {"list", "show", "freeze", "check", "--version", "-V", "help", "--help", "debug"}
_OPTIONS_WITH_VALUE = {
    "-i",
    "--index-url",
    "--extra-index-url",
    "--timeout",
    "--retries",
    "--root-user-action",
    "--progress-bar",
}
_FLAGS = {
    "-q", "--quiet", "-v", "--verbose", "-U", "--upgrade", "--user", "--no-deps", "--no-input", "--no-cache-dir",
    "--disable-pip-version-check", "--no-warn-script-location", "--break-system-packages", "--prefer-binary", "-qq",
    "--only-binary=:all:", "--no-warn-conflicts", "--require-virtualenv", "--no-color",
}  # fmt: skip
# Distributions that bring the same modules under another name: the local cloud has XGBoost without its GPU libraries.
_EQUIVALENT = {"xgboost": "xgboost-cpu", "xgboost-cpu": "xgboost"}
# What CodeBuild's images have before anything is installed, with what these need:
# https://github.com/aws/aws-codebuild-docker-images/blob/master/ubuntu/standard/7.0/Dockerfile
_IMAGE = ("pip", "setuptools", "wheel", "boto3", "botocore", "s3transfer", "jmespath", "urllib3", "python-dateutil",
          "six", "PyYAML")  # fmt: skip
# In the folder of packages: some were installed with whatever they need, so the build sees all.
_SEES_ALL = ".all"


class PipError(Exception):
    """What pip would not do, or the local cloud cannot."""


class RequestedPackage:
    """One requirement, and whether hashes came with it."""

    def __init__(self, text: str, hashed: bool) -> None:
        """Raises PipError for what is no requirement by name."""
        try:
            self.requirement = Requirement(text)
        except InvalidRequirement as problem:
            raise PipError(f"Invalid requirement: '{text}': {str(problem).splitlines()[0]}") from None
        if self.requirement.url:
            raise PipError(f"The local cloud installs no packages from addresses ({text}).")
        self.text = text
        self.hashed = hashed

    @property
    def pinned(self) -> bool:
        """Whether exactly one version will do."""
        specifiers = list(self.requirement.specifier)
        return len(specifiers) == 1 and specifiers[0].operator in ("==", "===") and "*" not in specifiers[0].version

    def applies(self) -> bool:
        """Whether the requirement's marker fits this machine."""
        return self.requirement.marker is None or self.requirement.marker.evaluate()


def read_file(name: str) -> list[RequestedPackage]:
    """The requirements of a file and of those it names. Raises PipError."""
    path = Path(name)
    if not path.is_file():
        raise PipError(f"Could not open requirements file: [Errno 2] No such file or directory: '{name}'")
    found: list[RequestedPackage] = []
    for line in re.sub(r"\\\r?\n", " ", path.read_text(encoding="utf-8")).splitlines():
        text = re.sub(r"(^|\s)#.*$", "", line).strip()
        nested = re.match(r"(?:-r|--requirement)[ =]?\s*(\S+)$", text)
        if nested:
            found += read_file(str(path.parent / nested.group(1)))
        elif text.startswith("-"):
            if re.match(r"(-e|--editable|-f|--find-links)\b", text):
                raise PipError(f"The local cloud installs no packages ({text}).")
        elif text:
            parts = re.split(r"\s+--hash[ =]", text)
            found.append(RequestedPackage(parts[0].strip(), len(parts) > 1))
    return found


def install(arguments: list[str]) -> None:
    """Checks what `pip install` is asked for. Raises PipError."""
    requested: list[RequestedPackage] = []
    hashes = os.environ.get("PIP_REQUIRE_HASHES", "") in ("1", "true")
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        name, _, value = argument.partition("=")
        if argument in ("-r", "--requirement") and rest:
            requested += read_file(rest.pop(0))
        elif name == "--requirement":
            requested += read_file(value)
        elif argument == "--require-hashes":
            hashes = True
        elif argument in _FLAGS or (name in _OPTIONS_WITH_VALUE and value):
            continue
        elif argument in _OPTIONS_WITH_VALUE and rest:
            rest.pop(0)
        elif argument.startswith("-"):
            raise PipError(f"The local cloud does not have pip's option {argument}; no lab uses it.")
        elif argument.startswith((".", "/")) or argument.endswith((".whl", ".tar.gz", ".zip")):
            raise PipError(f"The local cloud installs no packages from files ({argument}).")
        else:
            requested.append(RequestedPackage(argument, hashed=False))
    if not requested:
        raise PipError('You must give at least one requirement to install (see "pip help install")')
    check(requested, hashes)


def check(requested: list[RequestedPackage], hashes: bool) -> None:
    """Whether everything is there. Raises PipError, naming what is not."""
    requested = [one for one in requested if one.applies()]
    if hashes or any(one.hashed for one in requested):
        loose = [one.text for one in requested if not one.pinned]
        if loose:
            raise PipError(
                "In --require-hashes mode, all requirements must have their versions pinned with ==. These do not:"
                + "".join(f"\n    {text}" for text in loose)
            )
        bare = [one.text for one in requested if not one.hashed]
        if bare:
            raise PipError(
                "Hashes are required in --require-hashes mode, but they are missing from some requirements:\n    "
                + "\n    ".join(bare)
            )
        hashes = True
    missing = [one.text for one in requested if _installed(one) is None]
    if missing:
        raise PipError(
            f"No matching distribution found for {', '.join(missing)}. The local cloud installs no packages, and has "
            "none of that name."
        )
    link_packages([name for name, _ in filter(None, map(_installed, requested))], hashes)
    for one in requested:
        name, version = _installed(one) or ("", "")
        same = one.requirement.specifier.contains(version, prereleases=True)
        note = "" if same else f" (stands for {one.text}: the local cloud installs nothing)"
        print(f"Requirement already satisfied: {name} {version}{note}")


def link_packages(names: list[str], complete: bool) -> None:
    """Links the packages into the build's folder, beside those of the image; complete: nothing else comes with them."""
    if "MLA_PACKAGES" not in os.environ:
        return
    folder = Path(os.environ["MLA_PACKAGES"])
    folder.mkdir(parents=True, exist_ok=True)
    if not complete:
        (folder / _SEES_ALL).touch()
    for name in [*_IMAGE, *names]:
        try:
            files = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        # The first part of each path: modules, packages, their libraries, and what tells of them.
        for top in {re.split("[/,]", line)[0] for line in (files.read_text("RECORD") or "").splitlines()}:
            link = folder / top
            if top not in ("", "..", "__pycache__") and not link.is_symlink():
                link.symlink_to(Path(str(files.locate_file(top))))


def _installed(one: RequestedPackage) -> tuple[str, str] | None:
    requested_name = one.requirement.name
    for name in (requested_name, _EQUIVALENT.get(re.sub(r"[-_.]+", "-", requested_name).lower(), requested_name)):
        try:
            return name, importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


def main(arguments: list[str]) -> int:
    """Does what pip would. Returns the exit code."""
    command = arguments[0] if arguments else "help"
    if command in _FORWARDED_COMMANDS:
        os.execv(sys.executable, [sys.executable, "-m", "pip", *arguments])
    try:
        if command != "install":
            raise PipError(f"The local cloud does not have pip {command}; no lab uses it.")
        install(arguments[1:])
    except PipError as problem:
        print(f"ERROR: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
