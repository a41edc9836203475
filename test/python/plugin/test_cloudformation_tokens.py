"""A request to CloudFormation whose answer was lost comes again with its token, and does nothing twice."""

from __future__ import annotations

from typing import Any

import pytest
from plugin.cloudformation_tokens import answering_again

OPERATIONS = [
    ("CreateStack", "ClientRequestToken"),
    ("UpdateStack", "ClientRequestToken"),
    ("ExecuteChangeSet", "ClientRequestToken"),
    ("CreateChangeSet", "ClientToken"),
]


class Stacks:
    """Makes a stack of a name once."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def handle(self, params: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        name = params["StackName"][0]
        if name in self.made:
            return 400, {}, b"AlreadyExistsException"
        self.made.append(name)
        return 200, {}, f"<StackId>{name}/{len(self.made)}</StackId>".encode()


def asked(name: str, **tokens: str) -> dict[str, list[str]]:
    return {"StackName": [name], **{key: [value] for key, value in tokens.items()}}


@pytest.mark.parametrize(("operation", "member"), OPERATIONS)
def test_the_same_token_gets_the_same_answer(operation: str, member: str) -> None:
    stacks = Stacks()
    handle = answering_again(operation, stacks.handle)
    first = handle(asked("a", **{member: "create1"}))
    assert handle(asked("a", **{member: "create1"})) == first
    assert first[0] == 200
    assert stacks.made == ["a"]


@pytest.mark.parametrize(("operation", "member"), OPERATIONS)
@pytest.mark.parametrize("again", [{}, {"token": "create2"}, {"token": ""}])
def test_another_token_or_none_is_another_request(operation: str, member: str, again: dict[str, str]) -> None:
    handle = answering_again(operation, Stacks().handle)
    assert handle(asked("a", **{member: "create1"}))[0] == 200
    assert handle(asked("a", **({member: again["token"]} if "token" in again else {})))[0] == 400


def test_a_token_for_another_stack_is_another_request() -> None:
    stacks = Stacks()
    handle = answering_again("CreateStack", stacks.handle)
    assert handle(asked("a", ClientRequestToken="t"))[0] == 200
    assert handle(asked("b", ClientRequestToken="t"))[0] == 200
    assert stacks.made == ["a", "b"]


def test_a_request_that_failed_is_tried_anew() -> None:
    stacks = Stacks()
    stacks.made.append("a")
    handle = answering_again("CreateStack", stacks.handle)
    assert handle(asked("a", ClientRequestToken="t"))[0] == 400
    stacks.made.clear()
    assert handle(asked("a", ClientRequestToken="t"))[0] == 200
