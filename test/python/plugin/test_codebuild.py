"""CodeBuild in the plug-in: the resources that IAM looks at, and the spelling of templates."""

from __future__ import annotations

from plugin import cloudformation_codebuild, iam_codebuild

PREFIX = "arn:aws:codebuild:eu-west-1:123456789012"


def test_a_build_is_checked_on_its_project() -> None:
    build = "verify:1b2c"
    for operation in ("StopBuild", "RetryBuild"):
        assert iam_codebuild.arns(operation, {"id": build}, PREFIX) == [f"{PREFIX}:project/verify"]
    ids = {"ids": [build, "other:9", f"{PREFIX}:build/{build}"]}
    assert iam_codebuild.arns("BatchGetBuilds", ids, PREFIX) == [f"{PREFIX}:project/verify", f"{PREFIX}:project/other"]


def test_a_project_is_checked_by_name_or_arn() -> None:
    assert iam_codebuild.arns("StartBuild", {"projectName": "verify"}, PREFIX) == [f"{PREFIX}:project/verify"]
    arn = f"{PREFIX}:project/verify"
    assert iam_codebuild.arns("DeleteProject", {"name": arn}, PREFIX) == [arn]
    assert iam_codebuild.arns("ListBuilds", {}, PREFIX) == ["*"]


def test_a_template_is_spelt_as_the_api_wants_it() -> None:
    props = {
        "ServiceRole": "arn:r",
        "TimeoutInMinutes": "10",
        "Source": {"Type": "NO_SOURCE", "BuildSpec": "version: 0.2"},
        "Artifacts": {"Type": "S3", "Location": "b", "EncryptionDisabled": "true"},
        "Environment": {
            "Type": "LINUX_CONTAINER",
            "EnvironmentVariables": [{"Name": "A", "Value": "b", "Type": "PLAINTEXT"}],
        },
        "LogsConfig": {"CloudWatchLogs": {"Status": "ENABLED", "GroupName": "g"}, "S3Logs": {"Status": "DISABLED"}},
        "Tags": [{"Key": "k", "Value": "v"}],
    }
    assert cloudformation_codebuild._request(props, "verify") == {
        "name": "verify",
        "serviceRole": "arn:r",
        "timeoutInMinutes": 10,
        "source": {"type": "NO_SOURCE", "buildspec": "version: 0.2"},
        "artifacts": {"type": "S3", "location": "b", "encryptionDisabled": True},
        "environment": {
            "type": "LINUX_CONTAINER",
            "environmentVariables": [{"name": "A", "value": "b", "type": "PLAINTEXT"}],
        },
        "logsConfig": {"cloudWatchLogs": {"status": "ENABLED", "groupName": "g"}, "s3Logs": {"status": "DISABLED"}},
        "tags": [{"key": "k", "value": "v"}],
    }
