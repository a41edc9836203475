"""A job's folder, and its script run as the local cloud runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ENGINE = Path(__file__).resolve().parents[3] / "local-cloud" / "engines" / "sagemaker"
sys.path.insert(0, str(ENGINE))


@dataclass
class Scratch:
    """The folder of one job."""

    root: Path
    said: str = ""
    job: dict[str, Any] = field(default_factory=dict)

    def script(self, text: str, name: str = "train.py") -> None:
        """Puts a script where the archive would be unpacked."""
        folder = self.root / "opt/ml/code"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
        self.job = {
            "kind": "run",
            "root": str(self.root),
            "env": {"PATH": "/usr/bin:/bin", "MINE": "1"},
            "threads": 1,
            "argv": ["--eta", "0.1"],
            "folder": str(folder),
            "module": name,
        }

    def run(self) -> int:
        """Runs the job in a process of its own. Returns the exit code."""
        file = self.root / "job.json"
        file.write_text(json.dumps(self.job))
        done = subprocess.run(
            [sys.executable, str(ENGINE / "container.py"), str(file)], capture_output=True, text=True, check=False
        )
        self.said = done.stdout + done.stderr
        return done.returncode

    @property
    def failure(self) -> str | None:
        file = self.root / "opt/ml/output/failure"
        return file.read_text() if file.exists() else None
