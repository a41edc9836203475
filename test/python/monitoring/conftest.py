"""The analysis of lab monitoring as a job sees it: its folders, a bucket, CloudWatch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .job_world import World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """No Evidently: its process takes seconds to start. Tests that are about it switch it on."""
    yield World(tmp_path, monkeypatch)
