"""CBOR as botocore writes it is read, and what we write botocore reads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest
from botocore.parsers import RpcV2CBORParser
from botocore.serialize import create_serializer
from plugin import cbor

MOMENT = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)


def service_model() -> Any:
    return botocore.session.get_session().get_service_model("cloudwatch")


def test_a_request_of_botocore_is_read() -> None:
    data = {
        "Namespace": "Own",
        "MetricData": [
            {
                "MetricName": "m",
                "Value": 0.774,
                "Values": [1.0, -2.5e300],
                "Timestamp": MOMENT,
                "StorageResolution": 60,
                "Dimensions": [{"Name": "feature", "Value": "température"}],
            }
        ],
    }
    operation = service_model().operation_model("PutMetricData")
    request = create_serializer("smithy-rpc-v2-cbor").serialize_to_request(data, operation)
    assert cbor.loads(request["body"]) == data


def test_an_answer_of_ours_is_read_by_botocore() -> None:
    answer = {"Label": "m", "Datapoints": [{"Timestamp": cbor.CBORTag(1, MOMENT.timestamp()), "Sum": 3.0}]}
    shape = service_model().operation_model("GetMetricStatistics").output_shape
    body = {"body": cbor.dumps(answer), "headers": {"smithy-protocol": "rpc-v2-cbor"}, "status_code": 200}
    parsed = RpcV2CBORParser().parse(body, shape)
    assert parsed["Datapoints"][0]["Sum"] == 3.0
    assert parsed["Datapoints"][0]["Timestamp"].timestamp() == MOMENT.timestamp()


@pytest.mark.parametrize(
    "value",
    [0, 23, 24, 255, 256, 65_536, 2**32, 2**63, -1, -25, 1.5, True, False, None, "", "é", b"\x00", [], [1, ["a"]], {}],
)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert cbor.loads(cbor.dumps(value)) == value


@pytest.mark.parametrize("data", [b"\xbf\x61a\x9f\x01\xff\xff", b"\xa1\x61a\x81\x01"])
def test_open_ends_are_read(data: bytes) -> None:
    assert cbor.loads(data) == {"a": [1]}


@pytest.mark.parametrize("data", [b"", b"\x61", b"\xff", b"\x00\x00", b"\x1c", b"\xa1\x61a", b'{"a":1}'])
def test_what_is_no_cbor_is_refused(data: bytes) -> None:
    with pytest.raises(cbor.CBORDecodeError):
        cbor.loads(data)
