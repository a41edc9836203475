"""The templates that docs/further.md quotes are ones that CloudFormation could take."""

from __future__ import annotations

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
