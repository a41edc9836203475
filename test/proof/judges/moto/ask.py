"""Asks the same series of requests of two endpoints by boto3, and prints in which shapes and errors they differ.

Arguments: the endpoint of the judge, a seed, the ARN of a role, and a bucket, both of which this side has. The seed
gives the names, and the order in which the series of the resources are mixed.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

Request = tuple[str, str, dict[str, Any]]

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"
RUNNING = re.compile(r'(?i:status|state)": "(InProgress|Creating|Deleting|IN_PROGRESS|RUNNING|QUEUED)"')


TYPES = {int: "number", float: "number"}


def series(name: str, role: str, bucket: str) -> dict[str, list[Request]]:
    """Requests by resource: what is not there, made, made twice, described, listed, changed, deleted, deleted twice."""
    data = f"s3://{bucket}/data/"
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{bucket}/model.tar.gz"}
    model = {"ModelName": name, "PrimaryContainer": container, "ExecutionRoleArn": role}
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": name,
        "InitialInstanceCount": 1,
        "InstanceType": "ml.t2.medium",
        "InitialVariantWeight": 1.0,
    }
    training = {
        "TrainingJobName": name,
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "ContainerEntrypoint": ["/bin/bash", "-c", "touch /opt/ml/model/made"],
        },
        "RoleArn": role,
        "InputDataConfig": [
            {"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": data}}}
        ],
        "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "Tags": [{"Key": "team", "Value": "one"}],
    }
    processing = {
        "ProcessingJobName": name,
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
        },
        "AppSpecification": {"ImageUri": IMAGE, "ContainerEntrypoint": ["/bin/bash", "-c", "true"]},
        "RoleArn": role,
    }
    packaged = {
        "ModelPackageGroupName": name,
        "InferenceSpecification": {
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        "ModelApprovalStatus": "PendingManualApproval",
    }
    version = f"arn:aws:sagemaker:us-east-1:{role.split(':')[4]}:model-package/{name}/1"
    crawler = {"Name": name, "Role": role, "DatabaseName": name, "Targets": {"S3Targets": [{"Path": data}]}}
    job = {
        "Name": name,
        "Role": role,
        "Command": {"Name": "glueetl", "ScriptLocation": f"s3://{bucket}/none.py"},
        "GlueVersion": "5.0",
    }
    group = {"Name": name, "Configuration": {"ResultConfiguration": {"OutputLocation": f"s3://{bucket}/athena/"}}}
    project = {
        "name": name,
        "source": {"type": "S3", "location": f"{bucket}/none.zip"},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/amazonlinux2-x86_64-standard:5.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        "serviceRole": role,
    }
    action = {
        "name": "Source",
        "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"},
        "configuration": {"S3Bucket": bucket, "S3ObjectKey": "none.zip", "PollForSourceChanges": "false"},
        "outputArtifacts": [{"name": "source"}],
    }
    approval = {
        "name": "Approve",
        "actionTypeId": {"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"},
    }
    stages = [{"name": "Source", "actions": [action]}, {"name": "Approve", "actions": [approval]}]
    pipeline = {
        "name": name,
        "roleArn": role,
        "artifactStore": {"type": "S3", "location": bucket},
        "stages": stages,
    }

    smk = "sagemaker"

    def whole(thing: str, key: str, make: dict[str, Any]) -> list[Request]:
        return [
            (smk, f"describe_{thing}", {key: name}),
            (smk, f"delete_{thing}", {key: name}),
            (smk, f"create_{thing}", make),
            (smk, f"create_{thing}", make),
            (smk, f"describe_{thing}", {key: name}),
            (smk, f"list_{thing}s", {}),
            (smk, f"delete_{thing}", {key: name}),
            (smk, f"describe_{thing}", {key: name}),
        ]

    hosting = [
        *whole("model", "ModelName", model)[:6],
        (
            smk,
            "create_endpoint_config",
            {"EndpointConfigName": name, "ProductionVariants": [{**variant, "ModelName": "none"}]},
        ),
        *whole("endpoint_config", "EndpointConfigName", {"EndpointConfigName": name, "ProductionVariants": [variant]})[
            :6
        ],
        (smk, "create_endpoint", {"EndpointName": name, "EndpointConfigName": "none"}),
        *whole("endpoint", "EndpointName", {"EndpointName": name, "EndpointConfigName": name}),
        (smk, "delete_endpoint_config", {"EndpointConfigName": name}),
        (smk, "describe_endpoint_config", {"EndpointConfigName": name}),
        (smk, "delete_model", {"ModelName": name}),
        (smk, "describe_model", {"ModelName": name}),
    ]
    return {
        "hosting": hosting,
        "training": whole("training_job", "TrainingJobName", training)[2:6],
        "processing": whole("processing_job", "ProcessingJobName", processing)[2:6],
        "missing jobs": [
            (smk, "describe_training_job", {"TrainingJobName": "none"}),
            (smk, "describe_processing_job", {"ProcessingJobName": "none"}),
            (smk, "stop_processing_job", {"ProcessingJobName": "none"}),
            (smk, "describe_hyper_parameter_tuning_job", {"HyperParameterTuningJobName": "none"}),
            (smk, "describe_data_quality_job_definition", {"JobDefinitionName": "none"}),
            (smk, "delete_data_quality_job_definition", {"JobDefinitionName": "none"}),
        ],
        "registry": [
            (smk, "describe_model_package_group", {"ModelPackageGroupName": name}),
            (smk, "create_model_package", packaged),
            (smk, "create_model_package_group", {"ModelPackageGroupName": name}),
            (smk, "create_model_package_group", {"ModelPackageGroupName": name}),
            (smk, "describe_model_package_group", {"ModelPackageGroupName": name}),
            (smk, "list_model_package_groups", {}),
            (smk, "create_model_package", packaged),
            (smk, "describe_model_package", {"ModelPackageName": version}),
            (smk, "list_model_packages", {"ModelPackageGroupName": name}),
            (smk, "update_model_package", {"ModelPackageArn": version, "ModelApprovalStatus": "Approved"}),
            (smk, "describe_model_package", {"ModelPackageName": version}),
            (smk, "describe_model_package", {"ModelPackageName": version.replace("/1", "/9")}),
        ],
        "crawler": [
            ("glue", "get_crawler", {"Name": name}),
            ("glue", "start_crawler", {"Name": name}),
            ("glue", "stop_crawler", {"Name": name}),
            ("glue", "delete_crawler", {"Name": name}),
            ("glue", "create_crawler", crawler),
            ("glue", "create_crawler", crawler),
            ("glue", "get_crawler", {"Name": name}),
            ("glue", "get_crawlers", {}),
            ("glue", "delete_crawler", {"Name": name}),
        ],
        "job": [
            ("glue", "get_job_runs", {"JobName": name}),
            ("glue", "start_job_run", {"JobName": name}),
            ("glue", "create_job", job),
            ("glue", "get_job_run", {"JobName": name, "RunId": "none"}),
            ("glue", "get_tags", {"ResourceArn": f"arn:aws:glue:us-east-1:{role.split(':')[4]}:job/{name}"}),
            ("glue", "get_partitions", {"DatabaseName": name, "TableName": "none"}),
            ("glue", "delete_job", {"JobName": name}),
            ("glue", "delete_job", {"JobName": name}),
        ],
        "queries": [
            ("athena", "create_work_group", group),
            ("athena", "get_query_execution", {"QueryExecutionId": "00000000-0000-0000-0000-000000000000"}),
            ("athena", "get_query_results", {"QueryExecutionId": "00000000-0000-0000-0000-000000000000"}),
            ("athena", "stop_query_execution", {"QueryExecutionId": "00000000-0000-0000-0000-000000000000"}),
            ("athena", "start_query_execution", {"QueryString": "SELECT 1", "WorkGroup": "none"}),
            ("athena", "start_query_execution", {"QueryString": "SELECT 1 AS one", "WorkGroup": name}),
            ("athena", "get_query_execution", {"QueryExecutionId": "last"}),
            ("athena", "get_query_results", {"QueryExecutionId": "last"}),
            ("athena", "list_query_executions", {"WorkGroup": name}),
            ("athena", "delete_work_group", {"WorkGroup": name, "RecursiveDeleteOption": True}),
            ("athena", "delete_work_group", {"WorkGroup": "none"}),
        ],
        "builds": [
            ("codebuild", "batch_get_projects", {"names": [name]}),
            ("codebuild", "start_build", {"projectName": name}),
            ("codebuild", "create_project", project),
            ("codebuild", "create_project", project),
            ("codebuild", "batch_get_projects", {"names": [name]}),
            ("codebuild", "list_projects", {}),
            ("codebuild", "start_build", {"projectName": name}),
            ("codebuild", "batch_get_builds", {"ids": ["last"]}),
            ("codebuild", "list_builds_for_project", {"projectName": name}),
            ("codebuild", "list_builds", {}),
            ("codebuild", "list_builds_for_project", {"projectName": "none"}),
            ("codebuild", "stop_build", {"id": "none:00000000-0000-0000-0000-000000000000"}),
            ("codebuild", "delete_project", {"name": name}),
            ("codebuild", "delete_project", {"name": name}),
        ],
        "pipeline": [
            ("codepipeline", "get_pipeline", {"name": name}),
            ("codepipeline", "start_pipeline_execution", {"name": name}),
            ("codepipeline", "create_pipeline", {"pipeline": {**pipeline, "stages": stages[:1]}}),
            ("codepipeline", "create_pipeline", {"pipeline": pipeline}),
            ("codepipeline", "create_pipeline", {"pipeline": pipeline}),
            ("codepipeline", "get_pipeline", {"name": name}),
            ("codepipeline", "update_pipeline", {"pipeline": pipeline}),
            ("codepipeline", "list_pipelines", {}),
            ("codepipeline", "list_pipeline_executions", {"pipelineName": name}),
            (
                "codepipeline",
                "get_pipeline_execution",
                {"pipelineName": name, "pipelineExecutionId": "00000000-0000-0000-0000-000000000000"},
            ),
            ("codepipeline", "delete_pipeline", {"name": name}),
            ("codepipeline", "delete_pipeline", {"name": name}),
        ],
    }


def mixed(seed: int, of: dict[str, list[Request]]) -> list[Request]:
    """All series, each in its order, with those of the others between."""
    draw = random.Random(seed)
    rest = {name: list(requests) for name, requests in of.items()}
    mix = []
    while rest:
        name = draw.choice(sorted(rest))
        mix.append(rest[name].pop(0))
        if not rest[name]:
            del rest[name]
    return mix


class Side:
    """One endpoint: its clients, and the identifiers that it gave."""

    def __init__(self, endpoint: str | None) -> None:
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}
        self._last: dict[str, str] = {}

    def client(self, service: str) -> Any:
        """A client that neither checks parameters nor tries again."""
        if service not in self._clients:
            config = Config(retries={"max_attempts": 0}, parameter_validation=False)
            keys: dict[str, Any] = {
                "aws_access_key_id": "judge",
                "aws_secret_access_key": "judge",
                "aws_session_token": None,
            }
            self._clients[service] = boto3.client(
                service, endpoint_url=self._endpoint, config=config, **(keys if self._endpoint else {})
            )
        return self._clients[service]

    def answer(self, request: Request) -> set[str]:
        """Members and their types, or the error's code."""
        service, operation, given = request
        last = self._last.get(service, "")
        asked = json.loads(json.dumps(given).replace('"last"', json.dumps(last)))
        try:
            said = self._settled(service, operation, asked)
        except ClientError as error:
            return {f"error {error.response['Error']['Code']}"}
        if operation == "start_build":
            self._last[service] = said["build"]["id"]
        if operation == "start_query_execution":
            self._last[service] = said["QueryExecutionId"]
        said.pop("ResponseMetadata")
        return set(members(said)) | {"answered"}

    def _settled(self, service: str, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        while True:
            said: dict[str, Any] = getattr(self.client(service), operation)(**given)
            describes = operation.startswith(("describe_", "batch_get_builds", "get_query_execution"))
            # The judge runs nothing, so that there is nothing to wait for.
            if self._endpoint or not describes or not RUNNING.search(json.dumps(said, default=str)):
                return said
            time.sleep(0.1)


def members(value: Any, path: str = "") -> Iterator[str]:
    """Paths of all values, each with its type: JSON has one for numbers."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from members(one, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        yield f"{path}: list"
        for one in value:
            yield from members(one, f"{path}[]")
    else:
        yield f"{path}: {TYPES.get(type(value), type(value).__name__)}"


def main() -> None:
    """Prints the differences: a line for what one side alone has."""
    endpoint, seed, role, bucket = sys.argv[1:]
    ours, judge = Side(None), Side(endpoint)
    judge.client("s3").create_bucket(Bucket=bucket)
    trust = {"Principal": {"Service": "codepipeline.amazonaws.com"}, "Effect": "Allow", "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    judge.client("iam").create_role(RoleName=role.rsplit("/", 1)[-1], AssumeRolePolicyDocument=document)
    requests = mixed(int(seed), series(f"name-{int(seed)}", role, bucket))
    found = set()
    for request in requests:
        one, other = ours.answer(request), judge.answer(request)
        operation = f"{request[0]}.{request[1]}"
        found |= {f"{operation} ours {what}" for what in one - other}
        found |= {f"{operation} moto {what}" for what in other - one}
    print(json.dumps({"asked": len(requests), "differences": sorted(found)}))


if __name__ == "__main__":
    main()
