"""Events that nobody is told of yet: AWS takes what was switched on a moment ago, and does nothing with it for a while.

Nothing is kept for later and nobody is told, as on AWS. Waits are divided as everywhere here (services/waits.ts).
"""

from __future__ import annotations

import json
import logging
import time
from typing import Any

from .emulator import AccountStore, RegionStore, eventbridge, replace, responses, s3

logger = logging.getLogger("events")

WAITS_DIVIDED_BY = 60
# "After you enable EventBridge, it takes around five minutes for the changes to take effect."
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html
NOTIFICATION_SECONDS = 300 / WAITS_DIVIDED_BY
# "Incoming events might not immediately start matching to new or updated rules. Allow a short period of time for
# changes to take effect." The same is said of targets and of a rule that is enabled. AWS names no length: a minute.
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
RULE_SECONDS = 60 / WAITS_DIVIDED_BY

# When it was switched on, by account and bucket; by ARN of the rule.
_notifying: dict[tuple[str, str], float] = {}
_ruling: dict[str, float] = {}


def _tells_eventbridge(configuration: str | None) -> bool:
    return "EventBridgeConfiguration" in (configuration or "")


class _Notifications(AccountStore):
    """Notification configurations of buckets. Notes when one begins to tell EventBridge."""

    __slots__ = ()

    def __setitem__(self, bucket: str, configuration: str) -> None:
        if _tells_eventbridge(configuration) and not _tells_eventbridge(self.get(bucket)):
            _notifying[(responses.get_account_id(), bucket)] = time.monotonic()
        super().__setitem__(bucket, configuration)


class _Rules(RegionStore):
    """Rules. Notes when one is new, or matches other events than before."""

    __slots__ = ()

    def __setitem__(self, key: str, rule: dict[str, Any]) -> None:
        known = self.get(key) or {}
        if any(known.get(part) != rule.get(part) for part in ("Arn", "EventPattern", "State")):
            _ruling[rule["Arn"]] = time.monotonic()
        super().__setitem__(key, rule)


class _Targets(RegionStore):
    """Targets of rules. Notes when some are put."""

    __slots__ = ()

    def __setitem__(self, key: str, targets: list[dict[str, Any]]) -> None:
        rule = eventbridge._rules.get(key)
        if rule:
            _ruling[rule["Arn"]] = time.monotonic()
        super().__setitem__(key, targets)


def bucket_is_silent(bucket: str) -> bool:
    """Whether S3 does not tell EventBridge of this bucket yet."""
    since = _notifying.get((responses.get_account_id(), bucket))
    return since is not None and time.monotonic() - since < NOTIFICATION_SECONDS


def rule_is_silent(arn: str) -> bool:
    """Whether a rule, or its targets, are too new to match."""
    since = _ruling.get(arn)
    return since is not None and time.monotonic() - since < RULE_SECONDS


def install() -> None:
    """Notes what is switched on where the emulator keeps it, whoever asked: the API or CloudFormation."""
    s3._bucket_notifications.__class__ = _Notifications
    eventbridge._rules.__class__ = _Rules
    eventbridge._targets.__class__ = _Targets
    dispatch, invoke_target, enable = eventbridge._dispatch_event, eventbridge._invoke_target, eventbridge._enable_rule

    def dispatch_unless_silent(event: dict[str, Any], *arguments: Any, **named: Any) -> Any:
        if event.get("Source") == "aws.s3":
            bucket = json.loads(event["Detail"])["bucket"]["name"]
            if bucket_is_silent(bucket):
                logger.info("EventBridge is not told of %s yet", bucket)
                return None
        return dispatch(event, *arguments, **named)

    def invoke_unless_silent(
        target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], *arguments: Any, **named: Any
    ) -> Any:
        # A schedule matches no events.
        if rule.get("EventPattern") and rule_is_silent(str(rule.get("Arn"))):
            logger.info("%s does not match yet", rule.get("Arn"))
            return None
        return invoke_target(target, event, rule, *arguments, **named)

    def enable_rule(data: dict[str, Any]) -> Any:
        rule = eventbridge._rules.get(eventbridge._rule_key(str(data.get("Name")), data.get("EventBusName", "default")))
        if rule and rule["State"] != "ENABLED":
            _ruling[rule["Arn"]] = time.monotonic()
        return enable(data)

    replace(eventbridge, "_dispatch_event", dispatch_unless_silent)
    replace(eventbridge, "_invoke_target", invoke_unless_silent)
    replace(eventbridge, "_enable_rule", enable_rule)
