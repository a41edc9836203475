"""Service Quotas: makes the emulator know the service, and what IAM checks its calls on.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_servicequotas.html
"""

from __future__ import annotations

from typing import Any

from .emulator import iam_actions, router

SERVICE = "servicequotas"


def arns(operation: str, data: dict[str, Any], region: str, account: str) -> list[str]:
    """The quota that more is asked of; all other calls have no resource."""
    if operation != "RequestServiceQuotaIncrease":
        return ["*"]
    return [f"arn:aws:servicequotas:{region}:{account}:{data.get('ServiceCode') or '*'}/{data.get('QuotaCode') or '*'}"]


def install() -> None:
    """Where its requests go, and that IAM decides about them."""
    patterns = {"target_prefixes": ["ServiceQuotasV20190624."], "host_patterns": [r"^servicequotas\."]}
    router.SERVICE_PATTERNS.setdefault(SERVICE, patterns)
    iam_actions.SERVICE_TO_IAM_NAMESPACE.setdefault(SERVICE, SERVICE)
