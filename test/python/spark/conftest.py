"""Puts the engine on the path, as the job runner does, and an S3 in memory behind it."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from boto3.exceptions import S3UploadFailedError

ENGINE = Path(__file__).parents[3] / "local-cloud" / "engines" / "spark"
sys.path.insert(0, str(ENGINE))


class FakeS3:
    """The calls that the engine makes, on a dictionary. `denied` holds operations that fail."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.calls: list[tuple[str, str]] = []
        self.denied: set[str] = set()

    def _did(self, operation: str, key: str) -> None:
        self.calls.append((operation, key))
        if operation in self.denied:
            raise PermissionError(f"AccessDenied: {operation} {key}")

    def put(self, key: str, text: str) -> None:
        self.objects[key] = text.encode()

    def keys(self, prefix: str = "") -> list[str]:
        return sorted(key for key in self.objects if key.startswith(prefix))

    def get_paginator(self, name: str) -> Any:
        assert name == "list_objects_v2"
        return self

    def paginate(self, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        self._did("list", f"{Bucket}/{Prefix}")
        found = self.keys(f"{Bucket}/{Prefix}")
        for key in found:
            body = self.objects[key]
            etag = hashlib.md5(body).hexdigest()
            yield {"Contents": [{"Key": key.removeprefix(f"{Bucket}/"), "ETag": f'"{etag}"', "Size": len(body)}]}

    def head_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        from botocore.exceptions import ClientError

        self._did("head", f"{Bucket}/{Key}")
        if f"{Bucket}/{Key}" not in self.objects:
            raise ClientError({"ResponseMetadata": {"HTTPStatusCode": 404}}, "HeadObject")  # type: ignore[typeddict-item]
        body = self.objects[f"{Bucket}/{Key}"]
        return {"ETag": hashlib.md5(body).hexdigest(), "ContentLength": len(body)}

    def download_file(self, bucket: str, key: str, path: str) -> None:
        self._did("get", f"{bucket}/{key}")
        Path(path).write_bytes(self.objects[f"{bucket}/{key}"])

    def upload_file(self, path: str, bucket: str, key: str) -> None:
        if "put" in self.denied:
            raise S3UploadFailedError(f"Failed to upload {path} to {bucket}/{key}: An error occurred (AccessDenied)")
        self._did("put", f"{bucket}/{key}")
        self.objects[f"{bucket}/{key}"] = Path(path).read_bytes()

    def delete_objects(self, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:
        keys = [one["Key"] for one in Delete["Objects"]]
        if "delete" in self.denied:
            return {"Errors": [{"Key": keys[0], "Code": "AccessDenied", "Message": "Access Denied"}]}
        for key in keys:
            self._did("delete", f"{Bucket}/{key}")
            self.objects.pop(f"{Bucket}/{key}", None)
        return {}


@pytest.fixture
def s3() -> FakeS3:
    return FakeS3()
