"""CloudWatch Logs Insights over the emulator's log groups: StartQuery, GetQueryResults, StopQuery.

The emulator has filters, a sort and a limit; here are parse, stats and discovered fields too. What is not known is
refused by name.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from .emulator import Answer, Json, cloudwatch_logs, replace, responses
from .insights_expression import MalformedQuery
from .insights_query import DEFAULT_LIMIT, Query, Row
from .insights_values import shown, timestamp

# As many fields as CloudWatch discovers in one event.
_FIELDS = 200
_REPORT = {
    "@duration": r"Duration: ([\d.]+) ms",
    "@billedDuration": r"Billed Duration: (\d+) ms",
    "@memorySize": r"Memory Size: (\d+) MB",
    "@maxMemoryUsed": r"Max Memory Used: (\d+) MB",
}
_REQUEST = re.compile(r"(?:RequestId: |\t)([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


def flat(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Fields of a JSON document by their path: a.b, a.0."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from flat(part, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from flat(part, f"{prefix}.{index}")
    elif value is not None:
        yield prefix, float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def discovered(message: str, group: str) -> dict[str, Any]:
    """What CloudWatch finds in a message: the fields of JSON, and those of Lambda's own lines."""
    found: dict[str, Any] = {}
    is_function = group.startswith("/aws/lambda/")
    # In a function's log JSON may stand after the line's head; elsewhere the message is JSON or is not.
    start = message.find("{") if is_function else (0 if message.lstrip().startswith("{") else -1)
    if start >= 0:
        try:
            document, _ = json.JSONDecoder().raw_decode(message[start:].lstrip())
        except ValueError:
            document = None
        if isinstance(document, dict):
            found.update(list(flat(document))[:_FIELDS])
    if is_function:
        request = _REQUEST.search(message)
        if request:
            found["@requestId"] = request.group(1)
        kind = re.match(r"(START|END|REPORT)\b", message)
        if kind:
            found["@type"] = kind.group(1)
        if kind and kind.group(1) == "REPORT":
            for name, pattern in _REPORT.items():
                match = re.search(r"(?<!Billed )" + pattern if name == "@duration" else pattern, message)
                if match:
                    found[name] = float(match.group(1))
    return found


def row(record: dict[str, Any]) -> Row:
    """A stored record as a query sees it."""
    group, message = record["@log"], record["@message"]
    return {
        **discovered(message, group),
        "@millis": record["_timestamp_ms"],
        "@ptr": record["@ptr"],
        "@timestamp": record["@timestamp"],
        "@ingestionTime": timestamp(record["_timestamp_ms"]),
        "@message": message.rstrip("\n"),
        "@logStream": record["@logStream"],
        "@log": f"{responses.get_account_id()}:{group}",
    }


def result(columns: list[str], of: Row, is_stats: bool) -> list[dict[str, str]]:
    """A row as GetQueryResults shows it; a field that is not there is left out."""
    cells = [(name, shown(of.get(name))) for name in dict.fromkeys(columns)]
    if not is_stats:
        cells.append(("@ptr", of["@ptr"]))
    return [{"field": name, "value": value} for name, value in cells if value is not None]


def _refuse(code: str, message: str) -> Answer:
    return responses.error_response_json(code, message, 400)


def start_query(data: dict[str, Any]) -> Answer:
    """StartQuery: the query is checked and run; its results are there at the second look."""
    groups = cloudwatch_logs._resolve_query_log_groups(data)
    if not groups:
        return _refuse("InvalidParameterException", "Exactly one of logGroupName, logGroupNames is required.")
    for name in groups:
        if name not in cloudwatch_logs._log_groups:
            return _refuse("ResourceNotFoundException", f"Log group '{name}' does not exist for account ID.")
    start, end = int(data.get("startTime") or 0), int(data.get("endTime") or time.time())
    if start > end:
        return _refuse("InvalidParameterException", "End time should not be less than start time.")
    # Seconds, as the SDKs send them; the API takes milliseconds as well.
    start, end = (value // 1000 if value > 10**11 else value for value in (start, end))
    try:
        query = Query(str(data.get("queryString") or ""))
        records = cloudwatch_logs._collect_query_records(groups, start, end)
        rows = query.run([row(record) for record in records], int(data.get("limit") or DEFAULT_LIMIT))
        results = [result(query.columns, one, query.is_stats) for one in rows]
    except MalformedQuery as problem:
        return _refuse("MalformedQueryException", str(problem))
    identifier = str(uuid.uuid4())
    cloudwatch_logs._queries[identifier] = {
        **{key: data.get(key) for key in ("logGroupName", "logGroupNames", "logGroupIdentifiers", "queryString")},
        "queryId": identifier,
        "startTime": start,
        "endTime": end,
        "createTime": int(time.time() * 1000),
        "status": "Running",
        "results": results,
        "statistics": {
            "recordsMatched": float(query.matched),
            "recordsScanned": float(len(records)),
            "bytesScanned": float(sum(len(record["@message"].encode()) for record in records)),
        },
    }
    return responses.json_response({"queryId": identifier})


def get_query_results(data: dict[str, Any]) -> Answer:
    """GetQueryResults: Running at the first look, as whoever asks must be ready to wait."""
    query = cloudwatch_logs._queries.get(data.get("queryId"))
    if query and query["status"] == "Running":
        query["status"] = "Complete"
        nothing = {"recordsMatched": 0.0, "recordsScanned": 0.0, "bytesScanned": 0.0}
        return responses.json_response({"status": "Running", "results": [], "statistics": nothing})
    return _emulated(data)


_emulated: Callable[[Json], Answer]


def install() -> None:
    """Replaces the emulator's queries."""
    global _emulated
    _emulated = cloudwatch_logs._get_query_results
    replace(cloudwatch_logs, "_start_query", start_query)
    replace(cloudwatch_logs, "_get_query_results", get_query_results)
