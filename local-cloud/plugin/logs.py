"""CloudWatch Logs where the emulator is lenient.

FilterLogEvents by the start of a stream's name, and page by page; and the log group of a function, which Lambda makes
only where the function's role may: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from . import cloudformation_role
from .emulator import Answer, Json, cloudwatch_logs, lambda_svc, replace, responses

# No stream can have this name (the colon is not allowed): it stands for "none" where an empty list would mean "all".
_NO_STREAM = ":"
# Events of one answer: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
_MOST_EVENTS = 10_000
# The time of the last event that was given, and how many of that time were.
_TOKEN = re.compile(r"(\d{1,15})/(\d{1,4})")


def install() -> None:
    """Puts both before the emulator's own."""
    _filter_by_prefix()
    _make_groups_as_role()


def _make_groups_as_role() -> None:
    original = lambda_svc._emit_lambda_logs

    def emit_lambda_logs(
        func: Json,
        request_id: str,
        log_text: str,
        error: bool,
        duration_ms: int,
        *,
        log_source: str | None = None,
    ) -> None:
        config = func.get("config") or func
        name = config["FunctionName"]
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
        if group in cloudwatch_logs._log_groups or _may_make(config["Role"], name, group):
            original(func, request_id, log_text, error, duration_ms, log_source=log_source)

    replace(lambda_svc, "_emit_lambda_logs", emit_lambda_logs)


def _may_make(role: str, function: str, group: str) -> bool:
    account = responses.get_account_id()
    session = f"arn:aws:sts::{account}:assumed-role/{role.rsplit('/', 1)[-1]}/{function}"
    arn = f"arn:aws:logs:{responses.get_region()}:{account}:log-group:{group}"
    return cloudformation_role.decide(role, session, "logs:CreateLogGroup", arn, {}).decision == "Allow"


def _filter_by_prefix() -> None:
    original = cloudwatch_logs._filter_log_events

    def filter_log_events(data: dict[str, Any]) -> Any:
        prefix = data.get("logStreamNamePrefix")
        group = cloudwatch_logs._log_groups.get(cloudwatch_logs._resolve_log_group_name(data))
        if prefix and group and not data.get("logStreamNames"):
            names = [name for name in group["streams"] if name.startswith(prefix)]
            data = {**data, "logStreamNames": names or [_NO_STREAM]}
        return _page(original, data)

    replace(cloudwatch_logs, "_filter_log_events", filter_log_events)


def _page(read: Callable[[dict[str, Any]], Answer], data: dict[str, Any]) -> Answer:
    """Of the emulator comes the first page alone, and no token. One event more than asked says that more come."""
    since, seen = data.get("startTime"), 0
    if data.get("nextToken"):
        token = _TOKEN.fullmatch(data["nextToken"])
        if token is None or int(token[2]) >= _MOST_EVENTS - 1:
            return responses.error_response_json(
                "InvalidParameterException", "The specified nextToken is invalid.", 400
            )
        since, seen = int(token[1]), int(token[2])
    limit = min(data.get("limit", _MOST_EVENTS), _MOST_EVENTS - 1 - seen)
    status, headers, body = read({**data, "startTime": since, "limit": seen + limit + 1})
    if status != 200:
        return status, headers, body
    answer = json.loads(body)
    events = answer["events"][seen:]
    answer["events"] = events[:limit]
    if len(events) > limit:
        last = events[limit - 1]["timestamp"]
        given = [event for event in answer["events"] if event["timestamp"] == last]
        answer["nextToken"] = f"{last}/{len(given) + (seen if last == since else 0)}"
    return responses.json_response(answer)
