"""What the emulator keeps: buckets, roles and sessions, things of Glue and Athena, and their tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from .binding import AccountStore, Answer, Json, RegionStore, bound, replaced

Collector = Callable[[], Iterable[tuple[str, list[dict[str, str]]]]]
"""ARNs with their tags."""


class S3(Protocol):
    _buckets: AccountStore
    # By bucket and key.
    _object_versions: AccountStore
    # Gets another class in event_delays.
    _bucket_notifications: AccountStore

    # The one place in which S3 makes an event.
    @replaced
    def _fire_s3_event(
        self,
        bucket_name: str,
        key: str,
        event_name: str,
        size: int = 0,
        etag: str = "",
        deletion_type: str | None = None,
        restore_event_data: Json | None = None,
        version_id: str | None = None,
        sequencer: str | None = None,
        object_extra: Json | None = None,
        record_extra: Json | None = None,
    ) -> None: ...

    # To what is kept of it, or an error.
    @replaced
    def _resolve_sse_write_headers(
        self, headers: dict[str, str], bucket_name: str
    ) -> tuple[dict[str, str] | None, Answer | None]: ...


class Iam(Protocol):
    # By name.
    _roles: AccountStore
    _aws_managed_attachment_counts: AccountStore


class Sts(Protocol):
    def register_session(self, access_key: str, session: Json) -> None: ...


class Glue(Protocol):
    _jobs: RegionStore
    # By ARN.
    _tags: AccountStore

    def _arn(self, resource_type: str, name: str) -> str: ...

    def _create_classifier(self, data: Json) -> Answer: ...

    def _delete_classifier(self, data: Json) -> Answer: ...


class Athena(Protocol):
    _executions: RegionStore

    def _create_named_query(self, data: Json) -> Answer: ...

    def _delete_named_query(self, data: Json) -> Answer: ...

    def _ensure_default_workgroup(self) -> None: ...

    def _ensure_default_data_catalog(self) -> None: ...


class Tagging(Protocol):
    # What can be found by tag, and whose tags policies can ask for; both by service, and ours are added.
    _COLLECTORS: dict[str, Collector]
    _RESOURCE_TAG_COLLECTORS: dict[str, Collector]
    # By operation.
    _HANDLERS: dict[str, Callable[[Json], Answer]]

    def resource_tags(self, arn: str) -> dict[str, Any] | None: ...


s3: S3 = bound(S3, "ministack.services.s3")
iam: Iam = bound(Iam, "ministack.services.iam")
sts: Sts = bound(Sts, "ministack.services.sts")
glue: Glue = bound(Glue, "ministack.services.glue")
athena: Athena = bound(Athena, "ministack.services.athena")
tagging: Tagging = bound(Tagging, "ministack.services.tagging")
