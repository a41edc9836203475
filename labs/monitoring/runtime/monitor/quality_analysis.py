"""Mode quality: predictions joined with what happened.

An AUC of few flights is noise, and noise must not start a retraining. So it is published only of MIN_SAMPLE flights or
more, and with a standard error of at most MOST_ERROR. The lab looks for falls of 0.05 and more.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import boto3
from baseline_maker import write_json
from capture_reader import Capture, read_capture
from metric_publisher import publish
from monitor_settings import UTC, Settings, iso
from quality_page import page
from roc_area import figures
from sample_size import MIN_SAMPLE
from truth_join import Joined, join, read_truth

MOST_ERROR = 0.03


def analyze_quality(settings: Settings) -> str:
    """Writes the files, publishes the metrics; what to say of it. Raises AnalysisError."""
    s3 = boto3.client("s3")
    capture = read_capture(s3, settings)
    truth = read_truth(s3, settings)
    joined = join(capture, truth)
    capture.skipped.update(truth.skipped)
    metrics = figures(joined.labels, joined.scores) if len(joined) else {}
    summary = summary_of(settings, capture, joined, metrics)
    settings.output.mkdir(parents=True, exist_ok=True)
    write_json(settings.output / "statistics.json", statistics_of(settings, joined, metrics))
    write_json(settings.output / "constraints.json", constraints_of(settings))
    write_json(settings.output / "constraint_violations.json", {"violations": summary["violations"]})
    report = page({**summary, "span": str(settings.window)}, metrics)
    (settings.output / "report.html").write_text(report, encoding="utf-8")
    write_json(settings.output / "summary.json", summary)
    publish(boto3.client("cloudwatch"), settings, metrics_of(summary, joined))
    return message_of(settings, summary)


def summary_of(settings: Settings, capture: Capture, joined: Joined, metrics: dict[str, Any]) -> dict[str, Any]:
    auc = metrics.get("auc", {}).get("value")
    error = metrics.get("auc", {}).get("standard_deviation")
    error = error if isinstance(error, float) and math.isfinite(error) else None
    missing = []
    if not len(joined):
        missing.append("AUC: no prediction of this window has its truth yet.")
    elif auc is None:
        missing.append("AUC: the joined flights are all late, or all in time.")
    elif error is None or error > MOST_ERROR or len(joined) < MIN_SAMPLE:
        said = "unknown" if error is None else f"{error:.3f}"
        missing.append(
            f"AUC as a metric: with {len(joined)} flights its standard error is {said}; it takes {MIN_SAMPLE} flights "
            f"and an error of at most {MOST_ERROR:g}: no alarm is to judge it. Send more traffic, or wait for more "
            "truth."
        )
    return {
        "execution": settings.execution,
        "mode": "quality",
        "endpoint": settings.endpoint,
        "window": settings.window.as_dict(),
        "requests": len(capture.requests),
        "joined": len(joined),
        "unmatched": dict(sorted(joined.unmatched.items())),
        "waiting": joined.waiting,
        "skipped": dict(sorted(capture.skipped.items())),
        "late": round(float(joined.labels.mean()), 6) if len(joined) else None,
        "auc": auc,
        "aucError": error,
        "threshold": settings.auc_threshold,
        "published": not missing,
        "violations": violations_of(settings, auc, error) if not missing else [],
        "missing": missing,
    }


def violations_of(settings: Settings, auc: float, error: float | None) -> list[dict[str, str]]:
    threshold = settings.auc_threshold
    if threshold is None or auc >= threshold:
        return []
    return [
        {
            "constraint_check_type": "LessThanThreshold",
            "description": f"Metric auc with {auc:.6g} +/- {error or 0:.3g} was LessThanThreshold '{threshold:g}'",
            "metric_name": "auc",
        }
    ]


def metrics_of(summary: dict[str, Any], joined: Joined) -> dict[str, float]:
    found: dict[str, float] = {"Joined": len(joined), "Unmatched": summary["requests"] - matched(summary)}
    if summary["published"]:
        found |= {"Auc": summary["auc"], "AucStandardError": summary["aucError"]}
    return found


def matched(summary: dict[str, Any]) -> int:
    """Requests of the window that found their truth."""
    strangers = summary["unmatched"].get("truth of ids that no request of the window has", 0)
    return int(summary["requests"] - sum(summary["unmatched"].values()) + strangers)


def statistics_of(settings: Settings, joined: Joined, metrics: dict[str, Any]) -> dict[str, Any]:
    window = settings.window.as_dict()
    about = {
        "item_count": len(joined),
        "start_time": window["start"],
        "end_time": window["end"],
        "evaluation_time": iso(datetime.now(UTC)),
    }
    return {"version": 0.0, "dataset": about, "binary_classification_metrics": metrics}


def constraints_of(settings: Settings) -> dict[str, Any]:
    if settings.auc_threshold is None:
        return {"version": 0.0, "binary_classification_constraints": {}}
    held = {"threshold": settings.auc_threshold, "comparison_operator": "LessThanThreshold"}
    return {"version": 0.0, "binary_classification_constraints": {"auc": held}}


def message_of(settings: Settings, summary: dict[str, Any]) -> str:
    window = str(settings.window)
    partners = "; ".join(f"{count} {reason}" for reason, count in summary["unmatched"].items())
    said = f" Without a partner: {partners}." if partners else ""
    if summary["missing"]:
        return f"Completed: {summary['joined']} joined from {window}. {' '.join(summary['missing'])}{said}"
    what = (
        f"{summary['joined']} joined from {window}, AUC {summary['auc']:.4f} (standard error {summary['aucError']:.4f})"
    )
    if summary["violations"]:
        return f"CompletedWithViolations: {what}, below {summary['threshold']:g}.{said}"
    return f"Completed: {what}.{said}"
