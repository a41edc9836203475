"""Job arguments, as awsglue.utils gives them.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-extensions-get-resolved-options.html
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

_BOOKMARKS = ("job-bookmark-enable", "job-bookmark-pause", "job-bookmark-disable")
# Arguments that Glue itself sets; always in the result.
_OWN: dict[str, str | None] = {
    "job-bookmark-option": "job-bookmark-disable",
    "job-bookmark-from": None,
    "job-bookmark-to": None,
    "JOB_ID": None,
    "JOB_RUN_ID": None,
    "SECURITY_CONFIGURATION": None,
    "encryption-type": None,
    "enable-data-lineage": None,
    "RedshiftTempDir": None,
    "TempDir": None,
}


class GlueArgumentError(Exception):
    """An argument that the script asked for is missing or wrong."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise GlueArgumentError(message)


def getResolvedOptions(args: Sequence[str], options: Sequence[str]) -> dict[str, Any]:
    """The values of the named job arguments.

    :param args: sys.argv; its first entry is the script
    :param options: names without the leading dashes; each is required
    :raises GlueArgumentError: when one is missing
    :raises RuntimeError: when a name is one of Glue's own that a script may not ask for
    """
    reserved = sorted(set(options) & {"job-bookmark-option", "job-bookmark-from", "job-bookmark-to"})
    if reserved:
        raise RuntimeError(f"Using reserved arguments {reserved}")
    parser = _Parser(add_help=False)
    for name, default in _OWN.items():
        if name not in options:
            choices = _BOOKMARKS if name == "job-bookmark-option" else None
            parser.add_argument(f"--{name}", default=default, choices=choices)
    for name in dict.fromkeys(options):
        parser.add_argument(f"--{name}", required=True)
    known, _ = parser.parse_known_args(list(args[1:]))
    return vars(known)
