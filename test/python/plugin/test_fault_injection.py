"""AWS on a bad day: stock clients read what they are answered, and get through by asking again."""

from __future__ import annotations

import pytest
from plugin import fault_injection, lacking, models


def _asked(service: str, protocol: str) -> lacking.Asked:
    return lacking.Asked(service, "ListThings", protocol)


def test_each_service_throttles_with_the_error_that_its_clients_retry() -> None:
    said = {
        (service, protocol): fault_injection.throttled(_asked(service, protocol), {}, "r")
        for service, protocol in [("sagemaker", "json"), ("s3", "rest-xml"), ("lambda", "rest-json"), ("iam", "query")]
    }
    assert said["sagemaker", "json"][0] == 400
    assert b'"ThrottlingException"' in said["sagemaker", "json"][2]
    assert said["s3", "rest-xml"][0] == 503
    assert b"<Code>SlowDown</Code>" in said["s3", "rest-xml"][2]
    assert said["lambda", "rest-json"][0] == 429
    assert b"<Code>Throttling</Code>" in said["iam", "query"][2]


@pytest.mark.parametrize("service", ["scheduler", "events", "logs", "glue", "ssm", "lambda", "sagemaker"])
def test_throttling_comes_with_the_status_that_the_model_of_a_service_gives_it(service: str) -> None:
    model = models.service(service)
    status, _, body = fault_injection.throttled(_asked(service, model.metadata["protocol"]), {}, "r")
    declared = {
        shape.metadata["error"]["httpStatusCode"]
        for operation in model.operation_names
        for shape in model.operation_model(operation).error_shapes
        if shape.name.encode() in body and "httpStatusCode" in shape.metadata.get("error", {})
    }
    assert declared <= {status}


def test_a_cloud_without_faces_hits_nothing() -> None:
    calm = fault_injection.Faults(frozenset(), seed=1)
    assert not any(calm.strikes(face, 1.0) for face in ("throttled", "failing"))
    assert calm.delay() == 0.0
    assert not calm.lags("sagemaker", "ListModels")


def test_a_third_of_the_requests_is_throttled_and_a_seed_says_which() -> None:
    def run(seed: int) -> list[bool]:
        bad = fault_injection.Faults(frozenset({"throttled"}), seed)
        return [bad.strikes("throttled", 1 / 3) for _ in range(3000)]

    assert run(7) == run(7) != run(8)
    assert 900 < sum(run(7)) < 1100


def test_lists_of_some_services_lag_and_nothing_else_does() -> None:
    bad = fault_injection.Faults(frozenset({"eventual"}), seed=1)
    assert bad.lags("sagemaker", "ListModels")
    assert bad.lags("tagging", "GetResources")
    assert not bad.lags("sagemaker", "DescribeModel")
    assert not bad.lags("s3", "ListObjectsV2")


def test_a_list_is_answered_as_it_was_and_catches_up() -> None:
    bad = fault_injection.Faults(frozenset({"eventual"}), seed=1)

    def answer(text: bytes) -> fault_injection.Answer:
        return 200, {}, text

    lag = fault_injection.LAG
    assert bad.lagging("k", answer(b"a"), now=0.0)[2] == b"a"
    assert bad.lagging("k", answer(b"ab"), now=0.5 * lag)[2] == b"a"
    assert bad.lagging("k", answer(b"ab"), now=1.5 * lag)[2] == b"ab"
    assert bad.lagging("k", answer(b""), now=2 * lag)[2] == b"ab"
    assert bad.lagging("k", answer(b""), now=3.25 * lag)[2] == b""


def test_a_list_is_not_answered_with_another_list_that_was_asked_for_alike() -> None:
    alike = ("/", {}, b'{"MaxResults":100}')
    jobs, models = (lacking.Asked("sagemaker", name, "json") for name in ("ListTrainingJobs", "ListModels"))
    assert fault_injection.list_key(jobs, *alike) != fault_injection.list_key(models, *alike)


def test_what_nobody_asked_for_in_a_while_is_not_remembered() -> None:
    bad = fault_injection.Faults(frozenset({"eventual"}), seed=1)
    assert bad.lagging("k", (200, {}, b"a"), now=0.0)[2] == b"a"
    assert bad.lagging("k", (200, {}, b"b"), now=60.0)[2] == b"b"
