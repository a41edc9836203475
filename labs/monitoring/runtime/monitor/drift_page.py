"""The report of an analysis: what was looked at, what is out of line, what is missing; then Evidently's own page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from feature_statistics import Column
from page_parts import bar, bullets, counts, prepend_to_page, standalone_page, table, verdict
from violation_checks import Comparison, Document, features_by_name

FEW = "Chance makes anything of so few, and of one that is repeated: the alarm on drift gets no figure."
TITLE = "Drift of the traffic against the baseline"


def page(
    summary: Mapping[str, Any], comparison: Comparison, columns: Sequence[Column], baseline: Document, evidently: str
) -> str:
    """:param summary: what summary.json says
    :param baseline: its statistics.json
    :param evidently: Evidently's page, or an empty text
    """
    section = "".join(
        (
            f"<h1>{TITLE}</h1>",
            f"<p>Endpoint <code>{escape(summary['endpoint'])}</code>, {escape(summary['span'])}: "
            f"{summary['records']:,} records of {summary['requests']:,} requests.</p>",
            judgement(summary),
            skipped(summary["skipped"]),
            missing(summary["missing"]),
            violations(summary["violations"]),
            features(comparison, columns, baseline),
            "<h2>Plots by Evidently</h2><p>Below. It judges by the population stability index alone: its verdict on "
            "a column can differ from the one above, which the alarm follows.</p>"
            if evidently
            else "",
        )
    )
    return prepend_to_page(TITLE, section, evidently) if evidently else standalone_page(TITLE, section)


def judgement(summary: Mapping[str, Any]) -> str:
    drifted, found = summary["drifted"], summary["violations"]
    if summary["records"] == 0:
        return verdict("none", "There is no usable record in this window: nothing was compared.")
    if summary["different"] < summary["fewest"]:
        few = f"Too few to compare: {summary['different']} different of {summary['records']:,} records"
        return verdict("none", f"{few}; it takes {summary['fewest']}. {FEW}")
    if drifted:
        return verdict("bad", f"{len(drifted)} features drifted: {', '.join(drifted)}.")
    if found:
        return verdict("bad", f"No drift, but {len(found)} other violations of the constraints.")
    return verdict("clean", "No violation: the traffic looks like the baseline.")


def skipped(reasons: Mapping[str, int]) -> str:
    return f"<h2>Left out</h2>{counts(reasons)}" if reasons else ""


def missing(lines: Sequence[str]) -> str:
    return f"<h2>Missing in this report</h2>{bullets(lines)}" if lines else ""


def violations(found: Sequence[Mapping[str, str]]) -> str:
    if not found:
        return ""
    rows = [
        [escape(one["feature_name"]), escape(one["constraint_check_type"]), escape(one["description"])] for one in found
    ]
    return f"<h2>Violations</h2>{table(('column', 'check', 'what was seen'), rows, texts=(1, 2))}"


def figure(value: float | None) -> str:
    return "&ndash;" if value is None else f"{value:.4g}"


def features(comparison: Comparison, columns: Sequence[Column], baseline: Document) -> str:
    """By distance, the furthest first."""
    if not comparison.distances:
        return ""
    by_name = {column.name: column for column in columns}
    means = {name: one.get("numerical_statistics", {}).get("mean") for name, one in features_by_name(baseline).items()}
    ranked = sorted(comparison.distances, key=lambda name: (-comparison.distances[name], name))
    rows, out = [], []
    for name in ranked:
        distance, threshold = comparison.distances[name], comparison.thresholds[name]
        column = by_name[name]
        index = comparison.indexes.get(name)
        mean = float(column.numbers.mean()) if len(column.numbers) else None
        out.append(distance > threshold)
        rows.append(
            [
                escape(name),
                f"{distance:.3f}",
                bar(distance, threshold, out[-1]),
                f"{index:.3f}" if index is not None else "&ndash;",
                figure(means.get(name)),
                figure(mean),
                f"{1 - column.completeness:.1%}",
            ]
        )
    names = ("column", "distance", "line: threshold", "PSI", "mean then", "now", "missing now")
    least = max(comparison.corrections.values(), default=0.0)
    said = (
        f"<p>Distance is the largest gap between the two cumulative distributions, of 1 at most; up to {least:.3f} was "
        "taken off as what chance can make of samples of these sizes. PSI: population stability index over tenths of "
        "the baseline; above 0.2 is usually called a shift.</p>"
    )
    return f"<h2>All columns</h2>{said}{table(names, rows, out, texts=())}"
