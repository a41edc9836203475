"""The checks that CodeBuild runs on a release: each refusal with the words that a person reads."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "labs/deployment/source"
MODEL = ROOT / "data/prepared/model/model.tar.gz"
sys.path.insert(0, str(SOURCE))

import verify  # noqa: E402
from checks import contract, evidence, measure, template, version  # noqa: E402
from checks.release_error import ReleaseError  # noqa: E402

GROUP = "mla-labs-deployment-me"
BUCKET = "bucket"
PARAMETERS = "ModelPackageArn,EndpointName,Kind,ExecutionRoleArn,CaptureS3Uri,BakeSeconds,Canary,Learner"
SERVING = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}


def arn(number: int, group: str = GROUP) -> str:
    return f"arn:aws:sagemaker:us-east-1:111122223333:model-package/{group}/{number}"


def package(number: int, **changes: Any) -> dict[str, Any]:
    container = {"ModelDataUrl": f"s3://{BUCKET}/models/model.tar.gz", "Environment": dict(SERVING)}
    return {
        "ModelPackageArn": arn(number),
        "ModelPackageVersion": number,
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": "Approved",
        "CustomerMetadataProperties": {"testAuc": "0.771951"},
        "InferenceSpecification": {"Containers": [container]},
        **changes,
    }


class Cloud:
    """The registry and the bucket, in memory."""

    def __init__(self) -> None:
        self.packages: list[dict[str, Any]] = []
        self.objects: dict[str, bytes] = {}

    def client(self, service: str) -> Cloud:
        assert service in ("sagemaker", "s3")
        return self

    def get_paginator(self, operation: str) -> Cloud:
        assert operation == "list_model_packages"
        return self

    def paginate(self, **request: str) -> Iterator[dict[str, Any]]:
        found = [one for one in self.packages if one["ModelApprovalStatus"] == request["ModelApprovalStatus"]]
        yield {"ModelPackageSummaryList": found[:1]}
        yield {"ModelPackageSummaryList": found[1:]}

    def describe_model_package(self, **request: str) -> dict[str, Any]:
        for one in self.packages:
            if one["ModelPackageArn"] == request["ModelPackageName"]:
                return one
        error = {"Code": "ValidationException", "Message": f"ModelPackage {request} does not exist."}
        raise ClientError({"Error": error}, "DescribeModelPackage")

    def get_object(self, **request: str) -> dict[str, Any]:
        if request["Key"] not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "no"}}, "GetObject")
        return {"Body": io.BytesIO(self.objects[request["Key"]])}

    def put_object(self, **request: Any) -> None:
        self.objects[request["Key"]] = request["Body"]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cloud:
    """A source package of one's own to stand in, and a cloud to ask."""
    made = Cloud()
    made.packages = [package(1)]
    made.objects["models/model.tar.gz"] = MODEL.read_bytes()
    for module in (version, contract, evidence):
        monkeypatch.setattr(module, "boto3", made)
    for name in ("endpoint.template.yaml", "tests"):
        copy = shutil.copytree if (SOURCE / name).is_dir() else shutil.copy
        copy(SOURCE / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    for key, value in env().items():
        monkeypatch.setenv(key, value)
    return made


def env(**changes: str) -> dict[str, str]:
    return {
        "MODEL_PACKAGE_GROUP": GROUP,
        "MODEL_PACKAGE_ARN": "latest",
        "DATA_BUCKET": BUCKET,
        "EXECUTION_ID": "e-1",
        "PARAMETERS": PARAMETERS,
        "AWS_REGION": "eu-central-1",
        **changes,
    }


def verified(cloud: Cloud) -> dict[str, Any]:
    saw: dict[str, Any] = json.loads(cloud.objects["evidence/e-1/verify.json"])
    return saw


def archive(changes: dict[str, str | None]) -> bytes:
    """The project's model with other files; None takes one out."""
    made = io.BytesIO()
    with tarfile.open(MODEL) as old, tarfile.open(fileobj=made, mode="w:gz") as new:
        contents = {one.name: old.extractfile(one).read() for one in old if one.isfile()}  # type: ignore[union-attr]
        for name, text in changes.items():
            contents.pop(name, None)
            if text is not None:
                contents[name] = text.encode()
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            new.addfile(info, io.BytesIO(content))
    return made.getvalue()


def code(**functions: str) -> str:
    """inference.py with some of its functions put over."""
    with tarfile.open(MODEL) as tar:
        own = tar.extractfile("code/inference.py")
        assert own is not None
        text = own.read().decode()
    return text + "\n\n" + "\n\n".join(f"def {name}{rest}" for name, rest in functions.items()) + "\n"


def test_a_good_release_passes_all_three_and_says_what_it_saw(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    assert [verify.main(words) for words in (["version"], ["template", "model"])] == [0, 0]
    saw = verified(cloud)
    assert saw["ok"] and [one["check"] for one in saw["checks"]] == ["version", "template", "model"]
    assert saw["modelPackageArn"] == arn(1) and saw["version"] == 1
    assert saw["auc"] == pytest.approx(0.7551, abs=1e-4)
    assert "refuses four bad requests" in capsys.readouterr().out


def test_a_shell_takes_in_the_variables_of_the_later_stages(cloud: Cloud) -> None:
    assert verify.main(["version"]) == 0
    line = ". ./verified.env && python3 -c \"import os; print(os.environ['ModelPackageArn'], os.environ['Auc'])\""
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [arn(1), "0.771951"]


def test_latest_is_the_approved_version_with_the_highest_number(cloud: Cloud) -> None:
    cloud.packages = [package(2), package(10), package(11, ModelApprovalStatus="Rejected"), package(9)]
    assert version.check(env())["version"] == 10


@pytest.mark.parametrize(
    ("packages", "wanted", "said"),
    [
        ([], "latest", "No version of mla-labs-deployment-me is approved yet"),
        ([package(1, ModelApprovalStatus="PendingManualApproval")], arn(1), "is PendingManualApproval"),
        (
            [package(1, ModelApprovalStatus="Rejected", ApprovalDescription="too old")],
            arn(1),
            r"is Rejected \(too old\)",
        ),
        ([package(1)], arn(7), "does not exist: it was deleted"),
        ([package(1)], arn(1, "mla-labs-training-me"), "is no version of the group mla-labs-deployment-me"),
        ([package(1, ModelPackageStatus="Failed")], arn(1), "is Failed, not Completed"),
    ],
)
def test_a_version_that_may_not_be_released(
    cloud: Cloud, packages: list[dict[str, Any]], wanted: str, said: str
) -> None:
    cloud.packages = packages
    with pytest.raises(ReleaseError, match=said):
        version.check(env(MODEL_PACKAGE_ARN=wanted))


def test_a_refusal_ends_with_1_and_is_kept_for_people_to_read(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.packages = []
    assert verify.main(["version"]) == 1
    assert "REFUSED: No version of" in capsys.readouterr().err
    saw = verified(cloud)
    assert not saw["ok"] and "is approved yet" in saw["message"]


def test_a_permission_that_lacks_is_no_refusal(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    denied = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}, "ListModelPackages")

    def refuse(**_: str) -> Iterator[dict[str, Any]]:
        raise denied

    cloud.paginate = refuse  # type: ignore[method-assign]
    assert verify.main(["version"]) == 2
    assert "COULD NOT VERIFY" in capsys.readouterr().err


TEMPLATE = (SOURCE / "endpoint.template.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "source.zip has no endpoint.template.yaml at its root"),
        ("a: [1,\n  b: }", "is neither YAML nor JSON"),
        ("hello", "is neither YAML nor JSON"),
        ("Parameters: {}", "has no Resources"),
        (TEMPLATE.replace("  BakeSeconds:", "  Bake:"), "lacks the parameters BakeSeconds"),
        (
            TEMPLATE.replace("AWS::SageMaker::Endpoint\n", "AWS::SageMaker::Project\n"),
            "has 0 resources of the type AWS::SageMaker::Endpoint;",
        ),
        (
            TEMPLATE.replace("      PrimaryContainer:", "      ModelName: mine\n      PrimaryContainer:"),
            "the fixed ModelName 'mine'",
        ),
        (TEMPLATE.replace("- VariantName: AllTraffic", "- VariantName: Blue"), r"names its variants \['Blue'\]"),
        (
            TEMPLATE.replace("EndpointName: !Ref EndpointName\n      EndpointC", "EndpointC").replace(
                "InitialVariantWeight: 1", "InitialVariantWeight: much"
            ),
            "cfn-lint finds a fault .* line",
        ),
    ],
)
def test_a_template_that_cannot_be_deployed(cloud: Cloud, text: str | None, said: str) -> None:
    if text is None:
        template.TEMPLATE.unlink()
    else:
        template.TEMPLATE.write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError, match=said):
        template.check(env())


LOOSE = "(lines, model):\n    return [0.5 + i / 1e6 for i in range(max(1, len(lines)))]"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model.json": '{"learner": {"gradient_boo'}, "The model does not load: .* never get in service"),
        ({"model.json": None}, "The model does not load"),
        ({"code/inference.py": None}, "has no code/inference.py"),
        ({"code/inference.py": "import nothing_of_that_name"}, "does not load: ModuleNotFoundError"),
        ({"code/inference.py": "x = 1"}, "has no model_fn"),
        ({"code/inference.py": code(scores_of=LOOSE)}, "answers '0.500000' to a flight with 35 of 36 columns"),
        (
            {"code/inference.py": code(fields_of="(body, kind):\n    return [[]]", scores_of=LOOSE)},
            "answers 1 numbers to 1000 flights",
        ),
        (
            {"code/inference.py": code(written="(scores, kind):\n    return '2\\n' * len(scores), kind")},
            "answers 2.0, which is no probability",
        ),
        (
            {"code/inference.py": code(written="(scores, kind):\n    return '0.2\\n' * len(scores), kind")},
            "answers 0.2 to every flight",
        ),
        (
            {"code/inference.py": code(written="(scores, kind):\n    return 'fine', kind")},
            "answers 'fine', which is no list of numbers",
        ),
    ],
)
def test_a_model_that_breaks_the_contract(cloud: Cloud, changes: dict[str, str | None], said: str) -> None:
    cloud.objects["models/model.tar.gz"] = archive(changes)
    assert verify.main(["version"]) == 0
    with pytest.raises(ReleaseError, match=said):
        contract.check(env())


def test_an_empty_body_must_not_get_a_score(cloud: Cloud) -> None:
    lax = code(fields_of="(body, kind):\n    return body.splitlines() or ['']", scores_of=LOOSE)
    cloud.objects["models/model.tar.gz"] = archive({"code/inference.py": lax})
    verify.main(["version"])
    with pytest.raises(ReleaseError, match=r"answers '0\.500000' to an empty body; it must refuse it"):
        contract.check(env())


@pytest.mark.parametrize(
    ("container", "said"),
    [
        ({"Environment": {}}, "algorithm mode"),
        ({"ModelDataUrl": "s3://other/model.tar.gz"}, "outside the lab's bucket bucket"),
        ({"ModelDataUrl": f"s3://{BUCKET}/models/gone.tar.gz"}, "does not exist"),
    ],
)
def test_a_version_whose_model_an_endpoint_could_not_use(cloud: Cloud, container: dict[str, Any], said: str) -> None:
    cloud.packages[0]["InferenceSpecification"]["Containers"][0].update(container)
    verify.main(["version"])
    with pytest.raises(ReleaseError, match=said):
        contract.check(env())


def test_an_archive_that_writes_outside_is_refused(cloud: Cloud) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("../../outside"))
    cloud.objects["models/model.tar.gz"] = made.getvalue()
    verify.main(["version"])
    with pytest.raises(ReleaseError, match="cannot be unpacked"):
        contract.check(env())


def test_what_is_no_archive_is_refused(cloud: Cloud) -> None:
    cloud.objects["models/model.tar.gz"] = b"no"
    verify.main(["version"])
    with pytest.raises(ReleaseError, match="cannot be unpacked"):
        contract.check(env())


def test_auc_counts_ties_half() -> None:
    assert measure.auc([0, 1], [0.5, 0.5]) == 0.5
    assert measure.auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) == 0.75
    assert measure.auc([1, 0], [0.1, 0.9]) == 0.0


def test_the_build_installs_what_the_lock_file_has() -> None:
    done = subprocess.run([sys.executable, ROOT / "scripts/deployment/requirements.py", "--check"], check=False)
    assert done.returncode == 0


def test_the_flights_are_those_that_the_hash_chooses() -> None:
    done = subprocess.run([sys.executable, ROOT / "scripts/data/smoke.py", "--check"], check=False)
    assert done.returncode == 0


CHAIN = """
class Answer:
    status_code = {status}

    def get_data(self, as_text):
        return "no"


def input_fn(body, kind):
    return fields_of(body, kind) if {status} == 200 else []


def predict_fn(lines, model):
    return scores_of(lines, model) if lines else None


def output_fn(scores, kind):
    return written(scores, kind) if scores is not None else Answer()


del transform_fn
"""


def test_the_three_functions_in_a_row_do_as_well(cloud: Cloud) -> None:
    cloud.objects["models/model.tar.gz"] = archive({"code/inference.py": code() + CHAIN.format(status=200)})
    verify.main(["version"])
    assert contract.check(env())["flights"] == 1000


def test_an_answer_with_a_status_of_an_error_refuses_good_flights_too(cloud: Cloud) -> None:
    cloud.objects["models/model.tar.gz"] = archive({"code/inference.py": code() + CHAIN.format(status=400)})
    verify.main(["version"])
    with pytest.raises(ReleaseError, match="does not answer 1000 flights: Said: HTTP 400: no"):
        contract.check(env())


def test_the_first_check_that_refuses_ends_the_run(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    verify.main(["version"])
    Path("endpoint.template.yaml").unlink()
    assert verify.main(["template", "model"]) == 1
    assert [one["check"] for one in verified(cloud)["checks"]] == ["version", "template"]
    assert verify.main([]) == verify.main(["template", "modle"]) == 2
    assert "verify.py takes some of version, template, model." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("learner", "says"),
    [(None, "release)."), ("me", "release)."), ("ana", "release --learner ana).")],
)
def test_commands_are_those_of_the_learner(monkeypatch: pytest.MonkeyPatch, learner: str | None, says: str) -> None:
    if learner is None:
        monkeypatch.delenv("LEARNER", raising=False)
    else:
        monkeypatch.setenv("LEARNER", learner)

    class Empty:
        def get_paginator(self, _name: str) -> Empty:
            return self

        def paginate(self, **_what: str) -> list[dict[str, list[object]]]:
            return [{"ModelPackageSummaryList": []}]

    with pytest.raises(ReleaseError) as refusal:
        version.newest(Empty(), GROUP)
    assert str(refusal.value).endswith(f"(./lab step deployment {says}")
