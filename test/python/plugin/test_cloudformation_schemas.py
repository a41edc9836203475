"""Properties of resources are judged by the schemas of CloudFormation's registry, in CloudFormation's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from plugin import cloudformation_schemas as schemas

LABS = Path(__file__).resolve().parents[3] / "labs"

PASSES = "failed validation constraint for keyword"
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("AWS::S3::Bucket", {"BucketNme": "b"}, "#: extraneous key [BucketNme] is not permitted"),
    (
        "AWS::S3::Bucket",
        {"VersioningConfiguration": {"Status": "Enabled", "Mfa": "x"}},
        "#/VersioningConfiguration: extraneous key [Mfa] is not permitted",
    ),
    ("AWS::S3::Bucket", {"Arn": "arn:aws:s3:::b"}, "#: extraneous key [Arn] is not permitted"),
    ("AWS::S3::Bucket", {"BucketName": "Not_A_Name"}, f"#/BucketName: {PASSES} [pattern]"),
    ("AWS::Lambda::Function", {"Code": {"ZipFile": "x"}}, "#: required key [Role] not found"),
    ("AWS::Lambda::Function", {"Code": {}, "Role": "r", "MemorySize": 64}, f"#/MemorySize: {PASSES} [minimum]"),
    ("AWS::Lambda::Function", {"Code": {}, "Role": "r", "Timeout": "long"}, "expected type: Integer, found: String"),
    ("AWS::Lambda::Function", {"Code": {}, "Role": "r", "Layers": "l"}, "expected type: JSONArray, found: String"),
    ("AWS::Logs::LogGroup", {"RetentionInDays": 8}, f"#/RetentionInDays: {PASSES} [enum]"),
    ("AWS::SQS::Queue", {"Tags": [{"Value": "v"}]}, "#/Tags/0: required key [Key] not found"),
    ("AWS::Glue::Job", {"Command": {"Name": "glueetl"}}, "#: required key [Role] not found"),
    ("AWS::SageMaker::Model", {"ModelName": "a b", "ExecutionRoleArn": "r"}, f"#/ModelName: {PASSES} [pattern]"),
]


@pytest.mark.parametrize(("type_name", "props", "words"), WRONG, ids=[words for _, _, words in WRONG])
def test_what_a_schema_does_not_allow_is_refused_with_its_place(
    type_name: str, props: dict[str, Any], words: str
) -> None:
    refused = schemas.refusal("Thing", type_name, props)
    assert refused is not None
    assert refused.startswith("Properties validation failed for resource Thing with message:\n#")
    assert words in refused


@pytest.mark.parametrize(
    ("type_name", "props"),
    [
        # CloudFormation reads texts as numbers and booleans, and the other way round.
        (
            "AWS::Lambda::Function",
            {"Code": {"ZipFile": "x"}, "Role": "arn:aws:iam::000000000000:role/r", "Timeout": "30"},
        ),
        ("AWS::SNS::Topic", {"FifoTopic": "true"}),
        ("AWS::SSM::Parameter", {"Type": "String", "Value": 3}),
        ("AWS::S3::Bucket", {}),
        ("Custom::Sweep", {"ServiceToken": "arn", "anything": [1]}),
        ("AWS::Unheard::Of", {"a": 1}),
        # What a template refers to is not known before its turn.
        ("AWS::Logs::LogGroup", {"LogGroupName": {"Fn::Join": ["", ["/a/", {"Ref": "B"}]]}, "RetentionInDays": 7}),
    ],
)
def test_what_cloudformation_takes_passes(type_name: str, props: dict[str, Any]) -> None:
    assert schemas.refusal("Thing", type_name, props) is None


class _Template(yaml.SafeLoader):  # type: ignore[misc]
    """Reads `!Ref x` as the function that it stands for."""


def _function(loader: _Template, suffix: str, node: Any) -> Any:
    read = {
        yaml.ScalarNode: loader.construct_scalar,
        yaml.SequenceNode: lambda one: loader.construct_sequence(one, deep=True),
        yaml.MappingNode: lambda one: loader.construct_mapping(one, deep=True),
    }[type(node)]
    return {"Ref" if suffix == "Ref" else f"Fn::{suffix}": read(node)}


_Template.add_multi_constructor("!", _function)


def test_the_endpoints_own_template_passes() -> None:
    template = yaml.load((LABS / "deployment/source/endpoint.template.yaml").read_text(), _Template)
    resources = template["Resources"]
    assert len(resources) >= 3
    for name, resource in resources.items():
        assert schemas.refusal(name, resource["Type"], resource["Properties"]) is None


def test_what_changes_for_good_makes_a_new_resource() -> None:
    role = {"RoleName": "r", "Path": "/", "Description": "a"}
    assert schemas.replacing("AWS::IAM::Role", role, {**role, "Description": "b"}) == []
    assert schemas.replacing("AWS::IAM::Role", role, {**role, "Path": "/b/"}) == ["Path"]
    csv = {"CsvClassifier": {"Name": "a", "Delimiter": ","}}
    assert schemas.replacing("AWS::Glue::Classifier", csv, {"CsvClassifier": {"Name": "a", "Delimiter": ";"}}) == []
    assert schemas.replacing("AWS::Glue::Classifier", csv, {"CsvClassifier": {"Name": "b", "Delimiter": ","}}) == [
        "CsvClassifier/Name"
    ]


def test_what_keeps_the_name_that_its_template_gives_is_not_replaced() -> None:
    words = "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename m and update"
    model = {"ModelName": "m", "ExecutionRoleArn": "a"}
    told = schemas.custom_named("AWS::SageMaker::Model", model, {**model, "ExecutionRoleArn": "b"})
    assert told is not None
    assert told.startswith(words)
    # Another name is a new resource beside the old one, and so is one that CloudFormation names.
    renamed = {"ModelName": "n", "ExecutionRoleArn": "b"}
    assert schemas.custom_named("AWS::SageMaker::Model", model, renamed) is None
    assert schemas.custom_named("AWS::SageMaker::Model", {"ExecutionRoleArn": "a"}, {"ExecutionRoleArn": "b"}) is None
    assert schemas.custom_named("AWS::SageMaker::Model", model, {**model, "Tags": []}) is None


def test_saved_queries_of_one_name_may_stand_side_by_side() -> None:
    query = {"Name": "q", "Database": "d", "QueryString": "SELECT 1"}
    assert schemas.replacing("AWS::Athena::NamedQuery", query, {**query, "QueryString": "SELECT 2"}) == ["QueryString"]
    assert schemas.custom_named("AWS::Athena::NamedQuery", query, {**query, "QueryString": "SELECT 2"}) is None
