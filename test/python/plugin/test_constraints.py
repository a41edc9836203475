"""Requests that break the service's own model are refused as AWS refuses them."""

from __future__ import annotations

from plugin import constraints


def test_a_value_that_a_pattern_forbids_is_named_with_its_place() -> None:
    told = constraints.refusal(
        "sagemaker",
        "CreateModelPackage",
        {"ModelPackageGroupName": "models", "CustomerMetadataProperties": {"approved": "same trees, same AUC"}},
    )
    assert told is not None
    assert told.startswith(
        "1 validation error detected: Value 'same trees, same AUC' at 'customerMetadataProperties.approved.member'"
    )


def test_the_same_without_a_comma_is_taken() -> None:
    properties = {"approved": "same trees and same AUC", "months": "2013-06 2013-07", "auc": "0.772"}
    request = {"ModelPackageGroupName": "models", "CustomerMetadataProperties": properties}
    assert constraints.refusal("sagemaker", "CreateModelPackage", request) is None


def test_lengths_ranges_and_enumerations_count_and_each_fault_is_told() -> None:
    told = constraints.refusal(
        "sagemaker",
        "CreateProcessingJob",
        {
            "ProcessingJobName": "late_flights",
            "Environment": {"A": "b" * 257},
            "ProcessingResources": {"ClusterConfig": {"InstanceCount": 0, "InstanceType": "ml.t9.nano"}},
        },
    )
    assert told is not None
    assert told.startswith("4 validation errors detected: ")
    for place in ("processingJobName", "environment.A.member", "instanceCount", "instanceType"):
        assert place in told


def test_an_operation_that_no_model_has_is_left_to_the_service() -> None:
    assert constraints.refusal("sagemaker", "MakeCoffee", {"Cups": 0}) is None
    assert constraints.refusal("athena", "StartQueryExecution", {"QueryString": ""}) is None


def test_a_checksum_mode_is_taken_in_any_case() -> None:
    wanted = {"Bucket": "models", "Key": "model.tar.gz"}
    assert constraints.violation("s3", "HeadObject", {**wanted, "ChecksumMode": "enabled"}) is None
    assert constraints.violation("s3", "HeadObject", {**wanted, "ChecksumMode": "on"}) is not None
