"""The module of script mode, installed as the container does it: as root, and where it may write below /tmp only."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sagemaker_scratch import ENGINE

SCRIPT = "import helper\n\ndef model_fn(model_dir):\n    return helper.NAME\n"
# In a process of its own: what it gives up, it never gets back.
SERVER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import serve_install
root = Path(sys.argv[2])
serve_install.restore_write_permissions(root)
if sys.argv[3] == "serverless":
    serve_install.drop_write_permissions(root)
try:
    serve_install.install(root, root / "opt/ml/model/code")
except serve_install.NotInstalled as problem:
    sys.exit(str(problem))
import inference
print(inference.model_fn(""), inference.__file__.removeprefix(str(root)))
"""
BOTH_WAYS = {"PIP_TARGET": "/tmp/inference", "PYTHONPATH": "/opt/ml/model/code"}


def start(root: Path, kind: str, env: dict[str, str], script: str = SCRIPT) -> subprocess.CompletedProcess[str]:
    code = root / "opt/ml/model/code"
    if not code.exists():
        code.mkdir(parents=True)
        (code / "inference.py").write_text(script)
        (code / "helper.py").write_text("NAME = 'a model'\n")
        (root / "tmp").mkdir()
    command = [sys.executable, "-c", SERVER, str(ENGINE), str(root), kind]
    python_path = {"PYTHONDONTWRITEBYTECODE": "1"}
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(root / "tmp"), **python_path, **env}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", ["instance", "serverless"])
def test_with_a_target_below_tmp_it_is_installed_both_ways(tmp_path: Path, kind: str) -> None:
    ended = start(tmp_path, kind, BOTH_WAYS)
    assert (ended.stdout, ended.returncode) == ("a model /opt/ml/model/code/inference.py\n", 0), ended.stderr
    assert (tmp_path / "tmp/inference/inference.py").exists()
    assert start(tmp_path, kind, BOTH_WAYS).returncode == 0


def test_on_an_instance_it_goes_into_the_images_own_packages(tmp_path: Path) -> None:
    ended = start(tmp_path, "instance", {})
    assert ended.stdout == "a model /opt/venv/lib/python3/site-packages/inference.py\n", ended.stderr


def test_a_serverless_container_may_not_write_there(tmp_path: Path) -> None:
    ended = start(tmp_path, "serverless", {})
    assert ended.returncode == 1
    assert "[Errno 13] Permission denied: '/opt/venv/lib/python3/site-packages/" in ended.stderr


@pytest.mark.parametrize("kind", ["instance", "serverless"])
def test_what_is_installed_where_nobody_looks_is_not_found(tmp_path: Path, kind: str) -> None:
    ended = start(tmp_path, kind, {"PIP_TARGET": "/tmp/elsewhere"})
    assert "No module named 'inference'" in ended.stderr


@pytest.mark.parametrize(
    ("where", "allowed"), [("opt/ml/model/new", False), ("opt/ml/model/code/new", False), ("tmp/new", True)]
)
def test_a_serverless_module_writes_below_tmp_only(tmp_path: Path, where: str, allowed: bool) -> None:
    script = f"{SCRIPT}open({str(tmp_path / where)!r}, 'w').close()\n"
    ended = start(tmp_path, "serverless", BOTH_WAYS, script)
    assert (ended.returncode == 0) is allowed
    assert ("Permission denied" in ended.stderr) is not allowed
