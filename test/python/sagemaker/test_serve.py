"""The model server: script mode's functions, what Flask makes of their results, and requests on one connection."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sagemaker_scratch import ENGINE

sys.path.insert(0, str(ENGINE))

import serve_http
import serve_script
from serve_http import Request

MODEL = "def model_fn(model_dir):\n    return 'm'\n"


@pytest.fixture(autouse=True)
def paths() -> Iterator[None]:
    before = list(sys.path)
    yield
    sys.path[:] = before
    sys.modules.pop("inference", None)


def served(
    tmp_path: Path, script: str, body: bytes = b"1,2", accept: str = "*/*", kind: str = "text/csv"
) -> serve_http.Reply:
    (tmp_path / "inference.py").write_text(script)
    handler = serve_script.load(tmp_path / "root", tmp_path, "inference.py", tmp_path)
    return handler(Request("POST", "/invocations", {"content-type": kind, "accept": accept}, body))


def transform(result: str) -> str:
    return f"{MODEL}def transform_fn(model, body, content_type, accept):\n    return {result}\n"


def test_a_tuple_names_the_content_type(tmp_path: Path) -> None:
    reply = served(tmp_path, transform("(body, 'text/csv')"))
    assert (reply.status, reply.body, reply.content_type) == (200, b"1,2", "text/csv; charset=utf-8")


def test_a_plain_string_is_html(tmp_path: Path) -> None:
    assert served(tmp_path, transform("'0.5'")).content_type == "text/html; charset=utf-8"


def test_a_response_has_a_status_of_its_own(tmp_path: Path) -> None:
    script = "from flask import Response\n" + transform("Response('no', status=400, mimetype='text/plain')")
    reply = served(tmp_path, script)
    assert (reply.status, reply.body) == (400, b"no")


def test_an_exception_is_wrapped_as_the_toolkit_wraps_it(tmp_path: Path) -> None:
    with pytest.raises(serve_script.ClientError, match="invalid literal"):
        served(tmp_path, transform("int('x')"))


def test_a_result_that_is_no_answer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="it returned float"):
        served(tmp_path, transform("0.5"))


@pytest.mark.parametrize(("accept", "expected"), [("*/*", "application/json"), ("text/csv", "text/csv")])
def test_without_a_wish_the_script_is_asked_for_json(tmp_path: Path, accept: str, expected: str) -> None:
    assert served(tmp_path, transform("accept"), accept=accept).body.decode() == expected


def test_the_default_accept_is_the_containers_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "text/csv")
    assert served(tmp_path, transform("accept")).body == b"text/csv"


def test_text_arrives_as_text_and_all_else_as_bytes(tmp_path: Path) -> None:
    assert served(tmp_path, transform("type(body).__name__")).body == b"str"
    assert served(tmp_path, transform("type(body).__name__"), kind="application/octet-stream").body == b"bytes"


def test_transform_fn_stands_alone(tmp_path: Path) -> None:
    with pytest.raises(serve_script.ServingError, match="Cannot use transform_fn"):
        served(tmp_path, transform("1") + "def input_fn(body, content_type):\n    return body\n")


def test_model_fn_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(NotImplementedError, match="model_fn"):
        served(tmp_path, "def transform_fn(m, b, c, a):\n    return b\n")


def test_requirements_are_checked_and_not_installed(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("numpy\nno-such-package-here==1\n")
    with pytest.raises(RuntimeError, match="no-such-package-here"):
        served(tmp_path, transform("1"))


def test_defaults_score_csv_without_looking_at_columns(tmp_path: Path) -> None:
    script = """
import numpy as np
import xgboost as xgb
def model_fn(model_dir):
    rows = np.array([[0.0, 1.0], [1.0, 0.0]])
    return xgb.train({"objective": "binary:logistic"}, xgb.DMatrix(rows, label=[0, 1]), 1)
"""
    reply = served(tmp_path, script, b"1,0\n0,1", accept="text/csv")
    assert len(reply.body.split()) == 2
    refused = served(tmp_path, script, b"{}", kind="image/png")
    assert refused.status == 415
    unknown = served(tmp_path, script, b"1,0", accept="image/png")
    assert unknown.status == 406


def test_requests_follow_one_another_on_a_connection() -> None:
    one = b"POST /invocations HTTP/1.1\r\nContent-Type: text/csv\r\nContent-Length: 3\r\n\r\na,b"
    stream: Any = io.BytesIO(one + b"GET /ping HTTP/1.1\r\n\r\n")
    first, second, end = (serve_http.read(stream) for _ in range(3))
    assert first is not None and second is not None and end is None
    assert (first.path, first.headers["content-type"], first.body) == ("/invocations", "text/csv", b"a,b")
    assert (second.method, second.body) == ("GET", b"")


def test_a_request_that_was_cut_off_is_none() -> None:
    stream: Any = io.BytesIO(b"POST /invocations HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc")
    assert serve_http.read(stream) is None


def test_a_body_that_is_no_text_reaches_the_script_with_marks(tmp_path: Path) -> None:
    reply = served(tmp_path, transform("ascii(body)"), body=b"\xff1,2")
    assert (reply.status, reply.body) == (200, b"'\\ufffd1,2'")
