"""Reads a job as JSON from standard input, writes its results as JSON to standard output.

A job has `now` (ISO, UTC), `tables` by alias (among them `primary`), and `rulesets`, each with
`rules` and `analyzers` as the parser makes them.
What keeps the whole run from being evaluated comes back as `error`; a rule that cannot be, as that rule's result.
"""

from __future__ import annotations

import json
import math
import sys
from datetime import UTC, datetime
from typing import Any

import duckdb

from .dataset import Dataset
from .evaluator import Evaluator
from .outcome import Outcome, UnsupportedLocally
from .table_loader import UnreadableTable, load


def evaluate(job: dict[str, Any]) -> dict[str, Any]:
    """Evaluates one job."""
    if any(ruleset["analyzers"] for ruleset in job["rulesets"]):
        raise UnsupportedLocally("analyzers")
    connection = duckdb.connect(config={"threads": 2, "autoinstall_known_extensions": False})
    connection.execute("SET TimeZone = 'UTC'")
    for alias, table in job["tables"].items():
        load(connection, alias, table)
    # From here on the ruleset's own SQL runs: it sees the tables and nothing else of this machine.
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    tables = {alias: Dataset(connection, alias) for alias in job["tables"]}
    now = datetime.fromisoformat(job["now"]).astimezone(UTC).replace(tzinfo=None)
    evaluator = Evaluator(tables["primary"], tables, now)
    return {
        "rows": tables["primary"].rows,
        "rulesets": [
            {"rules": [to_json(evaluator.rule(rule)) for rule in ruleset["rules"]]} for ruleset in job["rulesets"]
        ],
    }


def to_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome as JSON, which has no words for NaN and infinity."""
    metrics = {name: value for name, value in outcome.metrics.items() if math.isfinite(value)}
    return {"result": outcome.result, "message": outcome.message, "metrics": metrics}


def main() -> None:
    """The engine's one run."""
    job = json.load(sys.stdin)
    try:
        answer = evaluate(job)
    except UnsupportedLocally as unsupported:
        answer = {"error": f"The local cloud's Data Quality lacks {unsupported}."}
    except UnreadableTable as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
