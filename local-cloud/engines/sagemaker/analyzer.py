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
from analyzer_constraints import ConstraintCheck, completeness, suggest_constraints
from analyzer_statistics import STAND_IN, Column, statistics

Row = list[str]


class CustomerError(Exception):
    """An error that the customer can correct; the text is the job's failure reason."""


def local_path(path: str) -> Path:
    """The local path of a container's path."""
    return Path(os.environ.get("SM_PREFIX", "") + path)


def env_variable(name: str) -> str:
    """An environment variable of the contract; empty where it is not set."""
    return os.environ.get(name, "")


def dataset_files(source: Path) -> list[Path]:
    """The files of a data set. Raises CustomerError without any."""
    found = [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file())
    if not found:
        raise CustomerError(f"No data was found in {env_variable('dataset_source')}.")
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


def decode_payload(part: dict[str, Any]) -> str:
    """The payload of a request or response, as text. Raises CustomerError."""
    encoding, data = part.get("encoding"), str(part.get("data", ""))
    if encoding == "CSV":
        return data
    if encoding == "BASE64":
        try:
            return base64.b64decode(data, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as problem:
            raise CustomerError(f"A captured payload is not CSV in BASE64: {problem}") from problem
    raise CustomerError(f"Payloads captured with the encoding {encoding} cannot be analyzed here; CSV can.")


def captured_rows(paths: list[Path], parts: list[str]) -> Iterator[Row]:
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
            records = [list(csv.reader(io.StringIO(decode_payload(side).strip()))) for side in sides]
            if len({len(record) for record in records}) > 1:
                raise CustomerError(f"Line {number} of {path.name} has not as many answers as records in its request.")
            yield from ([field for row in rows for field in row] for rows in zip(*records, strict=True))


def read_capture(paths: list[Path], capture_format: dict[str, Any], expected: list[str]) -> tuple[list[str], list[Row]]:
    """Names and rows of captured data; columns have no names there, so the baseline's are taken in order."""
    parts = capture_format.get("captureIndexNames") or ["endpointInput", "endpointOutput"]
    ordered = [part for part in ("endpointOutput", "endpointInput") if part in parts]
    rows = list(captured_rows(paths, ordered))
    if not rows:
        raise CustomerError("The captured data has no records.")
    width = max(map(len, rows))
    names = [expected[index] if index < len(expected) else f"_c{index}" for index in range(width)]
    return names, [row + [""] * (width - len(row)) for row in rows]


def load_baseline(name: str) -> dict[str, Any] | None:
    """A JSON file that the environment names, or that lies in the folder it names."""
    path_setting = env_variable(name)
    if not path_setting:
        return None
    path = local_path(path_setting)
    if path.is_dir():
        path = next(iter(sorted(path.glob("*.json"))), path / "missing.json")
    try:
        content: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError) as problem:
        raise CustomerError(f"{name} {path_setting} cannot be read: {problem}") from problem
    return content


def cloudwatch_metrics(columns: list[Column], check: ConstraintCheck) -> Iterator[dict[str, Any]]:
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


def write_json(path: Path, content: Any) -> None:
    """Writes JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2))


def analyze() -> str:
    """Analyzes the data set. @returns the exit message"""
    for needed in ("dataset_format", "dataset_source", "output_path"):
        if not env_variable(needed):
            raise CustomerError(f"The environment variable {needed} is required.")
    try:
        dataset_format = json.loads(env_variable("dataset_format"))
    except ValueError as problem:
        raise CustomerError(f"dataset_format is not JSON: {problem}") from problem
    constraints, before = load_baseline("baseline_constraints"), load_baseline("baseline_statistics")
    paths = dataset_files(local_path(env_variable("dataset_source")))
    print(f"Reading {len(paths)} file(s) as {', '.join(dataset_format)}", flush=True)
    if "csv" in dataset_format:
        names, rows = read_csv(paths, bool(dataset_format["csv"].get("header")))
    elif "sagemakerCaptureJson" in dataset_format:
        expected = [feature["name"] for feature in (constraints or {}).get("features", [])]
        names, rows = read_capture(paths, dataset_format["sagemakerCaptureJson"], expected)
    else:
        raise CustomerError(
            f"The local cloud's analyzer reads csv and sagemakerCaptureJson, not {', '.join(dataset_format)}."
        )
    frame = pd.DataFrame(rows, columns=range(len(names)), dtype=object)
    columns = [Column(name, frame[index].where(frame[index] != "", None)) for index, name in enumerate(names)]
    output = local_path(env_variable("output_path"))
    write_json(output / "statistics.json", statistics(columns, len(rows)))
    if constraints is None:
        write_json(output / "constraints.json", suggest_constraints(columns))
        return "Completed: Job completed successfully with no violations."
    check = ConstraintCheck(constraints, before)
    check.run(columns)
    write_json(output / "constraints.json", suggest_constraints(columns))
    write_json(
        output / "constraint_violations.json", {"version": 0.0, "violations": check.violations, "analyzer": STAND_IN}
    )
    if env_variable("publish_cloudwatch_metrics") == "Enabled":
        lines = [json.dumps(metric) for metric in cloudwatch_metrics(columns, check)]
        folder = local_path("/opt/ml/output/metrics/cloudwatch")
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
        message = analyze()
    except CustomerError as problem:
        print(f"Error: {problem}", flush=True)
        folder = local_path("/opt/ml/output")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "failure").write_text(str(problem))
        (folder / "message").write_text(f"Error: {problem}")
        sys.exit(255)
    local_path("/opt/ml/output").mkdir(parents=True, exist_ok=True)
    local_path("/opt/ml/output/message").write_text(message)
    print(message, flush=True)


if __name__ == "__main__":
    main()
