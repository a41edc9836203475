"""The environment that the boot code hands over."""

import os

import pytest
from plugin import settings


def test_the_secret_is_read_once_and_no_process_of_a_function_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"MLA_SERVICES_URL": "http://127.0.0.1:1", "MLA_TOKEN": "secret", "MINISTACK_ACCOUNT_ID": "0" * 12}
    for name, value in {**given, "MLA_FUNCTION_NODE": "node"}.items():
        monkeypatch.setenv(name, value)
    assert settings.read().token == "secret"
    assert "MLA_TOKEN" not in os.environ
    with pytest.raises(KeyError, match="MLA_TOKEN"):
        settings.read()
