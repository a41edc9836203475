"""A bucket and CloudWatch in memory, with what the analysis calls, and flights as an endpoint captures them."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import random
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

ROOT = Path(__file__).resolve().parents[3]
RUNTIME = ROOT / "labs/monitoring/runtime/monitor"
sys.path.insert(0, str(RUNTIME))

import monitor  # noqa: E402

FEATURES: list[str] = json.loads((RUNTIME / "features.json").read_text())
HOUR = datetime(2026, 11, 23, 21, tzinfo=timezone.utc)  # noqa: UP017
BUCKET, ENDPOINT = "mla-labs-test", "mla-labs-monitoring-me"


@cache
def flights(name: str) -> list[list[str]]:
    """Label and features of `train`, `test`, or a month."""
    path = ROOT / "data/prepared" / (f"months/{name}.csv.gz" if name.startswith("2013") else f"{name}.csv.gz")
    return list(csv.reader(io.StringIO(gzip.decompress(path.read_bytes()).decode())))


def sample(name: str, count: int, seed: int) -> list[list[str]]:
    return random.Random(seed).sample(flights(name), count)


class Bucket:
    """S3's operations; keys in `denied` may not be read, keys in `vanishing` go between being listed and read."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.denied: set[str] = set()
        self.vanishing: set[str] = set()
        self.listed: list[str] = []

    def get_paginator(self, name: str) -> Bucket:
        assert name == "list_objects_v2"
        return self

    def paginate(self, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        self.listed.append(Prefix)
        keys = sorted(key for key in self.objects if key.startswith(Prefix))
        for start in range(0, len(keys), 2):
            yield {"Contents": [{"Key": key} for key in keys[start : start + 2]]}
        if not keys:
            yield {}

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        if Key in self.denied:
            raise ClientError(
                {"Error": {"Code": "AccessDenied", "Message": "not authorized to s3:GetObject"}}, "GetObject"
            )
        if Key not in self.objects or Key in self.vanishing:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "The key does not exist."}}, "GetObject")
        return {"Body": io.BytesIO(self.objects[Key])}


class Metrics:
    """CloudWatch's PutMetricData."""

    def __init__(self) -> None:
        self.data: list[dict[str, Any]] = []
        self.namespaces: set[str] = set()
        self.refuses = False

    def put_metric_data(self, Namespace: str, MetricData: list[dict[str, Any]]) -> None:
        if self.refuses:
            told = {"Error": {"Code": "AccessDenied", "Message": "not authorized to cloudwatch:PutMetricData"}}
            raise ClientError(told, "PutMetricData")
        assert len(MetricData) <= 1000
        self.namespaces.add(Namespace)
        self.data += MetricData

    def named(self, *dimensions: str) -> dict[str, float]:
        """Values by name, of the series with just these dimensions."""
        return {
            one["MetricName"]: one["Value"]
            for one in self.data
            if tuple(dimension["Name"] for dimension in one["Dimensions"]) == (dimensions or ("Endpoint",))
        }


class World:
    """One job at a time: `run` gives its exit code; files and the exit message are read afterwards."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch = folder, monkeypatch
        self.s3, self.metrics = Bucket(), Metrics()
        clients: dict[str, object] = {"s3": self.s3, "cloudwatch": self.metrics}
        monkeypatch.setattr("boto3.client", lambda name: clients[name])
        (folder / "opt/ml/config").mkdir(parents=True)
        self.env = {
            "SM_PREFIX": str(folder),
            "MLA_BUCKET": BUCKET,
            "MLA_ENDPOINT": ENDPOINT,
            "MLA_OUTPUT": "run-1",
            "MLA_SCHEDULED_TIME": "2026-11-23T22:20:00Z",
            "MLA_EVIDENTLY": "off",
        }

    def run(self, mode: str, **env: str) -> int:
        for name in ("MLA_START", "MLA_END", "MLA_SCHEDULE", "MLA_METRICS", "MLA_AUC_THRESHOLD", "MLA_NAMESPACE"):
            self.patch.delenv(name, raising=False)
        for name, value in (self.env | env).items():
            self.patch.setenv(name, value)
        return monitor.main(["--mode", mode])

    @property
    def message(self) -> str:
        return (self.folder / "opt/ml/output/message").read_text()

    def output(self, name: str, run: str = "run-1") -> Any:
        text = (self.folder / "opt/ml/processing/output" / run / name).read_text()
        return json.loads(text) if name.endswith(".json") else text

    def put(self, key: str, text: str) -> None:
        self.s3.objects[key] = text.encode()

    def edit(self, key: str, change: dict[str, Any]) -> None:
        self.put(key, json.dumps(json.loads(self.s3.objects[key]) | change))

    def baseline(self, rows: Sequence[Sequence[str]], header: Sequence[str] | None = None) -> int:
        """Makes the baseline of rows as they are in the prepared data, and puts it where an analysis looks."""
        source = self.folder / "opt/ml/processing/input/baseline_dataset_input"
        source.mkdir(parents=True, exist_ok=True)
        lines = [",".join(row) for row in ([header, *rows] if header else rows)]
        (source / "part_0").write_text("\n".join(lines) + "\n")
        code = self.run("baseline", MLA_OUTPUT="baseline")
        if code == 0:
            for name in ("statistics.json", "constraints.json", "baseline.csv"):
                path = self.folder / "opt/ml/processing/output/baseline" / name
                self.s3.objects[f"baseline/{name}"] = path.read_bytes()
        return code

    def capture(
        self, lines: Sequence[str], hour: datetime = HOUR, name: str = "a", variant: str = "AllTraffic"
    ) -> None:
        self.put(
            f"capture/{ENDPOINT}/{variant}/{hour:%Y/%m/%d/%H}/{name}.jsonl", "".join(f"{line}\n" for line in lines)
        )


def line(
    body: str,
    answer: str = "0.5\n",
    number: int = 0,
    *,
    at: datetime = HOUR,
    media: str = "text/csv",
    encoding: str = "CSV",
    inference_id: str | None = None,
    event_id: str | None = None,
) -> str:
    """One captured request."""
    data = base64.b64encode(body.encode()).decode() if encoding == "BASE64" else body
    about: dict[str, Any] = {
        "eventId": event_id or f"event-{number}",
        "inferenceTime": (at + timedelta(seconds=number % 3600)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if inference_id:
        about["inferenceId"] = inference_id
    given = {"observedContentType": media, "mode": "INPUT", "data": data, "encoding": encoding}
    said = {"observedContentType": "text/csv; charset=utf-8", "mode": "OUTPUT", "data": answer, "encoding": "CSV"}
    record = {
        "captureData": {"endpointInput": given, "endpointOutput": said},
        "eventMetadata": about,
        "eventVersion": "0",
    }
    return json.dumps(record)


def requests(rows: Sequence[Sequence[str]]) -> list[str]:
    """One flight a request, without its label."""
    return [line(",".join(row[1:]), number=number, inference_id=f"flight-{number}") for number, row in enumerate(rows)]


def truth(identity: str, label: str) -> str:
    return json.dumps(
        {
            "groundTruthData": {"data": label, "encoding": "CSV"},
            "eventMetadata": {"eventId": identity},
            "eventVersion": "0",
        }
    )
