"""Roles in stacks: CloudFormation takes from a role what the template gave it, and IAM deletes none that has more.

The emulator drops the role with whatever somebody attached by hand, so that nobody would see a deletion fail as on AWS.
https://github.com/aws/aws-cdk/issues/15024
"""

from __future__ import annotations

from typing import Any

from .emulator import iam, provisioners

_emulated_delete = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]["delete"]


def _role_delete(physical_id: str, props: dict[str, Any]) -> None:
    role = iam._roles.get(physical_id)
    if role:
        given = {policy.get("PolicyName") for policy in props.get("Policies") or []}
        if set(role.get("AttachedPolicies", [])) - set(props.get("ManagedPolicyArns") or []):
            raise _conflict("must detach all policies first")
        if set(role.get("InlinePolicies", {})) - given:
            raise _conflict("must delete policies first")
    _emulated_delete(physical_id, props)


def _conflict(what: str) -> ValueError:
    return ValueError(f"Cannot delete entity, {what}. (Service: Iam, Status Code: 409)")


def install() -> None:
    """Puts the refusal before the emulator's own deletion."""
    provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]["delete"] = _role_delete
