"""What a container does with a script, and what it leaves when the script fails."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import container_job
import pytest
from sagemaker_scratch import Scratch  # puts the engine on the path


def test_a_script_sees_its_arguments_and_only_the_environment_it_was_given(scratch: Scratch) -> None:
    scratch.script("import os, sys\nprint(sys.argv[1:], os.environ['MINE'], 'HOME' in os.environ, __name__)")
    assert scratch.run() == 0
    assert scratch.said.strip() == "['--eta', '0.1'] 1 False __main__"
    assert scratch.failure is None


def test_a_script_can_import_what_lies_beside_it(scratch: Scratch) -> None:
    scratch.script("X = 42", "helper.py")
    scratch.script("import helper\nprint(helper.X)")
    assert scratch.run() == 0
    assert scratch.said.strip() == "42"


def test_a_failure_names_the_command_alone_and_the_traceback_begins_in_the_script(scratch: Scratch) -> None:
    scratch.script("def f():\n    raise ValueError('no column dep_delay')\nf()")
    assert scratch.run() == 1
    assert scratch.failure == 'ExecuteUserScriptError:\nCommand "/opt/venv/bin/python3 -m train --eta 0.1"'
    assert "runpy" not in scratch.said
    assert "in f" in scratch.said
    words, *container_says = scratch.said.strip().splitlines()[-3:]
    assert words == "ValueError: no column dep_delay"
    assert container_says[0].endswith("sagemaker-containers ERROR    ExecuteUserScriptError:")


def test_a_script_that_is_not_python_fails(scratch: Scratch) -> None:
    scratch.script("def f(:")
    assert scratch.run() == 1
    assert scratch.failure is not None
    assert "SyntaxError" in scratch.said


@pytest.mark.parametrize(("end", "code"), [("sys.exit(3)", 1), ("sys.exit()", 0), ("sys.exit('bad')", 1)])
def test_a_script_that_fails_ends_the_container_with_1(scratch: Scratch, end: str, code: int) -> None:
    scratch.script(f"import sys\n{end}")
    assert scratch.run() == code
    assert (scratch.failure is None) == (code == 0)


def test_the_command_replaces_a_failure_that_the_script_wrote(scratch: Scratch) -> None:
    scratch.script(
        "import pathlib, sys\nf = pathlib.Path('../output/failure')\nf.parent.mkdir()\n"
        "f.write_text('mine')\nsys.exit(1)"
    )
    assert scratch.run() == 1
    assert scratch.failure is not None
    assert scratch.failure.startswith("ExecuteUserScriptError:")


def test_a_script_that_takes_its_process_with_it_leaves_the_command(scratch: Scratch) -> None:
    scratch.script("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    assert scratch.run() < 0
    assert scratch.failure is not None
    assert scratch.failure.startswith("ExecuteUserScriptError:")


@pytest.mark.parametrize("program", ["missing.py", "../../../outside.py"])
def test_a_script_that_the_archive_does_not_have_is_refused(scratch: Scratch, program: str) -> None:
    scratch.script("print('ran')")
    (scratch.root / "outside.py").write_text("print('ran')")
    scratch.job["module"] = program
    assert scratch.run() == 1
    assert "ran" not in scratch.said
    assert scratch.failure is not None
    assert program in scratch.failure


def test_an_archive_that_leaves_its_folder_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "bad.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("../outside.py")
        member.size = 1
        tar.addfile(member, io.BytesIO(b"x"))
    folder = tmp_path / "code"
    folder.mkdir()
    with pytest.raises(tarfile.TarError):
        container_job.unpack(archive, folder)
    assert not (tmp_path / "outside.py").exists()


def test_packing_puts_a_folders_content_at_the_archives_root(tmp_path: Path) -> None:
    (tmp_path / "model/code").mkdir(parents=True)
    (tmp_path / "model/xgboost-model").write_text("m")
    (tmp_path / "model/code/inference.py").write_text("")
    container_job.pack(tmp_path / "model", tmp_path / "model.tar.gz")
    with tarfile.open(tmp_path / "model.tar.gz") as tar:
        assert sorted(tar.getnames()) == ["code", "code/inference.py", "xgboost-model"]


def test_a_package_that_is_not_there_is_named(scratch: Scratch, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/train.py").write_text("print('ran')")
    (tmp_path / "src/requirements.txt").write_text("pytest>=1  # there\nno-such-package-of-ours==1.0\n")
    container_job.pack(tmp_path / "src", tmp_path / "src.tar.gz")
    scratch.script("")
    scratch.job["source"] = str(tmp_path / "src.tar.gz")
    assert scratch.run() == 1
    assert scratch.failure is not None
    assert "no-such-package-of-ours" in scratch.failure
    assert "ran" not in scratch.said
