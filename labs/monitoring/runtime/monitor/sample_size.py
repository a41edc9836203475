"""The minimum sample size: distinct requests for a comparison with the baseline. sample_size.json has the number.

It follows from thresholds that were set before any traffic was looked at, and is the smallest hundred that serves both:

- Drift. `Robust` takes 1.8 * sqrt(1/n + 1/m) off a distance, as chance makes that much of samples of n and m. With a
  baseline of 20,000 that is more than the threshold itself, 0.1, up to m = 329: most of what is looked for would then
  be taken for chance, and that nothing drifted would mean nothing.
- AUC. Its standard error shall be 0.03 at most. By Hanley and McNeil's formula (Radiology 143, 1982) an AUC of 0.77,
  with a fifth of the flights late, has that from about 460 flights on.

Both count independent observations. A flight that is asked about again tells nothing new, however often: requests with
the same fields count once. Five requests of one flight are one observation, and so are five thousand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

MIN_SAMPLE: int = json.loads((Path(__file__).resolve().parent / "sample_size.json").read_text(encoding="utf-8"))[
    "minimumDistinctRequests"
]


def distinct_rows(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """Each row once, in the order in which they came first."""
    return [list(row) for row in dict.fromkeys(tuple(row) for row in rows)]
