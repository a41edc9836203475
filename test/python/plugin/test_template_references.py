"""A template that refers to what it does not have is refused before anything is made, as by CloudFormation."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from plugin import cloudformation_references
from plugin.emulator import engine


def template(value: Any, **more: Any) -> dict[str, Any]:
    return {
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": value}}},
        **more,
    }


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Name"},
        {"Ref": "AWS::NoValue"},
        {"Fn::GetAtt": ["Topic", "Arn"]},
        {"Fn::GetAtt": "Topic.Arn"},
        {"Fn::Sub": "${Name}-${AWS::Region}-${!literal}-${Topic.Arn}"},
        {"Fn::Sub": ["${own}", {"own": {"Ref": "Name"}}]},
        {"Ref": {"not": "a name"}},
    ],
)
def test_what_is_there_may_be_referred_to(value: Any) -> None:
    cloudformation_references.check(template(value))


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Nowhere"},
        {"Fn::GetAtt": ["Nowhere", "Arn"]},
        {"Fn::GetAtt": "Nowhere.Arn"},
        {"Fn::Sub": "x-${Nowhere}"},
        {"Fn::Sub": ["${own}", {"own": {"Ref": "Nowhere"}}]},
        {"Fn::If": ["Always", {"Fn::Join": ["", ["a", {"Ref": "Nowhere"}]]}, {"Ref": "AWS::NoValue"}]},
    ],
)
def test_what_is_not_there_is_named(value: Any) -> None:
    said = r"Unresolved resource dependencies \[Nowhere\] in the Resources block of the template"
    with pytest.raises(ValueError, match=said):
        cloudformation_references.check(template(value))


def test_outputs_are_looked_at_too() -> None:
    with pytest.raises(ValueError, match=r"\[Nowhere\] in the Outputs block"):
        cloudformation_references.check(template("t", Outputs={"It": {"Value": {"Ref": "Nowhere"}}}))


def test_a_macro_may_bring_what_is_missing() -> None:
    cloudformation_references.check(template({"Ref": "Nowhere"}, Transform="AWS::Serverless-2016-10-31"))


def test_where_the_plug_in_holds_on() -> None:
    assert "_validate_template_statics(template)" in inspect.getsource(engine.validate_template_support)
