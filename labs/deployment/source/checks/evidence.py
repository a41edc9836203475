"""What Verify saw, kept in S3 where the pipeline's other stages keep theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3

STATE = Path("verified.json")
# What the later stages get to know, for the shell to take in.
VARIABLES = Path("verified.env")


def so_far() -> dict[str, Any]:
    """What the earlier commands of this build saw."""
    if not STATE.exists():
        return {"by": "codebuild", "checks": []}
    state: dict[str, Any] = json.loads(STATE.read_text(encoding="utf-8"))
    return state


def add(env: dict[str, str], check: dict[str, Any]) -> None:
    """Adds one check and puts all of it to evidence/<execution>/verify.json."""
    state = so_far()
    state["checks"].append(check)
    state["ok"] = all(one["ok"] for one in state["checks"])
    for key in ("message", "modelPackageArn", "version", "auc"):
        if key in check:
            state[key] = check[key]
    STATE.write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")
    boto3.client("s3").put_object(
        Bucket=env["DATA_BUCKET"],
        Key=f"evidence/{env['EXECUTION_ID']}/verify.json",
        Body=STATE.read_bytes(),
        ContentType="application/json",
    )
