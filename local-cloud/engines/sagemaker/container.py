"""The entry point of containers of training and processing jobs: runs the script and writes its failure.

A job is one JSON document (see Job). The contract is SageMaker's: /opt/ml lies under `root`, and the script sees
its paths in environment variables: https://github.com/aws/sagemaker-training-toolkit/blob/master/ENVIRONMENT_VARIABLES.md
The reason of a failure stands in /opt/ml/output/failure:
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-output.html
Of a script that failed the XGBoost image writes the command there and no word of the script's:
https://github.com/aws/sagemaker-containers/blob/v2.8.6.post2/src/sagemaker_containers/_errors.py
"""

from __future__ import annotations

import atexit
import json
import os
import runpy
import sys
import tarfile
import time
import traceback
from pathlib import Path

from container_job import Job, check_requirements, pack, unpack

_PYTHON = "/opt/venv/bin/python3"
_COMMAND_LIMIT = 800


def execute(job: Job) -> int:
    """Runs the job in this process. Returns the exit code of the container."""
    os.environ.clear()
    os.environ.update(job["env"])
    if job["kind"] == "pack":
        pack(Path(job.get("pack", "")), Path(job.get("into", "")))
        return 0
    _limit_threads(job["threads"])
    _reseed()
    if job["kind"] == "serve":
        # Model servers alone need its libraries.
        import serve

        return serve.run(job)
    return run(job)


def run(job: Job) -> int:
    """Runs the script as `__main__`; its exception or exit code becomes the container's."""
    failure = Path(job["root"], "opt/ml/output/failure")
    folder = job.get("folder") or job["root"]
    try:
        if "source" in job:
            unpack(Path(job["source"]), Path(folder))
            check_requirements(Path(folder, "requirements.txt"))
        script = _script(job)
    except (OSError, tarfile.TarError, RuntimeError) as problem:
        print(problem, file=sys.stderr)
        _write_failure(failure, str(problem))
        return 1
    if "module" in job:
        # Where the script takes this process with it, the container would still have written that.
        _write_failure(failure, _user_script_error(job, script))
    code = _run_script(script, job, Path(folder))
    if "module" not in job:
        return code
    if code == 0:
        failure.unlink(missing_ok=True)
        return 0
    error = _user_script_error(job, script)
    _write_failure(failure, error)
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    print(f"{stamp},000 sagemaker-containers ERROR    {error}", file=sys.stderr, flush=True)
    return 1


def _run_script(script: str, job: Job, folder: Path) -> int:
    os.chdir(folder)
    sys.argv = [script, *job.get("argv", [])]
    sys.path.insert(0, str(Path(script).parent))
    try:
        runpy.run_path(script, run_name="__main__")
        return 0
    except SystemExit as end:
        return _exit_code(end)
    except BaseException as problem:
        _print_traceback(problem, folder)
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _script(job: Job) -> str:
    if "module" in job:
        path = Path(job.get("folder", ""), *job["module"].split("/"))
        if not path.resolve().is_relative_to(Path(job.get("folder", "")).resolve()) or not path.is_file():
            raise RuntimeError(f"The archive of sagemaker_submit_directory has no file {job['module']}.")
        return str(path)
    return job.get("script", "")


def _limit_threads(count: int) -> None:
    """The instance's CPUs. Environment variables would come too late: the libraries may be loaded already."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, str(count))
    if "threadpoolctl" in sys.modules:
        controller = sys.modules["threadpoolctl"].ThreadpoolController()
        for library in controller.lib_controllers:
            library.set_num_threads(count)


def _reseed() -> None:
    """Copies of one process would all draw the same numbers."""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _exit_code(end: SystemExit) -> int:
    if end.code is None:
        return 0
    if isinstance(end.code, int):
        return end.code & 0xFF
    print(end.code, file=sys.stderr)
    return 1


def _print_traceback(problem: BaseException, folder: Path) -> None:
    """Prints the traceback from the script's first frame on."""
    frames = problem.__traceback__
    first = frames
    while first is not None and not first.tb_frame.f_code.co_filename.startswith(str(folder)):
        first = first.tb_next
    lines = traceback.format_exception(type(problem), problem, first)
    print("".join(lines), end="", file=sys.stderr)


def _user_script_error(job: Job, script: str) -> str:
    command = " ".join([_PYTHON, "-m", Path(script).stem, *job.get("argv", [])])
    return f'ExecuteUserScriptError:\nCommand "{command[:_COMMAND_LIMIT]}"'


def _write_failure(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def exit_process(code: int) -> None:
    """Ends the process without taking down every loaded library one by one."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


if __name__ == "__main__":
    exit_process(execute(json.loads(Path(sys.argv[1]).read_text())))
