"""Parts of a page of HTML that stands alone: nothing is loaded from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

#: All under one class, as Evidently's own page follows on the same sheet.
STYLE = """
.mla{font:15px/1.5 system-ui,sans-serif;color:#1a202c;background:#fff;max-width:66rem;margin:0 auto;padding:1.5rem 1rem;
text-align:left;box-sizing:border-box}
.mla h1{font-size:1.6rem;line-height:1.25;margin:0 0 .75rem;font-weight:650}
.mla h2{font-size:1.15rem;margin:1.75rem 0 .5rem;font-weight:650}
.mla p{margin:.5rem 0}.mla ul{margin:.5rem 0;padding-left:1.25rem}
.mla code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}
.mla .verdict{border-left:.4rem solid;padding:.6rem .9rem;margin:1rem 0;font-weight:600;overflow-wrap:anywhere}
.mla .clean{border-color:#2f855a;background:#f0fff4}.mla .bad{border-color:#c4432b;background:#fff5f5}
.mla .none{border-color:#a0aec0;background:#f7fafc}
.mla .wide{overflow-x:auto}.mla table{border-collapse:collapse;margin:.5rem 0;font-size:14px}
.mla th,.mla td{padding:.25rem .75rem .25rem 0;border-bottom:1px solid #e2e8f0;text-align:right;vertical-align:top;
white-space:nowrap}
.mla th{font-weight:600;color:#4a5568}.mla th:first-child,.mla td:first-child,.mla .text{text-align:left}
.mla td.text:last-child{white-space:normal;min-width:9rem}
.mla tr.out td{background:#fff5f5}.mla svg{max-width:100%;height:auto}
.mla-wide{overflow-x:auto}.mla-wide>div{min-width:52rem}
.mla text{font:11px system-ui,sans-serif;fill:#4a5568}
"""


def verdict(kind: str, text: str) -> str:
    """:param kind: clean, bad or none"""
    return f'<p class="verdict {kind}">{escape(text)}</p>'


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], out: Sequence[bool] = (), texts: Sequence[int] = ()
) -> str:
    """Cells are HTML already. `out` marks rows, `texts` names columns that may break."""

    def cell(tag: str, i: int, content: str) -> str:
        return f"<{tag} class=text>{content}</{tag}>" if i in texts else f"<{tag}>{content}</{tag}>"

    marks = list(out) or [False] * len(rows)
    body = "".join(
        f"<tr{' class=out' if marked else ''}>{''.join(cell('td', i, one) for i, one in enumerate(row))}</tr>"
        for row, marked in zip(rows, marks, strict=True)
    )
    titles = "".join(cell("th", i, escape(one)) for i, one in enumerate(head))
    return f'<div class="wide"><table><tr>{titles}</tr>{body}</table></div>'


def counts(given: Mapping[str, int]) -> str:
    """A list of reasons, the most frequent first."""
    ranked = sorted(given.items(), key=lambda one: (-one[1], one[0]))
    return "<ul>" + "".join(f"<li>{count:,} &times; {escape(reason)}</li>" for reason, count in ranked) + "</ul>"


def bullets(lines: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def bar(share: float, mark: float, out: bool) -> str:
    """A share of 1 as a bar, with a mark where the threshold is."""
    width, colour = 120 * min(1.0, max(0.0, share)), "#c4432b" if out else "#0b6e99"
    at = 120 * min(1.0, max(0.0, mark))
    return (
        f'<svg width="124" height="12" viewBox="0 0 124 12" role="img" aria-label="{share:.3f} of 1">'
        f'<rect x="0" y="1" width="120" height="10" fill="#edf2f7"/>'
        f'<rect x="0" y="1" width="{width:.1f}" height="10" fill="{colour}"/>'
        f'<line x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="12" stroke="#1a202c" stroke-width="1.5"/></svg>'
    )


def standalone_page(title: str, section: str) -> str:
    """A whole page."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, '
        f'initial-scale=1"><title>{escape(title)}</title><style>{STYLE}</style></head>'
        f'<body style="margin:0"><section class="mla">{section}</section></body></html>\n'
    )


def prepend_to_page(title: str, section: str, other: str) -> str:
    """The section at the top of another page; of a page of its own where the other has no body."""
    start = other.find("<body")
    end = other.find(">", start)
    if start < 0 or end < 0:
        return standalone_page(title, section)
    head = f"<title>{escape(title)}</title><style>{STYLE}</style>"
    top = other[:start].replace("</head>", f"{head}</head>", 1)
    # Not made for narrow windows: it can be moved sideways.
    rest = "</div></body>".join(other[end + 1 :].rsplit("</body>", 1))
    return f'{top}{other[start : end + 1]}<section class="mla">{section}</section><div class="mla-wide">{rest}'
