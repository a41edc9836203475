"""What expressions come to in Athena, above all where DuckDB would say something else."""

import pytest
from sql_lab import SqlLab


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # Numbers: integers divide to integers, decimals keep the larger scale, doubles know infinity.
        ("7 / 2", '"3"'),
        ("-7 / 2", '"-3"'),
        ("-7 % 3", '"-1"'),
        ("7e0 / 2", '"3.5"'),
        ("1.0 / 3", '"0.3"'),
        ("1.00 / 3", '"0.33"'),
        ("100.0 * 3 / 8", '"37.5"'),
        ("1.5 * 1.5", '"2.25"'),
        ("1.5 * 12345678901234.5678", '"18518518351851.85170"'),
        ("2147483647 * 12345678901234.5678", '"26512143551514162461612.7666"'),
        ("0.1 + 0.2", '"0.3"'),
        ("0.25 / 1.0", '"0.25"'),
        ("0.5 / 2", '"0.3"'),
        ("1e0 / 0", '"Infinity"'),
        ("-(0e0 / 0)", '"NaN"'),
        # Doubles as Java prints them.
        ("12e0", '"12.0"'),
        ("1e7", '"1.0E7"'),
        ("1234567.5e0", '"1234567.5"'),
        ("1e-4", '"1.0E-4"'),
        ("0.001e0", '"0.001"'),
        ("CAST(0.1 AS real)", '"0.1"'),
        # CAST: text is read strictly, halves go away from zero, doubles become text with an exponent.
        ("CAST(12e0 AS varchar)", '"1.2E1"'),
        ("CAST(0e0 AS varchar)", '"0E0"'),
        ("CAST(2.5e0 AS bigint)", '"3"'),
        ("CAST(-2.5e0 AS bigint)", '"-3"'),
        ("TRY_CAST('' AS double)", ""),
        ("TRY_CAST('1_000' AS bigint)", ""),
        ("TRY_CAST('12.7' AS bigint)", ""),
        ("CAST(' 1.5 ' AS double)", '"1.5"'),
        ("CAST('abc' AS varchar(2))", '"ab"'),
        ("CAST(1.50 AS varchar)", '"1.50"'),
        ("CAST(timestamp '2013-02-03 04:05:06' AS varchar)", '"2013-02-03 04:05:06.000"'),
        ("CAST(37.94e0 AS decimal(12, 4))", '"37.9400"'),
        ("TRY(1 / 0)", ""),
        ("CAST(-0.5 AS varchar) || CAST(0.25 AS varchar)", '"-0.50.25"'),
        # Nulls.
        ("greatest(1, NULL, 3)", ""),
        ("least(2, 1.5)", '"1.5"'),
        ("'a' || NULL", ""),
        ("NULL AND false", '"false"'),
        ("nullif('NA', 'NA')", ""),
        ("COALESCE(CAST(NULL AS varchar), '')", '""'),
        # Text.
        ("substr('hello', 2, 3)", '"ell"'),
        ("substr('hello', -3)", '"llo"'),
        ("substr('hello', 0)", '""'),
        ("(SELECT avg(v) FROM (VALUES 123.456, 0.005, 12345678901234.5678) t (v))", '"4115226300452.6763"'),
        ("substr(CAST(NULL AS varchar), 0, 1)", ""),
        ("split_part('a-b', '-', 2)", '"b"'),
        ("split_part('a-b', '-', 3)", ""),
        ("split_part(CAST(NULL AS varchar), '-', -2)", ""),
        ("regexp_like('flight 12', '[0-9]+')", '"true"'),
        ("regexp_extract('flight 12', '[0-9]+')", '"12"'),
        ("regexp_extract('flight', '[0-9]+')", ""),
        ("regexp_replace('ab', '(a)(b)', '$2$1')", '"ba"'),
        ("length('äb')", '"2"'),
        ("ltrim('xxa', 'x')", '"a"'),
        ("trim('  a ')", '"a"'),
        ("strpos('abc', 'c')", '"3"'),
        ("'it''s'", '"it\'s"'),
        ("'say \"x\"'", '"say ""x"""'),
        (r"'a\' LIKE 'a\'", '"true"'),
        ("'a_b' LIKE 'a!_b' ESCAPE '!'", '"true"'),
        # Bytes; crc32 is the same as in Spark and Python.
        ("crc32(to_utf8('mla-labs-2013|2013-01-01|UA|1545|EWR'))", '"3808739404"'),
        ("to_hex(md5(to_utf8('abc')))", '"900150983CD24FB0D6963F7D28E17F72"'),
        ("from_utf8(to_utf8('ä'))", '"ä"'),
        # Dates.
        ("date '2013-01-31' + interval '1' month", '"2013-02-28"'),
        ("date_trunc('month', date '2013-02-03')", '"2013-02-01"'),
        ("date_trunc('hour', timestamp '2013-02-03 04:05:06.789')", '"2013-02-03 04:00:00.000"'),
        ("date_diff('day', date '2013-01-01', date '2013-03-01')", '"59"'),
        ("date_diff('hour', timestamp '2013-01-01 00:59:00', timestamp '2013-01-01 02:00:00')", '"1"'),
        ("date_parse('03.02.2013 04:05', '%d.%m.%Y %H:%i')", '"2013-02-03 04:05:00.000"'),
        ("date_format(date '2013-02-03', '%Y/%m')", '"2013/02"'),
        ("year(date '2013-02-03') * 100 + month(date '2013-02-03')", '"201302"'),
        ("day_of_week(date '2013-02-03')", '"7"'),
        ("EXTRACT(doy FROM date '2013-02-03')", '"34"'),
        # Arrays.
        ("array[1, 2, 3][2]", '"2"'),
        ("cardinality(array[1, 2])", '"2"'),
        ("array_join(array['a', NULL, 'b'], '-')", '"a-b"'),
        ("array[1, NULL]", '"[1, null]"'),
        ("IF(1 > 2, 'a', 'b')", '"b"'),
        ("CASE 2 WHEN 1 THEN 'x' WHEN 2 THEN 'y' END", '"y"'),
        ("3 IN (SELECT 3)", '"true"'),
        ("EXISTS (SELECT 1 WHERE false)", '"false"'),
        ("typeof(1 + 1.5)", '"decimal(12,1)"'),
        ("typeof(sign(123.456))", '"decimal(1,0)"'),
        ("typeof(truncate(42))", '"decimal(10,0)"'),
        ("typeof(truncate(123.456))", '"decimal(3,0)"'),
    ],
)
def test_expression(lab: SqlLab, expression: str, expected: str) -> None:
    assert lab.value(expression) == expected


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        ("count(*), count(x), count(DISTINCT y)", "6,5,2"),
        ("sum(x), avg(x), min(x), max(x)", "15,3.0,1,5"),
        ("count_if(x > 2), count(*) FILTER (WHERE y = 'a')", "3,3"),
        ("approx_percentile(x, 0.5), approx_percentile(x, array[0.0, 1.0])", '3,"[1, 5]"'),
        ("max_by(y, x), min_by(x, y)", "b,1"),
        ("approx_distinct(y)", "2"),
        ("round(corr(x, x * 2 + 1), 6)", "1.0"),
        ("round(stddev(x), 4), var_pop(x)", "1.5811,2.0"),
        ("bool_and(x > 0), bool_or(x > 4)", "true,true"),
        ("array_agg(x ORDER BY x DESC)", '"[5, 4, 3, 2, 1, null]"'),
        ("listagg(y, '+') WITHIN GROUP (ORDER BY y)", "a+a+a+b+b+b"),
        ("sum(x) / count(x), sum(CAST(x AS double)) / count(x)", "3,3.0"),
        ("avg(CASE WHEN x > 3 THEN 1.0 ELSE 0.0 END)", "0.3"),
        ("avg(CASE WHEN x > 3 THEN 1.0e0 ELSE 0.0e0 END)", "0.3333333333333333"),
    ],
)
def test_aggregate(lab: SqlLab, aggregate: str, expected: str) -> None:
    source = "(VALUES (1, 'a'), (2, 'a'), (3, 'a'), (4, 'b'), (5, 'b'), (NULL, 'b')) t(x, y)"

    rows = lab.text(f"SELECT {aggregate} FROM {source}")

    assert rows.replace('"', "").strip() == expected.replace('"', "")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("x", ["1", "2", ""]),
        ("x DESC", ["2", "1", ""]),
        ("x NULLS FIRST", ["", "1", "2"]),
        ("1 DESC NULLS FIRST", ["", "2", "1"]),
        ("-x", ["2", "1", ""]),
    ],
)
def test_nulls_come_last_unless_told_otherwise(lab: SqlLab, order: str, expected: list[str]) -> None:
    rows = lab.text(f"SELECT x FROM (VALUES 2, NULL, 1) t(x) ORDER BY {order}")

    assert rows.replace('"', "").split("\n")[:-1] == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT a, count(*) FROM t GROUP BY 1 HAVING count(*) > 1 ORDER BY a", [["x", "2"]]),
        ("SELECT sum(b) AS s, a FROM t GROUP BY a ORDER BY s DESC", [["4", "x"], ["2", "y"]]),
        ("SELECT a, b FROM t ORDER BY b DESC LIMIT 1", [["x", "3"]]),
        ("SELECT a, b FROM t ORDER BY b OFFSET 1 ROW LIMIT 1", [["y", "2"]]),
        ("SELECT DISTINCT a FROM t ORDER BY a", [["x"], ["y"]]),
        ("SELECT upper(A) FROM T WHERE T.B = 2", [["Y"]]),
        (
            "SELECT b, sum(b) OVER (ORDER BY b), lag(b, 1, 0) OVER (ORDER BY b) FROM t ORDER BY b",
            [["1", "1", "0"], ["2", "3", "1"], ["3", "6", "2"]],
        ),
        ("SELECT a, sum(sum(b)) OVER () FROM t GROUP BY a ORDER BY a", [["x", "6"], ["y", "6"]]),
        (
            "SELECT a, rn FROM (SELECT a, row_number() OVER (PARTITION BY a ORDER BY b DESC) rn FROM t) "
            "WHERE rn = 1 ORDER BY a",
            [["x", "1"], ["y", "1"]],
        ),
        ("SELECT 1 UNION ALL SELECT 2 UNION SELECT 1 ORDER BY 1", [["1"], ["2"]]),
        ("SELECT 1 AS n INTERSECT SELECT b FROM t", [["1"]]),
        ("WITH u AS (SELECT a, b FROM t), v(c) AS (SELECT max(b) FROM u) SELECT c FROM v", [["3"]]),
        ("SELECT t.b FROM t JOIN (SELECT 'y' AS a) s USING (a)", [["2"]]),
        (
            "SELECT n.x, t.b FROM (VALUES 'y', 'z') n(x) LEFT JOIN t ON t.a = n.x ORDER BY 1",
            [["y", "2"], ["z", ""]],
        ),
        ("SELECT a FROM t WHERE b = (SELECT max(s.b) FROM t s WHERE s.a = t.a) ORDER BY a", [["x"], ["y"]]),
        ("SELECT a, e FROM t CROSS JOIN UNNEST(sequence(1, b)) AS u(e) WHERE b = 2", [["y", "1"], ["y", "2"]]),
        ("SELECT e, n FROM UNNEST(array['p', 'q']) WITH ORDINALITY AS u(e, n)", [["p", "1"], ["q", "2"]]),
    ],
)
def test_query(lab: SqlLab, sql: str, expected: list[list[str]]) -> None:
    lab.table("t", {"a": "string", "b": "bigint"})
    lab.data("t", "x,1\ny,2\nx,3\n")

    assert lab.rows(sql) == expected


def test_columns_carry_athenas_names_and_types(lab: SqlLab) -> None:
    made = lab.plan(
        "SELECT 1, 1 AS n, 'ab' AS t, 1.50 AS d, 1e0 AS f, date '2013-01-01' AS day, now() AS moment, true AS b, "
        "count(*) AS c FROM (SELECT 1) GROUP BY 1"
    )

    assert [(name, str(kind)) for name, kind in made.columns] == [
        ("_col0", "integer"),
        ("n", "integer"),
        ("t", "varchar(2)"),
        ("d", "decimal(3, 2)"),
        ("f", "double"),
        ("day", "date"),
        ("moment", "timestamp(3) with time zone"),
        ("b", "boolean"),
        ("c", "bigint"),
    ]


def test_a_decimal_too_large_for_an_integer_is_said_to_be_a_bad_cast(lab: SqlLab) -> None:
    assert "INVALID_CAST_ARGUMENT" in lab.fault("SELECT CAST(12345678901234.5678 AS integer)")


@pytest.mark.parametrize("call", ["lpad('a', -2, '-')", "rpad('a', -2, '-')", "rpad('a', 2, '')"])
def test_padding_to_no_length_or_with_nothing_is_refused(lab: SqlLab, call: str) -> None:
    assert "INVALID_FUNCTION_ARGUMENT" in lab.fault(f"SELECT {call}")
