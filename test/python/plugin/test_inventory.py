"""The raw inventory sees what the emulator keeps, also where the plug-in put a store of its own kind."""

from __future__ import annotations

import pytest
from plugin import event_delays, inventory
from plugin.emulator import eventbridge, responses, s3

SCOPE = ("111122223333", "us-east-1")


@pytest.fixture
def delays() -> None:
    """As event_delays has it in a running cloud; other tests may have installed it already."""
    s3._bucket_notifications.__class__ = event_delays._Notifications
    eventbridge._rules.__class__ = event_delays._Rules
    eventbridge._targets.__class__ = event_delays._Targets


def test_a_rule_its_targets_and_a_buckets_notifications_are_in_it(delays: None) -> None:
    stores = (eventbridge._rules, eventbridge._targets, s3._bucket_notifications)
    with responses.request_scope(*SCOPE):
        try:
            eventbridge._rules["default|left"] = {"Name": "left", "Arn": "arn:rule/left", "State": "ENABLED"}
            eventbridge._targets["default|left"] = [{"Id": "t", "Arn": "arn:target"}]
            s3._bucket_notifications["left"] = "<EventBridgeConfiguration/>"
            found = inventory.collect()
        finally:
            for store in stores:
                for key in list(store):
                    del store[key]
    account, region = SCOPE
    assert f"eventbridge/_rules/{account}/{region}/default|left" in found
    assert f"eventbridge/_targets/{account}/{region}/default|left" in found
    assert f"s3/_bucket_notifications/{account}/left" in found
