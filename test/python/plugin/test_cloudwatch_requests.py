"""Requests of CloudWatch as SDKs send them now: CBOR is read, and what cannot be read is an empty request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest
from botocore.serialize import create_serializer
from plugin import cloudwatch_requests

CBOR = {"content-type": "application/cbor"}


def test_a_request_of_botocore_is_read() -> None:
    data: dict[str, Any] = {
        "Namespace": "Own",
        "MetricData": [
            {
                "MetricName": "m",
                "Value": 0.774,
                "Values": [1.0, -2.5e300],
                "Timestamp": datetime(2026, 7, 1, 12, 30, tzinfo=UTC),
                "StorageResolution": 60,
                "Dimensions": [{"Name": "feature", "Value": "température"}],
            }
        ],
    }
    operation = botocore.session.get_session().get_service_model("cloudwatch").operation_model("PutMetricData")
    request = create_serializer("smithy-rpc-v2-cbor").serialize_to_request(data, operation)
    assert cloudwatch_requests.decode(CBOR, request["body"]) == data


@pytest.mark.parametrize("body", [b"", b"\x61", b"\xff", b"\x1c", b"\xa1\x61a", b'{"a":1}', b"\x62\xff\xff", b"\x00"])
def test_what_is_no_request_is_an_empty_one(body: bytes) -> None:
    assert cloudwatch_requests.decode(CBOR, body) == {}
