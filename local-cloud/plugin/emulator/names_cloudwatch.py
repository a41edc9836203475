"""The emulator's CloudWatch and CloudWatch Logs.

Operations of CloudWatch take the parameters of the query protocol, those of CBOR or JSON, and which of the two it is.
"""

from __future__ import annotations

from typing import Annotated, Any, Protocol

from .binding import ADDED, AccountStore, Answer, Json, RegionStore, bound, replaced


class CloudWatch(Protocol):
    _alarms: RegionStore
    _composite_alarms: RegionStore
    _alarm_history: RegionStore
    _dashboards: RegionStore
    # Datapoints by namespace, name and dimensions.
    _metrics: RegionStore
    # By ARN.
    _resource_tags: AccountStore
    _anomaly_detectors: Annotated[RegionStore, ADDED]

    @replaced
    def _put_metric_alarm(self, params: Json, data: Json, /, is_cbor: bool, is_json: bool = False) -> Answer: ...

    @replaced
    def _put_metric_data(self, params: Json, data: Json, /, is_cbor: bool, is_json: bool = False) -> Answer: ...

    @replaced
    def _get_metric_data(self, params: Json, data: Json, /, is_cbor: bool, is_json: bool = False) -> Answer: ...

    @replaced
    def _get_metric_statistics(self, params: Json, data: Json, /, is_cbor: bool, is_json: bool = False) -> Answer: ...

    def _put_composite_alarm(self, params: Json, data: Json, /, is_cbor: bool, is_json: bool) -> Answer: ...

    def _delete_alarms(self, params: Json, data: Json, /, is_cbor: bool, is_json: bool) -> Answer: ...

    def _alarm_request_tags(
        self, params: Json, data: Json, /, is_cbor: bool, is_json: bool
    ) -> list[dict[str, str]]: ...

    def _alarm_tags_refusal(
        self, tags: list[dict[str, str]], datapoints: Any, is_new: bool, is_cbor: bool, is_json: bool
    ) -> Answer | None: ...

    # Where alarms of requests and of stacks are stored.
    @replaced
    def cloudformation_put_metric_alarm(self, alarm: Json) -> None: ...

    @replaced
    def _dispatch_alarm_actions(self, alarm: Json, old_state: str, new_state: str, reason: str) -> None: ...

    @replaced
    def _evaluate_alarm(self, alarm: Json) -> None: ...

    # Called after each PutMetricData.
    @replaced
    def _evaluate_all_alarms(self) -> None: ...

    # The composite alarms that name this one.
    def _evaluate_parent_alarms(self, child: Json) -> None: ...

    @replaced
    def _record_history(
        self,
        alarm_name: str,
        old_state: str,
        new_state: str,
        reason: str,
        alarm_type: str = "MetricAlarm",
        reason_data: Json | None = None,
    ) -> None: ...

    def _history_entries(self) -> list[Json]: ...

    # Where datapoints are stored that the emulator publishes itself.
    @replaced
    def record_metric(
        self,
        namespace: str,
        metric_name: str,
        value: float,
        unit: str = "None",
        dimensions: dict[str, str] | None = None,
    ) -> None: ...

    # Where datapoints of requests are stored.
    @replaced
    def _store_datum(
        self,
        namespace: str,
        name: str,
        dims: dict[str, str],
        ts: float,
        unit: str,
        value: float | None,
        values: list[float] | None,
        counts: list[float] | None,
        stat_values: Json | None,
    ) -> None: ...

    def _calc_stats(self, points: list[Json]) -> dict[str, float]: ...

    # Of basic statistics and percentiles.
    def _stat_value(self, stats: dict[str, float], stat_name: str, points: list[Json]) -> float: ...

    def _dims_from_list(self, dimensions: list[dict[str, str]]) -> dict[str, str]: ...

    # Dimensions in a key of `_metrics`.
    def _dims_key(self, dims: dict[str, str]) -> str: ...

    def _parse_ts(self, value: Any) -> float | None: ...

    def _ts_iso(self, epoch: float) -> str: ...

    def _cbor_ok(self, data: Json) -> Answer: ...

    def _json_ok(self, data: Json) -> Answer: ...

    def _error(self, code: str, message: str, status: int, *, use_json: bool, use_cbor: bool) -> Answer: ...

    # With times as CBOR has them.
    def _cbor_datapoint(self, dp: Json) -> Json: ...

    def _cbor_metric_data_result(self, result: Json) -> Json: ...


class CloudWatchLogs(Protocol):
    _log_groups: RegionStore
    _log_records: RegionStore
    _queries: RegionStore
    _query_definitions: Annotated[RegionStore, ADDED]

    @replaced
    def _filter_log_events(self, data: Json) -> Answer: ...

    @replaced
    def _start_query(self, data: Json) -> Answer: ...

    @replaced
    def _get_query_results(self, data: Json) -> Answer: ...

    def _resolve_log_group_name(self, data: Json) -> str: ...

    def _resolve_query_log_groups(self, data: Json) -> list[str]: ...

    def _collect_query_records(self, group_names: list[str], start_time_s: int, end_time_s: int) -> list[Json]: ...

    def _format_insights_timestamp(self, timestamp_ms: int) -> str: ...


cloudwatch: CloudWatch = bound(CloudWatch, "ministack.services.cloudwatch")
cloudwatch_logs: CloudWatchLogs = bound(CloudWatchLogs, "ministack.services.cloudwatch_logs")
