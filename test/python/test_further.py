"""What docs/further.md quotes: templates that CloudFormation could take, and figures that its program prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "further"
CFN_LINT = Path(sys.executable).with_name("cfn-lint")
TEMPLATES = sorted(FOLDER.glob("*.yaml"))


def lint(template: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([CFN_LINT, template], capture_output=True, text=True, check=False)


def test_there_are_templates() -> None:
    assert len(TEMPLATES) >= 2


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_quoted_template_has_no_fault(template: Path) -> None:
    done = lint(template)
    assert (done.stdout, done.returncode) == ("", 0)


def test_a_fault_in_a_quoted_template_is_found(tmp_path: Path) -> None:
    text = (FOLDER / "shadow.template.yaml").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text.replace("ShadowProductionVariants", "ShadowVariants"), encoding="utf-8")
    assert "E3002" in lint(wrong).stdout


def test_the_figures_of_calibration_are_what_its_program_prints() -> None:
    program = FOLDER / "calibration.py"
    printed = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True).stdout
    found = [
        [float(figure) for figure in re.findall(r"(?:mean|error|AUC) ([\d.]+)(?=[ ,\n])", line + "\n")]
        for line in printed.splitlines()
    ]
    page = FOLDER.with_suffix(".md").read_text(encoding="utf-8")
    told = [
        [float(cell) for cell in row]
        for row in re.findall(r"^\|[^|]+\| (0\.\d+) +\| (0\.\d+) +\| (0\.\d+) \|$", page, re.M)
    ]
    assert len(told) == 4
    # Threads add in another order elsewhere.
    assert [pytest.approx(row, abs=0.003) for row in told] == found
