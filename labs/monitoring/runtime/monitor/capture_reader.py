"""Reads what an endpoint captured: JSON lines in S3, one request a line, by hour.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html

Nothing in a capture can stop the analysis: what cannot be read is left out and counted under its reason.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from monitor_settings import HOUR, UTC, AnalysisError, Settings, Window, parse_time
from stored_objects import keys_below, lines_of

#: Beyond it a window is read by listing everything, as there may be fewer objects than hours.
MOST_HOURS = 24 * 7
#: Requests that one analysis holds in memory; the machine has 4 GB.
MOST_REQUESTS = 200_000


class Unreadable(Exception):
    """Why a request was left out."""


@dataclass(frozen=True)
class Request:
    """One call of the endpoint. `rows` are the fields of its lines; `scores` are None where the answer holds none."""

    id: str
    inference_id: str
    time: datetime
    rows: list[list[str]]
    scores: list[float] | None


@dataclass
class Capture:
    """The requests of a window, and how many others were left out, by reason."""

    requests: list[Request] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    objects: int = 0
    cut: bool = False


def read_capture(s3: Any, settings: Settings) -> Capture:
    """Raises AnalysisError when S3 does not let the job read."""
    capture = Capture()
    seen: set[str] = set()
    for key in keys_of(s3, settings):
        capture.objects += 1
        for line in lines_of(s3, settings.bucket, key, capture.skipped):
            if len(capture.requests) >= MOST_REQUESTS:
                capture.cut = True
                return capture
            add_line(line, settings.window, seen, capture)
    return capture


def keys_of(s3: Any, settings: Settings) -> Iterator[str]:
    """Keys that can hold requests of the window: a file lies under the hour of its first request."""
    top = f"{settings.capture}{settings.endpoint}/{settings.variant}/"
    window = settings.window
    hour = window.start.replace(minute=0, second=0, microsecond=0) - HOUR
    if window.end - hour > timedelta(hours=MOST_HOURS):
        yield from keys_below(s3, settings.bucket, top)
        return
    while hour < window.end + HOUR:
        yield from keys_below(s3, settings.bucket, f"{top}{hour:%Y/%m/%d/%H}/")
        hour += HOUR


def add_line(line: str, window: Window, seen: set[str], capture: Capture) -> None:
    """Adds the request of a line, or counts why it is left out. Requests of other hours are neither."""
    try:
        record = json.loads(line)
        if not isinstance(record, dict):
            raise Unreadable("a line that is not a captured request")
    except ValueError:
        capture.skipped["a line that is cut off, or is no JSON"] += 1
        return
    except Unreadable as reason:
        capture.skipped[str(reason)] += 1
        return
    try:
        request = request_of(record, window)
    except Unreadable as reason:
        capture.skipped[str(reason)] += 1
        return
    if request is None:
        return
    if request.id and request.id in seen:
        capture.skipped["captured twice"] += 1
        return
    seen.add(request.id)
    capture.requests.append(request)


def request_of(record: dict[str, Any], window: Window) -> Request | None:
    """None for another hour's. Raises Unreadable."""
    data, about = record.get("captureData"), record.get("eventMetadata")
    if not isinstance(data, dict) or not isinstance(about, dict):
        raise Unreadable("a line that is not a captured request")
    try:
        time = parse_time("inferenceTime", str(about.get("inferenceTime", "")))
    except AnalysisError:
        raise Unreadable("a request without a time") from None
    if time not in window:
        return None
    content_type, text = payload(data.get("endpointInput"), "request")
    if content_type != "text/csv":
        raise Unreadable(f"a request of the type {content_type[:40] or 'nothing'}")
    rows = fields_of(text)
    if not rows:
        raise Unreadable("an empty request")
    inference_id = about.get("inferenceId")
    scores = scores_of(data.get("endpointOutput"))
    identity = str(about.get("eventId") or "")
    return Request(identity, str(inference_id or ""), time.astimezone(UTC), rows, scores)


def payload(part: Any, what: str) -> tuple[str, str]:
    """Content type and text of a captured request or answer. Raises Unreadable."""
    if not isinstance(part, dict) or not isinstance(part.get("data"), str):
        raise Unreadable(f"no {what} was captured")
    media = str(part.get("observedContentType") or "text/csv").split(";")[0].strip().lower()
    data: str = part["data"]
    if str(part.get("encoding", "")).upper() != "BASE64":
        return media, data
    try:
        return media, base64.b64decode(data, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise Unreadable(f"a {what} in base64 that cannot be decoded") from None


def fields_of(text: str) -> list[list[str]]:
    """The fields of each line that is not empty. Raises Unreadable."""
    try:
        return [row for row in csv.reader(io.StringIO(text.strip("\ufeff")), strict=True) if any(row)]
    except csv.Error:
        raise Unreadable("a request that is no CSV") from None


def scores_of(part: Any) -> list[float] | None:
    """The probabilities of an answer, CSV or JSON as the model's own code writes them; None where it holds none."""
    try:
        media, text = payload(part, "answer")
        if media == "application/json":
            scores = [float(one["score"]) for one in json.loads(text)["predictions"]]
        else:
            scores = [float(word) for word in text.replace(",", " ").split()]
    except (Unreadable, ValueError, TypeError, KeyError):
        return None
    return scores if scores and all(math.isfinite(score) for score in scores) else None


@dataclass
class Records:
    """The rows of all requests under the baseline's columns, and the columns that came or failed to come."""

    names: Sequence[str]
    rows: list[list[str]] = field(default_factory=list)
    missing: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    narrow: Counter[int] = field(default_factory=Counter)
    wide: Counter[int] = field(default_factory=Counter)

    def __len__(self) -> int:
        return len(self.rows)


def records_of(capture: Capture, names: Sequence[str]) -> Records:
    """A first line with names is matched by them; other lines by position. A line of another width is left out, as
    nobody knows which of its fields is which; so is a line that lacks a column.
    """
    records = Records(names)
    known = set(names)
    for request in capture.requests:
        rows = request.rows
        header = [name.strip() for name in rows[0]]
        if any(name in known for name in header):
            rows = rows[1:]
            add_rows_by_name(records, header, rows, capture.skipped)
            continue
        for row in rows:
            if len(row) == len(names):
                records.rows.append(row)
                continue
            (records.narrow if len(row) < len(names) else records.wide)[len(row)] += 1
            capture.skipped[f"{len(row)} columns instead of {len(names)}"] += 1
    return records


def add_rows_by_name(records: Records, header: list[str], rows: list[list[str]], skipped: Counter[str]) -> None:
    missing = [name for name in records.names if name not in header]
    extra = [name for name in header if name not in set(records.names)]
    at = [header.index(name) for name in records.names if name in header]
    for row in rows:
        for name in missing:
            records.missing[name] += 1
        for name in extra:
            records.extra[name] += 1
        if missing:
            skipped["columns are missing"] += 1
        elif len(row) != len(header):
            skipped["another number of fields than names"] += 1
        else:
            records.rows.append([row[i] for i in at])
