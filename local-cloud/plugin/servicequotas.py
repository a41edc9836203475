"""IAM for Service Quotas: what its calls are checked on.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_servicequotas.html
"""

from __future__ import annotations

from typing import Any

SERVICE = "servicequotas"


def arns(operation: str, data: dict[str, Any], region: str, account: str) -> list[str]:
    """The quota that more is asked of; all other calls have no resource."""
    if operation != "RequestServiceQuotaIncrease":
        return ["*"]
    return [f"arn:aws:servicequotas:{region}:{account}:{data.get('ServiceCode') or '*'}/{data.get('QuotaCode') or '*'}"]
