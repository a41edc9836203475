"""The worker as a process: requests and answers, one a line."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

LOCAL_CLOUD = Path(__file__).resolve().parents[3] / "local-cloud"


class Worker:
    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "engines.sql.worker"],
            cwd=LOCAL_CLOUD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def send(self, **request: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout
        return dict(json.loads(self.process.stdout.readline()))


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.process.kill()
    made.process.wait()


def test_a_statement_is_told_with_its_parts_and_a_fault_with_its_code(worker: Worker) -> None:
    worker.send(id=1, op="parse", sql="DROP TABLE IF EXISTS db.t")
    assert worker.receive() == {
        "id": 1,
        "result": {
            "kind": "drop_table",
            "type": "DDL",
            "subType": "DROP_TABLE",
            "database": "db",
            "name": "t",
            "ifExists": True,
        },
    }
    worker.send(id=2, op="parse", sql="DORP TABLE t")
    answer = worker.receive()
    assert (answer["id"], answer["fault"]["code"]) == (2, "SYNTAX_ERROR")


def test_a_plan_asks_for_tables_that_it_does_not_know(worker: Worker) -> None:
    sql = "WITH w AS (SELECT 1 AS x) SELECT * FROM w, a, other.b WHERE EXISTS (SELECT 1 FROM c)"
    worker.send(id=1, op="plan", sql=sql, database="db", tables={})

    assert worker.receive()["result"] == {"missing": [["db", "a"], ["other", "b"], ["db", "c"]]}


def test_a_long_query_is_cancelled_while_others_are_answered(worker: Worker) -> None:
    many = "UNNEST(sequence(1, 20000))"
    sql = f"SELECT count(*) FROM {many} a(x) CROSS JOIN {many} b(y) WHERE x * y % 7 = 3"
    run = {"op": "run", "database": "db", "tables": {}, "files": [], "query": "long"}
    worker.send(id=1, sql=sql, **run)
    answers = {}
    number = 2
    while 1 not in answers:
        # The query may not have started yet when the first of these arrives.
        worker.send(id=number, op="cancel", query="long")
        answer = worker.receive()
        answers[answer["id"]] = answer
        number += 1

    assert answers[1]["fault"] == {"code": "CANCELLED", "message": "Query was canceled"}


def test_it_ends_with_its_input(worker: Worker) -> None:
    assert worker.process.stdin
    worker.process.stdin.close()

    assert worker.process.wait(timeout=60) == 0
