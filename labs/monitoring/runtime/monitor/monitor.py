"""Every analysis of the open monitor, in a Processing job: `python monitor.py --mode baseline|analyze|quality`.

baseline  statistics and constraints of the training data (baseline_maker.py)
analyze   the capture of a window against them: drift, and all else that Model Monitor checks
quality   the capture of a window joined with what happened: AUC

The job is told the rest by its environment (monitor_settings.py). It ends with 0 when there is an analysis, violations
or not, and says in /opt/ml/output/message (the job's exit message) what it found, or in one line why there is none.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import boto3
import pandas as pd
from baseline_maker import make_baseline, write_json
from capture_reader import MOST_REQUESTS, Capture, Records, read_capture, records_of
from drift_page import page as drift_page
from evidently_helper import EvidentlyProcess
from feature_constraints import suggest_constraints
from feature_statistics import Column, columns_of, statistics_of
from metric_publisher import publish
from monitor_settings import UTC, AnalysisError, Settings, container_path, read_settings
from quality_analysis import analyze_quality
from sample_size import MIN_SAMPLE, distinct_rows
from stored_objects import content, document
from violation_checks import Comparison, by_check, compare, features_by_name

MODES = ("baseline", "analyze", "quality")
_MESSAGE_LIMIT = 1024


def analyze(settings: Settings) -> str:
    """Writes the files, publishes the metrics; what to say of it. Raises AnalysisError."""
    s3 = boto3.client("s3")
    constraints = document(s3, settings.bucket, f"{settings.baseline}constraints.json")
    statistics = document(s3, settings.bucket, f"{settings.baseline}statistics.json")
    names = list(features_by_name(constraints))
    if not names:
        raise AnalysisError(f"s3://{settings.bucket}/{settings.baseline}constraints.json names no column.")
    helper = EvidentlyProcess(settings.evidently)
    try:
        capture = read_capture(s3, settings)
        records = records_of(capture, names)
        columns = columns_of(names, records.rows)
        once = Records(names, distinct_rows(records.rows))
        compared = columns_of(names, once.rows)
        comparison = compare(compared, records, constraints, statistics)
        page, why = evidently_page(s3, settings, helper, once, compared)
    finally:
        helper.close()
    if why:
        comparison.missing.append(f"Plots by Evidently: {why}.")
    if capture.cut:
        comparison.missing.append(f"The requests after the first {MOST_REQUESTS:,} of the window.")
    summary = summary_of(settings, capture, records, len(once), comparison, bool(page))
    settings.output.mkdir(parents=True, exist_ok=True)
    write_json(settings.output / "statistics.json", statistics_of(columns))
    write_json(settings.output / "constraints.json", suggest_constraints(columns))
    write_json(settings.output / "constraint_violations.json", {"violations": comparison.violations})
    report = drift_page({**summary, "span": str(settings.window)}, comparison, compared, statistics, page)
    (settings.output / "report.html").write_text(report, encoding="utf-8")
    # Last: whoever finds it finds the rest.
    write_json(settings.output / "summary.json", summary)
    publish(boto3.client("cloudwatch"), settings, figures_of(records, len(once), comparison, constraints))
    return message_of(settings, capture, records, len(once), comparison)


def evidently_page(
    s3: Any, settings: Settings, helper: EvidentlyProcess, records: Records, columns: Sequence[Column]
) -> tuple[str, str]:
    """Evidently's page, or an empty text and why there is none."""
    if not len(records):
        return "", "there is no record to draw"
    if len(records) < MIN_SAMPLE:
        return "", f"{len(records)} different records are too few to draw"
    sample = content(s3, settings.bucket, f"{settings.baseline}baseline.csv")
    if sample is None:
        return "", f"there is no s3://{settings.bucket}/{settings.baseline}baseline.csv"
    try:
        reference = pd.read_csv(io.BytesIO(sample), low_memory=False)
    except ValueError as error:
        return "", f"baseline.csv cannot be read ({str(error)[:100]})"
    names = [name for name in records.names if name in reference.columns]
    if not names:
        return "", "baseline.csv has other columns than the constraints"
    texts = {column.name for column in columns if column.texts}
    current = pd.DataFrame(records.rows, columns=list(records.names))[names]
    for name in names:
        if pd.api.types.is_numeric_dtype(reference[name]):
            current[name] = pd.to_numeric(current[name], errors="coerce").astype("float64")
            reference[name] = reference[name].astype("float64")
        elif name not in texts:
            reference[name] = reference[name].astype(str)
    return helper.page(reference[names], current)


def summary_of(
    settings: Settings, capture: Capture, records: Records, once: int, comparison: Comparison, evidently: bool
) -> dict[str, Any]:
    return {
        "execution": settings.execution,
        "mode": "analyze",
        "endpoint": settings.endpoint,
        "window": settings.window.as_dict(),
        "requests": len(capture.requests),
        "records": len(records),
        "different": once,
        "fewest": MIN_SAMPLE,
        "skipped": dict(sorted(capture.skipped.items())),
        "violations": comparison.violations,
        "drifted": comparison.drifted,
        "distances": {name: round(value, 6) for name, value in comparison.distances.items()},
        "missing": comparison.missing,
        "evidently": evidently,
    }


def figures_of(records: Records, once: int, comparison: Comparison, constraints: dict[str, Any]) -> dict[str, float]:
    """Of too few records nothing was compared, so nothing is said of drift: neither that there is some nor that not."""
    if (constraints.get("monitoring_config") or {}).get("emit_metrics", "Enabled") != "Enabled":
        return {}
    figures: dict[str, float] = {"Records": len(records), "RecordsCompared": once if once >= MIN_SAMPLE else 0}
    if comparison.distances:
        figures["FeaturesDrifted"] = len(comparison.drifted)
        figures |= {f"feature_baseline_drift_{name}": value for name, value in comparison.distances.items()}
    return figures


def message_of(settings: Settings, capture: Capture, records: Records, once: int, comparison: Comparison) -> str:
    window = str(settings.window)
    few = 0 < once < MIN_SAMPLE
    if few:
        window += f", {once} of them different: fewer than the {MIN_SAMPLE} that a comparison takes"
    left = sum(capture.skipped.values())
    said = f" {left} left out: {', '.join(sorted(capture.skipped))}." if left else ""
    if not len(records) and not comparison.violations:
        return f"Completed: no usable record from {window}. Nothing was compared.{said}"
    if not comparison.violations:
        found_none = ". Nothing was compared" if few else ", no violations"
        return f"Completed: {len(records)} records from {window}{found_none}.{said}"
    found = by_check(comparison.violations)
    if comparison.drifted:
        found["baseline_drift_check"] = comparison.drifted
    checks = "; ".join(f"{check}: {', '.join(dict.fromkeys(names))}" for check, names in sorted(found.items()))
    return f"CompletedWithViolations: {len(records)} records from {window}. {checks}.{said}"


def write_exit_message(text: str) -> None:
    """What DescribeProcessingJob shows as ExitMessage; outside a job there is nowhere to leave it."""
    path = container_path("/opt/ml/output/message")
    if path.parent.parent.is_dir():
        # Nobody promises that the folder is there: https://docs.aws.amazon.com/sagemaker/latest/dg/byoc-metadata.html
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode()[:_MESSAGE_LIMIT].decode(errors="ignore").encode())


def run(mode: str) -> str:
    settings = read_settings(os.environ, datetime.now(UTC), needs_capture=mode != "baseline")
    if mode == "analyze":
        return analyze(settings)
    if mode == "quality":
        return analyze_quality(settings)
    summary = make_baseline(settings)
    write_json(settings.output / "summary.json", summary)
    gaps = "".join(f" {line}" for line in summary["missing"])
    return f"Completed: baseline of {summary['records']} of {summary['rows']} rows, {summary['columns']} columns.{gaps}"


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mode", choices=MODES, required=True)
    mode = parser.parse_args(argv).mode
    try:
        message, code = run(mode), 0
    except AnalysisError as error:
        message, code = str(error), 1
    except Exception as error:
        traceback.print_exc()
        message, code = f"The analysis failed unexpectedly: {type(error).__name__}: {str(error)[:300]}", 1
    print(message, file=sys.stderr if code else sys.stdout, flush=True)
    write_exit_message(message)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
