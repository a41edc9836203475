"""The face `busy-names`: for a while, CloudFormation cannot make what has the name of something deleted just now."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from . import settings
from .emulator import provisioners

# A minute of AWS for a queue, up to an hour for a bucket; long enough here that a stack made at once fails.
_BUSY_SECONDS = 10.0

_CONFLICT = "A conflicting {what}operation is currently in progress against this resource. Please try again."
# Type, the property that names it, and what its service says.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (OperationAborted)
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
_TYPES = {
    "AWS::SQS::Queue": (
        "QueueName",
        "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
    ),
    "AWS::S3::Bucket": ("BucketName", _CONFLICT.format(what="conditional ")),
    "AWS::Logs::LogGroup": ("LogGroupName", _CONFLICT.format(what="")),
}


class BusyNames:
    """Names that were given up a moment ago."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[tuple[str, str], float] = {}

    def gave_up(self, type_name: str, name: str) -> None:
        """Remembers a deletion."""
        self._since[type_name, name] = self._clock()

    def check(self, type_name: str, name: str) -> None:
        """Raises ValueError, in the service's words, for a name that is still busy."""
        since = self._since.get((type_name, name))
        if since is not None and self._clock() - since < _BUSY_SECONDS:
            raise ValueError(_TYPES[type_name][1])


def _wrap(names: BusyNames, type_name: str) -> None:
    entry = provisioners._RESOURCE_HANDLERS[type_name]
    create, delete = entry["create"], entry["delete"]
    named = _TYPES[type_name][0]

    def checked(logical_id: str, props: dict[str, Any], *rest: Any) -> Any:
        names.check(type_name, str(props.get(named, "")))
        return create(logical_id, props, *rest)

    def remembered(physical_id: str, props: dict[str, Any], *rest: Any) -> Any:
        done = delete(physical_id, props, *rest)
        names.gave_up(type_name, str(props.get(named, "")))
        return done

    entry.update(create=checked, delete=remembered)


def install() -> None:
    """Comes after all that replaces the handlers of these types."""
    if settings.face("busy-names"):
        names = BusyNames()
        for type_name in _TYPES:
            _wrap(names, type_name)
