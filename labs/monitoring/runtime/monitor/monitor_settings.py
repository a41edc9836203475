"""What a job is told by its environment, and where its files are.

MLA_BUCKET, MLA_ENDPOINT  the lab's bucket, the endpoint that is watched
MLA_VARIANT           its variant (AllTraffic)
MLA_CAPTURE_PREFIX    where its capture is (capture/)
MLA_BASELINE_PREFIX   statistics.json, constraints.json, baseline.csv (baseline/)
MLA_TRUTH_PREFIX      what happened later, JSON lines (truth/)
MLA_OUTPUT            folder below /opt/ml/processing/output for the results; names the execution
MLA_SCHEDULED_TIME    the window is the last whole hour before it, or
MLA_START, MLA_END    the window itself; without either it is the hour before now
MLA_NAMESPACE         of the metrics (MlaLabs/Monitoring); MLA_SCHEDULE adds the dimension MonitoringSchedule
MLA_METRICS           on, off: whether metrics are published
MLA_EVIDENTLY         on, off: whether Evidently draws its plots
MLA_AUC_THRESHOLD     quality: below it, AUC is a violation
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

UTC = timezone.utc  # noqa: UP017 (the same name on every Python that the images have)
HOUR = timedelta(hours=1)
NAMESPACE = "MlaLabs/Monitoring"


class AnalysisError(Exception):
    """Why there is no analysis, in one plain line: the job's exit message."""


@dataclass(frozen=True)
class Window:
    """From `start`, before `end`."""

    start: datetime
    end: datetime

    def __contains__(self, time: datetime) -> bool:
        return self.start <= time < self.end

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M:%S} to {self.end:%Y-%m-%d %H:%M:%S} UTC"

    def as_dict(self) -> dict[str, str]:
        return {"start": iso(self.start), "end": iso(self.end)}


@dataclass(frozen=True)
class Settings:
    """One job's, see above."""

    bucket: str
    endpoint: str
    variant: str
    capture: str
    baseline: str
    truth: str
    output: Path
    execution: str
    window: Window
    namespace: str
    schedule: str
    metrics: bool
    evidently: bool
    auc_threshold: float | None


def iso(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def container_path(path: str) -> Path:
    """Where a path of the container is; it has another root on the local cloud."""
    return Path(os.environ.get("SM_PREFIX", "") + path)


def parse_time(name: str, text: str) -> datetime:
    """A time of ISO 8601; without a zone it is UTC. Raises AnalysisError."""
    try:
        time = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise AnalysisError(f"{name} is {text!r}, which is no time such as 2026-11-23T22:00:00Z.") from None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def window_of(env: Mapping[str, str], now: datetime) -> Window:
    """Capture comes minutes late. So a scheduled analysis takes whole hours that are over: with a schedule some minutes
    after the hour, each request is looked at once, and none is missed.
    """
    start, end, scheduled = (env.get(name, "") for name in ("MLA_START", "MLA_END", "MLA_SCHEDULED_TIME"))
    if start or end:
        if not (start and end):
            raise AnalysisError("Only one of MLA_START and MLA_END is given. Give both, or neither.")
        window = Window(parse_time("MLA_START", start), parse_time("MLA_END", end))
        if window.start >= window.end:
            raise AnalysisError(f"The window from {start} to {end} ends before it starts.")
        return window
    if scheduled:
        last = parse_time("MLA_SCHEDULED_TIME", scheduled).replace(minute=0, second=0, microsecond=0)
        return Window(last - HOUR, last)
    return Window(now - HOUR, now)


def boolean_setting(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "on")
    if value not in ("on", "off"):
        raise AnalysisError(f"{name} is {value!r}. It is on or off.")
    return value == "on"


def s3_prefix(env: Mapping[str, str], name: str, default: str) -> str:
    """Ends with a slash, so that no neighbour's keys are read."""
    return (env.get(name) or default).strip("/") + "/"


def threshold_of(text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise AnalysisError(f"MLA_AUC_THRESHOLD is {text!r}. It is a number from 0 to 1.")
    return value


def output_of(env: Mapping[str, str]) -> str:
    name = env.get("MLA_OUTPUT", "").strip("/")
    if name and (not re.fullmatch(r"[A-Za-z0-9._/=-]+", name) or ".." in name.split("/")):
        raise AnalysisError(f"MLA_OUTPUT is {name!r}, which is no folder below /opt/ml/processing/output.")
    return name


def job_name() -> str:
    """As the job's own configuration says; empty where there is none."""
    try:
        config = json.loads(container_path("/opt/ml/config/processingjobconfig.json").read_text(encoding="utf-8"))
        return str(config.get("ProcessingJobName", ""))
    except (OSError, ValueError):
        return ""


def read_settings(env: Mapping[str, str], now: datetime, needs_capture: bool) -> Settings:
    """Raises AnalysisError, naming what is missing or wrong."""
    for name in ("MLA_BUCKET", "MLA_ENDPOINT") if needs_capture else ():
        if not env.get(name):
            raise AnalysisError(f"The environment variable {name} is not set.")
    output = output_of(env)
    return Settings(
        bucket=env.get("MLA_BUCKET", ""),
        endpoint=env.get("MLA_ENDPOINT", ""),
        variant=env.get("MLA_VARIANT") or "AllTraffic",
        capture=s3_prefix(env, "MLA_CAPTURE_PREFIX", "capture"),
        baseline=s3_prefix(env, "MLA_BASELINE_PREFIX", "baseline"),
        truth=s3_prefix(env, "MLA_TRUTH_PREFIX", "truth"),
        output=container_path("/opt/ml/processing/output") / output,
        execution=output.split("/")[-1] or job_name(),
        window=window_of(env, now),
        namespace=env.get("MLA_NAMESPACE") or NAMESPACE,
        schedule=env.get("MLA_SCHEDULE", ""),
        metrics=boolean_setting(env, "MLA_METRICS"),
        evidently=boolean_setting(env, "MLA_EVIDENTLY"),
        auc_threshold=threshold_of(env.get("MLA_AUC_THRESHOLD", "")),
    )
