from collections.abc import Iterator
from pathlib import Path

import pytest
from engines.sql.engine import Engine
from sql_lab import SqlLab


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.database.close()


@pytest.fixture
def lab(engine: Engine, tmp_path: Path) -> SqlLab:
    return SqlLab(engine, tmp_path)
