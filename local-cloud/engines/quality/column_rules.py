"""Rules about the values of one column: ColumnValues, ColumnLength."""

from __future__ import annotations

import re
from datetime import datetime

import duckdb

from ..text.duckdb_sql import literal
from . import measures
from .conditions import Json, meets, number, resolve_date
from .dataset import Column, Dataset
from .outcome import Outcome, RuleError, RuleFailure, UnsupportedLocally, unmet_message

NULL_UNMET = "Value: NULL does not meet the constraint requirement!"


def column_values(dataset: Dataset, rule: Json, now: datetime) -> Outcome:
    """Every value meets the condition; with a threshold, a large enough share of the rows does."""
    column = dataset.column(rule["parameters"][0]["value"])
    condition, where, threshold = rule["condition"], rule.get("where"), rule.get("threshold")
    metrics: dict[str, float] = {}
    if condition["type"] == "number" and not any(operand["kind"] == "null" for operand in condition["operands"]):
        if condition["operator"] in (">", ">=", "<", "<=", "=") and not threshold:
            return _by_extremes(dataset, column, condition, where)
        if column.numeric:
            metrics = _range(dataset, column, where)
    predicate = _predicate(dataset, column, condition, now)
    ratio = measures.compliance(dataset, predicate, where)
    metrics[f"Column.{column.name}.{'PatternMatch' if _is_pattern(condition) else 'ColumnValues.Compliance'}"] = ratio
    if meets(threshold, ratio) if threshold else ratio == 1.0:
        return Outcome("PASS", None, metrics)
    message = unmet_message(ratio)
    if not threshold and _nulls_fail(condition) and measures.completeness(dataset, column.name, where) < 1:
        # The documentation promises this sentence where a NULL breaks the rule (ColumnValues, Null behavior).
        others = f"({predicate}) OR {column.sql} IS NULL"
        message = NULL_UNMET if measures.compliance(dataset, others, where) == 1.0 else f"{message}\n{NULL_UNMET}"
    return Outcome("FAIL", message, metrics)


def _range(dataset: Dataset, column: Column, where: str | None) -> dict[str, float]:
    try:
        return {
            f"Column.{column.name}.Minimum": measures.minimum(dataset, column.name, where),
            f"Column.{column.name}.Maximum": measures.maximum(dataset, column.name, where),
        }
    except RuleFailure:
        return {}


def _is_pattern(condition: Json) -> bool:
    return bool(condition["operator"].endswith("matches"))


def _nulls_fail(condition: Json) -> bool:
    named = any(
        operand["kind"] == "null" or (operand["kind"], operand.get("value")) == ("keyword", "NULL")
        for operand in condition["operands"]
    )
    return condition["operator"] not in ("!=", "not in") and not named


def _by_extremes(dataset: Dataset, column: Column, condition: Json, where: str | None) -> Outcome:
    """A comparison holds for all values when it holds for the least or the greatest."""
    metrics: dict[str, float] = {}
    messages: list[str] = []
    operator = condition["operator"]
    for name, measure, wanted in (
        ("Minimum", measures.minimum, operator in (">", ">=", "=")),
        ("Maximum", measures.maximum, operator in ("<", "<=", "=")),
    ):
        if wanted:
            value = measure(dataset, column.name, where)
            metrics[f"Column.{column.name}.{name}"] = value
            if not meets(condition, value):
                messages.append(unmet_message(value))
    if measures.completeness(dataset, column.name, where) < 1:
        messages.append(NULL_UNMET)
    return Outcome("FAIL" if messages else "PASS", "\n".join(messages) or None, metrics)


def _predicate(dataset: Dataset, column: Column, condition: Json, now: datetime) -> str:
    if condition["type"] == "number":
        value = column.sql if column.numeric else f"TRY_CAST({column.sql} AS DOUBLE)"
        operands = [_number_literal(o) for o in condition["operands"] if o["kind"] != "null"]
    elif condition["type"] == "date":
        value = column.sql if column.type == "DATE" else f"CAST(TRY_CAST({column.sql} AS TIMESTAMP) AS DATE)"
        dates = [resolve_date(o, now).date() for o in condition["operands"] if o["kind"] != "null"]
        operands = [f"DATE {literal(date.isoformat())}" for date in dates]
    elif _is_pattern(condition):
        return _matches(dataset, column, condition)
    else:
        return _text_predicate(f"CAST({column.sql} AS VARCHAR)", condition)
    has_null = any(operand["kind"] == "null" for operand in condition["operands"])
    return _comparison(value, column.sql, condition["operator"], operands, has_null)


def _number_literal(operand: Json) -> str:
    # As written where it is a plain number, so that decimals stay exact.
    return str(operand["text"]) if operand["kind"] == "number" else repr(number(operand))


def _comparison(value: str, column: str, operator: str, operands: list[str], has_null: bool) -> str:
    values = ", ".join(operands)
    is_in = f"coalesce({value} IN ({values}), false)" if operands else "false"
    if operator in ("in", "="):
        return f"({column} IS NULL OR {is_in})" if has_null else is_in
    if operator in ("not in", "!="):
        # NULL passes unless it is named.
        return f"({column} IS NOT NULL AND NOT {is_in})" if has_null else f"(NOT {is_in})"
    if operator == "between":
        return f"coalesce({value} > {operands[0]} AND {value} < {operands[1]}, false)"
    if operator == "not between":
        return f"coalesce({value} <= {operands[0]} OR {value} >= {operands[1]}, false)"
    return f"coalesce({value} {operator} {operands[0]}, false)"


def _text_predicate(value: str, condition: Json) -> str:
    tests = []
    for operand in condition["operands"]:
        if operand["kind"] == "string":
            tests.append(f"coalesce({value} = {literal(operand['value'])}, false)")
        elif operand["value"] == "NULL":
            tests.append(f"{value} IS NULL")
        elif operand["value"] == "EMPTY":
            tests.append(f"coalesce({value} = '', false)")
        else:
            tests.append(f"coalesce(length({value}) > 0 AND trim({value}) = '', false)")
    met = " OR ".join(tests)
    return f"({met})" if condition["operator"] in ("in", "=") else f"(NOT ({met}))"


def _matches(dataset: Dataset, column: Column, condition: Json) -> str:
    """The whole value matches the pattern; an empty value never does, as in AWS's executor."""
    pattern = condition["operands"][0]["value"]
    value = f"CAST({column.sql} AS VARCHAR)"
    met = f"regexp_full_match({value}, {literal(pattern)})"
    try:
        dataset.connection.execute(f"SELECT regexp_full_match('', {literal(pattern)})")
    except duckdb.Error as error:
        try:
            re.compile(pattern)
        except re.error as wrong:
            raise RuleError(f'The pattern "{pattern}" is not a regular expression: {wrong}') from error
        raise UnsupportedLocally(f'look-arounds and back references in patterns ("{pattern}")') from error
    if condition["operator"] == "matches":
        return f"coalesce({value} != '' AND {met}, false)"
    return f"coalesce(NOT {met}, false)"


def column_length(dataset: Dataset, rule: Json) -> Outcome:
    """The length of every text meets the condition; NULL has length 0."""
    name, condition, where = rule["parameters"][0]["value"], rule["condition"], rule.get("where")
    column, operator = dataset.column(name), condition["operator"]
    low, high = measures.lengths(dataset, name, where)
    metrics = {f"Column.{column.name}.MinimumLength": low, f"Column.{column.name}.MaximumLength": high}
    if operator in ("in", "not in", "not between"):
        operands = [_number_literal(operand) for operand in condition["operands"]]
        length = f"coalesce(length({column.sql}), 0)"
        ratio = measures.compliance(dataset, _comparison(length, length, operator, operands, False), where)
        metrics[f"Column.{column.name}.LengthCompliance"] = ratio
        return Outcome("PASS", None, metrics) if ratio == 1.0 else Outcome("FAIL", unmet_message(ratio), metrics)
    checked = [low] if operator in (">", ">=") else [high] if operator in ("<", "<=") else [low, high]
    messages = [unmet_message(value) for value in checked if not meets(condition, value)]
    return Outcome("FAIL" if messages else "PASS", "\n".join(messages) or None, metrics)
