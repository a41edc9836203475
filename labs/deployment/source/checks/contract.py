"""Does the model do what an endpoint will ask of it? Loaded and asked here, before anything is deployed."""

from __future__ import annotations

import importlib.util
import io
import re
import sys
import tarfile
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
from botocore.exceptions import ClientError

from . import evidence
from .command import step
from .measure import auc
from .release_error import ReleaseError

FLIGHTS = Path("tests/flights.csv")
PROGRAM = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}
# No model of this lab comes near it; more would be a bomb.
MOST_BYTES = 512 * 1024 * 1024
CSV = "text/csv"


def check(env: dict[str, str]) -> dict[str, Any]:
    """Downloads the version's model, loads it with its own code, and asks it good and bad questions."""
    arn = evidence.so_far().get("modelPackageArn")
    package = boto3.client("sagemaker").describe_model_package(ModelPackageName=arn)
    container = package["InferenceSpecification"]["Containers"][0]
    require_program(container.get("Environment") or {})
    with tempfile.TemporaryDirectory() as folder:
        unpack(download(container["ModelDataUrl"], env["DATA_BUCKET"]), Path(folder))
        code = load_code(Path(folder))
        model = load_model(code, Path(folder))
        return {**contract(code, model, flights()), "notChecked": ["how the model does behind an endpoint"]}


def require_program(environment: dict[str, str]) -> None:
    wrong = [f"{name}={value}" for name, value in PROGRAM.items() if environment.get(name) != value]
    if wrong:
        raise ReleaseError(
            f"The version's environment lacks {' and '.join(wrong)}. Without these the container runs in algorithm "
            "mode: it would score flights with missing columns instead of refusing them. Register the version so."
        )


def download(url: str, bucket: str) -> bytes:
    found = re.fullmatch(r"s3://([^/]+)/(.+)", url)
    if found is None or found[1] != bucket:
        raise ReleaseError(
            f"The version's model is at {url}, outside the lab's bucket {bucket}, where the endpoint may not read it. "
            f"Register a copy ({step('source')})."
        )
    try:
        body: bytes = boto3.client("s3").get_object(Bucket=bucket, Key=found[2])["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            raise ReleaseError(f"The version's model is not there: {url} does not exist.") from None
        raise
    return body


def unpack(archive: bytes, folder: Path) -> None:
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            members = []
            size = 0
            for member in tar:
                size += member.size
                if size > MOST_BYTES:
                    raise ReleaseError(
                        f"model.tar.gz holds more than {MOST_BYTES} bytes: that is no model of this lab."
                    )
                members.append(member)
            tar.extractall(folder, members=members, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ReleaseError(f"model.tar.gz cannot be unpacked ({error}): no endpoint could load it.") from None


def load_code(folder: Path) -> ModuleType:
    path = folder / "code" / "inference.py"
    if not path.exists():
        raise ReleaseError("model.tar.gz has no code/inference.py: nothing would check the columns of a request.")
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location("inference", path)
    if spec is None or spec.loader is None:
        raise ReleaseError("code/inference.py is no Python module.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ReleaseError(f"code/inference.py does not load: {said(error)}") from None
    # The container takes one transform_fn, or three functions in a row.
    answering = ("transform_fn",) if hasattr(module, "transform_fn") else ("input_fn", "predict_fn", "output_fn")
    for name in ("model_fn", *answering):
        if not hasattr(module, name):
            raise ReleaseError(f"code/inference.py has no {name}.")
    return module


def load_model(code: ModuleType, folder: Path) -> Any:
    try:
        return code.model_fn(str(folder))
    except Exception as error:
        raise ReleaseError(
            f"The model does not load: {said(error)} An endpoint of it would fail its health check and never get in "
            "service."
        ) from None


def contract(code: ModuleType, model: Any, rows: list[list[str]]) -> dict[str, Any]:
    """Good questions get a probability for each flight; bad ones get an error, and never a score."""
    bodies = [",".join(row[1:]) for row in rows]
    try:
        answer = ask(code, model, "\n".join(bodies))
    except Exception as error:
        raise ReleaseError(f"The model does not answer {len(rows)} flights: {said(error)}") from None
    scores = probabilities(answer, len(rows))
    width = len(rows[0]) - 1
    for what, body, kind in (
        ("an empty body", "", CSV),
        (f"a flight with {width - 1} of {width} columns", bodies[0].rsplit(",", 1)[0], CSV),
        ("a flight with a word for a number", "late," + bodies[0].split(",", 1)[1], CSV),
        ("a body of another type", '{"flight": 1}', "application/json"),
    ):
        refuse(code, model, what, body, kind)
    measured = auc([int(float(row[0])) for row in rows], scores)
    return {
        "message": f"the model loads, answers {len(rows)} flights (AUC {measured:.4f}) and refuses four bad requests",
        "flights": len(rows),
        "auc": measured,
    }


def ask(code: ModuleType, model: Any, body: str, kind: str = CSV) -> str:
    """What the model answers. Raises whatever it raises, and Said when it answers with an HTTP error."""
    if hasattr(code, "transform_fn"):
        answer = code.transform_fn(model, body, kind, CSV)
    else:
        answer = code.output_fn(code.predict_fn(code.input_fn(body, kind), model), CSV)
    if getattr(answer, "status_code", 200) >= 400:
        raise Said(f"HTTP {answer.status_code}: {answer.get_data(as_text=True)}")
    return str(answer[0] if isinstance(answer, tuple) else answer)


class Said(Exception):
    """An answer that refuses."""


def probabilities(answer: str, expected: int) -> list[float]:
    try:
        scores = [float(line) for line in answer.split()]
    except ValueError:
        raise ReleaseError(f"The model answers {answer[:60]!r}, which is no list of numbers.") from None
    if len(scores) != expected:
        raise ReleaseError(f"The model answers {len(scores)} numbers to {expected} flights.")
    outside = [score for score in scores if not 0 <= score <= 1]
    if outside:
        raise ReleaseError(f"The model answers {outside[0]}, which is no probability.")
    if len(set(scores)) == 1:
        raise ReleaseError(f"The model answers {scores[0]} to every flight: it does not look at them.")
    return scores


def refuse(code: ModuleType, model: Any, what: str, body: str, kind: str) -> None:
    try:
        answer = ask(code, model, body, kind)
    except Exception:
        return
    raise ReleaseError(
        f"The model answers {answer.strip()[:60]!r} to {what}; it must refuse it, and never give a score."
    )


def flights() -> list[list[str]]:
    if not FLIGHTS.exists():
        raise ReleaseError(f"source.zip has no {FLIGHTS}: there is nothing to ask the model with.")
    rows = [line.split(",") for line in FLIGHTS.read_text(encoding="utf-8").splitlines() if line]
    if not rows or any(len(row) != len(rows[0]) or row[0] not in ("0", "1") for row in rows):
        raise ReleaseError(f"{FLIGHTS} holds something else than flights, the label 0 or 1 first, all equally long.")
    return rows


def said(error: Exception) -> str:
    """The first line of an error, short."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:300] if text else 'no reason given'}."
