"""CloudWatch Logs where the emulator is lenient.

FilterLogEvents by the start of a stream's name; and the log group of a function, which Lambda makes only where the
function's role may: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
"""

from __future__ import annotations

from typing import Any

from . import cloudformation_role
from .emulator import Json, cloudwatch_logs, lambda_svc, replace, responses

# No stream can have this name (the colon is not allowed): it stands for "none" where an empty list would mean "all".
_NO_STREAM = ":"


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
        return original(data)

    replace(cloudwatch_logs, "_filter_log_events", filter_log_events)
