"""Joins captured predictions with what happened later, by inference id.

Truth is JSON lines in Model Monitor's form, anywhere below truth/:
{"groundTruthData": {"data": "1", "encoding": "CSV"}, "eventMetadata": {"eventId": "<the inference id>"},
"eventVersion": "0"}

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from capture_reader import Capture
from distances import Numbers
from monitor_settings import Settings
from stored_objects import keys_below, lines_of

Labels = tuple[float, ...]


@dataclass
class Truth:
    """Labels by inference id: one for each row of the request."""

    labels: dict[str, Labels] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    contradicting: set[str] = field(default_factory=set)


@dataclass
class Joined:
    """Predictions with their labels, and the counts of what found no partner."""

    labels: Numbers
    scores: Numbers
    unmatched: Counter[str]
    waiting: int

    def __len__(self) -> int:
        return len(self.labels)


def read_truth(s3: Any, settings: Settings) -> Truth:
    """All truth there is: it comes when it comes, under the hour of its own arrival."""
    truth = Truth()
    for key in keys_below(s3, settings.bucket, settings.truth):
        for line in lines_of(s3, settings.bucket, key, truth.skipped):
            add_line(line, truth)
    for identity in truth.contradicting:
        del truth.labels[identity]
    return truth


def add_line(line: str, truth: Truth) -> None:
    try:
        record = json.loads(line)
        identity = str(record["eventMetadata"]["eventId"])
        labels = tuple(float(word) for word in str(record["groundTruthData"]["data"]).split())
    except (ValueError, TypeError, KeyError):
        truth.skipped["a line of truth that cannot be read"] += 1
        return
    if not labels or any(label not in (0.0, 1.0) for label in labels):
        truth.skipped["truth that is neither 0 nor 1"] += 1
    elif identity not in truth.labels:
        truth.labels[identity] = labels
    elif truth.labels[identity] == labels:
        truth.skipped["truth told twice"] += 1
    else:
        truth.contradicting.add(identity)


def join(capture: Capture, truth: Truth) -> Joined:
    """A request that was sent again, under the same id or under another, counts once, by its first answer."""
    unmatched: Counter[str] = Counter()
    labels: list[float] = []
    scores: list[float] = []
    asked: set[str] = set()
    flights: set[tuple[tuple[str, ...], ...]] = set()
    waiting = 0
    for request in sorted(capture.requests, key=lambda one: one.time):
        if not request.inference_id:
            unmatched["requests without an inference id"] += 1
            continue
        if request.inference_id in asked:
            unmatched["requests sent again"] += 1
            continue
        asked.add(request.inference_id)
        known = truth.labels.get(request.inference_id)
        flight = tuple(tuple(row) for row in request.rows)
        if request.inference_id in truth.contradicting:
            unmatched["requests with contradicting truth"] += 1
        elif known is None:
            waiting += 1
        elif request.scores is None:
            unmatched["answers that are no scores"] += 1
        elif len(request.scores) != len(known):
            unmatched["requests with another number of answers than labels"] += 1
        elif flight in flights:
            unmatched["requests about the same flight again"] += 1
        else:
            flights.add(flight)
            labels.extend(known)
            scores.extend(request.scores)
    if waiting:
        unmatched["requests whose truth has not come"] = waiting
    strangers = len((set(truth.labels) | truth.contradicting) - asked)
    if strangers:
        unmatched["truth of ids that no request of the window has"] = strangers
    return Joined(np.array(labels), np.array(scores), unmatched, waiting)
