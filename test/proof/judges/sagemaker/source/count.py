"""A processing script."""

import os
from pathlib import Path

import sklearn

folder = Path(os.environ.get("SM_PREFIX", "/") + "/opt/ml/processing/output")
(folder / "version").write_text(sklearn.__version__)
