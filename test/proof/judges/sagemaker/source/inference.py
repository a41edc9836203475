"""Answers for the model that train.py wrote."""

from pathlib import Path

import xgboost as xgb


def model_fn(model_dir):
    """The trained model."""
    booster = xgb.Booster()
    booster.load_model(Path(model_dir, "model.json"))
    return booster
