"""Starts containers by forking a process that has the libraries loaded already: importing them takes longer than many
trainings. One JSON document a line on stdin starts a job, `{"id", "job"}`; answers on stdout are `{"id", "pid"}`,
`{"id", "line"}` for each line of output, and `{"id", "code", "signal"}` at the end of the process.

Nothing here may start a thread before a fork.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import sys
import warnings
from dataclasses import dataclass, field
from typing import Any

import container
from container_job import Job

# What training scripts of the XGBoost and scikit-learn images import.
_LIBRARIES = (
    "threadpoolctl",
    "numpy",
    "pandas",
    "xgboost",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.calibration",
    "sklearn.preprocessing",
    "sklearn.pipeline",
    "sklearn.impute",
)


@dataclass
class RunningContainer:
    """One container: its output, and a descriptor that becomes readable at its end."""

    id: str
    pid: int
    output: int
    ended: int
    rest: bytes = b""
    exit: tuple[int | None, int | None] | None = field(default=None)


class Server:
    """Reads jobs, forks containers and forwards their output."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.answers = os.dup(1)
        self.requests = b""

    def send(self, answer: dict[str, Any]) -> None:
        data = json.dumps(answer).encode() + b"\n"
        while data:
            data = data[os.write(self.answers, data) :]

    def serve(self) -> Job | None:
        """Returns None when stdin ends, or in a child its job."""
        self.selector.register(0, selectors.EVENT_READ, None)
        while True:
            for key, _ in self.selector.select():
                if key.data is None:
                    read = os.read(0, 1 << 16)
                    if not read:
                        return None
                    job = self._take(read)
                    if job is not None:
                        return job
                elif key.fd == key.data.output:
                    self._forward(key.data)
                else:
                    self._reap(key.data)

    def _take(self, read: bytes) -> Job | None:
        *lines, self.requests = (self.requests + read).split(b"\n")
        for line in lines:
            request = json.loads(line)
            job = self._start(request["id"], request["job"])
            if job is not None:
                return job
        return None

    def _start(self, identifier: str, job: Job) -> Job | None:
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._become_container(read, write)
            return job
        os.close(write)
        running = RunningContainer(identifier, pid, read, os.pidfd_open(pid))
        self.selector.register(running.output, selectors.EVENT_READ, running)
        self.selector.register(running.ended, selectors.EVENT_READ, running)
        # A signal may follow this answer at once, and must find the group.
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        self.send({"id": identifier, "pid": pid})
        return None

    def _become_container(self, read: int, write: int) -> None:
        """In the child: a process group and streams of its own."""
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        for key in list(self.selector.get_map().values()):
            if key.data is not None:
                os.close(key.fd)
        self.selector.close()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(write, 1)
        os.dup2(write, 2)
        for descriptor in (nothing, write, read, self.answers):
            os.close(descriptor)
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def _forward(self, running: RunningContainer) -> None:
        read = os.read(running.output, 1 << 16)
        *lines, running.rest = (running.rest + read).split(b"\n")
        if not read and running.rest:
            lines, running.rest = [running.rest], b""
        for line in lines:
            self.send({"id": running.id, "line": line.decode("utf-8", "replace")})
        if not read:
            self.selector.unregister(running.output)
            os.close(running.output)
            running.output = -1
            self._finish(running)

    def _reap(self, running: RunningContainer) -> None:
        _, status = os.waitpid(running.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        running.exit = (code, None) if code >= 0 else (None, -code)
        self.selector.unregister(running.ended)
        os.close(running.ended)
        running.ended = -1
        # What the script left running ends with it, and lets go of the pipe.
        with contextlib.suppress(OSError):
            os.killpg(running.pid, signal.SIGKILL)
        self._finish(running)

    def _finish(self, running: RunningContainer) -> None:
        if running.exit is not None and running.output < 0:
            code, ended_by = running.exit
            self.send({"id": running.id, "code": code, "signal": ended_by})


def preload() -> None:
    """Loads the libraries. One that is missing is for the script to miss."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in _LIBRARIES:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    gc.collect()
    gc.freeze()


def main() -> None:
    """Serves until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = Server()
    os.dup2(2, 1)  # Only answers go out on stdout.
    preload()
    server.send({"ready": True})
    job = server.serve()
    if job is not None:
        container.exit_process(container.execute(job))


if __name__ == "__main__":
    main()
