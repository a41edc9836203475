"""Evidently's plots: in the report where it can be had, and named as missing where it cannot."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .job_world import FEATURES, ROOT, RUNTIME, World, requests, sample

# isort: split
import evidently_helper
import evidently_page


@pytest.fixture
def ready(world: World) -> World:
    assert world.baseline(sample("train", 1000, 1)) == 0
    return world


def test_the_report_holds_both_parts_and_loads_nothing(ready: World) -> None:
    rows = sample("2013-07", 600, 1)
    for row in rows:
        row[1 + FEATURES.index("wind_gust")] = ""
    ready.capture(requests(rows))
    assert ready.run("analyze", MLA_EVIDENTLY="on") == 0
    summary = ready.output("summary.json")
    assert summary["evidently"] is True and summary["missing"] == []
    report = ready.output("report.html")
    assert report.index("Drift of the traffic against the baseline") < report.index("Plots by Evidently")
    assert report.count("<body") == 1 and "Drifted Columns" in report
    for tag in re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", report):
        assert "http" not in tag


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ('print(\'{"missing": "it rained"}\')', "Plots by Evidently: it rained."),
        ("raise SystemExit(3)", "Plots by Evidently: its process ended with exit code 3."),
        ("print('no json')", "Plots by Evidently: its process ended with exit code 0."),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "its process ended with exit code -9."),
        ("import time; time.sleep(600)", "Plots by Evidently: it took longer than 1 s."),
    ],
)
def test_without_evidently_the_three_files_still_come(
    ready: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, why: str
) -> None:
    (tmp_path / "page.py").write_text(script)
    monkeypatch.setattr(evidently_helper, "SCRIPT", tmp_path / "page.py")
    if "sleep" in script:
        monkeypatch.setattr(evidently_helper, "SECONDS", 1)
    ready.capture(requests(sample("2013-07", 600, 1)))
    assert ready.run("analyze", MLA_EVIDENTLY="on") == 0
    summary = ready.output("summary.json")
    assert summary["evidently"] is False
    (said,) = summary["missing"]
    assert said.endswith(why)
    assert "temp" in summary["drifted"] and ready.output("constraint_violations.json")["violations"]
    assert "Missing in this report" in ready.output("report.html")


def test_a_baseline_without_its_sample_has_no_plots(ready: World) -> None:
    del ready.s3.objects["baseline/baseline.csv"]
    ready.capture(requests(sample("test", 600, 1)))
    assert ready.run("analyze") == 0
    (said,) = ready.output("summary.json")["missing"]
    assert said.endswith("/baseline/baseline.csv.")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n    faker", "hashes differ"),
        (
            "ERROR: Could not find a version that satisfies x==1 (from versions: none)",
            "no package index can be reached",
        ),
        ("note\nERROR: No space left on device", "ERROR: No space left on device"),
        ("", "it said nothing"),
    ],
)
def test_why_pip_failed_is_told_in_a_line(said: str, reason: str) -> None:
    assert reason in evidently_page.reason_of(said)


def test_pip_takes_only_what_is_locked(tmp_path: Path) -> None:
    """A wheel of another content than the lock's, from a folder instead of the internet."""
    with zipfile.ZipFile(tmp_path / "tiny_thing-1.0-py3-none-any.whl", "w") as wheel:
        about = "tiny_thing-1.0.dist-info"
        wheel.writestr("tiny_thing.py", "")
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny-thing\nVersion: 1.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    (tmp_path / "requirements.txt").write_text(f"tiny-thing==1.0 --hash=sha256:{'0' * 64}\n")
    env = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    code = (
        "import sys, pathlib, evidently_page as page\n"
        "try: page.install(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))\n"
        "except page.EvidentlyUnavailable as reason: print(reason)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "requirements.txt", tmp_path / "target"],
        cwd=RUNTIME,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "hashes differ" in done.stdout
    assert not (tmp_path / "target" / "tiny_thing.py").exists()


def test_the_lock_is_what_its_script_makes() -> None:
    done = subprocess.run([sys.executable, ROOT / "scripts/monitoring/requirements.py", "--check"], check=False)
    assert done.returncode == 0
    lock = (RUNTIME / "requirements.txt").read_text()
    pins = [one for one in re.split(r"\n(?=[a-z])", lock) if not one.startswith("#")]
    assert all("--hash=sha256:" in one for one in pins)
    assert any(one.startswith("evidently==0.7.23 ") for one in pins)


def test_the_code_runs_from_one_archive(tmp_path: Path) -> None:
    """As an asset comes to a job: `python3 code.zip`."""
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in (*RUNTIME.glob("*.py"), *RUNTIME.glob("*.json"), RUNTIME / "requirements.txt"):
            packed.write(path, path.name)
    (tmp_path / "opt/ml/output").mkdir(parents=True)
    source = tmp_path / "opt/ml/processing/input/baseline_dataset_input"
    source.mkdir(parents=True)
    (source / "a.csv").write_text("\n".join(",".join(row) for row in sample("train", 20, 1)))
    env = {**os.environ, "SM_PREFIX": str(tmp_path), "MLA_OUTPUT": "", "TMPDIR": str(tmp_path)}
    command = [sys.executable, archive, "--mode", "baseline"]
    subprocess.run(command, env=env, cwd=tmp_path, check=True, capture_output=True)
    constraints = json.loads((tmp_path / "opt/ml/processing/output/constraints.json").read_text())
    assert len(constraints["features"]) == len(FEATURES)
