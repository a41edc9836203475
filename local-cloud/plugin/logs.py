"""CloudWatch Logs where the emulator overlooks a parameter: FilterLogEvents by the start of a stream's name."""

from __future__ import annotations

from typing import Any

from .emulator import cloudwatch_logs, replace

# No stream can have this name (the colon is not allowed): it stands for "none" where an empty list would mean "all".
_NO_STREAM = ":"


def install() -> None:
    """Resolves the prefix to names before the emulator looks."""
    original = cloudwatch_logs._filter_log_events

    def filter_log_events(data: dict[str, Any]) -> Any:
        prefix = data.get("logStreamNamePrefix")
        group = cloudwatch_logs._log_groups.get(cloudwatch_logs._resolve_log_group_name(data))
        if prefix and group and not data.get("logStreamNames"):
            names = [name for name in group["streams"] if name.startswith(prefix)]
            data = {**data, "logStreamNames": names or [_NO_STREAM]}
        return original(data)

    replace(cloudwatch_logs, "_filter_log_events", filter_log_events)
