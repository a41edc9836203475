"""A topic that a stack makes has AWS's own policy: it lets nobody publish who has no permission for it."""

from __future__ import annotations

import json

from plugin import cloudformation
from plugin.emulator import provisioners, sns


def test_the_policy_of_a_topic_without_one_is_for_deliveries_of_its_owner() -> None:
    arn = cloudformation._topic_create("Topic", {"TopicName": "told"}, "stack")[0]
    topic = sns._topic_by_arn_any_scope(arn)
    assert topic is not None
    (statement,) = json.loads(topic["attributes"]["Policy"])["Statement"]
    provisioners._RESOURCE_HANDLERS["AWS::SNS::Topic"]["delete"](arn, {})
    assert statement["Condition"] == {"StringEquals": {"AWS:SourceOwner": "000000000000"}}
