"""Answers requests with the trained model: what SageMaker's XGBoost container calls in script mode.

A request is CSV without the label: one flight a line, its features in the order of training, an empty field where a
value is missing. A first line with the names is allowed; then they must be the model's. The answer is one probability
of a late departure per flight.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import xgboost as xgb


def model_fn(model_dir: str) -> xgb.Booster:
    """Loads the model; it knows the names of its features."""
    booster = xgb.Booster()
    booster.load_model(Path(model_dir) / "model.json")
    if not booster.feature_names:
        raise ValueError("model.json has no feature names: it was not made by train.py.")
    return booster


class BadRequest(ValueError):
    """What a request lacks; `status` is HTTP's."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


def transform_fn(model: xgb.Booster, body: str | bytes, content_type: str, accept: str) -> Any:
    """One request: the text of the answer and its type, or a refusal."""
    try:
        answer = written(scores_of(fields_of(body, content_type), model), accept)
    except BadRequest as problem:
        return refusal(problem)
    return answer


def refusal(problem: BadRequest) -> Any:
    """The container's web framework turns this into the answer. Outside the container the problem is raised."""
    try:
        from flask import Response
    except ImportError:
        raise problem from None
    return Response(f"{problem}\n", status=problem.status, mimetype="text/plain")


def fields_of(body: str | bytes, content_type: str) -> list[list[str]]:
    """The fields of each line; how many there must be is the model's to say."""
    if (content_type or "").split(";")[0].strip().lower() != "text/csv":
        raise BadRequest(f"The content type {content_type!r} is not known. Send text/csv.", 415)
    try:
        text = body.decode("utf-8") if isinstance(body, (bytes, bytearray)) else str(body)
    except UnicodeDecodeError:
        raise BadRequest("The body is no UTF-8 text. Send one flight a line, as text/csv.") from None
    lines = [line.split(",") for line in text.splitlines() if line.strip()]
    if not lines:
        raise BadRequest("The body is empty. Send one flight a line.")
    return lines


def scores_of(lines: list[list[str]], model: xgb.Booster) -> Any:
    """Probabilities of a late departure, one a line.

    :raises BadRequest: naming the line and the column that are wrong
    """
    names = list(model.feature_names or [])
    if any(field.strip() in names for field in lines[0]):
        check_header([field.strip() for field in lines[0]], names)
        lines = lines[1:]
        if not lines:
            raise BadRequest("The body has a header and no flight.")
    rows = [row_of(line, number, names) for number, line in enumerate(lines, start=1)]
    return model.predict(xgb.DMatrix(np.array(rows, dtype=np.float64), feature_names=names))


def check_header(header: list[str], names: list[str]) -> None:
    if header == names:
        return
    missing = [name for name in names if name not in header]
    extra = [name for name in header if name not in names]
    said = [f"missing: {', '.join(missing[:5])}"] if missing else []
    said += [f"not known: {', '.join(repr(name) for name in extra[:5])}"] if extra else []
    raise BadRequest(f"The columns are not the model's ({'; '.join(said) or 'another order'}).")


def row_of(fields: list[str], number: int, names: list[str]) -> list[float]:
    if len(fields) != len(names):
        raise BadRequest(
            f"Flight {number} has {len(fields)} columns; the model needs {len(names)}: {names[0]} to {names[-1]}."
        )
    row = []
    for name, field in zip(names, fields, strict=True):
        try:
            value = float(field) if field.strip() else math.nan
        except ValueError:
            raise BadRequest(f"Flight {number}, column {name}: {field[:40]!r} is no number.") from None
        if math.isinf(value):
            raise BadRequest(f"Flight {number}, column {name}: {field[:40]!r} is no finite number.")
        row.append(value)
    return row


def written(prediction: Any, accept: str) -> tuple[str, str]:
    """CSV, one probability a line, or JSON where it is asked for; and its type, which data capture goes by."""
    scores = [float(score) for score in prediction]
    wanted = (accept or "*/*").split(",")[0].split(";")[0].strip().lower()
    if wanted in ("text/csv", "*/*", "text/*", ""):
        return "".join(f"{score:.6f}\n" for score in scores), "text/csv"
    if wanted == "application/json":
        return json.dumps({"predictions": [{"score": round(score, 6)} for score in scores]}), "application/json"
    raise BadRequest(f"An answer as {accept!r} is not known. Ask for text/csv or application/json.", 406)
