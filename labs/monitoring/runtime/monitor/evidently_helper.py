"""Starts evidently_page.py beside the analysis, and gets its page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

SCRIPT = Path(__file__).resolve().parent / "evidently_page.py"
#: pip's limit and the report itself, on a small machine.
SECONDS = 420
#: Rows that are drawn of each table: more make the page slow and tell no more.
ROWS = 5000


class EvidentlyProcess:
    """One process; `page` is asked once."""

    def __init__(self, on: bool) -> None:
        self._process: subprocess.Popen[str] | None = None
        if not on:
            return
        self._process = subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "DO_NOT_TRACK": "1"},
        )

    def page(self, reference: pd.DataFrame, current: pd.DataFrame) -> tuple[str, str]:
        """The page, or an empty text and why there is none."""
        if self._process is None:
            return "", "it was switched off (MLA_EVIDENTLY)"
        with tempfile.TemporaryDirectory() as folder:
            paths = {name: str(Path(folder, name)) for name in ("reference", "current", "page")}
            sampled(reference).to_pickle(paths["reference"])
            sampled(current).to_pickle(paths["current"])
            try:
                output, _ = self._process.communicate(f"{json.dumps(paths)}\n", timeout=SECONDS)
            except subprocess.TimeoutExpired:
                self.close()
                return "", f"it took longer than {SECONDS} s"
            answer = parse_answer(output)
            if not answer.get("ok"):
                code = self._process.returncode
                return "", str(answer.get("missing") or f"its process ended with exit code {code}")
            return Path(paths["page"]).read_text(encoding="utf-8"), ""

    def close(self) -> None:
        """Ends the process where it still runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


def sampled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sample(ROWS, random_state=0).sort_index() if len(frame) > ROWS else frame


def parse_answer(output: str) -> dict[str, object]:
    """The last line; what libraries print comes before."""
    lines = output.strip().splitlines()
    try:
        answer = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
