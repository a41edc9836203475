"""The stock AWS CLI, loaded once: its start takes longer than what most commands ask for, and proofs run hundreds.

Listens on the socket of its first argument. Each call is a copy of this process, with the caller's arguments, folder,
environment and files, so it does what `aws` does. Ends with its standard input.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
from typing import NoReturn

import awscli.clidriver

_LARGEST = 1 << 20
# The import has set it, and the environment is the caller's.
_MODELS = {"AWS_DATA_PATH": os.environ["AWS_DATA_PATH"]}


def _run(connection: socket.socket) -> NoReturn:
    """One call, in a copy: says its process's id first, and its exit code last."""
    code = 255
    try:
        connection.sendall(f"{os.getpid()}\n".encode())
        length, files, _, _ = socket.recv_fds(connection, 8, 3)
        text = b""
        while len(text) < int.from_bytes(length, "big"):
            text += connection.recv(_LARGEST)
        call = json.loads(text)
        for number, file in enumerate(files):
            os.dup2(file, number)
        os.chdir(call["folder"])
        os.environ.clear()
        os.environ.update(call["environment"], **_MODELS)
        sys.argv = ["aws", *call["arguments"]]
        code = awscli.clidriver.main() or 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        connection.sendall(f"{code}\n".encode())
        os._exit(0)


def main() -> None:
    # Nobody uses it: all that a command needs is imported by then.
    awscli.clidriver.create_clidriver()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(sys.argv[1])
        door.listen(64)
        while True:
            ready, _, _ = select.select([door, sys.stdin], [], [])
            if sys.stdin in ready:
                return
            connection, _ = door.accept()
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _run(connection)
            connection.close()


main()
