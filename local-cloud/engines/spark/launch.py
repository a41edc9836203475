"""Runs the script of one Glue job run.

`python launch.py JOB.json`, where JOB.json holds {"kind": "glueetl" | "pythonshell", "script": path,
"arguments": [...], "conf": {Spark setting: value}, "scratch": folder, "result": path, "pythonPath": [...]}. Spark's own
log goes to file descriptor 3. The result file says {"ok": true} or {"ok": false, "message": ...}; without it, the run
did not end well.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import traceback
from pathlib import Path
from typing import Any, TextIO

import failures
from jvm import Gateway
from staging import Staging

_LOG = 3


def spark_conf(scratch: Path) -> dict[str, str]:
    """Settings that keep Spark small, quiet and on this machine. A script or `--conf` may override them."""
    return {
        "spark.master": "local[2]",
        "spark.app.name": "glue",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.catalogImplementation": "in-memory",
    }


def _open_log() -> int:
    """The descriptor for Spark's log; its own copy of stderr where none was given."""
    try:
        os.fstat(_LOG)
    except OSError:
        return os.dup(sys.stderr.fileno())
    return _LOG


def _script_traceback(error: BaseException) -> str:
    """The traceback without the frames of this runner."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename in (__file__, runpy.__file__, "<frozen runpy>"):
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames))


def _exit_ok(stop: SystemExit) -> bool:
    return stop.code is None or stop.code == 0


def run(job: dict[str, Any], log: TextIO) -> dict[str, Any]:
    """Runs the script and tells how it ended. The JVM ends when this process, whose pipe it listens to, does."""
    scratch = Path(job["scratch"])
    staging = Staging(scratch)
    try:
        if job["kind"] == "glueetl":
            gateway = Gateway(scratch, {**spark_conf(scratch), **job.get("conf", {})}, log.fileno())
            import s3_frames  # pyspark is imported while the JVM boots

            s3_frames.install(staging)
            gateway.connect()
        sys.argv = [job["script"], *job["arguments"]]
        sys.path[:0] = [*job.get("pythonPath", []), str(Path(job["script"]).parent)]
        runpy.run_path(job["script"], run_name="__main__")
    except SystemExit as stop:
        if not _exit_ok(stop):
            return {"ok": False, "message": f"SystemExit: {stop.code}"}
    except BaseException as error:
        message = failures.describe(error, staging.restore_uris)
        trace = staging.restore_uris(_script_traceback(error))
        log.write(f"ERROR [main] glue.ProcessLauncher: Error from Python:{trace}")
        log.flush()
        return {"ok": False, "message": message}
    return {"ok": True}


def main() -> int:
    """Exit code 0 when the script ended well, 1 otherwise."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with os.fdopen(_open_log(), "w", buffering=1, encoding="utf-8", errors="replace") as log:
        result = run(job, log)
    sys.stdout.flush()
    sys.stderr.flush()
    part = Path(job["result"] + ".part")
    part.write_text(json.dumps(result), encoding="utf-8")
    part.replace(job["result"])
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    code = main()
    # Threads that a script left behind do not keep the run going.
    os._exit(code)
