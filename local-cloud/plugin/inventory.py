"""The raw inventory: what the emulator's own stores hold, asked without any of our teardown kinds."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import ministack.app as app
from ministack.services import athena, eventbridge, scheduler

# Modules are loaded on first use and bring defaults of their own (a VPC, the primary workgroup). Loaded before the
# first look, those defaults stand in every inventory alike.
_MODULES = (
    "athena",
    "cloudformation",
    "cloudwatch",
    "cloudwatch_logs",
    "ecr",
    "eventbridge",
    "glue",
    "iam",
    "kms",
    "lambda_svc",
    "s3",
    "scheduler",
    "sns",
    "sqs",
    "ssm",
    "tagging",
)

# Stores that only ever grow, or that AWS itself keeps, free of charge; a teardown cannot empty them.
_IGNORED = {
    "ministack.services.athena": {"_executions", "_query_results"},
    "ministack.services.cloudformation": {"_stacks", "_stack_events", "_exports", "_change_sets"},
    "ministack.services.cloudtrail": {"*"},
    # A log of events that passed the buses; AWS keeps none.
    "ministack.services.eventbridge": {"_events_log"},
    "ministack.services.sts": {"*"},
    # How often each of AWS's own policies is attached; the roles that have them count.
    "ministack.services.iam": {"_aws_managed_attachment_counts"},
    # AWS keeps the history of a deleted alarm too, for 30 days.
    "ministack.services.cloudwatch": {"_metrics", "_alarm_history"},
    # Results of Logs Insights, which AWS forgets after 7 days; an index of records, which go with their streams.
    "ministack.services.cloudwatch_logs": {"_log_records", "_queries"},
}


# Log groups that AWS makes once for the whole account and shares among all jobs: they stay, empty and free. Their
# streams count.
_SHARED_LOG_GROUPS = (
    "/aws-glue/crawlers",
    "/aws-glue/jobs/error",
    "/aws-glue/jobs/output",
    "/aws/sagemaker/ProcessingJobs",
    "/aws/sagemaker/TrainingJobs",
)


def _scoped(store: Any) -> Mapping[Any, Any]:
    """The whole content of an account-scoped store, or the mapping itself."""
    for name in ("_data", "data"):
        inner = getattr(store, name, None)
        if isinstance(inner, Mapping):
            return inner
    return store if isinstance(store, Mapping) else {}


def _key(key: Any) -> str:
    return "/".join(str(part) for part in key) if isinstance(key, tuple) else str(key)


def _stacks() -> list[str]:
    module = sys.modules.get("ministack.services.cloudformation")
    if module is None:
        return []
    stacks = _scoped(getattr(module, "_stacks", {}))
    return [
        f"cloudformation/_stacks/{_key(key)}"
        for key, stack in stacks.items()
        if isinstance(stack, Mapping) and stack.get("StackStatus") != "DELETE_COMPLETE"
    ]


def _log_streams() -> list[str]:
    module = sys.modules.get("ministack.services.cloudwatch_logs")
    groups = _scoped(getattr(module, "_log_groups", {})) if module else {}
    return [
        f"cloudwatch_logs/stream/{_key(key)}/{stream}"
        for key, group in groups.items()
        for stream in (group.get("streams") or {} if isinstance(group, Mapping) else {})
    ]


def _objects() -> list[str]:
    module = sys.modules.get("ministack.services.s3")
    buckets = _scoped(getattr(module, "_buckets", {})) if module else {}
    return [
        f"s3/object/{_key(key)}/{name}"
        for key, bucket in buckets.items()
        if isinstance(bucket, Mapping) and not _bootstrap(_key(key))
        for name in (bucket.get("objects") or {})
    ]


def _bootstrap(text: str) -> bool:
    """The CDK's own asset bucket: every deployment adds to it, and it belongs to the account, not to a lab."""
    return "cdk-hnb659fds-assets-" in text


def _shared(attribute: str, text: str) -> bool:
    return attribute == "_log_groups" and text.endswith(_SHARED_LOG_GROUPS)


def collect() -> list[str]:
    """One string per thing that any loaded service module holds in a module-level store."""
    for name in _MODULES:
        app._get_module(name)
    # These are made at the first request and not at import.
    athena._ensure_default_workgroup()
    athena._ensure_default_data_catalog()
    eventbridge._ensure_default_bus()
    scheduler._ensure_default_group()
    found = _stacks() + _log_streams() + _objects()
    for name, module in list(sys.modules.items()):
        if not name.startswith("ministack.services.") or module is None:
            continue
        ignored = _IGNORED.get(name, set())
        if "*" in ignored:
            continue
        for attribute, store in list(vars(module).items()):
            if attribute in ignored or type(store).__name__ not in ("AccountScopedDict", "AccountRegionScopedDict"):
                continue
            short = name.removeprefix("ministack.services.")
            found.extend(
                f"{short}/{attribute}/{_key(key)}"
                for key, value in list(_scoped(store).items())
                if value not in ([], {}) and not _bootstrap(_key(key)) and not _shared(attribute, _key(key))
            )
    return sorted(set(found))
