"""The container behind an endpoint: a model server that answers /ping and /invocations.

It keeps the contract of AWS's XGBoost container, whose single-model server is Flask behind gunicorn and nginx:
https://github.com/aws/sagemaker-xgboost-container (serving.py, algorithm_mode/serve.py). A program named by
SAGEMAKER_PROGRAM makes it script mode (serve_script); without one it is algorithm mode (serve_algorithm). The server
listens on a socket that only this user reaches, one worker answers one request after another.
"""

from __future__ import annotations

import socket
import sys
import tarfile
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import serve_algorithm
import serve_http
import serve_install
import serve_script
from container_job import Job, unpack
from serve_http import Reply, Request

Handler = Callable[[Request], Reply]


def run(job: Job) -> int:
    """Loads the model, then serves until the process is ended. Returns only when the model does not load."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # From here on the caller counts the time until the first good answer to /ping.
    listener.bind(job.get("socket", ""))
    listener.listen(128)
    try:
        handler = load(job)
    except BaseException as problem:
        # As a worker that does not boot: the log tells why, and /ping never succeeds.
        if isinstance(problem, serve_script.ServingError):
            print(problem, file=sys.stderr)
        else:
            traceback.print_exc()
        return 1
    worker = threading.Lock()
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_serve_connection, args=(connection, handler, worker), daemon=True).start()


def load(job: Job) -> Handler:
    """The model, ready to answer."""
    model = Path(job["root"], "opt/ml/model")
    model.mkdir(parents=True, exist_ok=True)
    root = Path(job["root"])
    serve_install.restore_write_permissions(root)
    if "source" in job:
        try:
            unpack(Path(job["source"]), model)
        except (OSError, tarfile.TarError) as problem:
            raise serve_script.ServingError(f"The model data cannot be unpacked: {problem}") from None
    if job.get("unprivileged"):
        serve_install.drop_write_permissions(root)
    if job.get("script"):
        return serve_script.load(root, model, job.get("script", ""), Path(job.get("folder") or model))
    return serve_algorithm.load(model)


def _serve_connection(connection: socket.socket, handler: Handler, worker: threading.Lock) -> None:
    with connection:
        stream = connection.makefile("rb")
        while True:
            try:
                request = serve_http.read(stream)
            except (OSError, ValueError):
                return
            if request is None:
                return
            reply = _answer(request, handler, worker)
            _log_access(request, reply)
            try:
                connection.sendall(serve_http.encode(reply))
            except OSError:
                return


def _answer(request: Request, handler: Handler, worker: threading.Lock) -> Reply:
    path = request.path.split("?")[0]
    if path == "/ping":
        return Reply(200, b"", "text/html; charset=utf-8")
    if path != "/invocations":
        return Reply(404, b"{}", "application/json")
    if request.method != "POST":
        return Reply(405, b"", "text/html; charset=utf-8")
    with worker:
        try:
            return handler(request)
        except Exception:
            print(f"Exception on {path} [{request.method}]", file=sys.stderr)
            traceback.print_exc()
            return Reply(500, serve_http.INTERNAL_SERVER_ERROR, "text/html; charset=utf-8")


def _log_access(request: Request, reply: Reply) -> None:
    """nginx's line, as it stands in the log group of an endpoint."""
    at = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime())
    line = f"{request.method} {request.path} HTTP/1.1"
    print(f'169.254.178.2 - - [{at}] "{line}" {reply.status} {len(reply.body)} "-" "AHC/2.0"')
