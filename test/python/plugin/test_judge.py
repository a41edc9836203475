"""Requests and answers are judged by AWS's own models: boto3 itself writes the requests and reads the refusals."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import cbor2
import pytest
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.config import Config
from botocore.exceptions import ClientError
from plugin import judge, known_answers, lacking, models, wire


class _Raw:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_arguments: Any, **_named: Any) -> Any:
        yield self._content


class _Cloud:
    """Reads what a stock client sends, and refuses what AWS would."""

    def __init__(self, service: str) -> None:
        self.faults: list[Any] = []
        self.values: dict[str, Any] = {}
        self.client = boto3.client(
            service,
            region_name="eu-west-1",
            aws_access_key_id="AKIAEXAMPLE",
            aws_secret_access_key="x",
            config=Config(
                retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, parameter_validation=False
            ),
        )
        self.client.meta.events.register("before-send", self._answer)

    def _answer(self, request: Any, **_named: Any) -> AWSResponse:
        url = urlsplit(request.url)
        headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
        }
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else body.read()
        query, path = parse_qs(url.query, keep_blank_values=True), unquote(url.path or "/")
        wanted = lacking.asked(request.method, path, headers, body, query)
        assert wanted is not None
        assert wanted.model
        arrived = wire.Request(request.method, path, headers, body, query)
        operation = models.operation(wanted.model, wanted.operation)
        assert operation is not None
        self.values = wire.read_request(operation, wanted.protocol, arrived)
        self.faults = judge.of_request(wanted, arrived)
        refused = judge.refusal(wanted, self.faults, headers, "req-1")
        status, given, content = refused or (418, {}, b"")
        return AWSResponse(request.url, status, HeadersDict(given), _Raw(content))  # type: ignore[arg-type]

    def send(self, call: str, **arguments: Any) -> tuple[str, str]:
        """Code and message of the refusal; an empty code where it is none."""
        try:
            getattr(self.client, call)(**arguments)
        except ClientError as caught:
            if caught.response["ResponseMetadata"]["HTTPStatusCode"] == 418:
                return "", ""
            return caught.response["Error"]["Code"], caught.response["Error"]["Message"]
        except Exception:
            # No protocol makes sense of an empty answer.
            return "", ""
        raise AssertionError("the answer was taken for a success")


TAGS = [{"Key": "mla-labs:lab", "Value": "training"}, {"Key": "b", "Value": ""}]
RIGHT: list[tuple[str, str, dict[str, Any]]] = [
    ("iam", "create_role", {"RoleName": "r", "AssumeRolePolicyDocument": "{}", "Tags": TAGS}),
    ("iam", "list_roles", {"MaxItems": 5}),
    ("cloudformation", "create_stack", {"StackName": "s", "TemplateBody": "{}", "Capabilities": ["CAPABILITY_IAM"]}),
    ("cloudformation", "delete_stack", {"StackName": "s", "RetainResources": []}),
    ("sns", "publish", {"Message": "m", "MessageAttributes": {"a": {"DataType": "String", "StringValue": "v"}}}),
    ("sts", "assume_role", {"RoleArn": "arn:aws:iam::000000000000:role/r", "RoleSessionName": "me"}),
    ("sqs", "send_message", {"QueueUrl": "https://q", "MessageBody": "b"}),
    ("ssm", "put_parameter", {"Name": "/a", "Value": "v", "Overwrite": True}),
    ("glue", "start_job_run", {"JobName": "j", "Arguments": {"--a": "1"}, "Timeout": 10}),
    ("logs", "put_retention_policy", {"logGroupName": "/g", "retentionInDays": 7}),
    ("cloudwatch", "put_metric_data", {"Namespace": "N", "MetricData": [{"MetricName": "m", "Value": 1.5}]}),
    ("resourcegroupstaggingapi", "get_resources", {"TagFilters": [{"Key": "k", "Values": ["v"]}]}),
    ("lambda", "invoke", {"FunctionName": "f", "Payload": b"{}", "InvocationType": "Event"}),
    ("lambda", "list_functions", {"MaxItems": 5}),
    ("scheduler", "get_schedule", {"Name": "n", "GroupName": "g"}),
    (
        "scheduler",
        "list_tags_for_resource",
        {"ResourceArn": "arn:aws:scheduler:eu-west-1:000000000000:schedule-group/g"},
    ),
    ("sagemaker-runtime", "invoke_endpoint", {"EndpointName": "e", "Body": b"", "ContentType": "text/csv"}),
    ("s3", "list_objects_v2", {"Bucket": "bucket", "Prefix": "a/ü +", "MaxKeys": 7}),
    ("s3", "list_buckets", {}),
    ("s3", "put_object", {"Bucket": "bucket", "Key": "a/b c", "Body": b"x", "Metadata": {"k": "v"}}),
    ("s3", "copy_object", {"Bucket": "bucket", "Key": "k", "CopySource": "other/key"}),
    ("s3", "get_object", {"Bucket": "bucket", "Key": "k", "Range": "bytes=0-1"}),
    ("s3", "upload_part", {"Bucket": "bucket", "Key": "k", "PartNumber": 1, "UploadId": "u", "Body": b"x"}),
    ("s3", "abort_multipart_upload", {"Bucket": "bucket", "Key": "k", "UploadId": "u"}),
    ("s3", "delete_objects", {"Bucket": "bucket", "Delete": {"Objects": [{"Key": "a"}, {"Key": "b"}], "Quiet": True}}),
    ("s3", "put_bucket_tagging", {"Bucket": "bucket", "Tagging": {"TagSet": TAGS}}),
    (
        "s3",
        "put_bucket_lifecycle_configuration",
        {
            "Bucket": "bucket",
            "LifecycleConfiguration": {
                "Rules": [{"ID": "r", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 3}}]
            },
        },
    ),
]


@pytest.mark.parametrize(("service", "call", "arguments"), RIGHT, ids=[f"{one[0]} {one[1]}" for one in RIGHT])
def test_what_a_stock_client_sends_is_read_as_it_was_meant_and_passes(
    service: str, call: str, arguments: dict[str, Any]
) -> None:
    cloud = _Cloud(service)
    assert cloud.send(call, **arguments) == ("", "")
    assert cloud.faults == []
    # botocore sends bodies for S3 in chunks with checksums between.
    if service == "s3":
        arguments = {name: value for name, value in arguments.items() if name != "Body"}
    assert {name: cloud.values[name] for name in arguments} == arguments


def _pipeline(action: dict[str, Any], variable: dict[str, Any]) -> dict[str, Any]:
    """A pipeline with one action that waits for a person, and with one variable."""
    approval = {"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"}
    stages = [{"name": "Gate", "actions": [{"name": "Approve", "actionTypeId": approval, **action}]}]
    variables = [{"name": "Model", **variable}]
    return {"name": "p", "roleArn": "arn:aws:iam::000000000000:role/p", "stages": stages, "variables": variables}


WRONG: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("iam", "create_role", {"RoleName": "a b", "AssumeRolePolicyDocument": "{}"}, "ValidationError", "'roleName'"),
    ("iam", "create_role", {"RoleName": "r"}, "ValidationError", "Value null at 'assumeRolePolicyDocument'"),
    ("iam", "list_roles", {"MaxItems": "many"}, "MalformedInput", "can not be converted to integer"),
    (
        "cloudformation",
        "create_stack",
        {"StackName": "s", "Capabilities": ["CAPABILITY_ALL"]},
        "ValidationError",
        "'capabilities.1.member' failed to satisfy constraint: Member must satisfy enum value set",
    ),
    (
        "sagemaker",
        "create_model",
        {"ModelName": "a b"},
        "ValidationException",
        "regular expression pattern: [a-zA-Z0-9]",
    ),
    (
        "sagemaker",
        "create_model",
        {},
        "ValidationException",
        "'modelName' failed to satisfy constraint: Member must not",
    ),
    ("sagemaker", "list_models", {"MaxResults": 101}, "ValidationException", "value less than or equal to 100"),
    ("sagemaker", "list_models", {"SortOrder": "Up"}, "ValidationException", "enum value set: [Ascending, Descending]"),
    (
        "sagemaker",
        "create_endpoint_config",
        {"EndpointConfigName": "a", "ProductionVariants": []},
        "ValidationException",
        "'productionVariants' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ),
    (
        "sagemaker",
        "create_endpoint_config",
        {"EndpointConfigName": "a", "ProductionVariants": [{"VariantName": "a"}, {"InitialInstanceCount": 0}]},
        "ValidationException",
        "2 validation errors detected: Value null at 'productionVariants.2.member.variantName'",
    ),
    (
        "sagemaker",
        "create_model_package",
        {"CustomerMetadataProperties": {"k" * 129: "v"}},
        "ValidationException",
        "'customerMetadataProperties' failed to satisfy constraint: Member must have length less than or equal to 128",
    ),
    (
        "codepipeline",
        "create_pipeline",
        {"pipeline": _pipeline({"timeoutInMinutes": 4}, {"defaultValue": "latest"})},
        "ValidationException",
        "'pipeline.stages.1.member.actions.1.member.timeoutInMinutes' failed to satisfy constraint: "
        "Member must have value greater than or equal to 5",
    ),
    (
        "codepipeline",
        "create_pipeline",
        {"pipeline": _pipeline({"timeoutInMinutes": 5}, {"defaultValue": ""})},
        "ValidationException",
        "'pipeline.variables.1.member.defaultValue'",
    ),
    (
        "sagemaker",
        "create_training_job",
        {"TrainingJobName": "a b"},
        "ValidationException",
        "Value 'a b' at 'trainingJobName' failed to satisfy constraint",
    ),
    (
        "sagemaker",
        "create_training_job",
        {"OutputDataConfig": {"S3OutputPath": "models"}},
        "ValidationException",
        "Value 'models' at 'outputDataConfig.s3OutputPath'",
    ),
    (
        "sagemaker",
        "create_hyper_parameter_tuning_job",
        {"TrainingJobDefinition": {"RoleArn": "arn:aws:s3::000000000000:role/train"}},
        "ValidationException",
        "'trainingJobDefinition.roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern",
    ),
    (
        "sagemaker",
        "create_model_package",
        {"ModelApprovalStatus": "Maybe"},
        "ValidationException",
        "Value 'Maybe' at 'modelApprovalStatus'",
    ),
    (
        "sagemaker",
        "create_endpoint_config",
        {"ProductionVariants": [{"VariantName": "a", "InstanceType": "ml.t3.medium"}]},
        "ValidationException",
        "Value 'ml.t3.medium' at 'productionVariants.1.member.instanceType'",
    ),
    ("codebuild", "create_project", {"name": "-"}, "InvalidInputException", "Value '-' at 'name' failed to satisfy"),
    (
        "codebuild",
        "create_project",
        {"timeoutInMinutes": 4},
        "InvalidInputException",
        "Member must have value greater than or equal to 5",
    ),
    (
        "athena",
        "get_query_results",
        {"QueryExecutionId": "a", "MaxResults": 1001},
        "InvalidRequestException",
        "less than or equal to 1000",
    ),
    (
        "athena",
        "start_query_execution",
        {"QueryString": "SELECT 1", "ClientRequestToken": "short"},
        "InvalidRequestException",
        "greater than or equal to 32",
    ),
    ("codepipeline", "get_pipeline", {}, "ValidationException", "'name'"),
    ("athena", "get_query_execution", {}, "InvalidRequestException", "'queryExecutionId'"),
    ("codebuild", "stop_build", {}, "InvalidInputException", "'id'"),
    ("service-quotas", "get_service_quota", {}, "IllegalArgumentException", "'serviceCode'"),
    ("sagemaker", "describe_endpoint", {"EndpointName": "e" * 64}, "ValidationException", "less than or equal to 63"),
    ("codebuild", "start_build", {}, "InvalidInputException", "'projectName'"),
    ("athena", "start_query_execution", {"QueryString": ""}, "InvalidRequestException", "greater than or equal to 1"),
    ("glue", "start_job_run", {"JobName": "j", "Timeout": 0}, "ValidationException", "'timeout'"),
    ("glue", "start_job_run", {"JobName": ["j"]}, "SerializationException", "list at 'jobName'"),
    ("logs", "put_retention_policy", {"logGroupName": "/g"}, "InvalidParameterException", "'retentionInDays'"),
    ("events", "put_rule", {"Name": "a b"}, "ValidationException", "'name'"),
    ("ssm", "put_parameter", {"Name": "/a", "Value": "v", "Type": "Text"}, "ValidationException", "enum value set"),
    ("cloudwatch", "put_metric_data", {"Namespace": ":own"}, "ValidationException", "'namespace'"),
    ("scheduler", "get_schedule", {"Name": "a b"}, "ValidationException", "'name'"),
    ("lambda", "invoke", {"FunctionName": "f", "InvocationType": "Later"}, "ValidationException", "'invocationType'"),
    ("lambda", "list_functions", {"MaxItems": 20_000}, "ValidationException", "'maxItems'"),
    (
        "s3",
        "put_bucket_versioning",
        {"Bucket": "bucket", "VersioningConfiguration": {"Status": "On"}},
        "InvalidArgument",
        "'versioningConfiguration.status'",
    ),
    ("s3", "put_bucket_tagging", {"Bucket": "bucket", "Tagging": {}}, "InvalidArgument", "'tagging.tagSet'"),
    ("s3", "get_object", {"Bucket": "bucket", "Key": "k", "PartNumber": "x"}, "MalformedXML", "can not be converted"),
]


@pytest.mark.parametrize(
    ("service", "call", "arguments", "code", "words"), WRONG, ids=[f"{one[0]} {one[1]} {one[4]}" for one in WRONG]
)
def test_what_breaks_a_model_is_refused_in_the_protocol_and_words_of_the_service(
    service: str, call: str, arguments: dict[str, Any], code: str, words: str
) -> None:
    refused, message = _Cloud(service).send(call, **arguments)
    assert refused == code
    assert words in message


def _asked(service: str, operation: str, protocol: str = "json") -> lacking.Asked:
    return lacking.Asked(service, operation, protocol, service)


def _sent(service: str, operation: str, body: dict[str, Any]) -> list[tuple[str, str]]:
    request = wire.Request("POST", "/", {}, json.dumps(body).encode(), {})
    return [(one.member, one.kind) for one in judge.of_request(_asked(service, operation), request)]


def test_a_member_that_no_model_has_is_found_though_aws_passes_over_it() -> None:
    body = {"JobName": "j", "Arguements": {}, "NotificationProperty": {"Delay": 1}}
    found = _sent("glue", "StartJobRun", body)
    assert sorted(found) == [("arguements", "unknown"), ("notificationProperty.delay", "unknown")]
    request = wire.Request("POST", "/", {}, json.dumps(body).encode(), {})
    faults = judge.of_request(_asked("glue", "StartJobRun"), request)
    assert judge.refusal(_asked("glue", "StartJobRun"), faults, {}, "req-1") is None
    query = wire.Request("POST", "/", {}, b"Action=CreateRole&RoleName=r&AssumeRolePolicyDocument=x&Tag.1=y", {})
    assert [one.text for one in judge.of_request(_asked("iam", "CreateRole", "query"), query)] == [
        "CreateRoleRequest has no member Tag"
    ]


def test_an_operation_that_no_model_has_is_found_and_what_is_no_json_as_well() -> None:
    (fault,) = judge.of_request(lacking.Asked("glue", "MakeCoffee", "json"), wire.Request("POST", "/", {}, b"{}", {}))
    assert fault.text == "glue has no operation MakeCoffee"
    (fault,) = judge.of_request(_asked("glue", "GetJob"), wire.Request("POST", "/", {}, b"{", {}))
    assert fault.text.startswith("the request cannot be read")


def _answered(
    asked: lacking.Asked, status: int, body: bytes, headers: dict[str, str] | None = None
) -> list[tuple[str, str]]:
    return [(one.member, one.text) for one in judge.of_answer(asked, status, headers or {}, body)]


def _role(*further: str) -> bytes:
    members = "<Path>/</Path><RoleName>r</RoleName><RoleId>AROA</RoleId><Arn>arn:aws:iam::0:role/r</Arn>"
    role = f"<Role>{members}{''.join(further)}</Role>"
    return f'<GetRoleResponse xmlns="urn:x"><GetRoleResult>{role}</GetRoleResult></GetRoleResponse>'.encode()


def test_an_answer_in_xml_has_what_its_model_has() -> None:
    asked, created = _asked("iam", "GetRole", "query"), "<CreateDate>2026-01-01T00:00:00Z</CreateDate>"
    assert _answered(asked, 200, _role(created)) == []
    ((member, text),) = _answered(asked, 200, _role())
    assert (member, "Value null" in text) == ("role.createDate", True)
    ((member, text),) = _answered(asked, 200, _role(created, "<Mood>good</Mood>"))
    assert (member, text) == ("role.mood", "Role has no member Mood")
    ((member, text),) = _answered(asked, 200, _role(created, "<MaxSessionDuration>long</MaxSessionDuration>"))
    assert "botocore cannot read it" in text
    ((_, text),) = _answered(asked, 200, b"<GetRoleResponse>")
    assert "botocore cannot read it" in text


def test_an_answer_in_json_and_cbor_has_the_types_and_values_of_its_model() -> None:
    asked = _asked("athena", "GetQueryExecution")

    def state(value: Any) -> bytes:
        return json.dumps({"QueryExecution": {"Status": {"State": value}}}).encode()

    assert _answered(asked, 200, state("SUCCEEDED")) == []
    assert "enum value set" in _answered(asked, 200, state("DONE"))[0][1]
    assert "can not be converted to string" in _answered(asked, 200, state(1))[0][1]
    alarms = _asked("cloudwatch", "DescribeAlarmsForMetric", "smithy-rpc-v2-cbor")
    right = cbor2.dumps({"MetricAlarms": [{"AlarmName": "a", "Threshold": 1.0}]})
    wrong = cbor2.dumps({"MetricAlarms": [{"AlarmName": "a", "Threshold": "one"}]})
    assert _answered(alarms, 200, right) == []
    assert _answered(alarms, 200, wrong) != []


def test_what_streams_is_not_read_and_a_bucket_of_us_east_1_has_no_location() -> None:
    assert _answered(_asked("s3", "GetObject", "rest-xml"), 200, b"\xff\x00", {"Content-Length": "2"}) == []
    ((_, text),) = _answered(_asked("s3", "GetObject", "rest-xml"), 200, b"", {"x-amz-missing-meta": "one"})
    assert "botocore cannot read it" in text
    location = b'<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'
    assert _answered(_asked("s3", "GetBucketLocation", "rest-xml"), 200, location) == []


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (400, {"__type": "EntityNotFoundException", "Message": "no"}, ""),
        (400, {"__type": "AccessDeniedException", "Message": "no"}, ""),
        (400, {"__type": "CoffeeException", "Message": "no"}, "GetJob has no error CoffeeException"),
        (400, {"__type": "EntityNotFoundException"}, "has no message"),
        (400, {"Message": "no"}, "GetJob has no error"),
    ],
)
def test_an_error_is_one_that_the_service_has(status: int, body: dict[str, str], problem: str) -> None:
    found = _answered(_asked("glue", "GetJob"), status, json.dumps(body).encode())
    assert (problem in found[0][1]) if problem else (found == [])


def test_an_error_has_the_status_that_its_model_gives_it() -> None:
    error = b"<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>no</Message></Error></ErrorResponse>"
    assert _answered(_asked("iam", "GetRole", "query"), 404, error) == []
    assert _answered(_asked("iam", "GetRole", "query"), 400, error) == [
        ("status", "NoSuchEntity comes with status 404, and not 400")
    ]


def test_each_known_difference_is_of_an_operation_that_there_is_and_has_a_reason() -> None:
    for one in known_answers.KNOWN:
        service, operation = one.operation.split(":")
        assert operation == "*" or models.operation(service, operation) is not None
        assert len(one.why) > 20
    assert known_answers.known("glue:GetJobs", "jobs.2.member.tags", "Job has no member Tags")
    assert not known_answers.known("glue:GetJobs", "jobs.2.member.name", "Job has no member Name")
    events = ("cloudformation:DescribeStackEvents", "stackEvents.1.member.resourceStatus")
    assert known_answers.known(*events, "Value 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' at x")
    assert not known_answers.known(*events, "Value 'DONE' at x")
