"""Puts the engine on the path."""

from __future__ import annotations

from pathlib import Path

import pytest
from sagemaker_scratch import Scratch


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)
