"""Hosting in the plug-in: what a template's strings become, what invocations are checked on."""

from __future__ import annotations

from plugin import cloudformation_endpoints, iam_sagemaker, sagemaker_runtime

PREFIX = "arn:aws:sagemaker:us-east-1:000000000000"


def test_parameters_of_a_template_become_numbers_and_flags() -> None:
    given = {
        "ProductionVariants": [{"InitialInstanceCount": "1", "InitialVariantWeight": "0.5", "VariantName": "1"}],
        "DataCaptureConfig": {"EnableCapture": "true", "InitialSamplingPercentage": "100"},
        "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {"CanarySize": {"Type": "X", "Value": "50"}}},
        "Tags": [{"Key": "a", "Value": "50"}],
    }
    made = cloudformation_endpoints.typed(given)
    assert made["ProductionVariants"] == [{"InitialInstanceCount": 1, "InitialVariantWeight": 0.5, "VariantName": "1"}]
    assert made["DataCaptureConfig"] == {"EnableCapture": True, "InitialSamplingPercentage": 100}
    assert made["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]["CanarySize"]["Value"] == 50
    assert made["Tags"] == [{"Key": "a", "Value": "50"}]


def test_an_endpoint_is_made_and_updated_with_its_configuration() -> None:
    data = {"EndpointName": "Air", "EndpointConfigName": "One"}
    both = [f"{PREFIX}:endpoint/air", f"{PREFIX}:endpoint-config/one"]
    assert iam_sagemaker.arns("CreateEndpoint", data, PREFIX) == both
    assert iam_sagemaker.arns("UpdateEndpoint", data, PREFIX) == both
    assert iam_sagemaker.arns("DeleteEndpoint", data, PREFIX) == both[:1]
    assert iam_sagemaker.arns("DescribeEndpointConfig", data, PREFIX) == both[1:]


def test_an_invocation_is_known_by_its_path() -> None:
    assert sagemaker_runtime._name("POST", "/endpoints/air/invocations") == "air"
    assert sagemaker_runtime._name("GET", "/endpoints/air/invocations") is None
    assert sagemaker_runtime._name("POST", "/endpoints/air/async-invocations") is None
    assert sagemaker_runtime._name("POST", "/endpoints/a/b/invocations") is None
