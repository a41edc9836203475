"""Build data/prepared/: what the lab data-prep makes of data/, for labs that start without it.

    python scripts/data/prepared.py            # writes into data/prepared/
    python scripts/data/prepared.py --check    # fails when data/prepared/ is not what this script makes

The rules are those of labs/data-prep/runtime/transform.py and of its split, told a second time in plain Python, without
Spark. The label comes first, then the features in the order of data/plan.json; no header; an empty field is a missing
value. train, validation and test are slices of January to May; months/ holds later months whole.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import math
import sys
import zlib
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
MONTHS = ("2013-06", "2013-07", "2013-08", "2013-09", "2013-10")
MADE_IN_2013 = 2013

Row = dict[str, str]
Plan = dict[str, Any]


def read(path: Path) -> Iterator[Row]:
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    return csv.DictReader(io.StringIO(text, newline=""))


def rounded(value: str, places: str) -> str:
    """A number as plain text, half away from zero as Spark rounds; an empty text stays empty."""
    if value == "":
        return ""
    text = format(Decimal(value).quantize(Decimal(places), rounding=ROUND_HALF_UP), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def weather_by_hour(rows: Iterable[Row], names: list[str]) -> dict[tuple[str, str], Row]:
    """One report for each origin and hour: the one with the most values, then the largest."""
    best: dict[tuple[str, str], tuple[tuple[float, ...], Row]] = {}
    for row in rows:
        told = sum(row[name] != "" for name in names)
        rank = (told, *(float(row[name]) if row[name] else -math.inf for name in names))
        place = (row["origin"], row["time_hour"])
        if place not in best or rank > best[place][0]:
            best[place] = (rank, row)
    return {place: {name: rounded(row[name], "0.01") for name in names} for place, (_, row) in best.items()}


def planes_by_tail(rows: Iterable[Row]) -> dict[str, Row]:
    return {
        row["tailnum"]: {
            "plane_age": str(MADE_IN_2013 - int(row["year"])) if 1900 <= int(row["year"] or 0) <= MADE_IN_2013 else "",
            "seats": row["seats"],
            "engines": row["engines"],
        }
        for row in rows
    }


def usable(flight: Row, plan: Plan) -> bool:
    """Whether a flight has a label and is possible."""
    distance = plan["limits"]["distance"]
    return (
        flight["dep_time"] != ""
        and flight[plan["label"]["column"]] != ""
        and flight["origin"] in plan["vocabulary"]["origin"]
        and flight["carrier"] in plan["vocabulary"]["carrier"]
        and distance["from"] <= int(flight["distance"] or -1) <= distance["to"]
        and 0 <= int(flight["hour"] or -1) <= 23
        and 0 <= int(flight["minute"] or -1) <= 59
    )


def features(flight: Row, weather: Row, plane: Row, plan: Plan) -> Row:
    """Every feature of the plan as text."""
    minute = int(flight["hour"]) * 60 + int(flight["minute"])
    angle = minute * (2 * math.pi / 1440)
    arrival = int(flight["sched_arr_time"]) if flight["sched_arr_time"] else None
    made = {
        "sched_dep_minute": str(minute),
        "sched_dep_sin": rounded(repr(math.sin(angle)), "0.0001"),
        "sched_dep_cos": rounded(repr(math.cos(angle)), "0.0001"),
        "sched_arr_minute": "" if arrival is None else str(arrival // 100 * 60 + arrival % 100),
        "distance": flight["distance"],
        **weather,
        **plane,
    }
    for name in ("origin", "carrier"):
        for value in plan["vocabulary"][name]:
            made[f"{name}_{value.lower()}"] = str(int(flight[name] == value))
    return {feature["name"]: made[feature["name"]] for feature in plan["features"]}


def bucket_of(flight: Row, plan: Plan) -> int:
    date = f"{int(flight['year']):04d}-{int(flight['month']):02d}-{int(flight['day']):02d}"
    key = "|".join([date, flight["carrier"], flight["flight"], flight["origin"]])
    return zlib.crc32(f"{plan['seed']}|{key}".encode()) % 100


def slice_of(bucket: int, plan: Plan) -> str:
    slices: dict[str, dict[str, int]] = plan["split"]["slices"]
    return next(name for name, place in slices.items() if place["from"] <= bucket < place["below"])


def build(data: Path, plan: Plan) -> dict[str, bytes]:
    """The files of data/prepared/ as plain CSV, by their path there without .gz."""
    names = [feature["name"] for feature in plan["features"] if feature["group"] == "weather"]
    weather = weather_by_hour(read(data / "weather.csv.gz"), names)
    planes = planes_by_tail(read(data / "planes.csv.gz"))
    no_weather = dict.fromkeys(names, "")
    no_plane = {"plane_age": "", "seats": "", "engines": ""}
    lines: dict[str, list[str]] = {}
    for batch in [*plan["split"]["batches"], *MONTHS]:
        for flight in read(data / "flights" / f"{batch}.csv.gz"):
            if not usable(flight, plan):
                continue
            values = features(
                flight,
                weather.get((flight["origin"], flight["time_hour"]), no_weather),
                planes.get(flight["tailnum"], no_plane),
                plan,
            )
            late = int(int(flight[plan["label"]["column"]]) > plan["label"]["moreThan"])
            split = batch in plan["split"]["batches"]
            path = f"{slice_of(bucket_of(flight, plan), plan)}.csv" if split else f"months/{batch}.csv"
            lines.setdefault(path, []).append(",".join([str(late), *values.values()]) + "\n")
    return {path: "".join(rows).encode() for path, rows in lines.items()}


def describe(path: str, content: bytes) -> dict[str, Any]:
    rows = content.splitlines()
    stem = path.removesuffix(".csv")
    return {
        "path": f"prepared/{path}.gz",
        "key": f"data/{stem}/{Path(path).name}",
        "bytes": len(content),
        "rows": len(rows),
        "late": sum(row.startswith(b"1,") for row in rows),
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def render(contents: dict[str, bytes], plan: Plan) -> str:
    manifest = {
        "about": "Made by scripts/data/prepared.py from data/ by the rules of data/plan.json.",
        "columns": [plan["label"]["name"], *(feature["name"] for feature in plan["features"])],
        "files": [describe(path, contents[path]) for path in sorted(contents)],
    }
    return json.dumps(manifest, indent=2) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with what is there; write nothing")
    options = parser.parse_args()
    plan = json.loads((DATA / "plan.json").read_text(encoding="utf-8"))
    contents = build(DATA, plan)
    out = DATA / "prepared"
    manifest = out / "manifest.json"
    if options.check:
        stale = [
            path
            for path, content in contents.items()
            if not (out / f"{path}.gz").exists() or gzip.decompress((out / f"{path}.gz").read_bytes()) != content
        ]
        if not manifest.exists() or manifest.read_text(encoding="utf-8") != render(contents, plan):
            stale.append("manifest.json")
        if stale:
            sys.exit(f"Not what this script makes: {', '.join(stale)}.\nNext: python scripts/data/prepared.py")
        print(f"{len(contents)} files are as this script makes them.")
        return
    for path, content in contents.items():
        target = out / f"{path}.gz"
        target.parent.mkdir(parents=True, exist_ok=True)
        # mtime 0 and no file name: the same content gives the same bytes (with the same zlib).
        target.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))
    manifest.write_text(render(contents, plan), encoding="utf-8")
    print(f"Wrote {len(contents)} files to {out}.")


if __name__ == "__main__":
    main()
