"""What IAM checks calls of Service Quotas on."""

from __future__ import annotations

from plugin import servicequotas


def test_a_request_for_more_is_checked_on_its_quota() -> None:
    data = {"ServiceCode": "sagemaker", "QuotaCode": "L-611FA074", "DesiredValue": 2}
    arns = servicequotas.arns("RequestServiceQuotaIncrease", data, "us-east-1", "000000000000")
    assert arns == ["arn:aws:servicequotas:us-east-1:000000000000:sagemaker/L-611FA074"]


def test_a_question_has_no_resource() -> None:
    assert servicequotas.arns("GetServiceQuota", {"ServiceCode": "sagemaker"}, "us-east-1", "000000000000") == ["*"]
