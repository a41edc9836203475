"""Reads the prepared flights: CSV without a header, the label first, an empty field where a value is missing."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class DataError(ValueError):
    """Data that cannot be learnt from; the message names the file, the line and the column."""


@dataclass(frozen=True)
class Rows:
    """Rows of one or more files: features (rows x columns, NaN where missing) and labels (0 or 1)."""

    features: Numbers
    labels: Numbers

    def __len__(self) -> int:
        return len(self.labels)


def feature_names(code: Path) -> list[str]:
    """The columns after the label, in order: features.json beside the code, made from data/plan.json."""
    names: list[str] = json.loads((code / "features.json").read_text(encoding="utf-8"))
    return names


def files_in(folder: Path) -> list[Path]:
    """The data files of a channel, whatever their names; Athena's have no ending. Hidden files are left out."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith((".", "_")))


def read_rows(folder: Path, features: Sequence[str], channel: str) -> Rows:
    """All rows of a channel.

    :raises DataError: when there is no file, no row, a field that is no number, a row of another width, or no label
    """
    columns = ["label", *features]
    tables = [read_file(path, columns, channel) for path in files_in(folder)]
    tables = [table for table in tables if len(table)]
    if not tables:
        raise DataError(f"The channel {channel} has no rows: {folder} holds no data. Look at its S3 prefix.")
    table = np.concatenate(tables)
    return Rows(features=table[:, 1:], labels=table[:, 0])


def read_file(path: Path, columns: Sequence[str], channel: str) -> Numbers:
    """One file as rows x columns; no rows for an empty file. :raises DataError: naming line and column"""
    text = path.read_text(encoding="utf-8", errors="replace")
    if not text.strip():
        return np.empty((0, len(columns)))
    try:
        table = pd.read_csv(
            io.StringIO(text),
            header=None,
            index_col=False,
            dtype="float64",
            keep_default_na=False,
            na_values=["", "nan", "NaN"],
            quoting=csv.QUOTE_NONE,
        ).to_numpy()
    except (ValueError, OverflowError) as error:
        raise DataError(fault(text, path.name, columns, channel) or f"{channel}/{path.name}: {error}") from error
    # The reader fills a line up that has too few fields: as many commas as there should be say that it did not.
    fits = table.shape[1] == len(columns) and text.count(",") == len(table) * (len(columns) - 1)
    if not fits or not np.isin(table[:, 0], (0, 1)).all() or np.isinf(table).any():
        raise DataError(fault(text, path.name, columns, channel) or f"{channel}/{path.name} does not fit.")
    return table


def fault(text: str, name: str, columns: Sequence[str], channel: str) -> str | None:
    """The first thing that is wrong with a file, in words."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        fields = line.split(",")
        place = f"The file {name} of the channel {channel}, line {number}"
        if number == 1 and sum(field.strip() in columns for field in fields) > len(columns) // 2:
            return f"{place}: a header ({line[:60]!r}). XGBoost's CSV has none: the first line is a flight."
        if len(fields) != len(columns):
            return (
                f"{place}: {len(fields)} columns, expected {len(columns)}: the label {columns[0]!r} and "
                f"{len(columns) - 1} features."
            )
        for column, field in zip(columns, fields, strict=True):
            value = number_of(field)
            if value is None or math.isinf(value):
                return f"{place}, column {column!r}: {field[:40]!r} is no number. A missing value is an empty field."
            if column == columns[0] and value not in (0, 1):
                return f"{place}, column {column!r}: {field[:40]!r} is no label; a label is 0 or 1 and comes first."
    return None


def number_of(field: str) -> float | None:
    """NaN for an empty field, None for what is no number."""
    if not field.strip():
        return math.nan
    try:
        return float(field)
    except ValueError:
        return None


def require_both_classes(rows: Rows, channel: str) -> None:
    """:raises DataError: when all labels are the same: nothing can be learnt, and an AUC does not exist"""
    if len(np.unique(rows.labels)) < 2:
        raise DataError(f"All {len(rows)} labels of the channel {channel} are {rows.labels[0]:.0f}.")


def require_values(rows: Rows, features: Sequence[str], channel: str) -> None:
    """:raises DataError: naming features without a single value: a column that got lost on its way"""
    missing = np.isnan(rows.features).sum(axis=0).tolist()
    empty = [name for name, lost in zip(features, missing, strict=True) if lost == len(rows)]
    if empty:
        raise DataError(f"The channel {channel} has no value at all in the column {', '.join(map(repr, empty))}.")
