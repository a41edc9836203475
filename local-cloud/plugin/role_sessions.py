"""Roles that AWS services act as: whom a trust policy lets in, and the credentials of a session."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from typing import Any

from . import iam_decisions
from .emulator import iam as iam_service
from .emulator import iam_evaluator, responses, sts

_SESSION_SECONDS = 12 * 3600


def assume(
    role_arn: str, service: str, session_name: str, account: str, context: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """Credentials of a role for an AWS service, if the role's trust policy names that service.

    context: condition keys that the service sends, such as aws:SourceArn.
    """
    role = iam_service._roles.get(role_arn.rsplit("/", 1)[-1])
    if role is None or role.get("Arn") != role_arn:
        return 400, {"code": "InvalidInputException", "message": f"Role {role_arn} does not exist."}
    if not trusts(role, service, context):
        return 400, {
            "code": "InvalidInputException",
            "message": f"Service {service} is unable to assume provided role {role_arn}. "
            "Please verify role's TrustPolicy",
        }
    digest = hashlib.sha256(secrets.token_bytes(32)).hexdigest()
    session = "".join(c if c.isalnum() or c in "=,.@-_" else "-" for c in session_name)[:64]
    access_key, secret, token = f"ASIA{digest[:16].upper()}", secrets.token_hex(20), secrets.token_hex(60)
    role_name = role_arn.rsplit("/", 1)[-1]
    sts.register_session(
        access_key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role_name}/{session}",
            "UserId": f"{role.get('RoleId', role_name)}:{session}",
            "SecretAccessKey": secret,
            "SessionToken": token,
            "Expiration": time.time() + _SESSION_SECONDS,
            "AccountId": account,
            "PrincipalType": "AssumedRole",
        },
    )
    return 200, {
        "arn": f"arn:aws:sts::{account}:assumed-role/{role_name}/{session}",
        "accessKeyId": access_key,
        "secretAccessKey": secret,
        "sessionToken": token,
    }


def trusts(role: dict[str, Any], service: str, context: dict[str, str] | None = None) -> bool:
    """Whether the trust policy lets the service principal assume the role, for a resource of this account."""
    asked = iam_evaluator.EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account="",
        action="sts:AssumeRole",
        resource_arn=str(role.get("Arn", "*")),
        region=responses.get_region(),
        service_context={
            key.lower(): value
            for key, value in {"aws:SourceAccount": responses.get_account_id(), **(context or {})}.items()
        },
    )
    trust = role.get("AssumeRolePolicyDocument", "{}")
    document = json.loads(trust) if isinstance(trust, str) else trust
    allowed = _lets_in(document, service, asked)
    iam_decisions.trusted(document, service, asked, allowed)
    return allowed


def _lets_in(document: dict[str, Any], service: str, asked: Any) -> bool:
    statements = document.get("Statement", [])
    named = [one for one in ([statements] if isinstance(statements, dict) else statements) if _names(one, service)]
    # The evaluator decides the rest (Effect, Action, Condition) for a caller of that name.
    renamed = [{**statement, "Principal": {"AWS": service}} for statement in named]
    return iam_evaluator.evaluate_trust_policy({"Statement": renamed}, service, asked)


def _names(statement: dict[str, Any], service: str) -> bool:
    principal = statement.get("Principal", {})
    if not isinstance(principal, dict):
        return bool(principal == "*")
    services = principal.get("Service", [])
    return service in ([services] if isinstance(services, str) else services) or principal.get("AWS") == "*"
