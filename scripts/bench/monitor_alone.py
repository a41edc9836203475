"""What Evidently alone needs for the report of an analysis: the same columns, the same rows, in a fresh process.

Prints seconds as JSON. `python monitor_alone.py ROOT REFERENCE CURRENT`: the baseline's sample and the captured
flights, as CSV; no emulator, no S3, no constraints, no metrics.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ALONE = """
import sys
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

reference, current = (pd.read_csv(path, dtype="float64") for path in sys.argv[1:3])
rows = int(sys.argv[4])
reference, current = (one.sample(min(len(one), rows), random_state=0) for one in (reference, current))
about = DataDefinition(numerical_columns=[name for name in reference if current[name].notna().any()])
tables = (Dataset.from_pandas(one, data_definition=about) for one in (current, reference))
Report([DataDriftPreset(method="psi")]).run(*tables).save_html(sys.argv[3])
"""


def main(root: Path, reference: Path, current: Path) -> None:
    sys.path.insert(0, str(root / "labs" / "monitoring" / "runtime" / "monitor"))
    from evidently_helper import ROWS

    with tempfile.TemporaryDirectory() as folder:
        files = [str(path) for path in (reference, current, Path(folder, "report.html"))]
        command = [sys.executable, "-c", ALONE, *files, str(ROWS)]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "DO_NOT_TRACK": "1"})
        print(json.dumps({"evidently": time.perf_counter() - start}))


if __name__ == "__main__":
    main(*(Path(arg) for arg in sys.argv[1:4]))
