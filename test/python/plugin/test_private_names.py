"""The plug-in holds on to private names of one pinned MiniStack; these tests say so when they move."""

from __future__ import annotations

import importlib
import inspect
from importlib.metadata import version

import pytest

PINNED = "1.5.33"

HELD = [
    ("ministack.app", "SERVICE_HANDLERS"),
    ("ministack.app", "AUTH"),
    ("ministack.app", "app"),
    ("ministack.app", "main"),
    ("ministack.app", "_dispatch_service_request"),
    ("ministack.app", "_port_is_bindable"),
    ("ministack.app", "_get_module"),
    ("ministack.core.iam_actions", "extract_resource_arn"),
    ("ministack.core.iam_actions", "extract_iam_action"),
    ("ministack.core.iam_actions", "request_tag_context"),
    ("ministack.core.router", "_is_aws_service_name"),
    ("ministack.core.lambda_runtime", "_workers"),
    ("ministack.core.lambda_runtime", "_lock"),
    ("ministack.core.lambda_runtime", "kill_workers"),
    ("ministack.app", "_routing_params"),
    ("ministack.core.iam_actions", "access_denied_response"),
    ("ministack.core.iam_evaluator", "enforce"),
    ("ministack.core.iam_evaluator", "evaluate_trust_policy"),
    ("ministack.core.iam_evaluator", "request_caller_arn"),
    ("ministack.core.iam_evaluator", "_request_caller_arn"),
    ("ministack.core.iam_evaluator", "parse_policy_document"),
    ("ministack.core.iam_evaluator", "resolve_credential"),
    ("ministack.services.cloudformation.provisioners", "_RESOURCE_HANDLERS"),
    ("ministack.services.cloudformation", "_stacks"),
    ("ministack.services.cloudformation.stacks", "_add_event"),
    ("ministack.services.cloudformation.stacks", "_delete_resource"),
    ("ministack.services.cloudformation.stacks", "_runs_on_worker_thread"),
    ("ministack.services.cloudformation.stacks", "_with_dependencies"),
    ("ministack.core.iam_evaluator", "_gather_role_policies"),
    ("ministack.core.iam_evaluator", "_names_condition_key"),
    ("ministack.core.iam_evaluator", "_permissions_boundary"),
    ("ministack.core.iam_evaluator", "evaluate"),
    ("ministack.services.cloudformation", "_ACTION_HANDLERS"),
    ("ministack.services.cloudformation.changesets", "_find_change_set"),
    ("ministack.services.cloudformation.handlers", "_resolve_stack"),
    ("ministack.services.cloudformation.helpers", "_error"),
    ("ministack.services.cloudformation.helpers", "_p"),
    ("ministack.services.cloudformation.provisioners", "_physical_name"),
    ("ministack.services.cloudformation.stacks", "_provision_resource"),
    ("ministack.services.cloudformation.stacks", "_update_resource"),
    ("ministack.services.lambda_svc", "executions_in_flight"),
    ("ministack.services.eventbridge", "_targets"),
    ("ministack.services.eventbridge", "_rules"),
    ("ministack.services.eventbridge", "_rule_last_fired"),
    ("ministack.services.eventbridge", "_pattern_event_view"),
    ("ministack.services.eventbridge", "_parse_rate_seconds"),
    ("ministack.services.eventbridge", "_parse_cron_fields"),
    ("ministack.services.eventbridge", "_invoke_target"),
    ("ministack.services.eventbridge", "_cron_next_fire"),
    ("ministack.services.eventbridge", "_dispatch_event"),
    ("ministack.services.eventbridge", "_enable_rule"),
    ("ministack.services.eventbridge", "_rule_key"),
    ("ministack.services.eventbridge", "_rules"),
    ("ministack.services.eventbridge", "_targets"),
    ("ministack.services.s3", "_bucket_notifications"),
    ("ministack.services.s3", "_fire_s3_event"),
    ("ministack.services.tagging", "_COLLECTORS"),
    ("ministack.services.glue", "_jobs"),
    ("ministack.services.glue", "_create_classifier"),
    ("ministack.services.glue", "_delete_classifier"),
    ("ministack.services.athena", "_ensure_default_workgroup"),
    ("ministack.services.athena", "_ensure_default_data_catalog"),
    ("ministack.services.eventbridge", "_ensure_default_bus"),
    ("ministack.services.scheduler", "_ensure_default_group"),
    ("ministack.services.cloudwatch", "_dashboards"),
    ("ministack.services.cloudwatch_logs", "error_response_json"),
    ("ministack.services.athena", "_create_named_query"),
    ("ministack.services.athena", "_delete_named_query"),
    ("ministack.services.iam", "_roles"),
    ("ministack.services.s3", "_buckets"),
    ("ministack.services.s3", "_object_versions"),
    ("ministack.services.cloudwatch_logs", "_start_query"),
    ("ministack.services.cloudwatch_logs", "_get_query_results"),
    ("ministack.services.cloudwatch_logs", "_resolve_query_log_groups"),
    ("ministack.services.cloudwatch_logs", "_collect_query_records"),
    ("ministack.services.cloudwatch_logs", "_format_insights_timestamp"),
    ("ministack.services.cloudwatch_logs", "_queries"),
    ("ministack.services.cloudwatch_logs", "_log_groups"),
    ("ministack.services.cloudwatch_logs", "_filter_log_events"),
    ("ministack.services.cloudwatch_logs", "_resolve_log_group_name"),
    ("ministack.services.cloudwatch", "_cbor_datapoint"),
    ("ministack.services.cloudwatch", "_cbor_metric_data_result"),
    ("ministack.services.cloudwatch", "_get_metric_data"),
    ("ministack.services.cloudwatch", "_get_metric_statistics"),
    ("ministack.services.cloudwatch", "_parse_ts"),
    ("ministack.services.cloudwatch", "reset"),
    ("ministack.core.iam_actions", "request_tag_context"),
    ("ministack.services.cloudwatch", "_alarms"),
    ("ministack.services.cloudwatch", "_alarm_history"),
    ("ministack.services.cloudwatch", "_alarm_request_tags"),
    ("ministack.services.cloudwatch", "_alarm_tags_refusal"),
    ("ministack.services.cloudwatch", "_calc_stats"),
    ("ministack.services.cloudwatch", "_cbor_ok"),
    ("ministack.services.cloudwatch", "_composite_alarms"),
    ("ministack.services.cloudwatch", "_dims_from_list"),
    ("ministack.services.cloudwatch", "_dims_key"),
    ("ministack.services.cloudwatch", "_dispatch_alarm_actions"),
    ("ministack.services.cloudwatch", "_error"),
    ("ministack.services.cloudwatch", "_evaluate_alarm"),
    ("ministack.services.cloudwatch", "_evaluate_all_alarms"),
    ("ministack.services.cloudwatch", "_evaluate_parent_alarms"),
    ("ministack.services.cloudwatch", "_history_entries"),
    ("ministack.services.cloudwatch", "_json_ok"),
    ("ministack.services.cloudwatch", "_metrics"),
    ("ministack.services.cloudwatch", "_put_metric_alarm"),
    ("ministack.services.cloudwatch", "_put_metric_data"),
    ("ministack.services.cloudwatch", "_record_history"),
    ("ministack.services.cloudwatch", "_resource_tags"),
    ("ministack.services.cloudwatch", "_stat_value"),
    ("ministack.services.cloudwatch", "_store_datum"),
    ("ministack.services.cloudwatch", "_ts_iso"),
    ("ministack.services.cloudwatch", "cloudformation_put_metric_alarm"),
    ("ministack.services.cloudwatch", "record_metric"),
    ("ministack.services.cloudformation.provisioners", "_cw_metric_alarm_record"),
    ("ministack.services.eventbridge", "_dispatch_to_lambda"),
    ("ministack.services.eventbridge", "_put_events"),
    ("ministack.services.lambda_svc", "_execute_function_dispatch"),
    ("ministack.services.lambda_svc", "_execution_record_for_config"),
    ("ministack.services.lambda_svc", "_functions"),
    ("ministack.services.lambda_svc", "_get_func_record_for_ref"),
    ("ministack.services.lambda_svc", "_route_async_failure"),
    ("ministack.services.lambda_svc", "invoke_async_with_retry"),
    ("ministack.core.lambda_runtime", "_detect_runtime_binary"),
    ("ministack.services.sns", "_deliver_to_lambda"),
    ("ministack.services.sns", "_topic_by_arn_any_scope"),
    ("ministack.services.sns", "publish_internal"),
    ("ministack.services.sns", "topic_policy_allows"),
    ("ministack.services.sts", "register_session"),
]


def test_the_emulator_is_the_pinned_version() -> None:
    assert version("ministack") == PINNED


@pytest.mark.parametrize(("module", "name"), HELD)
def test_a_name_that_the_plugin_holds_is_still_there(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(module), name)


def test_the_dispatch_still_takes_what_the_recorder_passes_on() -> None:
    app = importlib.import_module("ministack.app")
    names = list(inspect.signature(app._dispatch_service_request).parameters)
    assert names == ["method", "path", "headers", "body", "query_params", "request_id"]


def test_the_resource_of_an_action_still_takes_what_ours_takes() -> None:
    actions = importlib.import_module("ministack.core.iam_actions")
    names = list(inspect.signature(actions.extract_resource_arn).parameters)
    assert names == ["service", "method", "path", "headers", "body", "query_params", "region", "account_id"]


def test_the_dispatch_reads_the_resource_at_each_request() -> None:
    """Ours replaces the function in its module; a copy bound at import time would go unnoticed."""
    source = inspect.getsource(importlib.import_module("ministack.app")._dispatch_service_request)
    assert "extract_resource_arn," in source
    assert "from ministack.core.iam_actions import (" in source
