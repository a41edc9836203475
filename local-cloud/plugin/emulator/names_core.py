"""The emulator's core: its HTTP entry, who calls, what IAM decides, and where functions run."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any, Protocol

from .binding import AccountStore, Answer, Handler, Json, RegionStore, bound, replaced


class App(Protocol):
    # Each service's handler; ours stand around them, or in place of them.
    SERVICE_HANDLERS: dict[str, Handler]
    # Whether IAM decides about requests.
    AUTH: bool

    @replaced
    async def app(
        self,
        scope: Json,
        receive: Callable[[], Awaitable[Json]],
        send: Callable[[Json], Awaitable[None]],
    ) -> None: ...

    @replaced
    async def _dispatch_service_request(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query_params: Json, request_id: str
    ) -> Answer: ...

    @replaced
    def _port_is_bindable(self, host: str, port: int) -> bool: ...

    def _get_module(self, name: str) -> object: ...

    def _routing_params(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query_params: Json
    ) -> Json: ...

    def main(self) -> None: ...


class ArnParts:
    """What we read of an ARN."""

    service: str
    account_id: str
    resource: str


class Arn(Protocol):
    ArnParseError: type[ValueError]

    def parse_arn(self, value: str) -> ArnParts: ...


class Responses(Protocol):
    # Classes of stores: subclassed in event_delays, added in saved_queries and anomaly_detectors.
    AccountScopedDict: type[AccountStore]
    AccountRegionScopedDict: type[RegionStore]

    # Of the request at hand, or of the scope.
    def get_account_id(self) -> str: ...

    def get_region(self) -> str: ...

    def set_request_account_id(self, access_key_id: str) -> None: ...

    def set_request_region(self, region: str | None) -> None: ...

    def request_scope(self, account_id: str, region: str) -> AbstractContextManager[Any]: ...

    def json_response(self, data: Json) -> Answer: ...

    def error_response_json(self, code: str, message: str, status: int) -> Answer: ...


class Router(Protocol):
    # By which signs a request is known to be a service's: ours are added.
    SERVICE_PATTERNS: dict[str, dict[str, list[str]]]

    @replaced
    def _is_aws_service_name(self, scope_name: str) -> bool: ...

    def detect_service(self, method: str, path: str, headers: dict[str, str], query_params: Json) -> str: ...

    def extract_access_key_id(self, headers: dict[str, str], query_params: Json) -> str: ...


class IamActions(Protocol):
    # Services whose requests IAM decides about: ours are added.
    SERVICE_TO_IAM_NAMESPACE: dict[str, str]

    @replaced
    def extract_iam_action(
        self, service: str, method: str, path: str, headers: dict[str, str], body: bytes, query_params: Json
    ) -> str | None: ...

    @replaced
    def extract_resource_arn(
        self,
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: Json,
        region: str,
        account_id: str,
    ) -> str: ...

    # Condition keys of a request.
    @replaced
    def request_tag_context(self, service: str, iam_action: str, body: bytes, params: Json) -> Json: ...

    def access_denied_response(
        self,
        service: str,
        action: str,
        principal_arn: str,
        request_id: str,
        *,
        message: str = "",
        headers: dict[str, str] | None = None,
        resource_arn: str = "*",
        explicit_deny: bool = False,
        resource_policy_arn: str = "",
    ) -> Answer: ...

    def identity_denial_message(self, action: str, principal_arn: str, resource: str, explicit_deny: bool) -> str: ...


class Decision:
    """What we read of IAM's decision."""

    decision: str
    principal_arn: str
    resource_policy_arn: str


class IamEvaluator(Protocol):
    EvalResult: type[Decision]
    # Found once for a request; empty where IAM did not look.
    _request_caller_arn: ContextVar[str]

    # Parsed again for every request; ours remembers.
    @replaced
    def parse_policy_document(self, doc: str | Json) -> list[Any]: ...

    # Operators of conditions, by their names in lower case: some are ours.
    _CONDITION_OPS: dict[str, Callable[[str, str], bool]]

    @replaced
    def _resolve_condition_key(self, key: str, ctx: Any) -> Any: ...

    # The first statement that applies.
    @replaced
    def _first_match(self, ctx: Any, stmts: list[Any], effect: str) -> Any: ...

    @replaced
    def _fnmatch_compile(self, pattern: str, ignore_case: bool) -> re.Pattern[str]: ...

    def fnmatch_iam_cs(self, value: str, pattern: str) -> bool: ...

    # A dataclass.
    def EvalContext(
        self,
        *,
        principal_arn: str,
        principal_type: str,
        principal_account: str,
        action: str,
        resource_arn: str,
        region: str,
        service_context: Json,
    ) -> Any: ...

    # An EvalResult where the caller may not; else None, or what is wrong with the credentials.
    @replaced
    def enforce(
        self,
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        *,
        resource_arn: str,
        service_context: Mapping[str, Any] | None,
    ) -> object: ...

    @replaced
    def evaluate(self, ctx: Any, policies: list[Any], /, *limits: list[Any]) -> Decision: ...

    # The decision of a request with that of the resource's own policy.
    @replaced
    def combine_resource_policy(
        self,
        identity: Decision,
        ctx: Any,
        policy: str | Json | None,
        owner_account: str | None,
        required: bool = False,
        limits: Sequence[Any] = (),
    ) -> Decision: ...

    @replaced
    def evaluate_resource_policy(
        self,
        doc: str | Json | None,
        ctx: Any,
        service: str | None = None,
        named_only: bool = False,
        direct_only: bool = False,
    ) -> Decision: ...

    @replaced
    def evaluate_trust_policy(self, trust_doc: str | Json, caller_arn: str, ctx: Any = None) -> bool: ...

    def request_caller_arn(self, headers: dict[str, str], query_params: Json) -> str: ...

    def resolve_credential(self, access_key_id: str) -> Any: ...

    def _gather_role_policies(self, role_name: str, account_id: str) -> list[Any]: ...

    def _names_condition_key(self, policies: list[Any], prefix: str) -> bool: ...

    def _permissions_boundary(self, store: AccountStore, name: str, account_id: str) -> list[Any]: ...


class LambdaRuntime(Protocol):
    # Processes of functions, by account, Region and function.
    _workers: dict[str, list[Any]]
    _lock: AbstractContextManager[Any]

    # The program that runs a runtime, and the script for it.
    @replaced
    def _detect_runtime_binary(self, runtime: str) -> tuple[str, str]: ...

    def kill_workers(self, workers: list[Any]) -> None: ...


app: App = bound(App, "ministack.app")
core_arn: Arn = bound(Arn, "ministack.core.arn")
responses: Responses = bound(Responses, "ministack.core.responses")
router: Router = bound(Router, "ministack.core.router")
iam_actions: IamActions = bound(IamActions, "ministack.core.iam_actions")
iam_evaluator: IamEvaluator = bound(IamEvaluator, "ministack.core.iam_evaluator")
lambda_runtime: LambdaRuntime = bound(LambdaRuntime, "ministack.core.lambda_runtime")
