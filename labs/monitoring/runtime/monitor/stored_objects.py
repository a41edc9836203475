"""Objects of the lab's bucket, read as the job's role."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from monitor_settings import AnalysisError

_GONE = ("NoSuchKey", "404")


def access_error(error: Exception, what: str) -> AnalysisError:
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        return AnalysisError(f"{what}: {details.get('Code', 'Error')}: {str(details.get('Message', ''))[:300]}")
    return AnalysisError(f"{what}: {str(error)[:300]}")


def keys_below(s3: Any, bucket: str, prefix: str) -> Iterator[str]:
    """In order. Raises AnalysisError."""
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for one in page.get("Contents", []):
                if not one["Key"].endswith("/"):
                    yield one["Key"]
    except (ClientError, BotoCoreError) as error:
        raise access_error(error, f"s3://{bucket}/{prefix} cannot be listed") from error


def content(s3: Any, bucket: str, key: str) -> bytes | None:
    """None where there is no such object. Raises AnalysisError."""
    try:
        body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _GONE:
            return None
        raise access_error(error, f"s3://{bucket}/{key} cannot be read") from error
    except BotoCoreError as error:
        raise access_error(error, f"s3://{bucket}/{key} cannot be read") from error


def lines_of(s3: Any, bucket: str, key: str, skipped: Counter[str]) -> Iterator[str]:
    """The lines of an object that are not empty; one that is gone since it was listed is counted."""
    body = content(s3, bucket, key)
    if body is None:
        skipped["an object that is gone"] += 1
        return
    # Not splitlines: it parts lines at characters that JSON allows within texts.
    for line in body.decode("utf-8", "replace").split("\n"):
        if line.strip():
            yield line


def document(s3: Any, bucket: str, key: str) -> dict[str, Any]:
    """A JSON document that the analysis cannot do without. Raises AnalysisError."""
    body = content(s3, bucket, key)
    if body is None:
        raise AnalysisError(f"There is no s3://{bucket}/{key}. Make the baseline first.")
    try:
        found = json.loads(body)
    except ValueError:
        raise AnalysisError(f"s3://{bucket}/{key} is no JSON.") from None
    if not isinstance(found, dict):
        raise AnalysisError(f"s3://{bucket}/{key} is not what a baseline writes.")
    return found
