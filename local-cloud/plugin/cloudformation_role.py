"""CloudFormation acts as the role of a stack that has one: whoever starts the operation passes the role, CloudFormation
assumes it, and each action on a resource needs the role's permission.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html

The emulator provisions without asking IAM. Types that call one of our services (cloudformation_types.invoke) are
authorised there, action by action; cloudformation_role_types has the emulator's own types that are authorised too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from . import recorder, role_sessions
from .emulator import (
    Answer,
    Decision,
    Json,
    app,
    changesets,
    cloudformation,
    handlers,
    helpers,
    iam,
    iam_actions,
    iam_evaluator,
    replace,
    responses,
    router,
    stacks,
    tagging,
)

_SERVICE = "cloudformation.amazonaws.com"
_SESSION = "AWSCloudFormation"
_ROLE = "RoleARN"
_CREATING = ("CreateStack", "CreateChangeSet")
_OPERATIONS = (*_CREATING, "UpdateStack", "DeleteStack", "ExecuteChangeSet", "ContinueUpdateRollback", "RollbackStack")
_SHOWN = {"sagemaker": "SageMaker", "cloudwatch": "CloudWatch", "ssm": "Ssm", "iam": "Iam", "codebuild": "CodeBuild"}

# The role of the stack whose resource is being provisioned.
_acting: ContextVar[str | None] = ContextVar("mla_cloudformation_role", default=None)
# The access key of the request at hand.
_caller: ContextVar[str] = ContextVar("mla_cloudformation_caller", default="")


def acting() -> str | None:
    """ARN of the role as which CloudFormation acts now; None where the stack has none."""
    return _acting.get()


def assumable(role_arn: str) -> bool:
    """Whether the role exists and lets CloudFormation assume it."""
    role = iam._roles.get(role_arn.rsplit("/", 1)[-1])
    return role is not None and role.get("Arn") == role_arn and role_sessions.trusts(role, _SERVICE)


def cannot_assume(role_arn: str) -> str:
    """CloudFormation's words for a role that is gone, or does not trust it."""
    return f"Role {role_arn} is invalid or cannot be assumed"


def authorise(action: str, resource: str, context: Mapping[str, Any] | None = None) -> None:
    """Checks one action as the role of the stack at hand; without a role everything is allowed.

    `context` holds condition keys of the request, such as iam:PassedToService. Raises ValueError in AWS's words, which
    fails the resource.
    """
    role_arn = acting()
    if role_arn is None:
        return
    result = decide(role_arn, _session_arn(role_arn), action, resource, context or {})
    if result.decision == "Allow":
        return
    principal = _session_arn(role_arn)
    recorder.refused(principal, action, resource)
    message = iam_actions.identity_denial_message(action, principal, resource, result.decision == "Deny")
    namespace = action.split(":")[0]
    status = 400 if namespace in ("sagemaker", "ssm") else 403
    raise ValueError(f"{message} (Service: {_SHOWN.get(namespace, namespace)}, Status Code: {status})")


def _session_arn(role_arn: str) -> str:
    return f"arn:aws:sts::{responses.get_account_id()}:assumed-role/{role_arn.rsplit('/', 1)[-1]}/{_SESSION}"


def decide(role_arn: str, session_arn: str, action: str, resource: str, given: Mapping[str, Any]) -> Decision:
    """What the policies of a role say to an action of a service that acts as it."""
    account, name = responses.get_account_id(), role_arn.rsplit("/", 1)[-1]
    policies = iam_evaluator._gather_role_policies(name, account)
    context: dict[str, Any] = {key.lower(): value for key, value in given.items()}
    context.setdefault("aws:tagkeys", None)
    if iam_evaluator._names_condition_key(policies, "aws:resourcetag/"):
        for key, value in (tagging.resource_tags(resource) or {}).items():
            context.setdefault(f"aws:resourcetag/{key}".lower(), value)
    request = iam_evaluator.EvalContext(
        principal_arn=session_arn,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=responses.get_region(),
        service_context=context,
    )
    limits = iam_evaluator._permissions_boundary(iam._roles, name, account)
    return iam_evaluator.evaluate(request, policies, *limits)


def _denied(action: str, service: str, resource: str, context: Mapping[str, Any] | None = None) -> Answer | None:
    """The answer to a caller who may not do something; None to one who may."""
    denied = iam_evaluator.enforce(
        _caller.get(), action, service, responses.get_region(), resource_arn=resource, service_context=context
    )
    if not isinstance(denied, iam_evaluator.EvalResult):
        return None
    message = iam_actions.identity_denial_message(action, denied.principal_arn, resource, denied.decision == "Deny")
    answer: Answer = iam_actions.access_denied_response(
        "cloudformation", action, denied.principal_arn, "", message=message
    )
    return answer


def _may_not_pass(role_arn: str) -> Answer | None:
    """The answer to a caller who may not pass the role to CloudFormation."""
    return _denied("iam:PassRole", "iam", role_arn, {"iam:PassedToService": _SERVICE})


def _may_not_list() -> Answer | None:
    """The answer to a caller who names no stack to describe, and may not list stacks.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
    """
    stacks_here = f"arn:aws:cloudformation:{responses.get_region()}:{responses.get_account_id()}:stack/*"
    return _denied("cloudformation:ListStacks", "cloudformation", stacks_here)


def _known_role(operation: str, params: dict[str, Any]) -> str | None:
    """The role that the stack, or the change set to be executed, has already."""
    if operation in _CREATING:
        return None
    if operation == "ExecuteChangeSet":
        _, change_set = changesets._find_change_set(
            helpers._p(params, "ChangeSetName"), helpers._p(params, "StackName")
        )
        if change_set and change_set.get(_ROLE):
            return str(change_set[_ROLE])
    stack = _stack_of(params)
    return str(stack[_ROLE]) if stack and stack.get(_ROLE) else None


def _stack_of(params: dict[str, Any]) -> dict[str, Any] | None:
    stack: dict[str, Any] | None = handlers._resolve_stack(helpers._p(params, "StackName"))
    if stack is None and helpers._p(params, "ChangeSetName"):
        _, change_set = changesets._find_change_set(helpers._p(params, "ChangeSetName"))
        stack = cloudformation._stacks.get(change_set["StackName"]) if change_set else None
    return stack if stack and stack.get("StackStatus") != "DELETE_COMPLETE" else None


def _keep(operation: str, params: dict[str, Any], role: str) -> None:
    """Remembers the role: this and later operations of the stack act as it."""
    if operation == "CreateChangeSet":
        _, kept = changesets._find_change_set(helpers._p(params, "ChangeSetName"), helpers._p(params, "StackName"))
    else:
        kept = _stack_of(params)
    if kept is not None:
        kept[_ROLE] = role


def _with_role(operation: str, original: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
    def handler(params: dict[str, Any]) -> Answer:
        given = helpers._p(params, _ROLE)
        role = given or _known_role(operation, params)
        if not role:
            return original(params)
        denied = _may_not_pass(given) if given else None
        if denied is not None:
            return denied
        if not assumable(role):
            return helpers._error("ValidationError", cannot_assume(role))
        answer = original(params)
        # The provisioning is a task that begins after this.
        if answer[0] == 200:
            _keep(operation, params, role)
        return answer

    return handler


def _describe(original: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
    def handler(params: dict[str, Any]) -> Answer:
        denied = None if helpers._p(params, "StackName") else _may_not_list()
        if denied is not None:
            return denied
        status, headers, body = original(params)
        if status != 200:
            return status, headers, body

        def with_role(found: re.Match[str]) -> str:
            role = (handlers._resolve_stack(found.group(1)) or {}).get(_ROLE)
            return found.group(0) + (f"<RoleARN>{role}</RoleARN>" if role else "")

        text = re.sub(r"<StackId>([^<]+)</StackId>", with_role, body.decode())
        return status, headers, text.encode()

    return handler


@contextmanager
def _as_role(stack_name: str | None) -> Iterator[None]:
    """Provisions as the role of the stack, if it has one."""
    role = (cloudformation._stacks.get(stack_name) or {}).get(_ROLE)
    if role and not assumable(role):
        raise ValueError(cannot_assume(role))
    token = _acting.set(role)
    try:
        yield
    finally:
        _acting.reset(token)


def _knowing_the_caller(original: Callable[..., Any]) -> Callable[..., Any]:
    async def handler(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Any:
        _caller.set(router.extract_access_key_id(headers, query) or "")
        return await original(method, path, headers, body, query)

    return handler


def install() -> None:
    """Makes the role of a stack count."""
    app.SERVICE_HANDLERS["cloudformation"] = _knowing_the_caller(app.SERVICE_HANDLERS["cloudformation"])
    table = cloudformation._ACTION_HANDLERS
    for operation in _OPERATIONS:
        table[operation] = _with_role(operation, table[operation])
    table["DescribeStacks"] = _describe(table["DescribeStacks"])
    _provision_as_role()


def _provision_as_role() -> None:
    provision, update, delete = stacks._provision_resource, stacks._update_resource, stacks._delete_resource

    def provision_resource(resource_type: str, logical_id: str, props: Json, stack_name: str) -> tuple[str, Json]:
        with _as_role(stack_name):
            return provision(resource_type, logical_id, props, stack_name)

    def update_resource(
        resource_type: str,
        physical_id: str,
        old_props: Json,
        new_props: Json,
        stack_name: str,
        logical_id: str | None = None,
        old_attrs: Json | None = None,
    ) -> tuple[str, Json]:
        with _as_role(stack_name):
            return update(resource_type, physical_id, old_props, new_props, stack_name, logical_id, old_attrs)

    def delete_resource(
        resource_type: str,
        physical_id: str,
        props: Json,
        stack_name: str | None = None,
        logical_id: str | None = None,
    ) -> None:
        with _as_role(stack_name):
            delete(resource_type, physical_id, props, stack_name, logical_id)

    replace(stacks, "_provision_resource", provision_resource)
    replace(stacks, "_update_resource", update_resource)
    replace(stacks, "_delete_resource", delete_resource)
