"""What the local cloud lacks answers in the protocol of the service that was asked: boto3 itself reads the answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from plugin import lacking


class _Raw:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_arguments: Any, **_named: Any) -> Any:
        yield self._content


def _client(service: str, seen: list[lacking.Asked | None]) -> Any:
    """A client whose requests are answered here, before they leave."""
    client = boto3.client(
        service,
        region_name="us-east-1",
        aws_access_key_id="AKIAEXAMPLE",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )

    def answer(request: Any, **_named: Any) -> AWSResponse:
        url = urlsplit(request.url)
        headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
        }
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        wanted = lacking.asked(
            request.method, url.path or "/", headers, body, parse_qs(url.query, keep_blank_values=True)
        )
        seen.append(wanted)
        assert wanted is not None
        status, given, content = lacking.refusal(wanted, headers, "req-1")
        return AWSResponse(request.url, status, given, _Raw(content))

    client.meta.events.register("before-send", answer)
    return client


PERIOD = {"Start": "2026-01-01", "End": "2026-02-01"}
CALLS = [
    ("ce", "get_cost_and_usage", {"TimePeriod": PERIOD, "Granularity": "DAILY", "Metrics": ["x"]}, "ce"),
    ("lakeformation", "list_permissions", {}, "lakeformation"),
    ("lakeformation", "get_data_lake_settings", {}, "lakeformation"),
    ("redshift", "describe_clusters", {}, "redshift"),
    ("ec2", "describe_instances", {}, "ec2"),
    ("route53", "get_hosted_zone", {"Id": "Z1"}, "route53"),
    ("cloudfront", "get_distribution", {"Id": "E1"}, "cloudfront"),
    ("cloudwatch", "list_metrics", {}, "monitoring"),
    ("arc-region-switch", "list_plans", {}, "arc-region-switch"),
    ("comprehend", "detect_sentiment", {"Text": "x", "LanguageCode": "en"}, "comprehend"),
    ("personalize", "list_datasets", {}, "personalize"),
    ("forecast", "list_datasets", {}, "forecast"),
    ("elasticbeanstalk", "describe_applications", {}, "elasticbeanstalk"),
    ("dynamodb", "list_imports", {}, "dynamodb"),
    ("quicksight", "list_dashboards", {"AwsAccountId": "0" * 12}, "quicksight"),
    ("bedrock-runtime", "converse", {"modelId": "m"}, "bedrock"),
    ("glacier", "list_vaults", {}, "glacier"),
    ("s3", "get_bucket_website", {"Bucket": "b"}, "s3"),
]


@pytest.mark.parametrize(("service", "call", "arguments", "signed"), CALLS)
def test_the_error_names_the_operation(service: str, call: str, arguments: dict[str, Any], signed: str) -> None:
    seen: list[lacking.Asked | None] = []
    client = _client(service, seen)
    operation = client.meta.method_to_api_mapping[call]
    with pytest.raises(ClientError) as caught:
        getattr(client, call)(**arguments)
    wanted = seen[0]
    assert wanted is not None
    assert wanted.service == signed
    error = caught.value.response["Error"]
    assert error["Code"] == "UnknownOperationException"
    # As permissions name it.
    prefix = "cloudwatch" if signed == "monitoring" else signed
    assert error["Message"] == f"The local cloud does not have {prefix}:{wanted.operation}; no lab uses it."
    assert wanted.operation == operation


def test_a_request_that_nobody_signed_is_left_to_the_emulator() -> None:
    assert lacking.asked("GET", "/bucket/key", {}, b"", {}) is None


@pytest.mark.parametrize(
    ("answer", "unknown"),
    [
        ((400, {}, b'{"__type": "InvalidAction", "message": "Unknown Glue action: Fly"}'), True),
        ((400, {}, b"<ErrorResponse><Error><Code>InvalidAction</Code></Error></ErrorResponse>"), True),
        ((404, {}, b'{"__type":"UnknownOperationException"}'), True),
        ((400, {}, b'{"__type": "ValidationException", "message": "x"}'), False),
        ((200, {}, b"InvalidAction"), False),
    ],
)
def test_the_emulators_own_words_for_it(answer: lacking.Answer, unknown: bool) -> None:
    assert lacking.says_unknown(answer) is unknown
