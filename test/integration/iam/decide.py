"""Decides cases of test/iam/generated.ts with the engine of the local cloud: JSON in, JSON out."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("AUTH", "true")
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "local-cloud"))

from plugin import iam
from plugin.emulator import iam_evaluator


def decide(case: dict[str, Any]) -> str:
    request, policies = case["request"], case["policies"]
    caller, context = request["caller"], {key.lower(): value for key, value in request["context"].items()}
    username = context.pop("aws:username", None)
    source = context.pop("aws:sourceip")
    context.setdefault("aws:tagkeys", None)
    ctx = iam_evaluator.EvalContext(
        principal_arn=caller["arn"],
        principal_type="AssumedRole" if ":assumed-role/" in caller["arn"] else "User",
        principal_account=caller["account"],
        action=request["action"],
        resource_arn=request["resource"],
        region="us-east-1",
        service_context=context,
    )
    ctx.source_ip = source
    ctx.principal_keys = {"aws:username": username} if username else {}

    def layer(documents: list[Any]) -> list[Any]:
        return [iam_evaluator.parse_policy_document(json.dumps(one)) for one in documents]

    limits = [layer(one) for one in policies.get("limits", [])]
    result = iam_evaluator.evaluate(ctx, layer(policies["identity"]), *limits)
    own = policies.get("resource")
    if own:
        result = iam_evaluator.combine_resource_policy(
            result, ctx, json.dumps(own["document"]), own["owner"], bool(own.get("required")), limits
        )
    return str(result.decision)


if __name__ == "__main__":
    iam.install()
    print(json.dumps([decide(case) for case in json.load(sys.stdin)]))
