"""Makes the baseline: statistics and suggested constraints of a sample of the training data, and the sample itself."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from feature_constraints import suggest_constraints
from feature_statistics import Column, columns_of, statistics_of
from monitor_settings import AnalysisError, Settings, container_path

#: Where the managed analyzer has it as well.
INPUT = "/opt/ml/processing/input/baseline_dataset_input"
#: Rows of the sample. More would hardly narrow a comparison with 1,000 flights (feature_constraints.py).
SAMPLE = 20_000
_FEATURES = Path(__file__).resolve().parent / "features.json"


def make_baseline(settings: Settings) -> dict[str, Any]:
    """Writes statistics.json, constraints.json and baseline.csv; returns their summary. Raises AnalysisError."""
    names, rows, found = read_rows(container_path(INPUT))
    columns = columns_of(names, rows)
    settings.output.mkdir(parents=True, exist_ok=True)
    with (settings.output / "baseline.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
    write_json(settings.output / "statistics.json", statistics_of(columns))
    write_json(settings.output / "constraints.json", suggest_constraints(columns))
    return {
        "execution": settings.execution,
        "mode": "baseline",
        "records": len(rows),
        "rows": found,
        **incomparable_columns(columns),
    }


def incomparable_columns(columns: Sequence[Column]) -> dict[str, Any]:
    empty = [column.name for column in columns if column.type == "Unknown"]
    texts = [column.name for column in columns if column.type == "String"]
    notes = [f"{name} has no value at all: it will not be compared." for name in empty]
    notes += [f"{name} has values that are no numbers: it is compared as text." for name in texts]
    return {"columns": len(columns), "missing": notes}


def write_json(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def read_rows(folder: Path) -> tuple[list[str], list[list[str]], int]:
    """Names, a sample of the rows, and how many rows there are. Raises AnalysisError, naming file and line."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith((".", "_")))
    header: list[str] | None = None
    lines: list[tuple[str, int, str]] = []
    for path in files:
        text = text_of(path).split("\n")
        own = fields(text[0]) if text and text[0].strip() else []
        start = 0
        if own and not any(is_number(field) for field in own if field):
            if header is not None and own != header:
                raise AnalysisError(f"The columns of {path.name} are not those of the files before it.")
            header, start = own, 1
        lines += [(path.name, number + 1, line) for number, line in enumerate(text) if number >= start and line.strip()]
    if not lines:
        raise AnalysisError("The baseline's data has no rows. Look at the job's input baseline_dataset_input.")
    names, at, width = select_columns(header, len(fields(lines[0][2])))
    sample = lines if len(lines) <= SAMPLE else [lines[i] for i in sorted(sample_indexes(len(lines)))]
    rows = []
    for name, number, line in sample:
        row = fields(line)
        if len(row) != width:
            raise AnalysisError(f"{name}, line {number} of the baseline's data has {len(row)} columns, not {width}.")
        rows.append([row[i] for i in at])
    return names, rows, len(lines)


def sample_indexes(count: int) -> list[int]:
    return random.Random(f"baseline {count}").sample(range(count), SAMPLE)


def text_of(path: Path) -> str:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8").replace("\r\n", "\n")
    except (OSError, EOFError, ValueError) as error:
        raise AnalysisError(f"{path.name} of the baseline's data cannot be read: {str(error)[:200]}") from error


def fields(line: str) -> list[str]:
    return next(csv.reader(io.StringIO(line)), [])


def is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def select_columns(header: list[str] | None, width: int) -> tuple[list[str], list[int], int]:
    """Names of the columns to compare, where they are in a row, and a row's width.

    The model's features where features.json lies beside this file, else all; data without names has the features in
    order, perhaps after the label. Raises AnalysisError.
    """
    wanted: list[str] = json.loads(_FEATURES.read_text(encoding="utf-8")) if _FEATURES.is_file() else []
    if header is not None:
        if len(set(header)) != len(header):
            raise AnalysisError("Two columns of the baseline's data have the same name.")
        lacking = [name for name in wanted if name not in header]
        if lacking:
            raise AnalysisError(f"The baseline's data lacks the columns {', '.join(lacking[:5])}.")
        names = wanted or header
        return names, [header.index(name) for name in names], len(header)
    if not wanted:
        raise AnalysisError("The baseline's data has no line with names, and there is no features.json.")
    before = width - len(wanted)
    if before not in (0, 1):
        raise AnalysisError(
            f"The baseline's data has {width} columns. The model has {len(wanted)}, perhaps after a label."
        )
    return wanted, list(range(before, width)), width
