"""What runs inside Glue and SageMaker calls AWS with the boto3 of those images, which is older than ours.

AWS does not say which one each has. The oldest that the sources of SageMaker's images were seen to ask for is botocore
1.19.4, of October 2020, years before the images of lib/facts/images.ts and Glue 6.0: nothing that we call is newer.
https://github.com/aws/sagemaker-scikit-learn-container/blob/master/requirements.txt
https://github.com/aws/sagemaker-xgboost-container/blob/master/requirements.txt
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The build of the lab deployment brings a boto3 of its own, with hashes.
ROOMS = ["labs/data-prep/runtime", "labs/monitoring/runtime/monitor", "labs/training/runtime", "lib/flights/runtime"]
# Made by scripts/cli/calls.py from botocore 1.19.4.
KNOWN: dict[str, list[str]] = json.loads((Path(__file__).parent / "calls_in_images.json").read_text())["operations"]
SERVICES = {operation.split(".")[0] for operation in KNOWN}


class Call(NamedTuple):
    """A call of a client, with the names of its arguments."""

    operation: str
    arguments: list[str]


def service_of(receiver: ast.expr) -> str | None:
    """The service whose client an expression is: `boto3.client("s3")`, or a variable of its name."""
    match receiver:
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in SERVICES:
            return name
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="boto3"), attr="client"), args=[ast.Constant(value=str(name))]
        ):
            return name
    return None


def calls_in(program: str) -> list[Call]:
    """Every call of a client of boto3; those of paginators as the operation itself."""
    found = []
    for node in ast.walk(ast.parse(program)):
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Call(
                        func=ast.Attribute(value=receiver, attr="get_paginator"), args=[ast.Constant(value=str(name))]
                    ),
                    attr="paginate",
                )
            ):
                operation = name
            case ast.Call(func=ast.Attribute(value=receiver, attr=name)) if name != "get_paginator":
                operation = name
            case _:
                continue
        service = service_of(receiver)
        if service is not None:
            found.append(Call(f"{service}.{operation}", [word.arg for word in node.keywords if word.arg]))
    return found


def faults_of(calls: list[Call]) -> list[str]:
    """What the old boto3 would not understand."""
    faults = []
    for operation, arguments in calls:
        if operation not in KNOWN:
            faults.append(f"{operation} is not known to have been there")
        else:
            faults += [f"{operation} had no {word}" for word in arguments if word not in KNOWN[operation]]
    return faults


@pytest.mark.parametrize("room", ROOMS)
def test_no_call_is_newer_than_the_oldest_boto3_of_an_image(room: str) -> None:
    programs = sorted((ROOT / room).rglob("*.py"))
    assert programs
    faults = [f"{path.name}: {fault}" for path in programs for fault in faults_of(calls_in(path.read_text()))]
    assert faults == []


def test_the_calls_are_found() -> None:
    found = {
        call.operation for room in ROOMS for path in (ROOT / room).rglob("*.py") for call in calls_in(path.read_text())
    }
    assert found >= {"s3.get_object", "s3.head_object", "s3.list_objects_v2", "cloudwatch.put_metric_data"}


@pytest.mark.parametrize(
    ("program", "fault"),
    [
        ('boto3.client("s3").rename_object(Bucket="b")', "s3.rename_object is not known to have been there"),
        ('s3.get_object(Bucket="b", Key="k", ChecksumMode="ENABLED")', "s3.get_object had no ChecksumMode"),
        (
            's3.get_paginator("list_objects_v2").paginate(Bucket="b", OptionalObjectAttributes=[])',
            "s3.list_objects_v2 had no OptionalObjectAttributes",
        ),
        (
            'self.cloudwatch.put_metric_data(Namespace="n", EntityMetricData=[])',
            "cloudwatch.put_metric_data had no EntityMetricData",
        ),
        ('boto3.client("glue").get_table(Name="t")', "glue.get_table is not known to have been there"),
    ],
)
def test_a_newer_call_is_found(program: str, fault: str) -> None:
    assert faults_of(calls_in(program)) == [fault]
