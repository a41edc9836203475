"""Builds jobs for the engine: rules as the parser makes them, tables as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from engines.quality.__main__ import evaluate

Json = dict[str, Any]
NOW = "2026-11-23T12:00:00Z"
NULL = None


def num(operator: str, *values: float | None) -> Json:
    """A condition on numbers."""
    operands = [{"kind": "null"} if v is None else {"kind": "number", "value": v, "text": repr(v)} for v in values]
    return {"type": "number", "operator": operator, "operands": operands}


def text(operator: str, *values: str) -> Json:
    """A condition on strings; NULL, EMPTY and WHITESPACES_ONLY are keywords."""
    keywords = ("NULL", "EMPTY", "WHITESPACES_ONLY")
    operands = [{"kind": "keyword" if v in keywords else "string", "value": v} for v in values]
    return {"type": "string", "operator": operator, "operands": operands}


def day(operator: str, *values: str) -> Json:
    """A condition on days; `-3 days` counts from now."""
    operands: list[Json] = []
    for value in values:
        if value.startswith("-"):
            amount, unit = value[1:].split()
            operands.append({"kind": "now", "offset": {"sign": "-", "amount": int(amount), "unit": unit}})
        else:
            operands.append({"kind": "date", "value": value})
    return {"type": "date", "operator": operator, "operands": operands}


def age(operator: str, amount: int, unit: str) -> Json:
    """A condition on an age."""
    return {"type": "duration", "operator": operator, "operands": [{"amount": amount, "unit": unit}]}


def rule(kind: str, *names: str, **parts: Any) -> Json:
    """A rule; parts are condition, where, threshold, tags."""
    parameters = [{"value": name, "quoted": True} for name in names]
    return {"kind": "rule", "type": kind, "parameters": parameters, "tags": {}, "labels": {}, **parts}


def composite(operator: str, *rules: Json) -> Json:
    """Rules joined by and, or."""
    return {"kind": "composite", "operator": operator, "rules": list(rules), "labels": {}}


def csv_table(folder: Path, types: dict[str, str], content: str, **parts: Any) -> Json:
    """A CSV table with a header, of one file."""
    file = folder / f"{len(list(folder.iterdir()))}.csv"
    file.write_bytes((",".join(types) + "\n" + content).encode())
    return {
        "name": "lab.table",
        "columns": [{"name": name, "type": kind} for name, kind in types.items()],
        "partitionKeys": [],
        "format": "text",
        "properties": {"field.delim": ",", "skip.header.line.count": "1"},
        "groups": [{"location": str(folder), "values": [], "files": [str(file)]}],
        **parts,
    }


def parquet_table(folder: Path, types: dict[str, str], frame: pd.DataFrame) -> Json:
    """A Parquet table of one file."""
    file = folder / f"{len(list(folder.iterdir()))}.parquet"
    frame.to_parquet(file, index=False)
    table = csv_table(folder, types, "")
    return {**table, "format": "parquet", "groups": [{"location": str(folder), "values": [], "files": [str(file)]}]}


def results(table: Json, *rules: Json, **others: Json) -> list[Json]:
    """What each rule came to on a table, with other tables by alias."""
    job = {"now": NOW, "tables": {"primary": table, **others}, "rulesets": [{"rules": list(rules), "analyzers": []}]}
    found: list[Json] = evaluate(job)["rulesets"][0]["rules"]
    return found


def result(table: Json, one: Json, **others: Json) -> Json:
    """What one rule came to."""
    return results(table, one, **others)[0]


def metric(table: Json, one: Json, **others: Json) -> float:
    """The one figure that a rule reports."""
    (value,) = result(table, one, **others)["metrics"].values()
    return float(value)
