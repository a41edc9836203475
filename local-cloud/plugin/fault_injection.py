"""AWS on a bad day: requests that are throttled, slow or fail, and lists that lag behind writes.

Each is a face of the cloud (`LAB_LOCAL_FACES`, `--face`). They meet requests that come from outside: of learners, of
the CDK, of functions and jobs. What AWS's services ask each other is not met: they retry among themselves for longer
than the local cloud has time. Chance is seeded by `LAB_LOCAL_SEED`, so that a failure can be looked at again; as
requests of several processes overlap, the order of what is hit can still differ.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import deque
from dataclasses import dataclass

from . import lacking, settings
from .emulator import Answer, Json, app, iam_evaluator, replace

# Of requests; each is hit or not by itself, so a client needs a handful of attempts, as it does on AWS.
_THROTTLED = 1 / 3
_FAILING = 1 / 20
# Seconds that an answer takes more.
_SLOW = (0.05, 0.3)
# Seconds that a list is behind: who asks AWS every 5 seconds asks a local cloud every 0.2, so that is some 12 there.
LAG = 0.5
# The application id in the user agent of those who stand for AWS's side of the network. SDKs of both languages have it.
INNER = "mla-inner"

# Services whose lists AWS calls eventually consistent, or that were seen to lag. S3's are consistent since 2020
# (https://aws.amazon.com/s3/consistency/), and nothing says that those of CloudFormation and Systems Manager lag.
_LAGGING = frozenset(
    {
        "tagging",  # https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
        "iam",  # https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
        "sagemaker",
        "logs",
        "glue",
        "codebuild",
        "codepipeline",
        "events",
        "scheduler",
        "athena",
    }
)
_LISTS = ("List", "GetResources", "GetTables", "GetJobs", "GetCrawlers", "GetDatabases", "DescribeLog", "Search")

# Error and status of each, by service where they have one of their own: botocore's models, and
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_THROTTLING = {
    "s3": ("SlowDown", 503),
    "lambda": ("TooManyRequestsException", 429),
    "scheduler": ("ThrottlingException", 429),
}
_THROTTLING_BY_PROTOCOL = {"query": ("Throttling", 400), "ec2": ("RequestLimitExceeded", 503)}


@dataclass(frozen=True)
class _Listed:
    at: float
    answer: Answer


class Faults:
    """What happens to requests from outside."""

    def __init__(self, faces: frozenset[str], seed: int) -> None:
        self._faces = faces
        self._random = random.Random(seed)
        self._lists: dict[str, deque[_Listed]] = {}

    def strikes(self, face: str, chance: float) -> bool:
        """Whether a request is hit by a face that the cloud shows."""
        return face in self._faces and self._random.random() < chance

    def delay(self) -> float:
        """Seconds that a request waits for its answer."""
        return self._random.uniform(*_SLOW) if "slow" in self._faces else 0.0

    def lags(self, service: str, operation: str) -> bool:
        """Whether an answer is a list that may be behind."""
        return "eventual" in self._faces and service in _LAGGING and operation.startswith(_LISTS)

    def lagging(self, key: str, answer: Answer, now: float) -> Answer:
        """The list as it was `LAG` seconds ago, as far back as somebody asked for it."""
        seen = self._lists.setdefault(key, deque(maxlen=200))
        seen.append(_Listed(now, answer))
        while len(seen) > 1 and seen[1].at <= now - LAG:
            seen.popleft()
        return seen[0].answer if now - seen[0].at <= 2 * LAG else answer


def list_key(wanted: lacking.Asked, path: str, query: Json, body: bytes) -> str:
    """Tells lists apart: operations of a JSON protocol have the same path, and often the same body."""
    return f"{wanted.service} {wanted.operation} {path} {sorted(query.items())} {body!r}"


def throttled(wanted: lacking.Asked, headers: dict[str, str], request_id: str) -> Answer:
    """The error of a service that is asked too often, in its own protocol."""
    code, status = _THROTTLING.get(
        wanted.service, _THROTTLING_BY_PROTOCOL.get(wanted.protocol, ("ThrottlingException", 400))
    )
    return lacking.failure(wanted, headers, request_id, code, "Rate exceeded", status)


def broken(wanted: lacking.Asked, headers: dict[str, str], request_id: str) -> Answer:
    """The error of a service that fails for no reason of the caller's."""
    code = "InternalError" if wanted.service == "s3" else "InternalFailure"
    return lacking.failure(wanted, headers, request_id, code, "An internal error occurred. Try again.", 500)


def install() -> None:
    """Stands before the emulator's dispatch, behind what records requests."""
    faces = settings.faces() & {"throttled", "slow", "failing", "eventual"}
    if not faces:
        return
    faults = Faults(faces, int(os.environ.get("MLA_SEED") or 1))
    original = app._dispatch_service_request

    async def dispatch(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Json, request_id: str
    ) -> Answer:
        async def answered() -> Answer:
            return await original(method, path, headers, body, query_params, request_id)

        by_root = iam_evaluator.request_caller_arn(headers, query_params).endswith(":root")
        if by_root or f"app/{INNER}" in headers.get("user-agent", ""):
            return await answered()
        # Models are large, so they are read beside the event loop.
        wanted = await asyncio.to_thread(lacking.asked, method, path, headers, body, query_params)
        if wanted is None:
            return await answered()
        await asyncio.sleep(faults.delay())
        if faults.strikes("throttled", _THROTTLED):
            return throttled(wanted, headers, request_id)
        if faults.strikes("failing", _FAILING):
            # Half of them did what was asked, and only the answer is lost.
            if faults.strikes("failing", 0.5):
                await answered()
            return broken(wanted, headers, request_id)
        answer = await answered()
        if faults.lags(wanted.service, wanted.operation) and answer[0] == 200:
            return faults.lagging(list_key(wanted, path, query_params, body), answer, time.monotonic())
        return answer

    replace(app, "_dispatch_service_request", dispatch)
