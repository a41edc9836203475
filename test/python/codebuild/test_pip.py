"""What stands for pip in a build installs nothing: it says whether what is asked for is there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PIP = Path(__file__).resolve().parents[3] / "local-cloud" / "engines" / "codebuild" / "pip.py"
HASH = "--hash=sha256:" + "0" * 64


def pip(*arguments: str, cwd: Path | None = None) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(PIP), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "PIP_NO_INDEX": "1"},
    )
    return done.returncode, done.stdout + done.stderr


def test_what_is_there_is_satisfied() -> None:
    assert pip("install", "-q", "--no-cache-dir", "boto3", "numpy>=1")[0] == 0


def test_xgboost_is_there_without_its_gpu_libraries() -> None:
    code, said = pip("install", "xgboost")
    assert (code, "xgboost-cpu" in said) == (0, True)


def test_another_version_than_asked_for_is_named() -> None:
    code, said = pip("install", "boto3==1.0.0")
    assert code == 0
    assert "stands for boto3==1.0.0: the local cloud installs nothing" in said


def test_what_is_missing_is_named() -> None:
    code, said = pip("install", "boto3", "no-such-thing==2.1")
    assert code == 1
    assert "No matching distribution found for no-such-thing==2.1." in said


def test_requirements_are_read_with_hashes_markers_and_files_they_name(tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text(f"pandas==2.0.0 {HASH}\n")
    (tmp_path / "requirements.txt").write_text(
        f"# a comment\n-r more.txt\nboto3==1.43.106 \\\n    {HASH} \\\n    {HASH}\n"
        f'pywin32==1 ; sys_platform == "win32" {HASH}\n'
    )
    code, said = pip("install", "--require-hashes", "-r", "requirements.txt", cwd=tmp_path)
    assert code == 0, said
    assert "pywin32" not in said


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("boto3==1.43.106", "Hashes are required in --require-hashes mode"),
        (f"boto3>=1 {HASH}", "must have their versions pinned with =="),
        (f"boto3==1.* {HASH}", "must have their versions pinned with =="),
    ],
)
def test_hashes_are_required_of_all_once_they_are_of_one(tmp_path: Path, line: str, reason: str) -> None:
    (tmp_path / "r.txt").write_text(f"numpy==1.26.0 {HASH}\n{line}\n")
    code, said = pip("install", "-r", "r.txt", cwd=tmp_path)
    assert code == 1
    assert reason in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("install",),
        ("install", "-r", "none.txt"),
        ("install", "."),
        ("install", "https://example.org/a.whl"),
        ("install", "a @ https://example.org/a.zip"),
        ("install", "--target", "x", "boto3"),
        ("install", "-e", "."),
        ("download", "boto3"),
    ],
)
def test_what_it_cannot_do_is_refused(arguments: tuple[str, ...], tmp_path: Path) -> None:
    code, said = pip(*arguments, cwd=tmp_path)
    assert code == 1
    assert said.startswith("ERROR: ")


def test_questions_about_what_is_there_go_to_pip() -> None:
    code, said = pip("show", "boto3")
    assert (code, "Name: boto3" in said) == (0, True)


SITE = PIP.parent / "site"


def seen(packages: Path, module: str) -> str:
    """Whether a build's Python finds a module, and what its own children inherit."""
    code = (
        "import importlib.util, os\n"
        f"print(importlib.util.find_spec({module!r}) is not None)\n"
        "print(os.environ.get('PYTHONPATH'), 'MLA_PACKAGES' in os.environ)"
    )
    env = {**os.environ, "PYTHONPATH": str(SITE), "MLA_PACKAGES": str(packages)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    return " ".join(done.stdout.split())


def test_with_hashes_a_build_sees_what_is_named_and_what_the_image_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "packages"
    monkeypatch.setenv("MLA_PACKAGES", str(packages))
    assert seen(packages, "pandas") == "True None False"
    (tmp_path / "requirements.txt").write_text(f"numpy==2 {HASH}\nscipy==1 {HASH}\n")
    assert pip("install", "--require-hashes", "-r", "requirements.txt", cwd=tmp_path)[0] == 0
    assert seen(packages, "numpy") == "True None False"
    assert seen(packages, "boto3") == "True None False"
    assert seen(packages, "pandas") == "False None False"
    # Without hashes pip brings what a package needs, whatever that is.
    assert pip("install", "pandas")[0] == 0
    assert seen(packages, "sklearn") == "True None False"


def test_what_a_build_sees_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "packages"
    monkeypatch.setenv("MLA_PACKAGES", str(packages))
    (tmp_path / "requirements.txt").write_text("".join(f"{name}==1 {HASH}\n" for name in ("numpy", "scipy", "xgboost")))
    assert pip("install", "--require-hashes", "-r", "requirements.txt", cwd=tmp_path)[0] == 0
    code = (
        "import importlib.metadata, numpy, xgboost\n"
        "matrix = xgboost.DMatrix(numpy.eye(4), label=[0, 1, 0, 1])\n"
        "print(len(xgboost.train({}, matrix, 1).predict(matrix)), importlib.metadata.version('scipy') != '')"
    )
    env = {**os.environ, "PYTHONPATH": str(SITE), "MLA_PACKAGES": str(packages)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)
    assert done.stdout.strip() == "4 True", done.stderr
