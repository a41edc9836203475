"""S3 for a Spark without an S3 file system: objects are copied to a scratch folder before Spark reads them, and what
Spark wrote is uploaded. Every request is signed with the credentials in the environment: the job's role."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

_URI = re.compile(r"^(s3[an]?)://([^/]+)/*(.*)$", re.DOTALL)
_GLOB = re.compile(r"[*?\[{]")
_THREADS = 8


def is_s3(path: object) -> bool:
    """Whether a path is one of S3's (s3, s3a, s3n)."""
    return isinstance(path, str) and _URI.match(path.strip()) is not None


@dataclass(frozen=True)
class S3Location:
    """A place in S3: a prefix that ends at a slash, or one object."""

    scheme: str
    bucket: str
    key: str

    @staticmethod
    def parse(uri: str) -> S3Location:
        found = _URI.match(uri.strip())
        if found is None:
            raise ValueError(f"not an S3 URI: {uri}")
        scheme, bucket, key = found.groups()
        return S3Location(scheme, bucket, re.sub(r"/{2,}", "/", key).rstrip("/"))

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}/{self.key}"

    @property
    def folder(self) -> str:
        """The prefix of everything below, "" for the whole bucket."""
        return f"{self.key}/" if self.key else ""


@dataclass(frozen=True)
class S3Object:
    """An object in S3."""

    key: str
    etag: str
    size: int


class Staging:
    """Copies between S3 and one scratch folder."""

    def __init__(self, scratch: Path, client: Callable[[], Any] | None = None) -> None:
        self._root = scratch / "s3"
        self._make_client = client
        self._reads = 0
        self._writes = 0

    @cached_property
    def client(self) -> Any:
        """The S3 client; made late, since a script may never need one."""
        if self._make_client is not None:
            return self._make_client()
        import boto3
        from botocore.config import Config

        # Glue itself reads and writes here, not the script: injected faults do not meet it (plugin/fault_injection.py).
        # The stubs do not know the application id yet.
        inner = Config(user_agent_appid="mla-inner")  # type: ignore[call-arg]
        config = Config(max_pool_connections=_THREADS, s3={"addressing_style": "path"})
        return boto3.client("s3", config=config.merge(inner))

    def objects(self, bucket: str, prefix: str) -> list[S3Object]:
        """All objects under a prefix, in the order of their keys."""
        found: list[S3Object] = []
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            found += [S3Object(o["Key"], o["ETag"], o["Size"]) for o in page.get("Contents", [])]
        return found

    def resolve(self, location: S3Location) -> list[S3Object]:
        """The objects that Spark reads at a path: the object itself, or all below the folder."""
        if _GLOB.search(location.key):
            raise NotImplementedError(f"The local Spark engine cannot serve paths with wildcards ({location}).")
        return self.objects(location.bucket, location.folder) or self._single(location)

    def _single(self, location: S3Location) -> list[S3Object]:
        from botocore.exceptions import ClientError

        if not location.key:
            return []
        try:
            head = self.client.head_object(Bucket=location.bucket, Key=location.key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return []
            raise
        return [S3Object(location.key, head["ETag"], head["ContentLength"])]

    def new_read(self) -> Path:
        """An empty folder for one read: a DataFrame keeps seeing the objects as they were when it was made."""
        self._reads += 1
        folder = self._root / "read" / str(self._reads)
        folder.mkdir(parents=True)
        return folder

    def local(self, read: Path, location: S3Location) -> str:
        """Where, in the folder of a read, a location has its copy."""
        return str(read / location.scheme / location.bucket / location.key)

    def download(self, read: Path, location: S3Location) -> int:
        """Copies what is at a location; each version of an object only once. Returns the number of objects."""
        found = [o for o in self.resolve(location) if not o.key.endswith("/")]
        base = read / location.scheme / location.bucket

        def copy(stored: S3Object) -> None:
            target = _inside(base, stored.key)
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                return
            name = quote(f"{stored.etag.strip(chr(34))}-{stored.key}", safe="")[-200:]
            cached = _inside(self._root / "cache" / location.bucket, name)
            if not cached.exists():
                cached.parent.mkdir(parents=True, exist_ok=True)
                part = cached.with_name(f"{cached.name}.{read.name}.part")
                self.client.download_file(location.bucket, stored.key, str(part))
                part.replace(cached)
            os.link(cached, target)

        _in_parallel(copy, found)
        return len(found)

    def new_write(self) -> Path:
        """A path that does not exist yet, for Spark to write to."""
        self._writes += 1
        folder = self._root / "write" / str(self._writes)
        folder.parent.mkdir(parents=True, exist_ok=True)
        return folder

    def delete(self, bucket: str, keys: Iterable[str]) -> None:
        """Deletes objects. Raises PermissionError naming the first that S3 refused."""
        rest = list(keys)
        while rest:
            batch, rest = rest[:1000], rest[1000:]
            wanted = {"Objects": [{"Key": key} for key in batch], "Quiet": True}
            answer = self.client.delete_objects(Bucket=bucket, Delete=wanted)
            for error in answer.get("Errors", []):
                raise PermissionError(f"s3://{bucket}/{error['Key']}: {error['Code']}: {error['Message']}")

    def upload(self, folder: Path, location: S3Location) -> list[str]:
        """Uploads what Spark wrote; `_SUCCESS` comes last, as it says that all else is there. Returns the keys.

        Raises OSError naming the object that could not be written, and what S3 said.
        """
        from boto3.exceptions import S3UploadFailedError

        files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
        data = [p for p in files if p.name != "_SUCCESS"]
        keys = {p: location.folder + p.relative_to(folder).as_posix() for p in files}

        def put(path: Path) -> None:
            try:
                self.client.upload_file(str(path), location.bucket, keys[path])
            except S3UploadFailedError as error:
                # Its text begins with the local path; what S3 said comes after the last "to bucket/key: ".
                reason = str(error).rpartition(f"{location.bucket}/{keys[path]}: ")[2]
                raise OSError(f"{location.scheme}://{location.bucket}/{keys[path]}: {reason}") from error

        _in_parallel(put, data)
        for path in files:
            if path.name == "_SUCCESS":
                put(path)
        return [keys[path] for path in files]

    def restore_uris(self, text: str) -> str:
        """Puts S3 URIs back where a text names the copies."""
        root = re.escape(str(self._root))
        return re.sub(rf"(?:file:/*)?{root}/read/\d+/(s3[an]?)/", r"\1://", text)

    @property
    def read_pattern(self) -> str:
        """A regular expression, for Java, of what stands before `<scheme>/<bucket>/<key>` in the name of a copy."""
        return f"^file:/*{re.escape(str(self._root)[1:])}/read/[0-9]+/(s3[an]?)/"


def _in_parallel(work: Callable[[Any], None], items: list[Any]) -> None:
    with ThreadPoolExecutor(_THREADS) as pool:
        for _ in pool.map(work, items):
            pass  # Asking for each result raises what went wrong.


def _inside(base: Path, key: str) -> Path:
    """The path of a key below a folder. Raises ValueError for a key that would lead out of it."""
    if any(part in ("", ".", "..") for part in key.split("/")):
        raise ValueError(f"the object key {key!r} cannot be a file path")
    return base / key
