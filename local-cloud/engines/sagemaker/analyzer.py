"""Stands in for the image sagemaker-model-monitor-analyzer: data quality, by the same contract and the same files.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-inputs.html
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from analyzer_constraints import Check, completeness, suggested
from analyzer_statistics import STAND_IN, Column, statistics

Row = list[str]


class CustomerError(Exception):
    """What the customer can mend; the text is the job's failure reason."""


def local(path: str) -> Path:
    """Where a path of the container is on this machine."""
    return Path(os.environ.get("SM_PREFIX", "") + path)


def setting(name: str) -> str:
    """An environment variable of the contract; empty where it is not given."""
    return os.environ.get(name, "")


def files(source: Path) -> list[Path]:
    """The files of a data set. Raises CustomerError without any."""
    found = [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file())
    if not found:
        raise CustomerError(f"No data was found in {setting('dataset_source')}.")
    return found


def read_csv(paths: list[Path], header: bool) -> tuple[list[str], list[Row]]:
    """Names and rows of CSV files; every file has the header, or none."""
    names: list[str] | None = None
    rows: list[Row] = []
    for path in paths:
        with path.open(newline="") as lines:
            reader = csv.reader(lines)
            own = next(reader, None) if header else None
            if header and names is not None and own != names:
                raise CustomerError(f"The header of {path.name} differs from that of the files before.")
            names = names or own
            rows.extend(row for row in reader if row)
    if not rows:
        raise CustomerError("The data set has no rows.")
    width = len(names or rows[0])
    wrong = next((row for row in rows if len(row) != width), None)
    if wrong is not None:
        raise CustomerError(f"A row has {len(wrong)} columns where {width} are expected.")
    return names or [f"_c{index}" for index in range(width)], rows


def payload(part: dict[str, Any]) -> str:
    """What was sent or answered, as text. Raises CustomerError."""
    encoding, data = part.get("encoding"), str(part.get("data", ""))
    if encoding == "CSV":
        return data
    if encoding == "BASE64":
        try:
            return base64.b64decode(data, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as problem:
            raise CustomerError(f"A captured payload is not CSV in BASE64: {problem}") from problem
    raise CustomerError(f"Payloads captured with the encoding {encoding} cannot be analyzed here; CSV can.")


def captured(paths: list[Path], parts: list[str]) -> Iterator[Row]:
    """Rows of captured requests: the answer's columns first, then the request's."""
    for path in paths:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not line.strip():
                continue
            try:
                data = json.loads(line)["captureData"]
                sides = [data[part] for part in parts]
            except (ValueError, KeyError, TypeError) as problem:
                raise CustomerError(f"Line {number} of {path.name} is no captured request: {problem}") from problem
            encodings = [str(side.get("encoding")) for side in sides]
            if len(set(encodings)) > 1:
                raise CustomerError(
                    f"Encoding mismatch: Encoding is {encodings[0]} for {parts[0]}, but Encoding is {encodings[1]} for "
                    f"{parts[1]}. We currently only support the same type of input and output encoding at the moment."
                )
            records = [list(csv.reader(io.StringIO(payload(side).strip()))) for side in sides]
            if len({len(record) for record in records}) > 1:
                raise CustomerError(f"Line {number} of {path.name} has not as many answers as records in its request.")
            yield from ([field for row in rows for field in row] for rows in zip(*records, strict=True))


def read_capture(paths: list[Path], asked: dict[str, Any], expected: list[str]) -> tuple[list[str], list[Row]]:
    """Names and rows of captured data; columns have no names there, so the baseline's are taken in order."""
    parts = asked.get("captureIndexNames") or ["endpointInput", "endpointOutput"]
    ordered = [part for part in ("endpointOutput", "endpointInput") if part in parts]
    rows = list(captured(paths, ordered))
    if not rows:
        raise CustomerError("The captured data has no records.")
    width = max(map(len, rows))
    names = [expected[index] if index < len(expected) else f"_c{index}" for index in range(width)]
    return names, [row + [""] * (width - len(row)) for row in rows]


def baseline(name: str) -> dict[str, Any] | None:
    """A JSON file that the environment names, or that lies in the folder it names."""
    asked = setting(name)
    if not asked:
        return None
    path = local(asked)
    if path.is_dir():
        path = next(iter(sorted(path.glob("*.json"))), path / "missing.json")
    try:
        content: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError) as problem:
        raise CustomerError(f"{name} {asked} cannot be read: {problem}") from problem
    return content


def metrics(columns: list[Column], check: Check) -> Iterator[dict[str, Any]]:
    """Metrics as the container hands them to SageMaker, which publishes them."""
    for column in columns:
        yield {"MetricName": f"feature_non_null_{column.name}", "Value": completeness(column)}
        numbers = column.numbers()
        if column.inferred() in ("Integral", "Fractional"):
            values = {
                "Minimum": numbers[0],
                "Maximum": numbers[-1],
                "Sum": numbers.sum(),
                "SampleCount": len(numbers),
            }
            yield {
                "MetricName": f"feature_data_{column.name}",
                "StatisticValues": {key: float(value) for key, value in values.items()},
            }
        if column.name in check.distances:
            yield {"MetricName": f"feature_baseline_drift_{column.name}", "Value": check.distances[column.name]}


def write(path: Path, content: Any) -> None:
    """Writes JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2))


def analyze() -> str:
    """Does the work. @returns the exit message"""
    for needed in ("dataset_format", "dataset_source", "output_path"):
        if not setting(needed):
            raise CustomerError(f"The environment variable {needed} is required.")
    try:
        form = json.loads(setting("dataset_format"))
    except ValueError as problem:
        raise CustomerError(f"dataset_format is not JSON: {problem}") from problem
    constraints, before = baseline("baseline_constraints"), baseline("baseline_statistics")
    paths = files(local(setting("dataset_source")))
    print(f"Reading {len(paths)} file(s) as {', '.join(form)}", flush=True)
    if "csv" in form:
        names, rows = read_csv(paths, bool(form["csv"].get("header")))
    elif "sagemakerCaptureJson" in form:
        expected = [feature["name"] for feature in (constraints or {}).get("features", [])]
        names, rows = read_capture(paths, form["sagemakerCaptureJson"], expected)
    else:
        raise CustomerError(f"The local cloud's analyzer reads csv and sagemakerCaptureJson, not {', '.join(form)}.")
    frame = pd.DataFrame(rows, columns=range(len(names)), dtype=object)
    columns = [Column(name, frame[index].where(frame[index] != "", None)) for index, name in enumerate(names)]
    output = local(setting("output_path"))
    write(output / "statistics.json", statistics(columns, len(rows)))
    if constraints is None:
        write(output / "constraints.json", suggested(columns))
        return "Completed: Job completed successfully with no violations."
    check = Check(constraints, before)
    check.run(columns)
    write(output / "constraints.json", suggested(columns))
    write(output / "constraint_violations.json", {"version": 0.0, "violations": check.violations, "analyzer": STAND_IN})
    if setting("publish_cloudwatch_metrics") == "Enabled":
        lines = [json.dumps(metric) for metric in metrics(columns, check)]
        folder = local("/opt/ml/output/metrics/cloudwatch")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cloudwatch_metrics.jsonl").write_text("\n".join(lines))
    count = len(check.violations)
    print(f"{len(rows)} records, {len(columns)} columns, {count} violations", flush=True)
    if count == 0:
        return "Completed: Job completed successfully with no violations."
    return f"CompletedWithViolations: Job completed successfully with {count} violations."


def main() -> None:
    """Runs as the container's entry point."""
    print(f"STAND-IN: {STAND_IN}", flush=True)
    try:
        said = analyze()
    except CustomerError as problem:
        print(f"Error: {problem}", flush=True)
        folder = local("/opt/ml/output")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "failure").write_text(str(problem))
        (folder / "message").write_text(f"Error: {problem}")
        sys.exit(255)
    local("/opt/ml/output").mkdir(parents=True, exist_ok=True)
    local("/opt/ml/output/message").write_text(said)
    print(said, flush=True)


if __name__ == "__main__":
    main()
