"""Verifies a release before anything of it is deployed: ``verify.py version``, then ``verify.py template model``.

Each word is a check: it prints a sentence a person understands, and adds what it saw to the evidence in S3. The first
that refuses ends the run: with 1 where the release has to stop, and with 2 where it could not find out.

The environment says what to verify: MODEL_PACKAGE_ARN (the pipeline's variable: an ARN or ``latest``),
MODEL_PACKAGE_GROUP, DATA_BUCKET, EXECUTION_ID, PARAMETERS (what the pipeline passes to the template), AWS_REGION.
"""

from __future__ import annotations

import importlib
import os
import sys

from botocore.exceptions import BotoCoreError, ClientError
from checks import evidence
from checks.release_error import ReleaseError

# By its module, loaded when it is used: what one check needs takes seconds to load, and another does without.
CHECKS = {"version": "checks.version", "template": "checks.template", "model": "checks.contract"}


def main(words: list[str]) -> int:
    """Does the checks that are named, up to the first that refuses."""
    if not words or any(word not in CHECKS for word in words):
        print(f"verify.py takes some of {', '.join(CHECKS)}.", file=sys.stderr)
        return 2
    env = dict(os.environ)
    for name in words:
        code = verified(name, env)
        if code != 0:
            return code
    return 0


def verified(name: str, env: dict[str, str]) -> int:
    """Does one check and keeps what it saw. Returns the exit code."""
    try:
        saw = importlib.import_module(CHECKS[name]).check(env)
    except ReleaseError as refusal:
        print(f"REFUSED: {refusal}", file=sys.stderr)
        evidence.add(env, {"check": name, "ok": False, "message": str(refusal)})
        return 1
    except (BotoCoreError, ClientError) as error:
        # A role that lacks a permission, or AWS not answering: nothing about the release.
        print(f"COULD NOT VERIFY: {error}", file=sys.stderr)
        return 2
    print(f"{name}: {saw['message']}", flush=True)
    evidence.add(env, {"check": name, "ok": True, **saw})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
