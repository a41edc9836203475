"""Script mode of the model server: the functions of the user's module, with the container's defaults.

As sagemaker_containers does it in AWS's image: an exception of a function becomes a 500 whose page says nothing; the
traceback stands in the log. A function that wants to refuse a request returns a `flask.Response` with a status. A
plain string from output_fn goes out as text/html; the tuple (body, content type) says what it is.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import serve_encoding
import serve_install
from container_job import check_requirements
from serve_http import Reply, Request

_JSON = "application/json"
_TEXT = (_JSON, "text/csv")


class ServingError(Exception):
    """The model cannot be served; the message is for the log."""


class ClientError(Exception):
    """What a function of the user's module raised, as sagemaker_containers wraps it."""


class Response:
    """Stands for `flask.Response`, as far as inference code makes one."""

    def __init__(
        self,
        response: str | bytes | None = None,
        status: int | str = 200,
        headers: dict[str, str] | None = None,
        mimetype: str | None = None,
        content_type: str | None = None,
    ) -> None:
        self.data = response.encode() if isinstance(response, str) else bytes(response or b"")
        self.status_code = int(str(status).split()[0])
        self.headers = dict(headers or {})
        self.content_type = content_type or with_charset(mimetype or "text/html")


def with_charset(mimetype: str) -> str:
    """Flask names the character set of text."""
    return f"{mimetype}; charset=utf-8" if mimetype.startswith("text/") and "charset" not in mimetype else mimetype


def load(root: Path, model_dir: Path, program: str, folder: Path) -> Callable[[Request], Reply]:
    """Installs and imports the module, loads the model with it, and returns what answers requests."""
    check_requirements(folder / "requirements.txt")
    try:
        serve_install.install(root, folder)
    except serve_install.NotInstalled as problem:
        raise ServingError(str(problem)) from None
    if "flask" not in sys.modules:
        flask = types.ModuleType("flask")
        flask.Response = Response  # type: ignore[attr-defined]
        sys.modules["flask"] = flask
    name = program.removesuffix(".py")
    # A copy of a process that has loaded much must not take a library for the user's module.
    sys.modules.pop(name, None)
    module = importlib.import_module(name)
    serve = _functions(module)
    model_fn = getattr(module, "model_fn", None)
    if model_fn is None:
        raise NotImplementedError("Please provide a model_fn implementation.")
    model = _as_client_error(model_fn)(str(model_dir))
    default_accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", _JSON)
    return lambda request: _serve(request, model, serve, default_accept)


Transform = Callable[[Any, str | bytes, str, str], Any]


def _functions(module: types.ModuleType) -> Transform:
    given = {name: getattr(module, name, None) for name in ("input_fn", "predict_fn", "output_fn")}
    transform_fn = getattr(module, "transform_fn", None)
    if transform_fn is not None:
        if any(given.values()):
            raise ServingError(
                "Cannot use transform_fn implementation in conjunction with input_fn, predict_fn, and/or output_fn"
            )
        return _as_client_error(transform_fn)
    input_fn = _as_client_error(given["input_fn"] or serve_encoding.decode)
    predict_fn = _as_client_error(given["predict_fn"] or _predict)
    output_fn = _as_client_error(given["output_fn"] or _encode)

    def transform(model: Any, content: str | bytes, content_type: str, accept: str) -> Any:
        try:
            data = input_fn(content, content_type)
        except serve_encoding.UnsupportedFormat as problem:
            return _refusal(problem, 415)
        prediction = predict_fn(data, model)
        try:
            return output_fn(prediction, accept)
        except serve_encoding.UnsupportedFormat as problem:
            return _refusal(problem, 406)

    return transform


def _predict(data: Any, model: Any) -> Any:
    return model.predict(data, validate_features=False)


def _encode(prediction: Any, accept: str) -> Response:
    return Response(serve_encoding.encode(prediction, accept), mimetype=accept)


def _refusal(problem: Exception, status: int) -> Response:
    body = json.dumps({"error": "UnsupportedFormatError", "error-message": str(problem)})
    return Response(body, status=status, mimetype=_JSON)


def _as_client_error(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except serve_encoding.UnsupportedFormat:
            raise
        except Exception as problem:
            raise ClientError(problem) from problem

    return call


def _serve(request: Request, model: Any, transform: Transform, default_accept: str) -> Reply:
    content_type = request.headers.get("content-type") or _JSON
    accept = request.headers.get("accept") or "*/*"
    # Werkzeug, which reads requests for the toolkit, puts a mark for what is no text.
    content: str | bytes = request.body.decode("utf-8", "replace") if content_type in _TEXT else request.body
    result = transform(model, content, content_type, default_accept if accept == "*/*" else accept)
    if isinstance(result, tuple):
        return _reply(Response(result[0], mimetype=result[1]))
    if isinstance(result, (str, bytes, bytearray)):
        return _reply(Response(bytes(result) if isinstance(result, bytearray) else result))
    if isinstance(result, (dict, list)):
        return _reply(Response(json.dumps(result), mimetype=_JSON))
    if hasattr(result, "status_code") and hasattr(result, "data"):
        return _reply(result)
    raise TypeError(
        f"The view function did not return a valid response: it returned {type(result).__name__}, not a string, bytes, "
        "a tuple of body and content type, or a Response."
    )


def _reply(response: Any) -> Reply:
    return Reply(int(response.status_code), bytes(response.data), str(response.content_type), dict(response.headers))
