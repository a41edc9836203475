"""What follows a change of an alarm's state: the event, and the actions to SNS topics and Lambda functions.

Each is delivered from one thread, in the order in which the states changed: nobody who publishes a metric waits.
"""

from __future__ import annotations

import contextvars
import json
import logging
import queue
import threading
from typing import Any

from . import alarm_shapes
from .emulator import cloudwatch, core_arn, eventbridge, iam_evaluator, lambda_svc, replace, responses, sns

logger = logging.getLogger("cloudwatch")

_SNS, _LAMBDA = "cloudwatch.amazonaws.com", "lambda.alarms.cloudwatch.amazonaws.com"

_waiting: queue.Queue[tuple[contextvars.Context, dict[str, Any], dict[str, Any]]] = queue.Queue()
# The last state of each alarm that was told, by ARN: the next one's previousState.
_told: dict[str, dict[str, Any]] = {}


class Undelivered(Exception):
    """An action that could not be done; the text goes to the alarm's history."""


def _to_topic(arn: str, alarm: dict[str, Any], previous: dict[str, Any]) -> None:
    topic = sns._topic_by_arn_any_scope(arn)
    if topic is None:
        raise Undelivered("Resource: " + arn + " does not exist")
    if not sns.topic_policy_allows(arn, _SNS, alarm["AlarmArn"], responses.get_account_id()):
        raise Undelivered(f"CloudWatch Alarms is not authorized to perform: SNS:Publish on resource: {arn}")
    key = topic.get("attributes", {}).get("KmsMasterKeyId")
    if key:
        raise Undelivered(
            f"CloudWatch Alarms does not have authorization to access the SNS topic encryption key {key}"
            if key == "alias/aws/sns"
            else f"The local cloud does not have encrypted topics for alarms ({key})"
        )
    subject = f'{alarm["StateValue"]}: "{alarm["AlarmName"]}" in {responses.get_region()}'[:100]
    sns.publish_internal(arn, json.dumps(alarm_shapes.message(alarm, previous)), subject)


def _to_function(arn: str, alarm: dict[str, Any], previous: dict[str, Any]) -> None:
    func, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if not func or not config:
        raise Undelivered(f"Function not found: {arn}")
    source = {"aws:sourcearn": alarm["AlarmArn"], "aws:sourceaccount": responses.get_account_id()}
    context = iam_evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="lambda:InvokeFunction",
        resource_arn=arn,
        region=responses.get_region(),
        service_context=source,
    )
    if iam_evaluator.evaluate_resource_policy(func["policy"], context, service=_LAMBDA).decision != "Allow":
        raise Undelivered(f"CloudWatch Alarms is not authorized to perform: lambda:InvokeFunction on resource: {arn}")
    event = {
        "source": "aws.cloudwatch",
        "alarmArn": alarm["AlarmArn"],
        "accountId": responses.get_account_id(),
        "time": alarm_shapes.stamp(alarm["StateUpdatedTimestamp"]),
        "region": responses.get_region(),
        "alarmData": {
            "alarmName": alarm["AlarmName"],
            "state": alarm_shapes.state(alarm),
            "previousState": previous,
            "configuration": alarm_shapes.configuration(alarm),
        },
    }
    eventbridge._dispatch_to_lambda(arn, json.dumps(event))


def _act(arn: str, alarm: dict[str, Any], previous: dict[str, Any]) -> None:
    try:
        service = core_arn.parse_arn(arn).service
        if service == "sns":
            _to_topic(arn, alarm, previous)
        elif service == "lambda":
            _to_function(arn, alarm, previous)
        else:
            raise Undelivered(f"The local cloud has no alarm actions of {service}")
        outcome, error = "Successfully executed", None
    except Exception as problem:  # whatever a subscriber does, the next action runs
        outcome, error = "Failed to execute", str(problem)
    summary = f"{outcome} action {arn}" + (f". Received error: {error}" if error else "")
    data = {
        "actionState": "Failed" if error else "Succeeded",
        "notificationResource": arn,
        "stateUpdateTimestamp": int(alarm["StateUpdatedTimestamp"] * 1000),
        "error": error,
    }
    cloudwatch._history_entries().append(
        {
            "AlarmName": alarm["AlarmName"],
            "AlarmType": "CompositeAlarm" if "AlarmRule" in alarm else "MetricAlarm",
            "Timestamp": cloudwatch._ts_iso(alarm["StateUpdatedTimestamp"]),
            "HistoryItemType": "Action",
            "HistorySummary": summary,
            "HistoryData": json.dumps(data),
        }
    )


def _deliver(alarm: dict[str, Any], previous: dict[str, Any]) -> None:
    detail = {
        "alarmName": alarm["AlarmName"],
        "state": alarm_shapes.state(alarm),
        "previousState": previous,
        "configuration": alarm_shapes.configuration(alarm),
    }
    entry = {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Detail": json.dumps(detail),
        "Resources": [alarm["AlarmArn"]],
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
    if alarm.get("ActionsEnabled", True):
        for arn in alarm.get(alarm_shapes.ACTIONS[alarm["StateValue"]]) or []:
            _act(arn, alarm, previous)


def remember(alarm: dict[str, Any]) -> None:
    """Notes the state that the alarm is about to leave."""
    _told[alarm["AlarmArn"]] = alarm_shapes.state(alarm)


def dispatch(alarm: dict[str, Any], old_state: str, new_state: str, reason: str) -> None:
    """Has the change of state delivered. The alarm holds the new state already."""
    previous = _told.get(alarm["AlarmArn"]) or {"value": old_state}
    _told[alarm["AlarmArn"]] = alarm_shapes.state(alarm)
    _waiting.put((contextvars.copy_context(), dict(alarm), {**previous, "value": old_state}))


def _work() -> None:
    while True:
        context, alarm, previous = _waiting.get()
        try:
            context.run(_deliver, alarm, previous)
        except Exception:
            logger.exception("alarm %s: its change of state was not delivered", alarm["AlarmName"])
        finally:
            _waiting.task_done()


def settle() -> None:
    """Waits until everything so far is delivered."""
    _waiting.join()


def _tell_creation(record: Any) -> Any:
    """The emulator writes the creation of an alarm as a change of state; AWS writes it as one of configuration."""

    def record_history(alarm_name: str, old_state: str, new_state: str, *rest: Any, **named: Any) -> None:
        record(alarm_name, old_state, new_state, *rest, **named)
        if old_state == new_state:
            cloudwatch._history_entries()[-1].update(
                HistoryItemType="ConfigurationUpdate",
                HistorySummary=f'Alarm "{alarm_name}" created',
                HistoryData=json.dumps({"type": "Create", "version": "1.0"}),
            )

    return record_history


def install() -> None:
    """Every change of state goes this way, those of composite alarms and of SetAlarmState too."""
    replace(cloudwatch, "_dispatch_alarm_actions", dispatch)
    replace(cloudwatch, "_record_history", _tell_creation(cloudwatch._record_history))
    threading.Thread(target=_work, daemon=True, name="alarm-actions").start()
