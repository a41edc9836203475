"""Encryption with `aws:kms` and no key."""

from __future__ import annotations

import pytest
from plugin import emulator, s3_encryption
from plugin.emulator import s3

_KMS = {"x-amz-server-side-encryption": "aws:kms"}
_KEY = "x-amz-server-side-encryption-aws-kms-key-id"


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "_resolve_sse_write_headers", s3._resolve_sse_write_headers)
    s3_encryption.install()


def test_a_write_that_names_no_key_is_encrypted_with_the_accounts_own() -> None:
    kept, error = s3._resolve_sse_write_headers(_KMS, "bucket")
    assert error is None and kept is not None
    account, region = emulator.responses.get_account_id(), emulator.responses.get_region()
    assert kept[_KEY].startswith(f"arn:aws:kms:{region}:{account}:key/")
    assert s3._resolve_sse_write_headers(_KMS, "other") == (kept, None)


def test_a_key_that_is_named_is_taken() -> None:
    assert s3._resolve_sse_write_headers({**_KMS, _KEY: "mine"}, "bucket") == ({**_KMS, _KEY: "mine"}, None)
