"""What the plug-in adds to the emulator for CodePipeline, and where it holds on."""

from __future__ import annotations

import inspect

import pytest
from plugin import cloudformation_codepipeline, iam, iam_codepipeline, our_services
from plugin.emulator import eventbridge, iam_actions, router

REGION, ACCOUNT = "eu-west-1", "123456789012"
PREFIX = f"arn:aws:codepipeline:{REGION}:{ACCOUNT}"


@pytest.mark.parametrize(
    ("operation", "data", "expected"),
    [
        ("CreatePipeline", {"pipeline": {"name": "p"}}, f"{PREFIX}:p"),
        ("StartPipelineExecution", {"name": "p"}, f"{PREFIX}:p"),
        ("ListActionExecutions", {"pipelineName": "p"}, f"{PREFIX}:p"),
        ("RetryStageExecution", {"pipelineName": "p", "stageName": "s"}, f"{PREFIX}:p/s"),
        ("PutApprovalResult", {"pipelineName": "p", "stageName": "s", "actionName": "a"}, f"{PREFIX}:p/s/a"),
        ("TagResource", {"resourceArn": f"{PREFIX}:p"}, f"{PREFIX}:p"),
        ("PutJobSuccessResult", {"jobId": "j"}, "*"),
        ("ListPipelines", {}, "*"),
    ],
)
def test_an_action_is_checked_on_pipeline_stage_or_action(
    operation: str, data: dict[str, object], expected: str
) -> None:
    assert iam.resource_arns("codepipeline", operation, data, REGION, ACCOUNT) == [expected]


def test_the_pipelines_role_is_passed() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/r"
    assert iam_codepipeline.passed_role({"pipeline": {"roleArn": role}}) == role
    assert iam_codepipeline.passed_role({"name": "p"}) is None


def test_requests_for_codepipeline_reach_it_and_iam_decides_about_them() -> None:
    our_services.install()
    headers = {"x-amz-target": "CodePipeline_20150709.PutApprovalResult", "host": "127.0.0.1"}
    assert router.detect_service("POST", "/", headers, {}) == "codepipeline"
    assert iam_actions.extract_iam_action("codepipeline", "POST", "/", headers, b"{}", {}) == (
        "codepipeline:PutApprovalResult"
    )


def test_a_template_is_spelled_as_the_api_spells_it_and_configurations_are_texts() -> None:
    props = {
        "PipelineType": "V2",
        "RestartExecutionOnUpdate": True,
        "Tags": [{"Key": "k", "Value": "v"}],
        "Stages": [
            {
                "Name": "Source",
                "Actions": [
                    {
                        "Name": "S",
                        "RunOrder": "1",
                        "ActionTypeId": {"Category": "Source", "Owner": "AWS", "Provider": "S3", "Version": 1},
                        "Configuration": {
                            "PollForSourceChanges": False,
                            "S3Bucket": "b",
                            "ParameterOverrides": {"A": 1},
                        },
                        "OutputArtifacts": [{"Name": "Code"}],
                    }
                ],
            }
        ],
    }
    assert cloudformation_codepipeline.declaration(props, "p") == {
        "name": "p",
        "pipelineType": "V2",
        "stages": [
            {
                "name": "Source",
                "actions": [
                    {
                        "name": "S",
                        "runOrder": 1,
                        "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"},
                        "configuration": {
                            "PollForSourceChanges": "false",
                            "S3Bucket": "b",
                            "ParameterOverrides": '{"A": 1}',
                        },
                        "outputArtifacts": [{"name": "Code"}],
                    }
                ],
            }
        ],
    }


def test_the_emulator_still_reads_at_each_event_what_ours_replaces() -> None:
    assert "_invoke_target(target, event, rule, view)" in inspect.getsource(eventbridge._dispatch_event)
    assert "_validate_target_arn(target)" in inspect.getsource(eventbridge._put_targets)
