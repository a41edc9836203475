"""The worker process: takes requests as JSON lines on stdin and answers on stdout. Ends when stdin does.

A request: ``{"id": 1, "op": "plan", ...}``; an answer: ``{"id": 1, "result": ...}`` or
``{"id": 1, "fault": {"code", "message"}}``. Queries run side by side.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from .catalog import Catalog
from .engine import Engine
from .errors import AthenaError
from .output import Target
from .query_compiler import Plan, plan
from .statements import read_statement
from .table_references import references
from .table_scans import DataFile
from .trino_types import column_info, to_hive


class Worker:
    def __init__(self) -> None:
        self.engine = Engine()
        self.operations = {
            "parse": self.parse,
            "plan": self.plan,
            "run": self.run,
            "cancel": self.cancel,
        }

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"id": request["id"], "result": self.operations[request["op"]](request)}
        except AthenaError as fault:
            return {"id": request["id"], "fault": {"code": fault.code, "message": fault.text}}
        except Exception as error:
            detail = traceback.format_exc(limit=-3)
            print(detail, file=sys.stderr, flush=True)
            return {"id": request["id"], "fault": {"code": "GENERIC_INTERNAL_ERROR", "message": repr(error)}}

    def parse(self, request: dict[str, Any]) -> dict[str, Any]:
        """The kind of a statement, with its parts."""
        return read_statement(request["sql"])

    def plan(self, request: dict[str, Any]) -> dict[str, Any]:
        """Tables that must be looked up first; or columns, and what each scan needs."""
        catalog = Catalog.read(request["tables"])
        missing = references(request["sql"], request["database"], catalog)
        if missing:
            return {"missing": missing}
        made = self._plan(request, catalog)
        self.engine.check(made)
        return {
            "columns": [column_info(name, kind) for name, kind in made.columns],
            "types": [str(kind) for _, kind in made.columns],
            "unnamed": list(made.unnamed),
            "hive": [{"name": name, "type": to_hive(kind)} for name, kind in made.columns]
            if request.get("hive")
            else [],
            "scans": [
                {"table": scan.table.shown, "partitions": kept}
                for scan, kept in zip(made.scans, self.engine.partitions(made), strict=True)
            ],
        }

    def run(self, request: dict[str, Any]) -> dict[str, Any]:
        made = self._plan(request, Catalog.read(request["tables"]))
        files = {
            scan.number: [DataFile(f["path"], f["url"], f["size"], f["partition"]) for f in listed]
            for scan, listed in zip(made.scans, request["files"], strict=True)
        }
        csv = Path(request["csv"]) if request.get("csv") else None
        target = None
        if raw := request.get("target"):
            partitioned_by = tuple(name.lower() for name in raw.get("partitionedBy", []))
            target = Target(
                Path(raw["folder"]), raw["format"], raw.get("compression"), raw.get("delimiter", "\x01"), partitioned_by
            )
        query = str(request["query"])
        rows, written, scanned = self.engine.run(query, made, files, request.get("cutoff"), csv, target)
        return {
            "rows": rows,
            "scanned": scanned,
            "written": [{"path": str(w.path), "partition": list(w.partition)} for w in written],
        }

    def cancel(self, request: dict[str, Any]) -> dict[str, Any]:
        self.engine.cancel(str(request["query"]))
        return {}

    def _plan(self, request: dict[str, Any], catalog: Catalog) -> Plan:
        return plan(request["sql"], request["database"], catalog, request.get("parameters", []))


def main() -> None:
    # Whatever a library prints must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    worker = Worker()
    lock = threading.Lock()

    def reply(request: dict[str, Any]) -> None:
        text = json.dumps(worker.answer(request))
        with lock:
            answers.write(text + "\n")
            answers.flush()

    with ThreadPoolExecutor(max_workers=4) as pool:
        for line in sys.stdin:
            request = json.loads(line)
            if request["op"] in ("run", "plan"):
                pool.submit(reply, request)
            else:
                reply(request)
    os._exit(0)


if __name__ == "__main__":
    main()
