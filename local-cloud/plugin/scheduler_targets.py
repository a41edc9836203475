"""EventBridge Scheduler: schedules that are checked as AWS checks them, and run as their role.

The emulator knows Lambda, SQS, SNS and buses as targets, asks no permission for them, and looks every 10 seconds. Here
universal targets (`arn:aws:scheduler:::aws-sdk:sagemaker:createProcessingJob`) run too.
"""

from __future__ import annotations

import contextvars
import json
import threading
import time
from collections.abc import Callable
from typing import Any

from . import constraints, iam, role_sessions, scheduler_delivery, scheduler_times
from .emulator import Answer, Json, app, core_arn, provisioners, replace, responses, scheduler
from .emulator import iam as iam_service
from .scheduler_delivery import UNIVERSAL, Outcome
from .scheduler_times import NotASchedule

_TICK_SECONDS = 1
_SERVICE = "scheduler.amazonaws.com"
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html#unsupported-api-actions
_READS = ("get", "describe", "list", "poll", "receive", "search", "scan", "query", "select", "read", "lookup")
_TEMPLATED = ("lambda", "sqs", "sns", "events")
_FIELDS = ("ScheduleExpressionTimezone", "StartDate", "EndDate", "ActionAfterCompletion", "KmsKeyArn", "Description")
# Until when each schedule has been looked at, by account, Region and key.
_seen: dict[tuple[str, str, str], float] = {}


def refusal(body: dict[str, Any]) -> str | None:
    """What AWS says to a schedule that it does not take."""
    try:
        scheduler_times.check(body.get("ScheduleExpression") or "", body.get("ScheduleExpressionTimezone") or "UTC")
    except NotASchedule as problem:
        return str(problem)
    window = {"Mode": "", **(body.get("FlexibleTimeWindow") or {})}
    if window["Mode"] == "FLEXIBLE":
        window["MaximumWindowInMinutes"] = int(window.get("MaximumWindowInMinutes") or 0)
    if broken := constraints.violation("scheduler", "CreateSchedule", {"FlexibleTimeWindow": window}):
        return broken
    return _target_refusal(body.get("Target") or {}, body.get("GroupName") or "default")


def _target_refusal(target: dict[str, Any], group: str) -> str | None:
    arn = str(target.get("Arn") or "")
    universal = UNIVERSAL.fullmatch(arn)
    if universal:
        if universal.group(2).startswith(_READS):
            return f"{arn} is not a supported api action for EventBridge Scheduler."
        try:
            json.loads(target.get("Input") or "{}")
        except ValueError:
            return "The Input of a universal target must be JSON."
    else:
        try:
            service = core_arn.parse_arn(arn).service
        except core_arn.ArnParseError:
            return f"Provided Arn {arn} is not in correct format."
        if service not in _TEMPLATED:
            return f"The local cloud has no schedules with the target {arn}; no lab uses one."
    role = iam_service._roles.get(str(target.get("RoleArn") or "").rsplit("/", 1)[-1])
    context = {"aws:SourceArn": scheduler_delivery.source_arn({"GroupName": group})}
    if role is None or role.get("Arn") != target.get("RoleArn") or not role_sessions.trusts(role, _SERVICE, context):
        return "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
    return None


def _checked(original: Callable[[str, Json], Answer]) -> Callable[[str, Json], Answer]:
    def operation(name: str, body: dict[str, Any]) -> Answer:
        complete = body.get("ScheduleExpression") and body.get("FlexibleTimeWindow") and body.get("Target")
        refused = refusal(body) if complete else None
        if refused:
            return scheduler._error(400, "ValidationException", refused)
        # What was due before the change is not made up for.
        key = f"{body.get('GroupName', 'default')}/{name}"
        for seen in [one for one in _seen if one[2] == key and one[0] == responses.get_account_id()]:
            _seen[seen] = time.time()
        return original(name, body)

    return operation


def fire(name: str, group: str, scheduled: float) -> Outcome:
    """Runs a schedule now, for a given scheduled time. Raises KeyError when there is none."""
    return scheduler_delivery.run(scheduler._schedules[f"{group}/{name}"], scheduled)


def tick(now: float) -> None:
    """Runs what has become due since the last look. Each run has a thread of its own."""
    for (account, region, key), schedule in list(scheduler._schedules._data.items()):
        identity = (account, region, key)
        before = _seen.setdefault(identity, schedule["CreationDate"])
        due = scheduler_times.next_time(schedule, before)
        end = scheduler._to_epoch(schedule.get("EndDate"))
        over = due is None and (end is None or now > end)
        if due is None or due > now:
            if over and not scheduler_times.is_once(schedule["ScheduleExpression"]):
                _complete(identity, schedule)
            continue
        _seen[identity] = due
        if schedule.get("State") != "ENABLED":
            continue
        with responses.request_scope(account, region):
            context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(scheduler_delivery.run, dict(schedule), due), daemon=True).start()
        if scheduler_times.is_once(schedule["ScheduleExpression"]):
            _complete(identity, schedule)


def _complete(identity: tuple[str, str, str], schedule: dict[str, Any]) -> None:
    if schedule.get("ActionAfterCompletion") == "DELETE":
        scheduler._schedules._data.pop(identity, None)
        _seen.pop(identity, None)


def _tick_now() -> None:
    tick(time.time())


def _body(props: dict[str, Any]) -> dict[str, Any]:
    body = {field: props[field] for field in _FIELDS if props.get(field) is not None}
    body |= {field: props.get(field) for field in ("ScheduleExpression", "FlexibleTimeWindow", "Target")}
    return {**body, "GroupName": props.get("GroupName") or "default", "State": props.get("State") or "ENABLED"}


def _answered(answer: Answer) -> None:
    if answer[0] >= 300:
        problem = json.loads(answer[2])
        raise ValueError(f"{problem['Message']} (Service: Scheduler, Status Code: {answer[0]})")


def _create(logical_id: str, props: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
    name = props.get("Name") or provisioners._physical_name(stack_name, logical_id, max_len=64)
    body = _body(props)
    _answered(scheduler._create_schedule(name, body))
    return name, {"Arn": scheduler._schedule_arn(body["GroupName"], name)}


def _update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> tuple[str, dict[str, Any]]:
    same = (old.get("Name"), old.get("GroupName")) == (new.get("Name"), new.get("GroupName"))
    if not same:
        return _create(logical_id or physical_id, new, stack_name)
    body = _body(new)
    _answered(scheduler._update_schedule(physical_id, body))
    return physical_id, {"Arn": scheduler._schedule_arn(body["GroupName"], physical_id)}


def _check_pass_role() -> None:
    """Who makes a schedule hands it a role, and must be allowed to."""
    original = app.SERVICE_HANDLERS["scheduler"]

    async def handler(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Answer:
        if app.AUTH and method in ("POST", "PUT") and path.startswith("/schedules/"):
            try:
                role = json.loads(body or b"{}").get("Target", {}).get("RoleArn")
            except (ValueError, AttributeError):
                role = None
            denied = iam.further_checks("scheduler", "CreateSchedule", {"RoleArn": role}, headers, query)
            if denied is not None:
                return denied
        return await original(method, path, headers, body, query)

    app.SERVICE_HANDLERS["scheduler"] = handler


def install() -> None:
    """Replaces the emulator's ticker and what it takes for a schedule."""
    _check_pass_role()
    replace(scheduler, "_create_schedule", _checked(scheduler._create_schedule))
    replace(scheduler, "_update_schedule", _checked(scheduler._update_schedule))
    replace(scheduler, "_tick_schedules", _tick_now)
    replace(scheduler, "_SCHEDULE_TICK_INTERVAL", _TICK_SECONDS)
    provisioners._RESOURCE_HANDLERS["AWS::Scheduler::Schedule"].update(create=_create, update=_update)
