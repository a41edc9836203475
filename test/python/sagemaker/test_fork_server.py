"""Containers as copies of a process that has the libraries loaded."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from sagemaker_scratch import ENGINE, Scratch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere containers are started afresh")


class ForkServer:
    """The process, and its answers in order."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(ENGINE / "fork_server.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, identifier: str, job: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"id": identifier, "job": job}) + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def all_of(self, *identifiers: str) -> dict[str, list[dict[str, Any]]]:
        """The answers of some jobs until all of them are over."""
        found: dict[str, list[dict[str, Any]]] = {one: [] for one in identifiers}
        while not all(answers and "code" in answers[-1] for answers in found.values()):
            answer = self.answer()
            if "id" in answer:
                found[answer["id"]].append(answer)
        return found


@pytest.fixture(scope="module")
def fork_server() -> Iterator[ForkServer]:
    server = ForkServer()
    assert server.answer() == {"ready": True}
    yield server
    server.process.kill()
    server.process.wait()


def test_a_job_runs_in_a_process_group_of_its_own_and_its_lines_and_code_come_back(
    fork_server: ForkServer, scratch: Scratch
) -> None:
    scratch.script("import os, sys\nprint(os.getpid() == os.getpgid(0))\nprint('last', end='')\nsys.exit(4)")
    # A processing job: its code is the script's own.
    program = scratch.job.pop("module")
    scratch.job["script"] = f"{scratch.job['folder']}/{program}"
    fork_server.start("a", scratch.job)
    answers = fork_server.all_of("a")["a"]
    assert answers[0]["pid"] != fork_server.process.pid
    assert [one["line"] for one in answers if "line" in one] == ["True", "last"]
    assert answers[-1] == {"id": "a", "code": 4, "signal": None}


def test_jobs_do_not_see_each_other(fork_server: ForkServer, scratch: Scratch) -> None:
    scratch.script("import builtins, os, numpy\nbuiltins.mark = getattr(builtins, 'mark', 0) + 1\nprint(builtins.mark)")
    fork_server.start("b", scratch.job)
    fork_server.start("c", scratch.job)
    found = fork_server.all_of("b", "c")
    assert [one["line"] for job in found.values() for one in job if "line" in one] == ["1", "1"]


def test_jobs_do_not_draw_the_same_random_numbers(fork_server: ForkServer, scratch: Scratch) -> None:
    scratch.script("import numpy, random\nprint(numpy.random.random(), random.random())")
    fork_server.start("d", scratch.job)
    fork_server.start("e", scratch.job)
    lines = {one["line"] for job in fork_server.all_of("d", "e").values() for one in job if "line" in one}
    assert len(lines) == 2


def test_a_job_gets_the_threads_of_its_instance(fork_server: ForkServer, scratch: Scratch) -> None:
    scratch.script(
        "import threadpoolctl\nprint({x['num_threads'] for x in threadpoolctl.threadpool_info()"
        " if x['user_api'] == 'openmp'})"
    )
    scratch.job["threads"] = 2
    fork_server.start("f", scratch.job)
    assert {"id": "f", "line": "{2}"} in fork_server.all_of("f")["f"]


def test_a_signal_ends_the_group_and_is_told(fork_server: ForkServer, scratch: Scratch) -> None:
    scratch.script(
        "import os, signal\nif os.fork() == 0:\n    signal.pause()\nprint('ready', flush=True)\nsignal.pause()"
    )
    fork_server.start("g", scratch.job)
    pid = fork_server.answer()["pid"]
    assert fork_server.answer()["line"] == "ready"
    os.killpg(pid, signal.SIGTERM)
    assert fork_server.answer() == {"id": "g", "code": None, "signal": int(signal.SIGTERM)}


def test_what_a_script_left_running_ends_with_it(fork_server: ForkServer, scratch: Scratch) -> None:
    scratch.script("import os, signal\nif os.fork() == 0:\n    signal.pause()\n    os._exit(0)\n")
    fork_server.start("h", scratch.job)
    assert fork_server.all_of("h")["h"][-1]["code"] == 0
