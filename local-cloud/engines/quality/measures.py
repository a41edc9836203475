"""The figures that rules are about.

Each measure returns its value, or raises where every value is NULL.
NULLs do not count for uniqueness, entropy and the like; they count as one value for DistinctValuesCount.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .dataset import Column, Dataset
from .outcome import NothingToMeasure, RuleFailure


def no_values_error(dataset: Dataset, analyzer: str, column: str, where: str | None) -> Exception:
    """The exception for a measure without any value; a filter that leaves no rows breaks no rule."""
    if where and dataset.ask("count(*)", where)[0] == 0:
        return NothingToMeasure()
    return RuleFailure(f"Empty state for analyzer {analyzer}({column},{where}), all input values were NULL.")


def row_count(dataset: Dataset, where: str | None) -> int:
    """Number of rows."""
    return int(dataset.ask("count(*)", where)[0])


def completeness(dataset: Dataset, name: str, where: str | None) -> float:
    """Share of rows in which the column is not NULL; an empty string is complete."""
    column = dataset.column(name)
    filled, rows = dataset.ask(f"count({column.sql}), count(*)", where)
    if rows == 0:
        raise no_values_error(dataset, "Completeness", name, where)
    return float(filled / rows)


def frequencies(dataset: Dataset, columns: Sequence[Column], where: str | None) -> tuple[int, int, int]:
    """Rows with a value, values that occur once, distinct values."""
    names = ", ".join(column.sql for column in columns)
    some = " OR ".join(f"{column.sql} IS NOT NULL" for column in columns)
    source = dataset.source(where)
    rows, unique, distinct = dataset.connection.execute(
        "SELECT coalesce(sum(n), 0), count(*) FILTER (n = 1), count(*) FROM "
        f"(SELECT count(*) AS n {source} WHERE {some} GROUP BY {names})"
    ).fetchall()[0]
    return int(rows), int(unique), int(distinct)


def uniqueness(dataset: Dataset, names: Sequence[str], where: str | None) -> float:
    """Share of rows whose value, or values together, occur once."""
    rows, unique, _ = frequencies(dataset, [dataset.column(name) for name in names], where)
    if rows == 0:
        raise no_values_error(dataset, "Uniqueness", ",".join(names), where)
    return unique / rows


def unique_value_ratio(dataset: Dataset, name: str, where: str | None) -> float:
    """Share of the distinct values that occur once."""
    _, unique, distinct = frequencies(dataset, [dataset.column(name)], where)
    if distinct == 0:
        raise no_values_error(dataset, "UniqueValueRatio", name, where)
    return unique / distinct


def distinct_values(dataset: Dataset, name: str, where: str | None) -> int:
    """Number of distinct values; NULL is one of them."""
    column = dataset.column(name).sql
    return int(dataset.ask(f"count(DISTINCT {column}) + CAST(count(*) > count({column}) AS INTEGER)", where)[0])


def entropy(dataset: Dataset, name: str, where: str | None) -> float:
    """Entropy of the column's values in nats."""
    column = dataset.column(name).sql
    source = dataset.source(where)
    row = dataset.connection.execute(
        "SELECT -sum((n / total) * ln(n / total)) FROM (SELECT n, sum(n) OVER () AS total FROM "
        f"(SELECT count(*) AS n {source} WHERE {column} IS NOT NULL GROUP BY {column}))"
    ).fetchone()
    if row is None or row[0] is None:
        raise no_values_error(dataset, "Entropy", name, where)
    # Minus zero reads badly.
    return float(row[0]) + 0.0


def aggregate(function: str, analyzer: str) -> Callable[[Dataset, str, str | None], float]:
    """A measure over a numeric column."""

    def measure(dataset: Dataset, name: str, where: str | None) -> float:
        column = dataset.numeric(name).sql
        value = dataset.ask(f"{function}(CAST({column} AS DOUBLE))", where)[0]
        if value is None:
            raise no_values_error(dataset, analyzer, name, where)
        return float(value)

    return measure


mean = aggregate("avg", "Mean")
total = aggregate("sum", "Sum")
deviation = aggregate("stddev_pop", "StandardDeviation")
variance = aggregate("var_pop", "Variance")
minimum = aggregate("min", "Minimum")
maximum = aggregate("max", "Maximum")


def lengths(dataset: Dataset, name: str, where: str | None) -> tuple[float, float]:
    """Shortest and longest text; NULL counts as a text of length 0."""
    column = dataset.column(name)
    if column.type != "VARCHAR":
        raise RuleFailure(f"Expected type of column {name} to be StringType, but found {column.type} instead!")
    low, high = dataset.ask(f"min(coalesce(length({column.sql}), 0)), max(coalesce(length({column.sql}), 0))", where)
    if low is None:
        raise no_values_error(dataset, "MinLength", name, where)
    return float(low), float(high)


def compliance(dataset: Dataset, predicate: str, where: str | None) -> float:
    """Share of rows that meet a DuckDB predicate."""
    met, rows = dataset.ask(f"count(*) FILTER ({predicate}), count(*)", where)
    if rows == 0:
        raise no_values_error(dataset, "Compliance", predicate, where)
    return float(met / rows)
