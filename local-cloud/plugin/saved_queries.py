"""Saved queries of Logs Insights, which the emulator lacks: put, describe and delete their definitions."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from .emulator import Answer, RegionStore, add, app, cloudwatch_logs, responses

_KEPT = ("name", "queryString", "logGroupNames")
_PAGE = 1000


class Refused(Exception):
    """The request is refused; its first argument is AWS's name of the error."""


def _store() -> Any:
    return cloudwatch_logs._query_definitions


def put(data: dict[str, Any]) -> dict[str, Any]:
    """Saves a query, or changes one that is saved. Raises Refused."""
    missing = [field for field in ("name", "queryString") if not data.get(field)]
    if missing:
        raise Refused("InvalidParameterException", f"{missing[0]} must be specified.")
    name = data.get("queryDefinitionId")
    if name and name not in _store():
        raise Refused("ResourceNotFoundException", "The specified query definition does not exist.")
    name = name or str(uuid.uuid4())
    _store()[name] = {
        "queryLanguage": "CWLI",
        "queryDefinitionId": name,
        **{field: data[field] for field in _KEPT if data.get(field)},
        "lastModified": int(time.time() * 1000),
    }
    return {"queryDefinitionId": name}


def describe(data: dict[str, Any]) -> dict[str, Any]:
    """Pages of what is saved, by the start of its name. Raises Refused."""
    prefix = data.get("queryDefinitionNamePrefix") or ""
    token = data.get("nextToken") or "0"
    if not token.isdecimal():
        raise Refused("InvalidParameterException", "The specified nextToken is invalid.")
    most = min(int(data.get("maxResults") or _PAGE), _PAGE)
    found = sorted(
        (one for one in _store().values() if one["name"].startswith(prefix)), key=lambda one: str(one["name"])
    )
    start = int(token)
    more = {"nextToken": str(start + most)} if start + most < len(found) else {}
    return {"queryDefinitions": found[start : start + most], **more}


def delete(data: dict[str, Any]) -> dict[str, Any]:
    """Forgets a query. Raises Refused."""
    if _store().pop(data.get("queryDefinitionId") or "", None) is None:
        raise Refused("ResourceNotFoundException", "The specified query definition does not exist.")
    return {"success": True}


_OPERATIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "PutQueryDefinition": put,
    "DescribeQueryDefinitions": describe,
    "DeleteQueryDefinition": delete,
}


def install() -> None:
    """Puts the operations before the emulator's."""
    # In the emulator's module, so that it stands in the raw inventory.
    add(cloudwatch_logs, "_query_definitions", RegionStore())
    original = app.SERVICE_HANDLERS["logs"]

    async def handler(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Answer:
        act = _OPERATIONS.get(headers.get("x-amz-target", "").rsplit(".", 1)[-1])
        if act is None:
            return await original(method, path, headers, body, query)
        try:
            data = json.loads(body or b"{}")
            done = act(data if isinstance(data, dict) else {})
        except Refused as problem:
            return responses.error_response_json(problem.args[0], problem.args[1], 400)
        return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(done).encode()

    app.SERVICE_HANDLERS["logs"] = handler
