"""Puts an analysis' figures to CloudWatch: what the alarms look at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from monitor_settings import Settings
from stored_objects import access_error

#: A request takes 1,000 at most, and 1 MB.
_BATCH = 500
_LONGEST = 255


def metric_name(text: str) -> str:
    """A column's name can hold what a metric's cannot."""
    return re.sub(r"[^\x21-\x7e]", "_", text)[:_LONGEST]


def data_of(figures: Mapping[str, float], dimensions: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Without a time: CloudWatch takes the moment of arrival, which alarms on the last periods need."""
    return [
        {"MetricName": metric_name(name), "Dimensions": list(dimensions), "Value": float(value), "Unit": "None"}
        for name, value in figures.items()
    ]


def publish(cloudwatch: Any, settings: Settings, figures: Mapping[str, float]) -> int:
    """How many were put. Raises AnalysisError: without its metrics a monitor is blind, and must not look well."""
    if not settings.metrics or not figures:
        return 0
    sets = [[{"Name": "Endpoint", "Value": settings.endpoint}]]
    if settings.schedule:
        # A second series, as the managed monitor has it; alarms name the first.
        sets.append([*sets[0], {"Name": "MonitoringSchedule", "Value": settings.schedule}])
    data = [one for dimensions in sets for one in data_of(figures, dimensions)]
    try:
        for start in range(0, len(data), _BATCH):
            cloudwatch.put_metric_data(Namespace=settings.namespace, MetricData=data[start : start + _BATCH])
    except (ClientError, BotoCoreError) as error:
        raise access_error(error, "The metrics could not be published") from error
    return len(data)
