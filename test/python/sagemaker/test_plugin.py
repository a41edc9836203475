"""What the plug-in adds to the emulator for SageMaker, and where it holds on."""

from __future__ import annotations

import pytest
from plugin import cloudformation_sagemaker, iam, iam_sagemaker, our_services, services
from plugin.emulator import iam_actions, provisioners, router, stacks, tagging

REGION, ACCOUNT = "eu-west-1", "123456789012"
PREFIX = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"


@pytest.mark.parametrize(
    ("operation", "data", "expected"),
    [
        ("CreateTrainingJob", {"TrainingJobName": "Job"}, ["training-job/job"]),
        ("StopProcessingJob", {"ProcessingJobName": "p"}, ["processing-job/p"]),
        ("DeleteModel", {"ModelName": "m"}, ["model/m"]),
        (
            "ListTrainingJobsForHyperParameterTuningJob",
            {"HyperParameterTuningJobName": "t"},
            ["hyper-parameter-tuning-job/t"],
        ),
        (
            "CreateModelPackage",
            {"ModelPackageGroupName": "g"},
            ["model-package/g/*"],
        ),
        ("DeleteModelPackageGroup", {"ModelPackageGroupName": "g"}, ["model-package-group/g"]),
        (
            "DescribeModelPackageGroup",
            {"ModelPackageGroupName": f"{PREFIX}:model-package-group/g"},
            ["model-package-group/g"],
        ),
        ("UpdateModelPackage", {"ModelPackageArn": f"{PREFIX}:model-package/g/1"}, ["model-package/g/1"]),
        ("AddTags", {"ResourceArn": f"{PREFIX}:model/m"}, ["model/m"]),
    ],
)
def test_an_action_is_checked_on_its_resources(operation: str, data: dict[str, object], expected: list[str]) -> None:
    found = iam.resource_arns("sagemaker", operation, data, REGION, ACCOUNT)
    assert found == [f"{PREFIX}:{one}" for one in expected]


def test_a_list_is_checked_on_no_resource() -> None:
    assert iam.resource_arns("sagemaker", "ListTrainingJobs", {}, REGION, ACCOUNT) == ["*"]


def test_the_role_of_a_tuning_jobs_trainings_and_of_a_model_is_passed_too() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/r"
    assert iam_sagemaker.passed_role({"TrainingJobDefinition": {"RoleArn": role}}) == role
    assert iam_sagemaker.passed_role({"ExecutionRoleArn": role}) == role
    assert iam_sagemaker.passed_role({}) is None


def test_requests_for_sagemaker_reach_it_and_iam_decides_about_them() -> None:
    our_services.install()
    headers = {"x-amz-target": "SageMaker.ListModels"}
    assert router.detect_service("POST", "/", headers, {}) == "sagemaker"
    action = iam_actions.extract_iam_action("sagemaker", "POST", "/", headers, b"{}", {})
    assert action == "sagemaker:ListModels"


def test_the_types_run_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacks, "_runs_on_worker_thread", stacks._runs_on_worker_thread)
    cloudformation_sagemaker.install()
    assert stacks._runs_on_worker_thread("AWS::SageMaker::Model")
    assert not stacks._runs_on_worker_thread("AWS::S3::Bucket")
    assert {"create", "update", "delete"} <= set(provisioners._RESOURCE_HANDLERS["AWS::SageMaker::ModelPackageGroup"])


def test_tagged_resources_are_found_by_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "post", lambda path, data: (200, {"sagemaker": {"arn": {"k": "v"}}}))
    our_services.install()
    assert list(tagging._COLLECTORS["sagemaker"]()) == [("arn", [{"Key": "k", "Value": "v"}])]
    assert list(tagging._COLLECTORS["codepipeline"]()) == []


class Invocations:
    """Stands in for our services."""

    def __init__(self, status: int = 200, message: str = "") -> None:
        self.made: list[tuple[str, dict[str, object]]] = []
        self.answer = (
            status,
            {},
            b'{"ModelArn": "arn:model/s-m-1", "__type": "ValidationException", "message": "%s"}' % message.encode(),
        )

    def __call__(self, service: str, operation: str, data: dict[str, object], *_: object) -> object:
        self.made.append((operation, data))
        return self.answer


def test_a_model_without_a_name_gets_one_that_its_arn_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    invoked = Invocations()
    monkeypatch.setattr(services, "invoke", invoked)
    cloudformation_sagemaker._model_create("MyModel", {"ExecutionRoleArn": "r"}, "MlaLabs-Training")
    name = str(invoked.made[0][1]["ModelName"])
    assert name.startswith("mlalabs-training-mymodel-")
    assert len(name) <= 63


def test_deleting_what_is_gone_succeeds_and_a_conflict_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "invoke", Invocations(400, "ModelPackageGroup x does not exist."))
    cloudformation_sagemaker._group_delete("arn", {})
    monkeypatch.setattr(services, "invoke", Invocations(400, "cannot be deleted as it still contains 1"))
    with pytest.raises(ValueError, match="still contains"):
        cloudformation_sagemaker._group_delete("arn", {})
