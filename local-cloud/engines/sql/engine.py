"""Runs plans in one DuckDB, extended with Athena's functions that it lacks, from partition pruning to result files."""

from __future__ import annotations

import decimal
import re
import struct
import threading
import zlib
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from duckdb.func import PythonUDFType

from ..text.java_numbers import java_double, trino_double
from .errors import AthenaError
from .output import RESULT, Target, WrittenFile, write_csv, write_files
from .query_compiler import Plan
from .table_scans import DataFile, make_view, matching_partitions, scanned_bytes

_CONTEXT = decimal.Context(prec=80, rounding=decimal.ROUND_HALF_UP)


def _crc32(values: Any) -> Any:
    return pa.array([None if v is None else zlib.crc32(v) for v in values.to_pylist()], pa.int64())


def _decimal_quotient(left: str, right: str, scale: int) -> str:
    """The quotient of two decimals, rounded half up to a scale; Athena's rule."""
    quotient = _CONTEXT.divide(decimal.Decimal(left), decimal.Decimal(right))
    return f"{_CONTEXT.quantize(quotient, decimal.Decimal(1).scaleb(-scale)):f}"


def _number_text(write: Any, single: bool) -> Any:
    def apply(value: float) -> str:
        return str(write(value, _shortest_float32(value) if single else repr(value)))

    return apply


def _shortest_float32(value: float) -> str:
    """The fewest digits that name a 32-bit number."""
    for precision in range(6, 10):
        text = f"{value:.{precision}g}"
        if struct.pack("f", float(text)) == struct.pack("f", value):
            return text
    return repr(value)


# Within these bounds DuckDB prints as Java does; the slower Python function takes the rest.
_MACROS = """
CREATE MACRO double_shown(x) AS
  CASE WHEN abs(x) >= 0.001 AND abs(x) < 1e7 THEN CAST(x AS VARCHAR) ELSE java_double(x) END;
CREATE MACRO real_shown(x) AS java_real(x);
"""


class Engine:
    def __init__(self) -> None:
        self.database = duckdb.connect(":memory:")
        run = self.database.execute
        run("SET TimeZone = 'UTC'")
        run("SET preserve_insertion_order = true")
        run("SET autoinstall_known_extensions = false")
        # Larger queries spill to the working folder, which is the local cloud's own.
        run("SET memory_limit = '1500MB'")
        # DuckDB 2 pushes TRY_CAST into the CSV reader and then fails on what does not convert.
        if int(duckdb.__version__.split(".")[0]) >= 2:
            run("SET disabled_optimizers = 'type_pushdown'")
        create = self.database.create_function
        create("crc32", _crc32, ["BLOB"], "BIGINT", type=PythonUDFType.ARROW)
        create("decimal_quotient", _decimal_quotient, ["VARCHAR", "VARCHAR", "INTEGER"], "VARCHAR")
        create("java_double", _number_text(java_double, False), ["DOUBLE"], "VARCHAR")
        create("java_real", _number_text(java_double, True), ["FLOAT"], "VARCHAR")
        create("double_as_varchar", _number_text(trino_double, False), ["DOUBLE"], "VARCHAR")
        create("real_as_varchar", _number_text(trino_double, True), ["FLOAT"], "VARCHAR")
        run(_MACROS)
        self.running: dict[str, duckdb.DuckDBPyConnection] = {}
        self.lock = threading.Lock()

    def partitions(self, plan: Plan) -> list[list[int] | None]:
        """For each scan, the partitions that it needs."""
        connection = self.database.cursor()
        try:
            return [matching_partitions(connection, scan) for scan in plan.scans]
        finally:
            connection.close()

    def check(self, plan: Plan) -> None:
        """Lets DuckDB bind the query over empty tables. @raises AthenaError for errors that only binding finds"""
        connection = self.database.cursor()
        try:
            for scan in plan.scans:
                make_view(connection, scan, [])
            connection.execute(f"EXPLAIN {plan.sql}")
        except duckdb.Error as error:
            raise translate(error, plan, {}) from error
        finally:
            connection.close()

    def run(
        self,
        query: str,
        plan: Plan,
        files: dict[int, list[DataFile]],
        cutoff: int | None,
        csv: Path | None,
        target: Target | None,
    ) -> tuple[int, list[WrittenFile], int]:
        """Runs the query; returns rows, written files and scanned bytes.

        @raises AthenaError BYTES_SCANNED_LIMIT when the scan would pass the cut-off; CANCELLED after ``cancel``
        """
        connection = self.database.cursor()
        with self.lock:
            self.running[query] = connection
        try:
            scanned = scanned_bytes(connection, plan, files)
            if cutoff is not None and scanned > cutoff:
                raise AthenaError("BYTES_SCANNED_LIMIT", "Bytes scanned limit was exceeded")
            for scan in plan.scans:
                make_view(connection, scan, files[scan.number])
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {RESULT} AS {plan.sql}")
            counted = connection.execute(f"SELECT count(*) FROM {RESULT}").fetchone()
            rows = int(counted[0]) if counted else 0
            if csv is not None:
                write_csv(connection, plan.columns, csv)
            written = write_files(connection, plan.columns, target) if target is not None else []
            return rows, written, scanned
        except duckdb.InterruptException as error:
            raise AthenaError("CANCELLED", "Query was canceled") from error
        except duckdb.Error as error:
            raise translate(error, plan, {f.path: f.url for each in files.values() for f in each}) from error
        finally:
            with self.lock:
                self.running.pop(query, None)
            connection.close()

    def cancel(self, query: str) -> None:
        with self.lock:
            connection = self.running.get(query)
        if connection is not None:
            connection.interrupt()


_RAISED_ERROR = re.compile(r"\b([A-Z][A-Z_]{5,}): (.*)", re.DOTALL)
_TRANSLATIONS = (
    (re.compile(r"Division by zero", re.IGNORECASE), "DIVISION_BY_ZERO", "Division by zero"),
    (re.compile(r"Overflow in (\w+) of (\w+) \((.*?)\)"), "NUMERIC_VALUE_OUT_OF_RANGE", r"\2 \1 overflow: \3"),
    (
        re.compile(r"Type \w+ with value (\S+) can't be cast.*?type (\w+)"),
        "NUMERIC_VALUE_OUT_OF_RANGE",
        r"Out of range for \2: \1",
    ),
    (
        re.compile(r"Could not cast value (\S+) to DECIMAL\((\d+),(\d+)\)"),
        "INVALID_CAST_ARGUMENT",
        r"Cannot cast '\1' to DECIMAL(\2, \3)",
    ),
    (
        re.compile(r"Failed to cast decimal value (\S+) to type (\w+)"),
        "INVALID_CAST_ARGUMENT",
        r"Cannot cast '\1' to \2",
    ),
    (re.compile(r"Could not convert string '(.*?)' to (\w+)"), "INVALID_CAST_ARGUMENT", r"Cannot cast '\1' to \2"),
    (
        re.compile(r"More than one row returned by a subquery"),
        "SUBQUERY_MULTIPLE_ROWS",
        "Scalar sub-query has returned multiple rows",
    ),
    (re.compile(r"Out of Memory Error"), "EXCEEDED_MEMORY_LIMIT", "Query exceeded the memory limit of this machine"),
)


def translate(error: duckdb.Error, plan: Plan, urls: dict[str, str]) -> AthenaError:
    """Translates a DuckDB error into Athena's."""
    text = str(error).split("\n\nLINE ")[0]
    for path, url in urls.items():
        text = text.replace(path, url)
    if isinstance(error, duckdb.InvalidInputException) and (raised := _RAISED_ERROR.search(text)):
        return AthenaError(raised.group(1), raised.group(2).strip())
    for pattern, code, message in _TRANSLATIONS:
        if match := pattern.search(text):
            return AthenaError(code, match.expand(message))
    if plan.scans and re.search(r"parquet|CSV", text, re.IGNORECASE):
        return AthenaError("HIVE_BAD_DATA", text.splitlines()[0])
    return AthenaError("GENERIC_INTERNAL_ERROR", " ".join(text.split()))
