"""Encryption with `aws:kms` and no key, which the emulator refuses: S3 takes the account's own key for it, `aws/s3`.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/specifying-kms-encryption.html
"""

from __future__ import annotations

import uuid

from .emulator import Answer, replace, responses, s3

_KEY = "x-amz-server-side-encryption-aws-kms-key-id"


def _own_key() -> str:
    region, account = responses.get_region(), responses.get_account_id()
    return f"arn:aws:kms:{region}:{account}:key/{uuid.uuid5(uuid.NAMESPACE_DNS, f'{account}.{region}.aws/s3')}"


def install() -> None:
    """Wraps the one place in which S3 reads what encryption a write asks for."""
    resolve = s3._resolve_sse_write_headers

    def with_own_key(headers: dict[str, str], bucket_name: str) -> tuple[dict[str, str] | None, Answer | None]:
        if headers.get("x-amz-server-side-encryption") == "aws:kms" and not headers.get(_KEY):
            headers = {**headers, _KEY: _own_key()}
        return resolve(headers, bucket_name)

    replace(s3, "_resolve_sse_write_headers", with_own_key)
