"""Rules that query with SQL or other tables: CustomSql, ReferentialIntegrity."""

from __future__ import annotations

import re
from collections.abc import Mapping

import duckdb

from ..text.duckdb_sql import identifier
from . import spark_sql
from .conditions import Json, meets
from .dataset import Dataset, first_line
from .outcome import Outcome, RuleError, unmet_message


def custom_sql(dataset: Dataset, rule: Json) -> Outcome:
    """With a condition: one number meets it. Without: the returned rows are all, or by the threshold enough, rows."""
    statement = spark_sql.query(rule["parameters"][0]["value"])
    try:
        if rule.get("condition"):
            return _scalar(dataset, rule["condition"], statement)
        return _rows(dataset, rule.get("threshold"), statement)
    except duckdb.Error as error:
        raise RuleError(f"Error executing SQL statement: {first_line(error)}") from error


def _scalar(dataset: Dataset, condition: Json, statement: str) -> Outcome:
    found = dataset.connection.execute(statement)
    if len(found.description or []) != 1:
        return Outcome("FAIL", "Custom SQL did not return exactly 1 column")
    rows = found.fetchmany(2)
    if len(rows) != 1:
        return Outcome("FAIL", "Custom SQL did not return exactly 1 row")
    # AWS's executor unboxes NULL, for example the sum of no rows, to 0.
    value = float(rows[0][0] or 0)
    metrics = {"Dataset.*.CustomSQL": value}
    return Outcome("PASS", None, metrics) if meets(condition, value) else Outcome("FAIL", unmet_message(value), metrics)


def _rows(dataset: Dataset, threshold: Json | None, statement: str) -> Outcome:
    if dataset.rows == 0:
        return Outcome("FAIL", "Custom SQL rule could not be evaluated due to data frame being empty")
    described = dataset.connection.execute(f"DESCRIBE ({statement})").fetchall()
    names = [row[0] for row in described]
    known = [name for name in names if dataset.find(name)]
    if not known:
        return Outcome(
            "FAIL",
            "The output from CustomSQL must contain at least one column that matches the input dataset. "
            "Ensure that matching columns are returned from the SQL.",
        )
    unknown = [name for name in names if not dataset.find(name)]
    if unknown:
        return Outcome(
            "FAIL",
            "The columns returned from the SQL statement should only belong to the primary table. "
            f"Columns not found: {', '.join(unknown)}",
        )
    same = " AND ".join(f"p.{identifier(name)} IS NOT DISTINCT FROM s.{identifier(name)}" for name in names)
    matched = dataset.connection.execute(
        f"SELECT count(*) FROM {identifier(dataset.alias)} p SEMI JOIN ({statement}) s ON {same}"
    ).fetchall()[0][0]
    return _ratio_outcome(matched / dataset.rows, "Dataset.*.CustomSQL.Compliance", threshold)


def referential_integrity(dataset: Dataset, others: Mapping[str, Dataset], rule: Json) -> Outcome:
    """Enough rows have their values in the other table; NULL is never there."""
    columns = [name.strip() for name in rule["parameters"][0]["value"].split(",")]
    target = rule["parameters"][1]["value"]
    found = re.fullmatch(r"(.+)\.\{(.+)\}", target) or re.fullmatch(r"(.+)\.([^.]+)", target)
    if not found:
        return Outcome("FAIL", "Could not parse ReferenceDatasetColumns parameter")
    alias, references = found[1], [name.strip() for name in found[2].split(",")]
    other = others.get(alias)
    if other is None:
        return Outcome("FAIL", f"{alias} not found in additional sources")
    problem = _mismatch(dataset, columns, other, references)
    if problem:
        return Outcome("FAIL", problem)
    same = " AND ".join(f"p.{identifier(a)} = r.{identifier(b)}" for a, b in zip(columns, references, strict=True))
    matched = dataset.connection.execute(
        f"SELECT count(*) FROM {identifier(dataset.alias)} p SEMI JOIN {identifier(other.alias)} r ON {same}"
    ).fetchall()[0][0]
    return _ratio_outcome(matched / dataset.rows, f"Column.{alias}.ReferentialIntegrity", rule["condition"])


def _mismatch(dataset: Dataset, columns: list[str], other: Dataset, references: list[str]) -> str | None:
    if len(columns) != len(references):
        return (
            "The number of columns to check from the primary data frame must equal the number of columns to check "
            "from the reference data frame."
        )
    for side, table, names in (("primary", dataset, columns), ("reference", other, references)):
        missing = [name for name in names if not table.find(name)]
        if len(missing) == 1:
            return f"Column {missing[0]} does not exist in {side} data frame."
        if missing:
            return f"Columns {', '.join(missing)} do not exist in {side} data frame."
    return "Primary data frame contains no data." if dataset.rows == 0 else None


def _ratio_outcome(ratio: float, metric: str, condition: Json | None) -> Outcome:
    if meets(condition, ratio) if condition else ratio == 1.0:
        return Outcome("PASS", None, {metric: ratio})
    return Outcome("FAIL", unmet_message(ratio, "."), {metric: ratio})
