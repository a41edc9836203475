"""What Athena refuses is refused, in its words; what only the local cloud does not support says so."""

import pytest
from engines.sql.unsupported_functions import UNSUPPORTED_FUNCTIONS
from sql_lab import SqlLab

ACCESS = "cannot be resolved or requester is not authorized to access requested resources"


@pytest.fixture(autouse=True)
def table(lab: SqlLab) -> None:
    lab.table("t", {"a": "string", "b": "bigint"})
    lab.data("t", "x,1\ny,2\n")


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT a, FROM t", "SYNTAX_ERROR: line 1:11: mismatched input 'FROM'. Expecting: <expression>"),
        ("SELECT a\nFORM t", "SYNTAX_ERROR: line 2:6: mismatched input 't'. Expecting: <EOF>"),
        ("FROM t SELECT a", "SYNTAX_ERROR: line 1:1: mismatched input 'FROM'"),
        ("SELECT * EXCLUDE (a) FROM t", "SYNTAX_ERROR: line 1:10: mismatched input 'EXCLUDE'"),
        ("SELECT a::bigint FROM t", "SYNTAX_ERROR: line 1:9: mismatched input ':'"),
        ("SELECT a FROM t LIMIT 1, 2", "SYNTAX_ERROR: line 1:24: mismatched input ','"),
        ("SELECT a FROM t QUALIFY row_number() OVER () = 1", "SYNTAX_ERROR: line 1:25: mismatched input 'row_number'"),
        ("SELECT a FROM 's3://x/y.csv'", "SYNTAX_ERROR: line 1:15: mismatched input ''s3://x/y.csv''"),
        ("SELECT * FROM read_csv('/etc/passwd')", "SYNTAX_ERROR: line 1:23: mismatched input '('"),
        ("SELECT [1, 2]", "SYNTAX_ERROR: line 1:8: mismatched input '['"),
        ("SELECT a FROM t GROUP BY ALL", "SYNTAX_ERROR: line 1:29: mismatched input '<EOF>'"),
        ("SELECT `a` FROM t", "SYNTAX_ERROR: line 1:8: backquoted identifiers are not supported"),
        ("SELECT a ILIKE 'x' FROM t", "SYNTAX_ERROR: line 1:16: mismatched input ''x''"),
        ("SELECT a b c FROM t", "SYNTAX_ERROR: line 1:12: mismatched input 'c'"),
        ('SELECT "text"', f"COLUMN_NOT_FOUND: line 1:8: Column 'text' {ACCESS}"),
        ("SELECT t.z FROM t", f"COLUMN_NOT_FOUND: line 1:8: Column 't.z' {ACCESS}"),
        ("SELECT a AS z FROM t WHERE z = 'x'", f"COLUMN_NOT_FOUND: line 1:28: Column 'z' {ACCESS}"),
        ("SELECT a AS z FROM t GROUP BY z", f"COLUMN_NOT_FOUND: line 1:31: Column 'z' {ACCESS}"),
        ("SELECT a FROM t, t s", "AMBIGUOUS_NAME: line 1:8: Column 'a' is ambiguous"),
        ("SELECT 1 FROM nowhere", "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.db.nowhere' does not exist"),
        ("SELECT a, count(*) FROM t", "EXPRESSION_NOT_AGGREGATE: line 1:8: 'a' must be an aggregate expression"),
        ("SELECT * FROM t GROUP BY a", "EXPRESSION_NOT_AGGREGATE: line 1:8: 'b' must be an aggregate expression"),
        ("SELECT a FROM t GROUP BY 2", "INVALID_COLUMN_REFERENCE: line 1:26: GROUP BY position 2"),
        ("SELECT a FROM t ORDER BY 2", "INVALID_COLUMN_REFERENCE: line 1:26: ORDER BY position 2"),
        ("SELECT a FROM t WHERE count(*) > 1", "EXPRESSION_NOT_SCALAR: line 1:23: WHERE clause cannot contain"),
        ("SELECT sum(max(b)) FROM t", "NESTED_AGGREGATION: line 1:12: Cannot nest aggregations"),
        ("SELECT rank() FROM t", "MISSING_OVER: line 1:8: Window function rank requires an OVER clause"),
        ("SELECT DISTINCT a FROM t ORDER BY b", "EXPRESSION_NOT_IN_DISTINCT: line 1:35: For SELECT DISTINCT"),
        ("SELECT b = '1' FROM t", "TYPE_MISMATCH: line 1:10: Cannot apply operator: bigint = varchar(1)"),
        ("SELECT a + 1 FROM t", "TYPE_MISMATCH: line 1:10: Cannot apply operator: varchar + integer"),
        ("SELECT a FROM t WHERE b", "TYPE_MISMATCH: line 1:23: WHERE clause must evaluate to a boolean"),
        ("SELECT a FROM t WHERE a IN (1)", "TYPE_MISMATCH: line 1:25: IN value and list items must be the same type"),
        ("SELECT CASE WHEN b > 1 THEN 1 ELSE 'x' END FROM t", "TYPE_MISMATCH: line 1:8: All CASE results"),
        ("SELECT 1 UNION SELECT 'a'", "TYPE_MISMATCH: line 1:10: column 1 in UNION query has incompatible types"),
        ("SELECT 1, 2 UNION SELECT 1", "TYPE_MISMATCH: line 1:13: UNION query has different number of fields: 2, 1"),
        ("SELECT CAST(a AS string) FROM t", "TYPE_NOT_FOUND: line 1:18: Unknown type: string"),
        ("SELECT CAST(date '2013-01-01' AS bigint)", "TYPE_MISMATCH: line 1:8: Cannot cast date to bigint"),
        ("SELECT median(b) FROM t", "FUNCTION_NOT_FOUND: line 1:8: Function 'median' not registered"),
        ("SELECT lower(b) FROM t", "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (bigint) for function lower"),
        ("SELECT sum(a) FROM t", "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar) for function sum"),
        ("SELECT approx_percentile(b, 1.5) FROM t", "INVALID_FUNCTION_ARGUMENT: line 1:8: Percentile must be between"),
        ("SELECT 99999999999999999999", "SYNTAX_ERROR: line 1:8: Invalid numeric literal"),
        # While it runs.
        ("SELECT CAST('' AS double)", "INVALID_CAST_ARGUMENT: Cannot cast '' to DOUBLE"),
        ("SELECT CAST(a AS integer) FROM t WHERE a = 'x'", "INVALID_CAST_ARGUMENT: Cannot cast 'x' to INT"),
        ("SELECT CAST('x' AS date)", "INVALID_CAST_ARGUMENT: Value cannot be cast to date: x"),
        ("SELECT b / 0 FROM t", "DIVISION_BY_ZERO: Division by zero"),
        ("SELECT 1.0 / 0", "DIVISION_BY_ZERO: Division by zero"),
        ("SELECT b % 0 FROM t", "DIVISION_BY_ZERO: Division by zero"),
        ("SELECT 2147483647 + 1", "NUMERIC_VALUE_OUT_OF_RANGE"),
        ("SELECT CAST(300 AS tinyint)", "NUMERIC_VALUE_OUT_OF_RANGE"),
        ("SELECT array[1][2]", "INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length"),
        ("SELECT (SELECT b FROM t)", "SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows"),
        ("SELECT date_parse('x', '%Y')", 'INVALID_FUNCTION_ARGUMENT: Invalid format: "x"'),
    ],
)
def test_refused_as_athena_does(lab: SqlLab, sql: str, message: str) -> None:
    assert lab.fault(sql).startswith(message)


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("SELECT xxhash64(to_utf8(a)) FROM t", "the function xxhash64"),
        ("SELECT filter(array[1], x -> x > 0)", "functions written as x -> ..."),
        ("SELECT a FROM t TABLESAMPLE BERNOULLI (10)", "TABLESAMPLE"),
        ("WITH RECURSIVE r(n) AS (SELECT 1) SELECT n FROM r", "WITH RECURSIVE"),
        ("SELECT a FROM t NATURAL JOIN t s", "NATURAL JOIN"),
        ("SELECT CAST(a AS json) FROM t", "the type json"),
        ("SELECT a FROM other.db.t", "the data catalog other"),
        ("SELECT table_name FROM information_schema.tables", "information_schema"),
        ("SELECT element_at(array[1], 1)", "the function element_at"),
        ("SELECT trim(LEADING 'x' FROM a) FROM t", "TRIM(BOTH ... FROM ...)"),
        ("SELECT trim('x' FROM a) FROM t", "TRIM(... FROM ...)"),
        ("SELECT substring(a FROM 1 FOR 2) FROM t", "SUBSTRING(... FROM ...)"),
        ("SELECT position('x' IN a) FROM t", "POSITION(... IN ...)"),
        ("SELECT array[1] || array[2]", "arrays joined with ||"),
        ("SELECT b FROM t WHERE b > ALL (SELECT 1)", "comparisons with ALL (SELECT ...)"),
        ("SELECT b IS DISTINCT FROM 1 FROM t", "IS DISTINCT FROM"),
        ("SELECT now() AT TIME ZONE 'UTC'", "AT TIME ZONE"),
        ("SELECT X'4142'", "binary literals"),
        ("SELECT a, count(*) FROM t GROUP BY ROLLUP (a)", "ROLLUP"),
        ("SELECT sum(b) OVER w FROM t WINDOW w AS (ORDER BY b)", "windows with a name"),
        ("SELECT a FROM t FETCH FIRST 1 ROW ONLY", "FETCH FIRST (LIMIT works)"),
        ("TABLE t", "TABLE as a query"),
        ("SELECT b FROM t, LATERAL (SELECT 1)", "LATERAL"),
        ("SELECT interval '1' day", "results of the type interval day to second"),
    ],
)
def test_lacking_only_here(lab: SqlLab, sql: str, what: str) -> None:
    fault = lab.fault(sql)

    assert fault.startswith("NOT_SUPPORTED_LOCALLY: ")
    assert f"The local cloud's Athena does not support {what}" in fault


def test_parameters_are_literals_and_counted(lab: SqlLab) -> None:
    assert lab.rows("SELECT b FROM t WHERE a = ?", "'y'") == [["2"]]
    assert "expected 1 but found 0" in lab.fault("SELECT b FROM t WHERE a = ?")
    assert lab.fault("SELECT b FROM t WHERE a = ?", "'y' OR true; DROP").startswith("SYNTAX_ERROR")


def test_a_table_with_nested_columns_is_named(lab: SqlLab) -> None:
    lab.table("nested", {"a": "array<struct<x:int>>"})

    assert "does not support columns of the type array<struct<x:int>>" in lab.fault("SELECT a FROM nested")


def test_each_function_that_is_left_out_is_named(lab: SqlLab) -> None:
    faults = {name: lab.fault(f'SELECT "{name}"()') for name in UNSUPPORTED_FUNCTIONS}
    assert [name for name, fault in faults.items() if f"does not support the function {name}" not in fault] == []
