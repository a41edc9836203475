"""The evaluation as one page of HTML with its pictures in it: nothing is loaded from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

COLOURS = ("#0b6e99", "#c4432b", "#6b7280", "#2f855a", "#805ad5")
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 440, 300, 60, 40, 16, 16
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:66rem;margin:2rem auto;padding:0 1rem;color:#1a202c;background:#fff}
table{border-collapse:collapse;margin:1rem 0}
th,td{padding:.25rem .75rem;border-bottom:1px solid #e2e8f0;text-align:right}
th:first-child,td:first-child{text-align:left}figure{display:inline-block;margin:0 1rem 1rem 0;vertical-align:top}
figcaption{font-weight:600}svg{background:#fff;max-width:100%}text{font:11px system-ui,sans-serif;fill:#4a5568}
.key{margin-right:1rem}.key::before{content:"■ ";color:var(--c)}
"""


class Plot:
    """A frame with axes; coordinates are the data's."""

    def __init__(self, title: str, x: tuple[float, float], y: tuple[float, float], labels: tuple[str, str]) -> None:
        self.title, self.x, self.y, self.labels = title, x, y, labels
        self.parts: list[str] = []

    def at(self, x: float, y: float) -> tuple[float, float]:
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - BOTTOM - TOP)

    def line(self, points: Sequence[tuple[float, float]], colour: str, dots: bool = False, dash: str = "") -> None:
        placed = [self.at(*point) for point in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dashed}/>')
        if dots:
            self.parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed]

    def svg(self, x_ticks: Sequence[tuple[float, str]], y_ticks: Sequence[tuple[float, str]]) -> str:
        axes = []
        for value, text in x_ticks:
            x, y = self.at(value, self.y[0])
            axes.append(f'<text x="{x:.1f}" y="{y + 14:.1f}" text-anchor="middle">{escape(text)}</text>')
        for value, text in y_ticks:
            x, y = self.at(self.x[0], value)
            end = self.at(self.x[1], value)[0]
            axes.append(f'<line x1="{x:.1f}" x2="{end:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e2e8f0"/>')
            axes.append(f'<text x="{x - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{escape(text)}</text>')
        across, up = self.labels
        centre, middle = (LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2
        axes.append(f'<text x="{centre:.0f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(across)}</text>')
        turned = f'x="14" y="{middle:.0f}" text-anchor="middle" transform="rotate(-90 14 {middle:.0f})"'
        axes.append(f"<text {turned}>{escape(up)}</text>")
        return (
            f"<figure><figcaption>{escape(self.title)}</figcaption>"
            f'<svg role="img" aria-label="{escape(self.title)}" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
            f'height="{HEIGHT}">{"".join(axes)}{"".join(self.parts)}</svg></figure>'
        )


def shares(values: Sequence[float]) -> list[tuple[float, str]]:
    return [(value, f"{value:g}") for value in values]


def roc_plot(models: Mapping[str, Any]) -> str:
    plot = Plot("ROC on the test slice", (0, 1), (0, 1), ("false positive rate", "true positive rate"))
    plot.line([(0, 0), (1, 1)], "#a0aec0", dash="4 4")
    for model, colour in zip(models.values(), COLOURS, strict=False):
        plot.line([(x, y) for x, y in model["roc"]], colour)
    ticks = shares((0, 0.25, 0.5, 0.75, 1))
    return plot.svg(ticks, ticks)


def calibration_plot(models: Mapping[str, Any]) -> str:
    top = max(max(one["predicted"], one["late"]) for model in models.values() for one in model["calibration"])
    end = min(1.0, round(top + 0.1, 1))
    plot = Plot("Calibration on the test slice", (0, end), (0, end), ("predicted share late", "observed share late"))
    plot.line([(0, 0), (end, end)], "#a0aec0", dash="4 4")
    for model, colour in zip(models.values(), COLOURS, strict=False):
        plot.line([(one["predicted"], one["late"]) for one in model["calibration"]], colour, dots=True)
    step = 0.1 if end <= 0.5 else 0.2
    ticks = shares([round(step * part, 1) for part in range(int(end / step + 1e-9) + 1)])
    return plot.svg(ticks, ticks)


def months_plot(models: Mapping[str, Any], parts: Sequence[str]) -> str:
    values = [model["byMonth"][part]["auc"] for model in models.values() for part in parts]
    low, high = int(min(values) * 20) / 20, int(max(values) * 20 + 1) / 20
    plot = Plot(
        "AUC by month", (-0.5, len(parts) - 0.5), (low, high), ("test slice (January to May), later months", "AUC")
    )
    for model, colour in zip(models.values(), COLOURS, strict=False):
        plot.line([(i, model["byMonth"][part]["auc"]) for i, part in enumerate(parts)], colour, dots=True)
    steps = round((high - low) / 0.05)
    ticks = [(low + 0.05 * step, f"{low + 0.05 * step:.2f}") for step in range(steps + 1)]
    return plot.svg(list(enumerate(parts)), ticks)


def importance_plot(name: str, ranked: Sequence[Mapping[str, Any]], colour: str) -> str:
    shown = ranked[:12]
    if not shown:
        return ""
    longest = shown[0]["share"]
    bars = []
    for row, one in enumerate(shown):
        y, width = 8 + row * 20, 250 * one["share"] / longest
        bars.append(f'<text x="120" y="{y + 11}" text-anchor="end">{escape(one["feature"])}</text>')
        bars.append(f'<rect x="126" y="{y}" width="{width:.1f}" height="14" fill="{colour}"/>')
        bars.append(f'<text x="{132 + width:.1f}" y="{y + 11}">{one["share"]:.3f}</text>')
    title = f"Feature importance of {name} (share of gain)"
    height = 16 + 20 * len(shown)
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg role="img" aria-label="{escape(title)}" '
        f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">{"".join(bars)}</svg></figure>'
    )


def table(models: Mapping[str, Any], parts: Sequence[str]) -> str:
    head = "".join(f"<th>{escape(part)}</th>" for part in parts)
    body = "".join(
        f"<tr><td>{escape(name)}</td>"
        + "".join(f"<td>{model['byMonth'][part]['auc']:.4f}</td>" for part in parts)
        + f"<td>{model['calibrationError']:.4f}</td><td>{model['brier']:.4f}</td></tr>"
        for name, model in models.items()
    )
    first = next(iter(models.values()))["byMonth"]
    late = "".join(f"<td>{first[part]['late']:.3f}</td>" for part in parts)
    return (
        f"<table><tr><th>AUC</th>{head}<th>calibration error</th><th>Brier</th></tr>{body}"
        f"<tr><td>share late</td>{late}<td></td><td></td></tr></table>"
    )


def page(result: Mapping[str, Any]) -> str:
    """The whole page."""
    models, parts = result["models"], result["parts"]
    keys = "".join(
        f'<span class="key" style="--c:{colour}">{escape(name)}</span>'
        for name, colour in zip(models, COLOURS, strict=False)
    )
    pictures = [roc_plot(models), calibration_plot(models), months_plot(models, parts)]
    importance = [
        importance_plot(name, model["importance"], colour)
        for (name, model), colour in zip(models.items(), COLOURS, strict=False)
        if "importance" in model
    ]
    rows = next(iter(models.values()))["rows"]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Evaluation</title>'
        f"<style>{STYLE}</style></head><body><h1>Will a flight leave more than 15 minutes late?</h1>"
        f"<p>{len(models)} models on {rows:,} flights of the test slice (January to May, never trained on), and on "
        f"later months. Calibration error and Brier score are of the test slice.</p><p>{keys}</p>{table(models, parts)}"
        f"{''.join(pictures)}<div>{''.join(importance)}</div></body></html>\n"
    )
