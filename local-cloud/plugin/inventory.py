"""The raw inventory: what the emulator's own stores hold, asked without any of our teardown kinds."""

from __future__ import annotations

from typing import Any

from .emulator import (
    AccountStore,
    RegionStore,
    app,
    athena,
    cloudformation,
    cloudwatch,
    cloudwatch_logs,
    eventbridge,
    iam,
    loaded_services,
    s3,
    scheduler,
)

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

# Services that only keep what happened, and sessions.
_PASSING = ("cloudtrail", "sts")


def _ignored() -> tuple[RegionStore | AccountStore, ...]:
    """Stores that only ever grow, or that AWS itself keeps, free of charge; a teardown cannot empty them."""
    return (
        athena._executions,
        # Stacks that were deleted stay among them: `_stacks` tells the others.
        cloudformation._stacks,
        cloudformation._stack_events,
        cloudformation._exports,
        cloudformation._change_sets,
        # A log of events that passed the buses; AWS keeps none.
        eventbridge._events_log,
        # How often each of AWS's own policies is attached; the roles that have them count.
        iam._aws_managed_attachment_counts,
        # CloudWatch keeps metrics for 15 months; nobody can delete them.
        cloudwatch._metrics,
        # AWS keeps the history of a deleted alarm too, for 30 days.
        cloudwatch._alarm_history,
        # Results of Logs Insights, which AWS forgets after 7 days; an index of records, which go with their streams.
        cloudwatch_logs._log_records,
        cloudwatch_logs._queries,
    )


# Log groups that AWS makes once for the whole account and shares among all jobs: they stay, empty and free. Their
# streams count.
_SHARED_LOG_GROUPS = (
    "/aws-glue/crawlers",
    "/aws-glue/jobs/error",
    "/aws-glue/jobs/output",
    "/aws/sagemaker/ProcessingJobs",
    "/aws/sagemaker/TrainingJobs",
)


def _key(key: Any) -> str:
    return "/".join(str(part) for part in key) if isinstance(key, tuple) else str(key)


def _stacks() -> list[str]:
    return [
        f"cloudformation/_stacks/{_key(key)}"
        for key, stack in list(cloudformation._stacks._data.items())
        if stack.get("StackStatus") != "DELETE_COMPLETE"
    ]


def _log_streams() -> list[str]:
    return [
        f"cloudwatch_logs/stream/{_key(key)}/{stream}"
        for key, group in list(cloudwatch_logs._log_groups._data.items())
        for stream in group.get("streams") or {}
    ]


def _objects() -> list[str]:
    return [
        f"s3/object/{_key(key)}/{name}"
        for key, bucket in list(s3._buckets._data.items())
        if not _bootstrap(_key(key))
        for name in bucket.get("objects") or {}
    ]


def _bootstrap(text: str) -> bool:
    """The CDK's own asset bucket: every deployment adds to it, and it belongs to the account, not to a lab."""
    return "cdk-hnb659fds-assets-" in text


def _shared(store: object, text: str) -> bool:
    return store is cloudwatch_logs._log_groups and text.endswith(_SHARED_LOG_GROUPS)


def collect() -> list[str]:
    """One string per thing that any loaded service module holds in a module-level store."""
    for name in _MODULES:
        app._get_module(name)
    # These are made at the first request and not at import.
    athena._ensure_default_workgroup()
    athena._ensure_default_data_catalog()
    eventbridge._ensure_default_bus()
    scheduler._ensure_default_group()
    ignored = {id(store) for store in _ignored()}
    found = _stacks() + _log_streams() + _objects()
    for service, module in loaded_services():
        if service in _PASSING:
            continue
        for attribute, store in list(vars(module).items()):
            if not isinstance(store, (AccountStore, RegionStore)) or id(store) in ignored:
                continue
            found.extend(
                f"{service}/{attribute}/{_key(key)}"
                for key, value in list(store._data.items())
                if value not in ([], {}) and not _bootstrap(_key(key)) and not _shared(store, _key(key))
            )
    return sorted(set(found))
