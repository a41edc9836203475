"""The report of model quality: AUC by joined truth, its curve, and what found no partner."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from page_parts import bullets, counts, standalone_page, verdict

TITLE = "Model quality by what happened"
_SIZE, _LEFT, _BOTTOM, _TOP = 320, 44, 36, 12


def page(summary: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """:param metrics: binary_classification_metrics of statistics.json; empty without a joined record"""
    curve = metrics.get("receiver_operating_characteristic_curve")
    section = "".join(
        (
            f"<h1>{TITLE}</h1>",
            f"<p>Endpoint <code>{escape(summary['endpoint'])}</code>, {escape(summary['span'])}: "
            f"{summary['joined']:,} predictions with their truth, of {summary['requests']:,} requests.</p>",
            judgement(summary),
            f"<h2>Without a partner</h2>{counts(summary['unmatched'])}" if summary["unmatched"] else "",
            f"<h2>Left out</h2>{counts(summary['skipped'])}" if summary["skipped"] else "",
            f"<h2>Missing in this report</h2>{bullets(summary['missing'])}" if summary["missing"] else "",
            f"<h2>ROC curve</h2>{plot(curve)}" if curve else "",
        )
    )
    return standalone_page(TITLE, section)


def judgement(summary: Mapping[str, Any]) -> str:
    if summary["auc"] is None:
        return verdict("none", "There is no AUC for this window.")
    said = f"AUC {summary['auc']:.3f}"
    if summary["aucError"] is not None:
        said += f", give or take {2 * summary['aucError']:.3f} (two standard errors)"
    threshold = summary["threshold"]
    if threshold is None:
        return verdict("none", f"{said}.")
    below = summary["auc"] < threshold
    return verdict("bad" if below else "clean", f"{said}: {'below' if below else 'not below'} {threshold:g}.")


def plot(curve: Mapping[str, Any]) -> str:
    def at(x: float, y: float) -> str:
        across = _LEFT + x * (_SIZE - _LEFT - 10)
        return f"{across:.1f},{_SIZE - _BOTTOM - y * (_SIZE - _BOTTOM - _TOP):.1f}"

    points = [at(x, y) for x, y in zip(curve["false_positive_rates"], curve["true_positive_rates"], strict=True)]
    ticks = []
    for value in (0.0, 0.5, 1.0):
        x, y = at(value, 0).split(",")[0], at(0, value).split(",")[1]
        ticks.append(f'<text x="{x}" y="{_SIZE - _BOTTOM + 14}" text-anchor="middle">{value:g}</text>')
        ticks.append(f'<text x="{_LEFT - 6}" y="{float(y) + 4:.1f}" text-anchor="end">{value:g}</text>')
    return (
        f'<svg role="img" aria-label="ROC curve" viewBox="0 0 {_SIZE} {_SIZE}" width="{_SIZE}" height="{_SIZE}">'
        f'<polyline points="{at(0, 0)} {at(1, 1)}" stroke="#a0aec0" stroke-dasharray="4 4" fill="none"/>'
        f'<polyline points="{" ".join(points)}" stroke="#0b6e99" stroke-width="1.8" fill="none"/>{"".join(ticks)}'
        f'<text x="{(_LEFT + _SIZE) / 2:.0f}" y="{_SIZE - 4}" text-anchor="middle">false positive rate</text>'
        f'<text x="12" y="{_SIZE / 2 - 10:.0f}" text-anchor="middle" transform="rotate(-90 12 {_SIZE / 2 - 10:.0f})">'
        "true positive rate</text></svg>"
    )
