"""What carries events in the emulator, and what they start."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Protocol

from .binding import REPLACED, Answer, Json, RegionStore, bound, replaced


class EventBridge(Protocol):
    # Both get another class in event_delays.
    _rules: RegionStore
    _targets: RegionStore
    # Seconds, by account, Region and key of the rule.
    _rule_last_fired: dict[Any, float]
    _events_log: RegionStore

    @replaced
    def _dispatch_event(self, event: Json, view: Any = None) -> Any: ...

    @replaced
    def _invoke_target(self, target: Json, event: Json, rule: Json, view: Any = None) -> Any: ...

    @replaced
    def _dispatch_to_lambda(self, arn: str, payload: str) -> None: ...

    @replaced
    def _enable_rule(self, data: Json) -> Any: ...

    # The answer to whoever puts a target that is refused.
    @replaced
    def _validate_target_arn(self, target: Json) -> Answer | None: ...

    def _put_events(self, data: Json, *, allow_aws_source: bool) -> Answer: ...

    # An event as rules and transformers read it.
    def _pattern_event_view(self, event: Json) -> Any: ...

    def _apply_input_transformer(self, transformer: Json, rule: Json, view: Any) -> str: ...

    def _rule_key(self, rule_name: str, bus_name: str) -> str: ...

    def _ensure_default_bus(self) -> None: ...

    def _parse_rate_seconds(self, expr: str) -> int | None: ...

    # None for what is no cron expression.
    def _parse_cron_fields(self, expr: str) -> Any: ...

    def _cron_next_fire(self, fields: Any, after_dt: datetime) -> datetime | None: ...


class Scheduler(Protocol):
    # By `group/name`.
    _schedules: RegionStore
    _SCHEDULE_TICK_INTERVAL: Annotated[int, REPLACED]

    @replaced
    def _create_schedule(self, name: str, body: Json) -> Answer: ...

    @replaced
    def _update_schedule(self, name: str, body: Json) -> Answer: ...

    @replaced
    def _tick_schedules(self) -> None: ...

    def _ensure_default_group(self) -> None: ...

    def _schedule_arn(self, group: str, name: str) -> str: ...

    def _to_epoch(self, value: Any) -> float | None: ...

    def _error(self, status: int, code: str, message: str) -> Answer: ...


class Sns(Protocol):
    @replaced
    def _deliver_to_lambda(
        self,
        endpoint: str,
        envelope: str,
        topic_arn: str,
        sub_arn: str,
        msg_id: str,
        raw_message: str,
        message_attributes: Json,
    ) -> None: ...

    def _topic_by_arn_any_scope(self, topic_arn: str) -> Json | None: ...

    def topic_policy_allows(self, topic_arn: str, service: str, source_arn: str, source_account: str) -> bool: ...

    def publish_internal(self, topic_arn: str, message: str, subject: str) -> Any: ...


class LambdaService(Protocol):
    _functions: RegionStore

    # Returns at once; its thread takes the context along.
    @replaced
    def invoke_async_with_retry(self, func: Json, event: Json) -> None: ...

    @replaced
    def _execute_function_dispatch(
        self, func: Json, config: Json, event: Json, request_id: str, started: float
    ) -> Json: ...

    @replaced
    def _route_async_failure(self, target_arn: str, func_name: str, event: Json, result: Json) -> None: ...

    # Writes what an invocation said, after it.
    @replaced
    def _emit_lambda_logs(
        self,
        func: Json,
        request_id: str,
        log_text: str,
        error: bool,
        duration_ms: int,
        *,
        log_source: str | None = None,
    ) -> None: ...

    # How a request, or a custom resource of a stack, asks a function, and waits for it.
    @replaced
    def _execute_function_with_config_scope(self, func: Json, event: Json) -> Json: ...

    # Function, configuration of the version, and name.
    def _get_func_record_for_ref(self, function_ref: str) -> tuple[Json | None, Json | None, str]: ...

    def _execution_record_for_config(self, func: Json, config: Json) -> Json: ...

    # How many run, and how many of each.
    def executions_in_flight(self) -> tuple[int, Json]: ...


eventbridge: EventBridge = bound(EventBridge, "ministack.services.eventbridge")
scheduler: Scheduler = bound(Scheduler, "ministack.services.scheduler")
sns: Sns = bound(Sns, "ministack.services.sns")
lambda_svc: LambdaService = bound(LambdaService, "ministack.services.lambda_svc")
