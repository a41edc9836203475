"""Build labs/deployment/source/tests/flights.csv: the held-out flights that a release is tested with.

    python scripts/data/smoke.py            # writes
    python scripts/data/smoke.py --check    # fails when the file is not what this script makes

1,000 flights of the test slice, chosen by a hash of their rows, so by nothing that a model could know. At this number
the standard error of an AUC of 0.77 is about 0.018: enough to tell a good model from a bad one, not from a slightly
better one.
"""

from __future__ import annotations

import gzip
import sys
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEST = ROOT / "data" / "prepared" / "test.csv.gz"
OUT = ROOT / "labs" / "deployment" / "source" / "tests" / "flights.csv"
FLIGHTS = 1000
SEED = "smoke"


def sample(rows: list[str]) -> list[str]:
    """The rows whose hash is lowest, in the order in which they stand."""
    order = sorted(range(len(rows)), key=lambda at: (zlib.crc32(f"{SEED}|{rows[at]}".encode()), at))
    return [rows[at] for at in sorted(order[:FLIGHTS])]


def main() -> None:
    rows = gzip.decompress(TEST.read_bytes()).decode("utf-8").splitlines()
    text = "".join(f"{row}\n" for row in sample(rows))
    if "--check" in sys.argv[1:]:
        if not OUT.exists() or OUT.read_text(encoding="utf-8") != text:
            sys.exit(f"{OUT} is not what this script makes.\nNext: python scripts/data/smoke.py")
        print(f"{FLIGHTS} flights are as this script chooses them.")
        return
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(text, encoding="utf-8", newline="\n")
    print(f"Wrote {FLIGHTS} flights to {OUT}.")


if __name__ == "__main__":
    main()
