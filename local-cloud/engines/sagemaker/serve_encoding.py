"""Request and response encodings of the XGBoost container, where the user's module has none."""

from __future__ import annotations

import csv
import json
from typing import Any

import numpy as np
import xgboost as xgb

_CSV = ("csv", "text/csv")
# What the container reads too.
_NOT_HERE = ("application/x-recordio-protobuf", "libsvm", "text/libsvm", "text/x-libsvm")


class UnsupportedFormat(Exception):
    """A content type that the container does not know."""

    def __init__(self, content_type: str) -> None:
        super().__init__(f"Content type {content_type} is not supported by this framework.")


def media_type(content_type: str) -> str:
    """The content type without its parameters."""
    return content_type.split(";")[0].strip().lower()


def csv_matrix(text: str) -> xgb.DMatrix:
    """Every line is a row, an empty field a missing value. Columns have no names: nobody checks them."""
    delimiter = csv.Sniffer().sniff(text.split("\n")[0][:512]).delimiter
    delimiter = "," if delimiter.isalnum() else delimiter
    rows = [["nan" if field == "" else field for field in line.split(delimiter)] for line in text.split("\n")]
    return xgb.DMatrix(np.array(rows).astype(float))


def decode(content: str | bytes, content_type: str) -> xgb.DMatrix:
    """The matrix of a request. Raises UnsupportedFormat."""
    kind = media_type(content_type)
    text = content if isinstance(content, str) else content.decode("utf-8")
    if kind == "text/csv":
        return csv_matrix(text)
    if kind in _NOT_HERE:
        raise RuntimeError(f"The local cloud does not read {kind}; no lab uses it.")
    raise UnsupportedFormat(kind)


def parse(content: bytes, content_type: str) -> xgb.DMatrix:
    """The matrix of a request in algorithm mode. Raises RuntimeError in the container's words."""
    kind = media_type(content_type or "text/csv")
    if kind in _NOT_HERE:
        raise RuntimeError(f"The local cloud does not read {kind}; no lab uses it.")
    if kind not in _CSV:
        known = ", ".join(sorted((*_CSV, *_NOT_HERE)))
        raise RuntimeError(f"{kind} is not an accepted ContentType: {known}.")
    try:
        return csv_matrix(content.strip().decode("utf-8"))
    except Exception as problem:
        raise RuntimeError(
            "Loading csv data failed with Exception, please ensure data is in csv format:\n "
            f"{type(problem)}\n {problem}"
        ) from problem


def encode(prediction: Any, accept: str) -> bytes:
    """Predictions as text. Raises UnsupportedFormat."""
    kind = media_type(accept)
    values = np.asarray(prediction)
    if kind == "text/csv":
        return "".join(",".join(str(cell) for cell in np.atleast_1d(row)) + "\n" for row in values).encode()
    if kind == "application/json":
        return json.dumps(values.tolist()).encode()
    raise UnsupportedFormat(kind)
