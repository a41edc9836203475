"""Trains XGBoost as script mode's examples do: hyperparameters are arguments, channels and folders are variables."""

import argparse
import os
from pathlib import Path

import pandas as pd
import xgboost as xgb

parser = argparse.ArgumentParser()
parser.add_argument("--max_depth", type=int)
parser.add_argument("--rounds", type=int)
arguments = parser.parse_args()

data = pd.read_csv(Path(os.environ["SM_CHANNEL_TRAIN"], "train.csv"), header=None)
table = xgb.DMatrix(data.iloc[:, 1:].to_numpy(), label=data[0])
parameters = {"max_depth": arguments.max_depth, "objective": "binary:logistic", "eval_metric": "auc"}
booster = xgb.train(parameters, table, num_boost_round=arguments.rounds, evals=[(table, "train")])
booster.save_model(Path(os.environ["SM_MODEL_DIR"], "model.json"))
