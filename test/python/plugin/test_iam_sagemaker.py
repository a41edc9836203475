"""SageMaker's calls are checked on the types of resources that AWS documents, on each that is required."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from plugin import iam_sagemaker

PREFIX = "arn:aws:sagemaker:eu-west-1:123456789012"
DOCUMENTED: dict[str, list[str]] = json.loads(
    (Path(__file__).parents[2] / "service-authorization.json").read_text(encoding="utf-8")
)["actions"]
# What AWS documents elsewhere: https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html
MORE = {"CreateModel": {"model-package"}}
REQUEST: dict[str, Any] = {
    **{field: "a" for _, field in iam_sagemaker._KINDS.values()},
    "ModelPackageName": f"{PREFIX}:model-package/a/1",
    "ModelPackageArn": f"{PREFIX}:model-package/a/1",
    "PrimaryContainer": {"ModelPackageName": f"{PREFIX}:model-package/a/1"},
}
OPERATIONS = sorted(
    action.split(":")[1]
    for action in DOCUMENTED
    # Requests of the runtime go by their path.
    if action.startswith("sagemaker:") and action != "sagemaker:InvokeEndpoint"
)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_call_is_checked_on_what_aws_documents(operation: str) -> None:
    documented = DOCUMENTED[f"sagemaker:{operation}"]
    required = {name[:-1] for name in documented if name.endswith("*")} or set(documented)
    arns = iam_sagemaker.arns(operation, REQUEST, PREFIX)
    found = {arn.removeprefix(f"{PREFIX}:").split("/")[0] for arn in arns} - {"*"}
    assert found == required | MORE.get(operation, set())


def test_a_listing_of_versions_needs_all_that_it_could_be_checked_on() -> None:
    assert iam_sagemaker.arns("ListModelPackages", {"ModelPackageGroupName": "A"}, PREFIX) == [
        f"{PREFIX}:model-package/a/*",
        f"{PREFIX}:model-package/*",
    ]


def test_a_new_version_has_no_number_yet() -> None:
    assert iam_sagemaker.arns("CreateModelPackage", {"ModelPackageGroupName": "A"}, PREFIX) == [
        f"{PREFIX}:model-package/a/*"
    ]
