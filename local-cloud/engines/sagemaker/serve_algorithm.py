"""Algorithm mode of the model server, with its traps: what a model without SAGEMAKER_PROGRAM meets on AWS.

Every file at the root of the archive whose name does not begin with a dot is loaded as a member of an ensemble, the
best iteration is not looked at, rows of too few columns are scored, and an empty body gets 204 and no score.
"""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import serve_encoding
import xgboost as xgb
from serve_http import Reply, Request

_ACCEPTS = ("application/json", "application/jsonlines", "application/x-recordio-protobuf", "text/csv")
_VOTED = ("multi:softmax", "binary:hinge")


def load(model_dir: Path) -> Callable[[Request], Reply]:
    """Loads the ensemble and returns what answers requests."""
    boosters = _boosters(model_dir)
    objective = json.loads(boosters[0].save_config())["learner"]["objective"]["name"]
    print(f"Model objective : {objective}")
    return lambda request: _invocations(request, boosters, objective)


def _boosters(model_dir: Path) -> list[xgb.Booster]:
    files = [path for path in sorted(model_dir.iterdir()) if path.is_file()]
    models = []
    for path in files:
        if path.name.startswith("."):
            print(f"Ignoring dotfile '{path}' found in model directory - please exclude dotfiles from model archives")
            continue
        print(f"Loading the model from {path}")
        booster = xgb.Booster()
        try:
            booster.load_model(path)
        except Exception as problem:
            # The container tries a pickle first; one is not loaded here.
            raise RuntimeError(f"Model {path} cannot be loaded:\nXGB load model error={problem}") from problem
        booster.set_param("nthread", "1")
        models.append(booster)
        if os.environ.get("SAGEMAKER_INFERENCE_ENSEMBLE", "true") != "true":
            break
    if not models:
        raise RuntimeError(f"No model file found in {model_dir}")
    return models


def _invocations(request: Request, boosters: list[xgb.Booster], objective: str) -> Reply:
    if not request.body:
        return Reply(204, b"", "text/html; charset=utf-8")
    if "SAGEMAKER_INFERENCE_OUTPUT" in os.environ:
        return _plain(500, "The local cloud does not have SAGEMAKER_INFERENCE_OUTPUT; no lab uses it.")
    try:
        matrix = serve_encoding.parse(request.body, request.headers.get("content-type", ""))
    except Exception as problem:
        traceback.print_exc()
        return _plain(415, str(problem))
    try:
        predictions = _predict(boosters, matrix, objective)
    except Exception as problem:
        traceback.print_exc()
        return _plain(400, f"Unable to evaluate payload provided: {problem}")
    accept = serve_encoding.media_type(request.headers.get("accept") or "*/*")
    if accept in ("", "*/*"):
        accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "text/csv")
    if accept not in _ACCEPTS:
        return _plain(
            406, f"Accept type {accept} is not supported. Please use supported accept types: {list(_ACCEPTS)}."
        )
    return _encoded(predictions, accept)


def _predict(boosters: list[xgb.Booster], matrix: xgb.DMatrix, objective: str) -> Any:
    # All trees: in XGBoost of this version the container finds no best_ntree_limit.
    scores = [booster.predict(matrix, validate_features=False) for booster in boosters]
    if len(scores) == 1:
        return scores[0]
    if objective in _VOTED:
        raise RuntimeError(f"The local cloud has no ensembles with the objective {objective}; no lab uses them.")
    return np.mean(scores, axis=0)


def _encoded(predictions: Any, accept: str) -> Reply:
    values = predictions.tolist()
    if accept == "application/json":
        return Reply(200, json.dumps({"predictions": [{"score": value} for value in values]}).encode(), accept)
    if accept == "text/csv":
        return Reply(200, serve_encoding.encode(values, accept), "text/csv; charset=utf-8")
    return _plain(500, f"The local cloud does not write {accept}; no lab uses it.")


def _plain(status: int, text: str) -> Reply:
    return Reply(status, text.encode(), "text/html; charset=utf-8")
