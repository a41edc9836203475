"""Puts the packages under test on the path."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "local-cloud"))
# The plug-in reads these on import of the emulator only; no test starts one.
os.environ.setdefault("AUTH", "true")
