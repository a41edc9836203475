"""What the boot code hands to the plug-in, through the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Where our services listen, the secret that both sides show each other, and the Node.js that runs functions."""

    services_url: str
    token: str
    account: str
    function_node: str


def faces() -> frozenset[str]:
    """The faces that the cloud shows, as for `LAB_LOCAL_FACES`."""
    return frozenset(os.environ.get("MLA_FACES", "").split(",")) - {""}


def face(name: str) -> bool:
    """Whether the cloud shows this face."""
    return name in faces()


def read() -> Settings:
    """Reads the settings, and keeps the secret from processes of functions, which get this environment.

    Raises KeyError naming the variable that is missing.
    """
    return Settings(
        services_url=os.environ["MLA_SERVICES_URL"],
        token=os.environ.pop("MLA_TOKEN"),
        account=os.environ["MINISTACK_ACCOUNT_ID"],
        function_node=os.environ["MLA_FUNCTION_NODE"],
    )
