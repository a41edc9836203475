"""Who makes something with tags tags it, too; nobody makes his own, by tags, what is there already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from plugin import cloudformation_role, cloudformation_role_types
from plugin.emulator import iam as roles
from plugin.emulator import iam_evaluator, tagging

PREFIX = "arn:aws:sagemaker:us-east-1:000000000000"
ROLE = "arn:aws:iam::000000000000:role/Deploy"
OURS = [{"Key": "mla-labs:learner", "Value": "ana"}]
ALLOWED = [
    {
        "Effect": "Allow",
        "Action": ["sagemaker:CreateModel", "sagemaker:DescribeModel"],
        "Resource": f"{PREFIX}:model/*",
    },
    {
        "Effect": "Allow",
        "Action": "sagemaker:AddTags",
        "Resource": f"{PREFIX}:model/*",
        "Condition": {"StringEquals": {"sagemaker:TaggingAction": "CreateModel"}},
    },
    {
        "Effect": "Allow",
        "Action": "sagemaker:AddTags",
        "Resource": f"{PREFIX}:model/*",
        "Condition": {"StringEquals": {"aws:ResourceTag/mla-labs:learner": "ana"}},
    },
]

Call = Callable[[str, dict[str, Any]], None]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Iterator[Call]:
    """A call of CloudFormation as the role of a stack, on models some of which carry somebody's tags."""
    tags = {"ours": {"mla-labs:learner": "ana"}, "theirs": {"mla-labs:learner": "ana-b"}, "bare": {}}
    monkeypatch.setattr(tagging, "resource_tags", lambda arn: tags.get(str(arn).rsplit("/", 1)[-1]))
    documents = [iam_evaluator.parse_policy_document(json.dumps({"Statement": ALLOWED}))]
    monkeypatch.setattr(iam_evaluator, "_gather_role_policies", lambda *_: documents)
    monkeypatch.setattr(iam_evaluator, "_permissions_boundary", lambda *_: [])
    monkeypatch.setattr(roles, "_roles", {})
    token = cloudformation_role._acting.set(ROLE)
    yield lambda operation, data: cloudformation_role_types.authorise_call("sagemaker", operation, data)
    cloudformation_role._acting.reset(token)


def test_a_model_is_made_with_tags(call: Call) -> None:
    call("CreateModel", {"ModelName": "new", "Tags": OURS})


def test_an_own_model_gets_other_tags(call: Call) -> None:
    call("AddTags", {"ResourceArn": f"{PREFIX}:model/ours", "Tags": OURS})


@pytest.mark.parametrize("model", ["theirs", "bare", "unknown"])
def test_no_other_model_becomes_ones_own_by_tags(call: Call, model: str) -> None:
    with pytest.raises(ValueError, match=f"not authorized to perform: sagemaker:AddTags on resource: .*model/{model}"):
        call("AddTags", {"ResourceArn": f"{PREFIX}:model/{model}", "Tags": OURS})


def test_what_makes_without_the_right_to_tag_is_refused(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [iam_evaluator.parse_policy_document(json.dumps({"Statement": ALLOWED[:1]}))]
    monkeypatch.setattr(iam_evaluator, "_gather_role_policies", lambda *_: documents)
    call("CreateModel", {"ModelName": "new"})
    with pytest.raises(ValueError, match=r"sagemaker:AddTags on resource: .*model/new"):
        call("CreateModel", {"ModelName": "new", "Tags": OURS})


def test_a_model_of_a_version_is_checked_on_the_version_too(call: Call) -> None:
    version = f"{PREFIX}:model-package/versions/1"
    with pytest.raises(ValueError, match=r"sagemaker:CreateModel on resource: .*model-package/versions/1"):
        call("CreateModel", {"ModelName": "new", "PrimaryContainer": {"ModelPackageName": version}})
