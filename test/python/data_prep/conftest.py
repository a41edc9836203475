"""One small Spark for all tests of the Glue script, and the script as a module."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pyspark import SparkContext
from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "local-cloud" / "engines" / "spark"))

from jvm import Gateway  # noqa: E402


def load(path: str) -> ModuleType:
    """A script of the project as a module."""
    name = f"under_test_{Path(path).stem}"
    spec = importlib.util.spec_from_file_location(name, ROOT / path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def transform() -> ModuleType:
    return load("labs/data-prep/runtime/transform.py")


@pytest.fixture(scope="session")
def plan() -> dict[str, Any]:
    text: dict[str, Any] = json.loads((ROOT / "data" / "plan.json").read_text(encoding="utf-8"))
    return text


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    scratch = tmp_path_factory.mktemp("spark")
    conf = {
        "spark.master": "local[1]",
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.session.timeZone": "UTC",
        "spark.pyspark.python": sys.executable,
    }
    with (scratch / "log").open("wb") as log:
        gateway = Gateway(scratch, conf, log)
        gateway.connect()
        yield SparkSession.builder.getOrCreate()
        SparkSession.builder.getOrCreate().stop()
        gateway.finish()
        # Another test may start a Spark of its own in this process.
        SparkContext._gateway = SparkContext._jvm = None
