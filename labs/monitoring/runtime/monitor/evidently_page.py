"""Evidently's drift report of two tables, in a process of its own: whatever happens here, the analysis goes on.

    python evidently_page.py < request      # one line: {"reference", "current", "page"} (pickled frames, HTML to write)

Where Evidently cannot be imported, pip installs it first: exactly the files of requirements.txt, beside the image's
packages. It prints one line: {"ok": true} or {"missing": reason}.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

# Before Evidently is imported: it would tell its makers that it runs.
os.environ["DO_NOT_TRACK"] = "1"

HERE = Path(__file__).resolve().parent
INSTALL_SECONDS = 300
PSI_THRESHOLD = 0.2
#: Share of the columns from which it speaks of drift. One is enough, as it is for the analysis itself.
SHARE = 0.01


class EvidentlyUnavailable(Exception):
    """Why there is no report of Evidently, in a line."""


def install(requirements: Path, target: Path) -> None:
    """Raises EvidentlyUnavailable: without internet, with another hash, without pip."""
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    command += ["--target", str(target), "--requirement", str(requirements), "--no-cache-dir", "--quiet"]
    command += ["--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", "15"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise EvidentlyUnavailable(f"pip took longer than {INSTALL_SECONDS} s to install it") from None
    if done.returncode != 0:
        raise EvidentlyUnavailable(f"pip could not install it: {reason_of(done.stderr or done.stdout)}")


def reason_of(output: str) -> str:
    """The line that says why; of a wrong hash, which package it was."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for line in lines:
        if "THESE PACKAGES DO NOT MATCH THE HASHES" in line or "in --require-hashes mode" in line.lower():
            return "the package index serves other files than requirements.txt allows (hashes differ)"
        if "(from versions: none)" in line:
            return f"no package index can be reached, or it has no such package ({line[:200]})"
    errors = [line for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["it said nothing"])[0][:300]


def ensure_installed() -> None:
    """Evidently can be imported afterwards. Raises EvidentlyUnavailable."""
    if importlib.util.find_spec("evidently") is None:
        requirements = HERE / "requirements.txt"
        if not requirements.is_file():
            raise EvidentlyUnavailable("it is not installed, and there is no requirements.txt beside monitor.py")
        target = Path(tempfile.mkdtemp(prefix="evidently-"))
        install(requirements, target)
        sys.path.insert(0, str(target))
        importlib.invalidate_caches()
    try:
        import evidently.presets  # noqa: F401
    except Exception as error:
        raise EvidentlyUnavailable(f"it cannot be imported: {type(error).__name__}: {str(error)[:200]}") from error


def write_page(request: dict[str, Any]) -> None:
    """Drift by the population stability index; only columns with values in both tables can be compared."""
    import pandas as pd
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    reference, current = pd.read_pickle(request["reference"]), pd.read_pickle(request["current"])
    names = [name for name in reference.columns if reference[name].notna().any() and current[name].notna().any()]
    if not names:
        raise EvidentlyUnavailable("no column has values in both the baseline and the traffic")
    numerical = [name for name in names if pd.api.types.is_numeric_dtype(reference[name])]
    definition = DataDefinition(
        numerical_columns=numerical, categorical_columns=[name for name in names if name not in numerical]
    )
    preset = DataDriftPreset(method="psi", threshold=PSI_THRESHOLD, drift_share=SHARE)
    report = Report([preset])
    result = report.run(
        Dataset.from_pandas(current[names], data_definition=definition),
        Dataset.from_pandas(reference[names], data_definition=definition),
    )
    result.save_html(request["page"])


def main() -> None:
    try:
        # While the analysis reads its input.
        ensure_installed()
        line = sys.stdin.readline()
        if not line.strip():
            return
        write_page(json.loads(line))
        answer: dict[str, Any] = {"ok": True}
    except EvidentlyUnavailable as reason:
        answer = {"missing": str(reason)}
    except Exception as error:
        traceback.print_exc()
        answer = {"missing": f"it failed: {type(error).__name__}: {str(error)[:200]}"}
    print(f"\n{json.dumps(answer)}", flush=True)


if __name__ == "__main__":
    main()
