"""What was switched on a moment ago does nothing for a while: buckets that tell EventBridge, rules and targets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from plugin import event_delays
from plugin.emulator import eventbridge, s3

EVENTBRIDGE = b"<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>"
NOTHING = b"<NotificationConfiguration/>"
TARGET = {"Id": "one", "Arn": "arn:aws:sqs:us-east-1:000000000000:seen"}
PATTERN = json.dumps({"source": ["aws.s3"]})


class Cloud:
    """A bucket, a rule, a clock that only the tests move, and the keys of the objects that the rule passed on."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.told: list[str] = []

    def notify(self, body: bytes) -> None:
        assert s3._put_bucket_notification("loud", body)[0] == 200

    def rule(self, pattern: str = PATTERN, state: str = "ENABLED") -> None:
        eventbridge._put_rule({"Name": "rule", "EventPattern": pattern, "State": state})

    def targets(self) -> None:
        eventbridge._put_targets({"Rule": "rule", "Targets": [TARGET]})

    def upload(self, key: str) -> None:
        s3._fire_s3_event("loud", key, "s3:ObjectCreated:Put", 1, "etag")


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    made = Cloud()
    for module, name in (
        (eventbridge, "_dispatch_event"),
        (eventbridge, "_enable_rule"),
        (eventbridge, "_invoke_target"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(eventbridge, "_invoke_target", lambda _target, event, *_: made.told.append(key_of(event)))
    event_delays.install()
    monkeypatch.setattr(event_delays.time, "monotonic", lambda: made.now)
    eventbridge._ensure_default_bus()
    s3._buckets["loud"] = {"objects": {}}
    yield made
    for store, key in ((s3._buckets, "loud"), (s3._bucket_notifications, "loud")):
        store.pop(key, None)
    eventbridge._delete_rule({"Name": "rule"})


def key_of(event: dict[str, Any]) -> str:
    return str(json.loads(event["Detail"])["object"]["key"])


def settle(cloud: Cloud) -> None:
    cloud.rule()
    cloud.targets()
    cloud.notify(EVENTBRIDGE)
    cloud.now += 5


def test_an_upload_within_five_minutes_of_switching_on_is_never_told(cloud: Cloud) -> None:
    cloud.rule()
    cloud.targets()
    cloud.notify(EVENTBRIDGE)
    cloud.upload("at once")
    cloud.now += 4.9
    cloud.upload("soon after")
    cloud.now += 0.2
    cloud.upload("later")
    assert cloud.told == ["later"]


def test_a_bucket_that_tells_already_goes_on_when_it_is_told_the_same_again(cloud: Cloud) -> None:
    settle(cloud)
    cloud.notify(EVENTBRIDGE)
    cloud.upload("told")
    assert cloud.told == ["told"]


def test_switched_off_and_on_again_it_begins_anew(cloud: Cloud) -> None:
    settle(cloud)
    cloud.notify(NOTHING)
    cloud.notify(EVENTBRIDGE)
    cloud.upload("lost")
    assert cloud.told == []


@pytest.mark.parametrize("change", ["another pattern", "off and on", "enabled by EnableRule", "another target"])
def test_a_rule_that_was_changed_matches_after_a_while(cloud: Cloud, change: str) -> None:
    settle(cloud)
    if change == "another pattern":
        cloud.rule(json.dumps({"source": ["aws.s3"], "detail-type": ["Object Created"]}))
    elif change == "off and on":
        cloud.rule(state="DISABLED")
        cloud.rule()
    elif change == "enabled by EnableRule":
        eventbridge._disable_rule({"Name": "rule"})
        eventbridge._enable_rule({"Name": "rule"})
    else:
        cloud.targets()
    cloud.upload("lost")
    cloud.now += 1
    cloud.upload("told")
    assert cloud.told == ["told"]


def test_a_rule_that_is_put_as_it_was_goes_on(cloud: Cloud) -> None:
    settle(cloud)
    cloud.rule()
    eventbridge._enable_rule({"Name": "rule"})
    cloud.upload("told")
    assert cloud.told == ["told"]
