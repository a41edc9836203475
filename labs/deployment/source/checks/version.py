"""Which version is to be released, and may it be?"""

from __future__ import annotations

from typing import Any

import boto3
from botocore.exceptions import ClientError

from . import evidence
from .command import step
from .release_error import ReleaseError

LATEST = "latest"


def check(env: dict[str, str]) -> dict[str, Any]:
    """Resolves the version and writes it down for the later commands and stages."""
    group, wanted = env["MODEL_PACKAGE_GROUP"], env.get("MODEL_PACKAGE_ARN") or LATEST
    sagemaker = boto3.client("sagemaker")
    package = resolve(sagemaker, group, newest(sagemaker, group) if wanted == LATEST else wanted)
    arn, number = str(package["ModelPackageArn"]), int(package["ModelPackageVersion"])
    auc = claimed(package)
    values = {"ModelPackageArn": arn, "Version": str(number), "Auc": "none" if auc is None else f"{auc:.6f}"}
    evidence.VARIABLES.write_text("".join(f"export {key}={value}\n" for key, value in values.items()), encoding="utf-8")
    return {
        "message": f"version {number} of {group} is approved: {arn}",
        "modelPackageArn": arn,
        "version": number,
        "claimedAuc": auc,
    }


def newest(sagemaker: Any, group: str) -> str:
    """The approved version with the highest number: what ``latest`` means."""
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group, ModelApprovalStatus="Approved"
    )
    found = [summary for page in pages for summary in page["ModelPackageSummaryList"]]
    if not found:
        raise ReleaseError(
            f"No version of {group} is approved yet, so there is nothing to release. Approve one: the pipeline then "
            f"starts by itself ({step('release')})."
        )
    return str(max(found, key=lambda summary: int(summary["ModelPackageVersion"]))["ModelPackageArn"])


def resolve(sagemaker: Any, group: str, arn: str) -> dict[str, Any]:
    """The version as the registry describes it now, if it may be released."""
    if f":model-package/{group}/" not in arn:
        raise ReleaseError(
            f"{arn} is no version of the group {group}. A release names a version of this lab's own group; register a "
            f"copy of the model there ({step('source')})."
        )
    try:
        package: dict[str, Any] = sagemaker.describe_model_package(ModelPackageName=arn)
    except ClientError as error:
        if "does not exist" in str(error) or "not found" in str(error).lower():
            raise ReleaseError(
                f"{arn} does not exist: it was deleted, or never was. List the versions: aws sagemaker "
                f"list-model-packages --model-package-group-name {group}"
            ) from None
        raise
    number, status = package.get("ModelPackageVersion"), package.get("ModelApprovalStatus")
    if package.get("ModelPackageStatus") != "Completed":
        raise ReleaseError(
            f"Version {number} of {group} is {package.get('ModelPackageStatus')}, not Completed: wait for it."
        )
    if status != "Approved":
        reason = f" ({package['ApprovalDescription']})" if package.get("ApprovalDescription") else ""
        raise ReleaseError(
            f"Version {number} of {group} is {status}{reason}. Only an approved version is released: approve it, or "
            "start the pipeline with another one."
        )
    return package


def claimed(package: dict[str, Any]) -> float | None:
    """The AUC on the test slice that the version was registered with."""
    try:
        return float(package["CustomerMetadataProperties"]["testAuc"])
    except (KeyError, ValueError):
        return None
