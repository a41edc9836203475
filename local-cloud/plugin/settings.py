"""What the boot code hands to the plug-in, through the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Where our services listen, and the secret that both sides show each other."""

    services_url: str
    token: str
    account: str


def read() -> Settings:
    """Reads the settings. Raises KeyError naming the variable that is missing."""
    return Settings(
        services_url=os.environ["MLA_SERVICES_URL"],
        token=os.environ["MLA_TOKEN"],
        account=os.environ["MINISTACK_ACCOUNT_ID"],
    )
