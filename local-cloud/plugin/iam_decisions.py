"""Records every decision of IAM with all that it rests on: who, what, condition keys, and the policies as they stood.

Another engine can decide the same again from that: `LocalCloud.decisions()`. Equal decisions are kept once, counted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from .emulator import iam_evaluator, replace

_MOST = 50_000

# Decisions in the order in which each was first made, by what they rest on.
_decisions: dict[str, dict[str, Any]] = {}
# Texts of policies, by a short digest.
_documents: dict[str, str] = {}
# What the decision at hand rests on; it is filled on the way. None where nobody decides.
_basis: ContextVar[dict[str, Any] | None] = ContextVar("mla_decisions_basis", default=None)


class Statements(list[Any]):
    """What a policy says as the emulator reads it, with the key of the policy itself."""

    def __init__(self, parsed: list[Any], key: str) -> None:
        super().__init__(parsed)
        self.key = key


def keep_document(document: Any) -> str:
    """Keeps the text of a policy for the record. Returns its key there."""
    text = document if isinstance(document, str) else json.dumps(document, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    _documents[digest] = text
    return digest


def _documents_of(layer: list[Any]) -> list[str]:
    return [one.key for one in layer if isinstance(one, Statements)]


def _context(ctx: Any) -> dict[str, Any]:
    """Condition keys that the request brings; those that follow from the principal are left to who decides again."""
    given = {**ctx.service_context, **ctx.principal_keys}
    keys = {str(key).lower(): value for key, value in given.items() if value is not None}
    # Another for each session, and none of our policies asks.
    keys.pop("aws:tokenissuetime", None)
    return {
        **keys,
        "aws:requestedregion": ctx.region,
        "aws:securetransport": str(ctx.secure_transport).lower(),
        "aws:sourceip": ctx.source_ip,
    }


def _keep(kind: str, ctx: Any, allowed: bool, **more: Any) -> None:
    decision = {
        "kind": kind,
        "principal": {"arn": ctx.principal_arn, "type": ctx.principal_type, "account": ctx.principal_account},
        "action": ctx.action,
        "resource": ctx.resource_arn,
        "context": _context(ctx),
        "allowed": allowed,
        **more,
    }
    key = json.dumps(decision, sort_keys=True, default=str)
    if key in _decisions:
        _decisions[key]["times"] += 1
    elif len(_decisions) < _MOST:
        _decisions[key] = {**json.loads(key), "times": 1}


def _keep_request(basis: dict[str, Any], allowed: bool) -> None:
    own = basis.get("resourcePolicy")
    _keep(
        "request",
        basis["ctx"],
        allowed,
        identity=_documents_of(basis["identity"]),
        limits=[_documents_of(layer) for layer in basis["limits"]],
        **({"resourcePolicy": own} if own else {}),
    )


def _record_requests() -> None:
    enforce, evaluate, combine = (
        iam_evaluator.enforce,
        iam_evaluator.evaluate,
        iam_evaluator.combine_resource_policy,
    )

    def enforced(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        *,
        resource_arn: str = "*",
        service_context: Any = None,
    ) -> object:
        basis: dict[str, Any] = {}
        token = _basis.set(basis)
        try:
            answer = enforce(
                access_key_id, iam_action, service, region, resource_arn=resource_arn, service_context=service_context
            )
        finally:
            _basis.reset(token)
        # Without credentials, for root, and for what everybody may, no policy is looked at.
        if "ctx" in basis:
            _keep_request(basis, answer is None)
        return answer

    def evaluated(ctx: Any, policies: list[Any], /, *limits: list[Any]) -> Any:
        result = evaluate(ctx, policies, *limits)
        asked = {"ctx": ctx, "identity": policies, "limits": limits}
        basis = _basis.get()
        if basis is None:
            _keep_request(asked, result.decision == "Allow")
        elif "ctx" not in basis:
            basis.update(asked)
        return result

    def combined(
        identity: Any,
        ctx: Any,
        policy: Any,
        owner_account: str | None,
        required: bool = False,
        limits: Sequence[Any] = (),
    ) -> Any:
        basis = _basis.get()
        if basis is not None and policy:
            basis["resourcePolicy"] = {
                "policy": keep_document(policy),
                "owner": owner_account or ctx.principal_account,
                "required": required,
            }
        return combine(identity, ctx, policy, owner_account, required, limits)

    replace(iam_evaluator, "enforce", enforced)
    replace(iam_evaluator, "evaluate", evaluated)
    replace(iam_evaluator, "combine_resource_policy", combined)


def _record_policies() -> None:
    """A resource's policy alone decides about AWS's services, and whom a role trusts."""
    by_resource, by_trust = iam_evaluator.evaluate_resource_policy, iam_evaluator.evaluate_trust_policy

    def evaluate_resource_policy(
        doc: Any, ctx: Any, service: str | None = None, named_only: bool = False, direct_only: bool = False
    ) -> Any:
        # Inside of a request's decision it is a part of that.
        if _basis.get() is not None:
            return by_resource(doc, ctx, service, named_only, direct_only)
        token = _basis.set({"ctx": ctx})
        try:
            result = by_resource(doc, ctx, service, named_only, direct_only)
        finally:
            _basis.reset(token)
        if doc:
            named = {"service": service} if service else {}
            _keep("policy", ctx, result.decision == "Allow", policy=keep_document(doc), **named)
        return result

    def evaluate_trust_policy(trust_doc: Any, caller_arn: str, ctx: Any = None) -> bool:
        trusted = by_trust(trust_doc, caller_arn, ctx)
        if ctx is not None and ctx.principal_type != "Service":
            _keep("policy", ctx, trusted, policy=keep_document(trust_doc))
        return trusted

    replace(iam_evaluator, "evaluate_resource_policy", evaluate_resource_policy)
    replace(iam_evaluator, "evaluate_trust_policy", evaluate_trust_policy)


def trusted(document: dict[str, Any], service: str, ctx: Any, allowed: bool) -> None:
    """Records whether a role lets one of AWS's services assume it."""
    _keep("policy", ctx, allowed, policy=keep_document(document), service=service)


def install() -> None:
    """Wraps where IAM decides."""
    _record_requests()
    _record_policies()


def recorded() -> bytes:
    """All decisions and the policies that they name, as JSON; and whether none is missing."""
    complete = len(_decisions) < _MOST
    return json.dumps({"decisions": list(_decisions.values()), "documents": _documents, "complete": complete}).encode()
